//! Orders carried out: look, take the next step, look at the answer, until the copy stands as ordered. What the steps
//! are is in [`crate::step`]; this asks Graph, many copies at a time.

use std::collections::HashMap;

use futures_util::{StreamExt as _, stream};
use serde_json::{Value, json};
use tokio::time::Instant;
use verdict::{Action, Flag, MailboxId, Place};

use super::Microsoft;
use super::batch::{self, Item};
use super::content::{message_path, place, place_path};
use super::folders::LOOK_UPS_AT_ONCE;
use super::rights::Kind;
use super::wire::Message;
use crate::layout::Layout;
use crate::retry::Attempts;
use crate::step::{Change, Memory, Step, next};
use crate::{Applied, Done, Error, Order};

/// Answers that left it open whether a step was taken; after each we look again, but not for ever.
const TROUBLES_MAX: u32 = 4;

/// An order under way.
struct Progress<'a> {
    order: &'a Order,
    layout: Layout,
    first: Option<Place>,
    now: Option<Seen>,
    memory: Memory,
    asked: Asked,
    troubles: u32,
    give_up_at: Instant,
    result: Option<Result<Applied, Error>>,
}

/// How a copy stood at the last look.
struct Seen {
    place: Place,
    etag: Option<String>,
}

/// What Graph was last asked for a copy.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Asked {
    Look,
    Move,
    Set,
}

impl Microsoft {
    pub(super) async fn carry_out(&self, orders: &[Order]) -> Vec<Result<Applied, Error>> {
        let mut results: Vec<_> = orders.iter().map(|_| None).collect();
        for wave in waves(orders) {
            let chosen: Vec<_> = wave.iter().map(|place| &orders[*place]).collect();
            for (place, result) in wave.iter().zip(self.carry_out_wave(&chosen).await) {
                results[*place] = Some(result);
            }
        }
        results
            .into_iter()
            .map(|result| result.unwrap_or_else(|| Err(Error::broken("an order was left out"))))
            .collect()
    }

    /// Carries out orders of which no two are about the same copy.
    async fn carry_out_wave(&self, orders: &[&Order]) -> Vec<Result<Applied, Error>> {
        let layouts = self.layouts_for(orders).await;
        let mut all: Vec<_> = orders.iter().map(|order| self.begin(order, &layouts)).collect();
        loop {
            let mut under_way = Vec::new();
            let mut items = Vec::new();
            for progress in &mut all {
                if let Some(item) = progress.ask() {
                    items.push(item);
                    under_way.push(progress);
                }
            }
            if items.is_empty() {
                break;
            }
            let answers = batch::run(&self.graph, &items).await;
            for (progress, answer) in under_way.into_iter().zip(answers) {
                let missed_folder = progress.read(answer);
                if missed_folder {
                    self.mend(progress).await;
                }
            }
        }
        let unfinished = || Err(Error::broken("an order was left unfinished"));
        all.into_iter().map(|progress| progress.result.unwrap_or_else(unfinished)).collect()
    }

    /// The layouts of all mailboxes in the orders, each as fresh as what is to be done needs it.
    async fn layouts_for(&self, orders: &[&Order]) -> HashMap<MailboxId, Result<Layout, Error>> {
        let mut actions: HashMap<MailboxId, Vec<Action>> = HashMap::new();
        for order in orders {
            actions.entry(order.target.mailbox.clone()).or_default().push(order.action.clone());
        }
        let look_up = |(mailbox, actions): (MailboxId, Vec<Action>)| async move {
            let layout = self.layout_for(&mailbox, &actions).await;
            (mailbox, layout)
        };
        stream::iter(actions).map(look_up).buffer_unordered(LOOK_UPS_AT_ONCE).collect().await
    }

    async fn layout_for(&self, mailbox: &MailboxId, actions: &[Action]) -> Result<Layout, Error> {
        if actions.contains(&Action::Restore) {
            self.layout_looked_up(mailbox).await?;
        }
        match actions.contains(&Action::Quarantine) {
            true => self.layout_with_quarantine(mailbox).await,
            false => self.layout(mailbox).await,
        }
    }

    fn begin<'a>(
        &self,
        order: &'a Order,
        layouts: &HashMap<MailboxId, Result<Layout, Error>>,
    ) -> Progress<'a> {
        let layout = match layouts.get(&order.target.mailbox) {
            _ if order.target.tenant != self.tenant => {
                Err(Error::Misused("an order for another tenant".into()))
            }
            Some(Ok(layout)) => Ok(layout.clone()),
            Some(Err(error)) => Err(error.copy()),
            None => Err(Error::gone("the mailbox")),
        };
        let (layout, result) = match layout {
            Ok(layout) => (layout, None),
            Err(error) => (Layout::default(), Some(Err(error))),
        };
        Progress {
            order,
            layout,
            first: None,
            now: None,
            memory: Memory::default(),
            asked: Asked::Look,
            troubles: 0,
            give_up_at: Attempts::new(self.graph.http.patience).deadline(),
            result,
        }
    }

    /// A move found nothing: the message or the folder to move it to is gone. The next look will tell about the
    /// message; this is about the folder.
    async fn mend(&self, progress: &mut Progress<'_>) {
        let mailbox = &progress.order.target.mailbox;
        let mended = match (&progress.order.action, &progress.order.before) {
            (Action::Restore, Some(before)) => self
                .has_folder(mailbox, &before.folder)
                .await
                .map(|there| progress.memory.folder_lost |= !there),
            _ => {
                self.layouts.invalidate(mailbox);
                self.layout_with_quarantine(mailbox).await.map(|layout| progress.layout = layout)
            }
        };
        if let Err(error) = mended {
            progress.result = Some(Err(error));
        }
    }
}

