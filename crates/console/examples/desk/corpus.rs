//! The week of mail under `corpus/`, put on record as if it had just come in.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use jiff::{SignedDuration, Timestamp};
use message::{Address, Direction};
use store::{Mailbox, Store};
use verdict::{FolderRole, MailboxId, Verdict};

use crate::common::{self, seed};

/// A message of the week with what is true of it.
pub(crate) struct Mail {
    bytes: Vec<u8>,
    truth: toml::Table,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../corpus")
}

fn read(path: &Path) -> anyhow::Result<toml::Table> {
    let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
    text.parse().with_context(|| path.display().to_string())
}

/// Keeps a mailbox for everybody in the organisation; the name of a mailbox is its address here.
pub(crate) async fn people(store: &dyn Store) -> anyhow::Result<Vec<MailboxId>> {
    let organisation = read(&folder().join("organisation.toml"))?;
    let people = organisation["people"].as_array().context("people")?;
    let mailbox = |person: &toml::Value| {
        let address = person["address"].as_str()?;
        Some(Mailbox {
            id: MailboxId::new(address),
            name: person["name"].as_str()?.to_owned(),
            addresses: vec![Address::parse(address)?],
            active: true,
        })
    };
    let mailboxes: Vec<_> = people.iter().filter_map(mailbox).collect();
    store.save_mailboxes(&common::tenant().id, &mailboxes).await?;
    Ok(mailboxes.into_iter().map(|mailbox| mailbox.id).collect())
}

pub(crate) fn week() -> anyhow::Result<Vec<Mail>> {
    let mut week = Vec::new();
    for family in std::fs::read_dir(folder())? {
        let family = family?.path();
        if !family.is_dir() {
            continue;
        }
        for file in std::fs::read_dir(&family)? {
            let file = file?.path();
            if file.extension().is_some_and(|ending| ending == "eml") {
                week.push(Mail { bytes: std::fs::read(&file)?, truth: read(&file.with_extension("toml"))? });
            }
        }
    }
    week.sort_by_key(Mail::when_s);
    Ok(week)
}

impl Mail {
    fn text(&self, key: &str) -> &str {
        self.truth.get(key).and_then(toml::Value::as_str).unwrap_or_default()
    }

    /// Seconds into the week.
    fn when_s(&self) -> i64 {
        let day = self.truth.get("day").and_then(toml::Value::as_integer).unwrap_or(0);
        let (hour, minute) = self.text("time").split_once(':').unwrap_or(("9", "0"));
        day * 86_400 + hour.parse().unwrap_or(9) * 3_600 + minute.parse().unwrap_or(0) * 60
    }

    fn recipients(&self) -> Vec<&str> {
        let recipients = self.truth.get("recipients").and_then(toml::Value::as_array);
        recipients.into_iter().flatten().filter_map(toml::Value::as_str).collect()
    }
}

/// Puts the week on record, pressed into the last day and a half so that every page has something to show.
pub(crate) async fn fill(store: &dyn Store, week: &[Mail], now: Timestamp) -> anyhow::Result<()> {
    let last_s = week.last().map(Mail::when_s).unwrap_or(0);
    for mail in week {
        let direction = match mail.text("direction") {
            "outbound" => Direction::Outbound,
            "internal" => Direction::Internal,
            _ => Direction::Inbound,
        };
        let native = mail.truth.get("native").and_then(toml::Value::as_table);
        let junked =
            native.and_then(|native| native.get("dest")).and_then(toml::Value::as_str) == Some("junk");
        let sent = [mail.text("sender")];
        let recipients = mail.recipients();
        let mailboxes = if direction == Direction::Outbound { &sent[..] } else { &recipients[..] };
        for mailbox in mailboxes {
            let seed = seed::Seed {
                bytes: &mail.bytes,
                mailbox,
                verdict: Verdict::parse(mail.text("class")),
                direction,
                arrived_in: match (direction, junked) {
                    (Direction::Outbound, _) => FolderRole::Sent,
                    (_, true) => FolderRole::Junk,
                    (_, false) => FolderRole::Inbox,
                },
                received: now - SignedDuration::from_secs(30 + (last_s - mail.when_s()) * 36 / 168),
            };
            seed::put(store, &seed).await;
        }
    }
    Ok(())
}
