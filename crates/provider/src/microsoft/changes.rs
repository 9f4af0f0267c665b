//! What came into a folder, and what arrived in a mailbox.

use jiff::Timestamp;
use verdict::{FolderId, ItemId, MailboxId};

use super::Microsoft;
use super::folders::page_end;
use super::http::{Call, segment, user};
use super::rights::Kind;
use super::wire::{List, Message};
use crate::{Cursor, Error, ItemChange, Page};

/// Rows of three small fields: large pages cost little.
const ROWS_MAX: u32 = 500;

/// Graph's largest page of messages.
const ARRIVED_ROWS_MAX: u32 = 1000;

/// A span with more mail than this in one mailbox is asked for in pieces.
const ARRIVED_PAGES_MAX: usize = 200;

impl Microsoft {
    /// One page of the folder's delta. Graph has no mailbox-wide one.
    pub(super) async fn change_page(
        &self,
        mailbox: &MailboxId,
        folder: &FolderId,
        since: Option<&Cursor>,
    ) -> Result<Page<ItemChange>, Error> {
        let address = match since {
            Some(cursor) => cursor.0.clone(),
            None => format!(
                "{}/mailFolders/{}/messages/delta?changeType=created&$select=id,receivedDateTime,isDraft",
                user(mailbox),
                segment(folder.as_str())
            ),
        };
        let call = Call::get(Kind::Changes, address).of(mailbox).rows_max(ROWS_MAX);
        let page: List<Message> = self.graph.json(call).await?;
        let (next, more) = page_end(page.next_link, page.delta_link)?;
        Ok(Page { rows: page.value.into_iter().map(change).collect(), next, more })
    }

    /// What arrived, counted over all folders. The list of the whole mailbox leaves hidden folders out, so ours is
    /// asked beside it.
    pub(super) async fn arrivals(
        &self,
        mailbox: &MailboxId,
        since: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<(ItemId, Timestamp)>, Error> {
        let mut arrived = self.listed(mailbox, "messages", since, until).await?;
        if let Some(ours) = self.layout_looked_up(mailbox).await?.quarantine {
            let within = format!("mailFolders/{}/messages", segment(ours.as_str()));
            arrived.extend(self.listed(mailbox, &within, since, until).await?);
            // Should the first list show it after all, or a move come between, each still counts once.
            arrived.sort();
            arrived.dedup_by(|a, b| a.0 == b.0);
        }
        Ok(arrived)
    }

    async fn listed(
        &self,
        mailbox: &MailboxId,
        within: &str,
        since: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<(ItemId, Timestamp)>, Error> {
        // Graph's rule: what is sorted by must be filtered by.
        let filter =
            format!("receivedDateTime%20ge%20{}%20and%20receivedDateTime%20lt%20{}", utc(since), utc(until));
        let mut address = format!(
            "{}/{within}?$filter={filter}&$orderby=receivedDateTime&$select=id,receivedDateTime,isDraft&$top={ARRIVED_ROWS_MAX}",
            user(mailbox)
        );
        let mut arrived = Vec::new();
        for _ in 0..ARRIVED_PAGES_MAX {
            let page: List<Message> = self.graph.json(Call::get(Kind::Changes, address).of(mailbox)).await?;
            arrived.extend(page.value.into_iter().filter_map(arrival));
            match page.next_link {
                Some(link) => address = link,
                None => return Ok(arrived),
            }
        }
        Err(Error::Misused(
            "more mail arrived in that span than can be counted at once: ask for a shorter one".into(),
        ))
    }
}

fn change(row: Message) -> ItemChange {
    let received = received(&row);
    let item = ItemId::new(row.id);
    match row.removed {
        Some(_) => ItemChange::Gone(item),
        None => ItemChange::Present { item, draft: row.is_draft.unwrap_or(false), received },
    }
}

fn arrival(row: Message) -> Option<(ItemId, Timestamp)> {
    let received = received(&row)?;
    let draft = row.is_draft.unwrap_or(false);
    (!draft).then(|| (ItemId::new(row.id), received))
}

/// When a message arrived; a date we cannot read is unknown.
pub(super) fn received(row: &Message) -> Option<Timestamp> {
    row.received_date_time.as_deref()?.parse().ok()
}

/// Graph compares whole seconds.
pub(super) fn utc(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_become_changes() {
        let read = |text: &str| change(serde_json::from_str(text).unwrap());
        let item = ItemId::new("AAkA");
        assert_eq!(
            read(r#"{"id":"AAkA","receivedDateTime":"2026-11-20T08:00:02Z","isDraft":false}"#),
            ItemChange::Present {
                item: item.clone(),
                draft: false,
                received: Some("2026-11-20T08:00:02Z".parse().unwrap())
            }
        );
        assert_eq!(
            read(r#"{"id":"AAkA","receivedDateTime":"yesterday"}"#),
            ItemChange::Present { item: item.clone(), draft: false, received: None }
        );
        assert_eq!(read(r#"{"id":"AAkA","@removed":{"reason":"deleted"}}"#), ItemChange::Gone(item));
    }

    #[test]
    fn drafts_do_not_arrive() {
        let read = |text: &str| arrival(serde_json::from_str(text).unwrap());
        assert!(read(r#"{"id":"a","receivedDateTime":"2026-11-20T08:00:02Z","isDraft":true}"#).is_none());
        assert!(read(r#"{"id":"a","receivedDateTime":"2026-11-20T08:00:02Z","isDraft":false}"#).is_some());
    }
}