impl Progress<'_> {
    /// The next request; `None` when there is a result.
    fn ask(&mut self) -> Option<Item> {
        if self.result.is_some() {
            return None;
        }
        let target = &self.order.target;
        let Some(seen) = &self.now else {
            self.asked = Asked::Look;
            return Some(Item::get(Kind::Message, &target.mailbox, place_path(target)));
        };
        let before = self.order.before.as_ref();
        match next(&self.order.action, before, &seen.place, &self.layout, self.memory) {
            Ok(Step::Done) => {
                self.result = Some(Ok(Applied {
                    done: if self.memory.acted() { Done::Now } else { Done::Already },
                    before: self.first.clone(),
                    after: seen.place.clone(),
                    folder_lost: self.memory.folder_lost,
                }));
                None
            }
            Ok(Step::Move(folder)) => {
                self.asked = Asked::Move;
                let path = format!("{}/move", message_path(target));
                let body = json!({ "destinationId": folder.as_str() });
                Some(Item::post(Kind::Act, &target.mailbox, path, body))
            }
            Ok(Step::Set(change)) => {
                self.asked = Asked::Set;
                // Categories are written whole: only over the list we saw, or a person's new one would be lost.
                let if_match = seen.etag.clone().filter(|_| change.categories.is_some());
                Some(Item::patch(Kind::Act, &target.mailbox, message_path(target), body(&change), if_match))
            }
            Err(error) => {
                self.result = Some(Err(error));
                None
            }
        }
    }

    /// Takes in the answer; true when a move found nothing.
    fn read(&mut self, answer: Result<Value, Error>) -> bool {
        let error = match answer {
            Ok(body) => {
                self.remember(body);
                return false;
            }
            Err(error) => error,
        };
        self.now = None;
        self.troubles += 1;
        let unclear = match &error {
            Error::Retry { after: None, .. } => Instant::now() < self.give_up_at,
            Error::Gone { .. } => self.asked == Asked::Move,
            _ => false,
        };
        if self.asked == Asked::Look || !unclear || self.troubles > TROUBLES_MAX {
            self.result = Some(Err(error));
            return false;
        }
        error.is_gone()
    }

    fn remember(&mut self, body: Value) {
        match self.asked {
            Asked::Look => {}
            Asked::Move => self.memory.moved = true,
            Asked::Set if self.memory.moved => self.memory.set_after_move = true,
            Asked::Set => self.memory.set_before_move = true,
        }
        // Graph answers each step with the message as it stands then; should it not, we look.
        let message = serde_json::from_value::<Message>(body).ok();
        self.now = message.and_then(|message| {
            let place = place(&message, &self.layout).ok()?;
            Some(Seen { place, etag: message.etag })
        });
        match &self.now {
            Some(seen) if self.asked == Asked::Look => {
                self.first.get_or_insert_with(|| seen.place.clone());
            }
            None if self.asked == Asked::Look => {
                self.result = Some(Err(Error::broken("a message not of the shape we know")));
            }
            _ => {}
        }
    }
}

/// Splits orders so that those about the same copy come one after the other, in the order given.
fn waves(orders: &[Order]) -> Vec<Vec<usize>> {
    let mut waves: Vec<Vec<usize>> = Vec::new();
    let mut earlier = HashMap::new();
    for (place, order) in orders.iter().enumerate() {
        let wave: &mut usize = earlier.entry(&order.target).or_default();
        if waves.len() <= *wave {
            waves.push(Vec::new());
        }
        waves[*wave].push(place);
        *wave += 1;
    }
    waves
}

fn body(change: &Change) -> Value {
    let mut body = json!({});
    if let Some(read) = change.read {
        body["isRead"] = read.into();
    }
    if let Some(flag) = change.flag {
        body["flag"] = json!({ "flagStatus": flag_status(flag) });
    }
    if let Some(categories) = &change.categories {
        body["categories"] = json!(categories);
    }
    body
}

fn flag_status(flag: Flag) -> &'static str {
    match flag {
        Flag::None => "notFlagged",
        Flag::Flagged => "flagged",
        Flag::Complete => "complete",
    }
}

#[cfg(test)]
mod tests {
    use verdict::{ItemId, Target, TenantId};

    use super::*;

    #[test]
    fn orders_about_one_copy_keep_their_order() {
        let order = |item: &str| Order {
            target: Target {
                tenant: TenantId::new("t1"),
                mailbox: MailboxId::new("m1"),
                item: ItemId::new(item),
            },
            action: Action::Quarantine,
            before: None,
        };
        let orders = ["a", "b", "a", "c", "a", "b"].map(order);
        assert_eq!(waves(&orders), [vec![0, 1, 3], vec![2, 5], vec![4]]);
        assert!(waves(&[]).is_empty());
    }
}
