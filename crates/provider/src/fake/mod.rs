//! A provider in memory, for tests above this crate: it keeps the same contract as the real ones, and does wrong on
//! request. What people and other mail servers do is in its own methods, which never fail.

mod boxes;
mod faults;

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use verdict::{Flag, FolderId, FolderRole, ItemId, MailboxId, Place, Target, TenantId};

use self::boxes::{Item, Mailbox};
pub use self::faults::Faults;
use crate::step::{Memory, Step, next};
use crate::usage::Ended;
use crate::{
    Applied, Checks, Clock, Cursor, Done, Error, Fetched, FolderChange, ItemChange, MailboxChange,
    MailboxInfo, Notice, NoticeReply, NoticeRequest, Order, Page, Provider, Refusal, Usage, Watch,
};

/// Small, so that every test meets pages.
const ROWS_MAX: usize = 3;

/// As long as Microsoft's.
const WATCH_LIFE: SignedDuration = SignedDuration::from_mins(4_230);

/// A tenant in memory.
#[derive(Debug)]
pub struct Fake {
    tenant: TenantId,
    clock: Clock,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    mailboxes: BTreeMap<MailboxId, Mailbox>,
    /// What happened to users, in order; a cursor is a place in it.
    log: Vec<MailboxChange>,
    watches: BTreeMap<String, Watch>,
    posts: Vec<Vec<u8>>,
    faults: Faults,
    usage: Usage,
    serial: u64,
}

/// What people do.
impl Fake {
    /// A tenant without users.
    pub fn new(tenant: &str, clock: Clock) -> Self {
        Self { tenant: TenantId::new(tenant), clock, state: Mutex::default() }
    }

    /// Adds a user with an empty mailbox; the address is also the mailbox's id.
    pub fn add_mailbox(&self, address: &str) -> MailboxId {
        let mut state = self.state();
        let id = MailboxId::new(address);
        let info = MailboxInfo {
            id: id.clone(),
            name: address.split('@').next().unwrap_or_default().to_owned(),
            addresses: message::Address::parse(address).into_iter().collect(),
            enabled: true,
        };
        state.mailboxes.insert(id.clone(), Mailbox::new(&id));
        state.log.push(MailboxChange::Present(info));
        id
    }

    /// Removes a user with the mailbox.
    pub fn remove_mailbox(&self, mailbox: &MailboxId) {
        let mut state = self.state();
        state.mailboxes.remove(mailbox);
        state.log.push(MailboxChange::Gone(mailbox.clone()));
    }

    /// A folder with a role.
    pub fn folder(&self, mailbox: &MailboxId, role: FolderRole) -> FolderId {
        let state = self.state();
        let folder = state.mailboxes.get(mailbox).and_then(|mailbox| mailbox.layout.folder(role).cloned());
        folder.unwrap_or_else(|| FolderId::new("none"))
    }

    /// Makes a folder.
    pub fn make_folder(&self, mailbox: &MailboxId, name: &str) -> FolderId {
        let mut state = self.state();
        state.serial += 1;
        let folder = FolderId::new(format!("folder-{}", state.serial));
        if let Some(mailbox) = state.mailboxes.get_mut(mailbox) {
            mailbox.add_folder(folder.clone(), name, FolderRole::Other);
        }
        folder
    }

    /// Removes a folder with all that is in it.
    pub fn remove_folder(&self, mailbox: &MailboxId, folder: &FolderId) {
        if let Some(mailbox) = self.state().mailboxes.get_mut(mailbox) {
            mailbox.remove_folder(folder);
        }
    }

    /// Delivers to the inbox.
    pub fn deliver(&self, mailbox: &MailboxId, bytes: &[u8]) -> ItemId {
        self.deliver_to(mailbox, &self.folder(mailbox, FolderRole::Inbox), bytes)
    }

    /// Files a message into a folder, as a rule or the native filter would.
    pub fn deliver_to(&self, mailbox: &MailboxId, folder: &FolderId, bytes: &[u8]) -> ItemId {
        let mut state = self.state();
        state.serial += 1;
        let id = ItemId::new(format!("item-{}", state.serial));
        let item = Item::new(folder.clone(), bytes.to_vec(), self.clock.now());
        if let Some(mailbox) = state.mailboxes.get_mut(mailbox) {
            mailbox.add(id.clone(), item);
        }
        state.post(mailbox, &id);
        id
    }

    /// Moves a message.
    pub fn drag(&self, mailbox: &MailboxId, item: &ItemId, folder: &FolderId) {
        if let Some(mailbox) = self.state().mailboxes.get_mut(mailbox) {
            mailbox.move_to(item, folder);
        }
    }

    /// Deletes a message for good.
    pub fn delete(&self, mailbox: &MailboxId, item: &ItemId) {
        if let Some(mailbox) = self.state().mailboxes.get_mut(mailbox) {
            mailbox.delete(item);
        }
    }

    /// Sets how a message stands.
    pub fn set(&self, mailbox: &MailboxId, item: &ItemId, read: bool, flag: Flag, categories: &[&str]) {
        let mut state = self.state();
        if let Some(item) = state.mailboxes.get_mut(mailbox).and_then(|mailbox| mailbox.items.get_mut(item)) {
            item.read = read;
            item.flag = flag;
            item.categories = categories.iter().map(ToString::to_string).collect();
        }
    }

    /// Where a message is, without the provider knowing that somebody looked; `None` when it is gone.
    pub fn seen(&self, mailbox: &MailboxId, item: &ItemId) -> Option<Place> {
        self.state().mailboxes.get(mailbox)?.place(item)
    }

    /// All messages of a mailbox, whatever folder they are in.
    pub fn items(&self, mailbox: &MailboxId) -> Vec<ItemId> {
        let state = self.state();
        state
            .mailboxes
            .get(mailbox)
            .map(|mailbox| mailbox.items.keys().cloned().collect())
            .unwrap_or_default()
    }

    /// Forgets every cursor of the mailbox's folders.
    pub fn lose_cursors(&self, mailbox: &MailboxId) {
        if let Some(mailbox) = self.state().mailboxes.get_mut(mailbox) {
            mailbox.epoch += 1;
        }
    }

    /// Changes what goes wrong from now on.
    pub fn with_faults(&self, change: impl FnOnce(&mut Faults)) {
        change(&mut self.state().faults);
    }

    /// The notices posted since the last time: bodies for [`Provider::notices`].
    pub fn take_posts(&self) -> Vec<Vec<u8>> {
        std::mem::take(&mut self.state().posts)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts a call and lets the faults have their turn.
    fn called(&self, kind: &'static str) -> Result<MutexGuard<'_, State>, Error> {
        let mut state = self.state();
        let fault = state.faults.strike(kind);
        state.usage.count(kind, if fault.is_some() { Ended::Failed } else { Ended::Answered });
        match fault {
            Some(error) => Err(error),
            None => Ok(state),
        }
    }

    fn carry_out(&self, order: &Order) -> Result<Applied, Error> {
        let mut state = self.called("act")?;
        // What Microsoft's adapter waits out inside a call is waited out here in no time.
        while state.faults.throttled() {
            state.usage.count("act", Ended::Throttled);
        }
        if order.target.tenant != self.tenant {
            return Err(Error::Misused("an order for another tenant".into()));
        }
        let lost_answer = state.faults.lose_answer();
        let mailbox = state.mailbox(&order.target.mailbox)?;
        let applied = carry_out(mailbox, order)?;
        match lost_answer {
            true => Err(Error::Retry { what: "the answer was lost on the way".into(), after: None }),
            false => Ok(applied),
        }
    }
}

/// The steps of an order, one after the other.
fn carry_out(mailbox: &mut Mailbox, order: &Order) -> Result<Applied, Error> {
    let item = &order.target.item;
    let look = |mailbox: &Mailbox| mailbox.place(item).ok_or_else(|| Error::gone("the message"));
    let first = look(mailbox)?;
    let mut now = first.clone();
    let mut memory = Memory::default();
    if let Some(before) = &order.before {
        memory.folder_lost =
            order.action == verdict::Action::Restore && !mailbox.folders.contains_key(&before.folder);
    }
    mailbox.make_quarantine();
    loop {
        match next(&order.action, order.before.as_ref(), &now, &mailbox.layout, memory)? {
            Step::Done => break,
            Step::Move(folder) => {
                mailbox.move_to(item, &folder);
                memory.moved = true;
            }
            Step::Set(change) => {
                if let Some(item) = mailbox.items.get_mut(item) {
                    item.change(change);
                }
                memory.set_before_move |= !memory.moved;
                memory.set_after_move |= memory.moved;
            }
        }
        now = look(mailbox)?;
    }
    let done = if memory.acted() { Done::Now } else { Done::Already };
    Ok(Applied { done, before: Some(first), after: now, folder_lost: memory.folder_lost && memory.moved })
}

impl State {
    fn mailbox(&mut self, id: &MailboxId) -> Result<&mut Mailbox, Error> {
        self.mailboxes.get_mut(id).ok_or_else(|| Error::gone("the mailbox"))
    }

    fn item(&mut self, target: &Target) -> Result<&Item, Error> {
        let mailbox = self.mailbox(&target.mailbox)?;
        mailbox.items.get(&target.item).ok_or_else(|| Error::gone("the message"))
    }

    fn post(&mut self, mailbox: &MailboxId, item: &ItemId) {
        let watch = self.watches.values().find(|watch| watch.mailbox == *mailbox);
        if let Some(watch) = watch {
            let notice = json!({
                "watch": watch.id, "mailbox": mailbox.as_str(), "item": item.as_str(),
                "sealed": seal(mailbox),
            });
            self.posts.push(json!({ "value": [notice] }).to_string().into_bytes());
        }
    }
}

/// Not a secret, but like one: it does not fit another mailbox.
fn seal(mailbox: &MailboxId) -> String {
    mailbox.as_str().bytes().fold(17_u64, |sum, byte| sum.wrapping_mul(31) + u64::from(byte)).to_string()
}

/// A page of a log from the place the cursor names.
fn page<T: Clone>(log: &[T], epoch: u64, since: Option<&Cursor>) -> Result<Page<T>, Error> {
    let start = match since {
        Some(cursor) => {
            let place = cursor.0.split_once(':').filter(|(known, _)| *known == epoch.to_string());
            place.and_then(|(_, place)| place.parse().ok()).ok_or(Error::CursorLost)?
        }
        None => 0,
    };
    let end = log.len().min(start + ROWS_MAX);
    let rows = log.get(start..end).unwrap_or_default().to_vec();
    Ok(Page { rows, next: Cursor(format!("{epoch}:{end}")), more: end < log.len() })
}

#[async_trait]
impl Provider for Fake {
    fn tenant(&self) -> &TenantId {
        &self.tenant
    }

    async fn check(&self) -> Result<Checks, Error> {
        let state = self.called("organization")?;
        Ok(Checks {
            tenant_name: "Fake".into(),
            domains: message::Domain::parse("tenant.example").into_iter().collect(),
            missing: state.faults.missing_rights.clone(),
        })
    }

    async fn mailboxes(&self, since: Option<&Cursor>) -> Result<Page<MailboxChange>, Error> {
        page(&self.called("users")?.log, 0, since)
    }

    async fn folders(
        &self,
        mailbox: &MailboxId,
        since: Option<&Cursor>,
    ) -> Result<Page<FolderChange>, Error> {
        let mut state = self.called("folders")?;
        page(&state.mailbox(mailbox)?.folder_log, 0, since)
    }

    async fn changes(
        &self,
        mailbox: &MailboxId,
        folder: &FolderId,
        since: Option<&Cursor>,
    ) -> Result<Page<ItemChange>, Error> {
        let mut state = self.called("changes")?;
        let mailbox = state.mailbox(mailbox)?;
        let log = mailbox.folders.get(folder).ok_or_else(|| Error::gone("the folder"))?;
        page(log, mailbox.epoch, since)
    }

    async fn arrived(
        &self,
        mailbox: &MailboxId,
        since: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<(ItemId, Timestamp)>, Error> {
        let mut state = self.called("changes")?;
        let items = state.mailbox(mailbox)?.items.iter();
        let within = items.filter(|(_, item)| since <= item.received && item.received < until);
        Ok(within.map(|(id, item)| (id.clone(), item.received)).collect())
    }

    async fn fetch(&self, target: &Target, size_bytes_max: u64) -> Result<Fetched, Error> {
        let mut state = self.called("content")?;
        if state.faults.unreadable() {
            return Err(Error::gone("the message"));
        }
        let bytes = state.item(target)?.bytes.clone();
        let size_bytes_max = usize::try_from(size_bytes_max).unwrap_or(usize::MAX);
        let place = state.mailbox(&target.mailbox)?.place(&target.item);
        Ok(Fetched {
            truncated: bytes.len() > size_bytes_max,
            internet_message_id: boxes::message_id(&bytes),
            bytes: bytes[..bytes.len().min(size_bytes_max)].to_vec(),
            place: place.ok_or_else(|| Error::gone("the message"))?,
            draft: false,
        })
    }

    async fn place(&self, target: &Target) -> Result<Place, Error> {
        let mut state = self.called("message")?;
        state.mailbox(&target.mailbox)?.place(&target.item).ok_or_else(|| Error::gone("the message"))
    }

    async fn watch(&self, mailbox: &MailboxId, existing: Option<&Watch>) -> Result<Watch, Error> {
        let mut state = self.called("watch")?;
        state.mailbox(mailbox)?;
        state.serial += 1;
        let new = format!("watch-{}", state.serial);
        let alive = existing.filter(|watch| state.watches.contains_key(&watch.id));
        let id = alive.map_or(new, |watch| watch.id.clone());
        let watch =
            Watch { id: id.clone(), mailbox: mailbox.clone(), expires: self.clock.now() + WATCH_LIFE };
        state.watches.insert(id, watch.clone());
        Ok(watch)
    }

    async fn unwatch(&self, watch: &Watch) -> Result<(), Error> {
        self.called("watch")?.watches.remove(&watch.id);
        Ok(())
    }

    fn notices(&self, request: &NoticeRequest<'_>) -> Result<NoticeReply, Error> {
        if let Some((_, token)) = request.query.iter().find(|(name, _)| name == "validationToken") {
            return Ok(NoticeReply::Echo(token.clone()));
        }
        let body: serde_json::Value = serde_json::from_slice(request.body)
            .map_err(|_| Error::Misused("the body is no list of notices".into()))?;
        let (mut notices, mut refused) = (Vec::new(), Vec::new());
        for item in body["value"].as_array().into_iter().flatten() {
            let text = |name: &str| item[name].as_str().unwrap_or_default().to_owned();
            let mailbox = MailboxId::new(text("mailbox"));
            match text("sealed") == seal(&mailbox) {
                true => {
                    notices.push(Notice::Changed {
                        watch: text("watch"),
                        mailbox,
                        item: ItemId::new(text("item")),
                    });
                }
                false => refused.push(Refusal { why: "a notice that is not ours".into() }),
            }
        }
        Ok(NoticeReply::Accepted { notices, refused })
    }

    async fn apply(&self, orders: &[Order]) -> Vec<Result<Applied, Error>> {
        orders.iter().map(|order| self.carry_out(order)).collect()
    }

    fn usage(&self) -> Usage {
        self.state().usage.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::{self, World};

    #[async_trait]
    impl World for Fake {
        fn provider(&self) -> &dyn Provider {
            self
        }

        async fn hire(&self, name: &str) -> MailboxId {
            self.add_mailbox(&format!("{name}@tenant.example"))
        }

        async fn user_without_mailbox(&self, name: &str) -> MailboxId {
            MailboxId::new(name)
        }

        async fn dismiss(&self, mailbox: &MailboxId) {
            self.remove_mailbox(mailbox);
        }

        async fn deliver(&self, mailbox: &MailboxId, message: &[u8]) -> ItemId {
            Fake::deliver(self, mailbox, message)
        }

        async fn make_folder(&self, mailbox: &MailboxId, name: &str) -> FolderId {
            Fake::make_folder(self, mailbox, name)
        }

        async fn remove_folder(&self, mailbox: &MailboxId, folder: &FolderId) {
            Fake::remove_folder(self, mailbox, folder);
        }

        async fn drag(&self, mailbox: &MailboxId, item: &ItemId, folder: &FolderId) {
            Fake::drag(self, mailbox, item, folder);
        }

        async fn delete(&self, mailbox: &MailboxId, item: &ItemId) {
            Fake::delete(self, mailbox, item);
        }

        async fn set(&self, mailbox: &MailboxId, item: &ItemId, read: bool, flag: Flag, categories: &[&str]) {
            Fake::set(self, mailbox, item, read, flag, categories);
        }

        async fn lose_cursors(&self, mailbox: &MailboxId) {
            Fake::lose_cursors(self, mailbox);
        }

        async fn throttle(&self, _: &MailboxId) {
            self.with_faults(|faults| faults.throttle_next = 2);
        }

        async fn posts(&self) -> Vec<Vec<u8>> {
            self.take_posts()
        }
    }

    fn fake() -> Fake {
        Fake::new("t1", Clock::fixed("2026-11-24T08:00:00Z".parse().unwrap()))
    }

    #[tokio::test]
    async fn the_fake_keeps_the_contract() {
        contract::suite(&fake()).await;
    }

    #[tokio::test]
    async fn an_answer_lost_after_the_act_is_harmless_to_repeat() {
        let fake = fake();
        let mailbox = fake.add_mailbox("bo@tenant.example");
        let item = fake.deliver(&mailbox, b"Subject: x\r\n\r\n");
        fake.with_faults(|faults| faults.lose_answers_next = 1);
        let target = Target { tenant: fake.tenant.clone(), mailbox: mailbox.clone(), item: item.clone() };
        let order = [Order { target, action: verdict::Action::Quarantine, before: None }];
        assert!(fake.apply(&order).await[0].as_ref().is_err_and(Error::is_retry));
        assert!(fake.seen(&mailbox, &item).unwrap().quarantined);
        assert_eq!(fake.apply(&order).await[0].as_ref().unwrap().done, Done::Already);
    }

    #[tokio::test]
    async fn faults_strike_the_calls_they_name_and_no_others() {
        let fake = fake();
        let mailbox = fake.add_mailbox("bo@tenant.example");
        fake.with_faults(|faults| faults.fail_next("users", 1));
        fake.with_faults(|faults| faults.denied = Some("consent was revoked".into()));
        assert!(matches!(fake.mailboxes(None).await, Err(Error::Denied(_))));
        fake.with_faults(|faults| faults.denied = None);
        assert!(fake.folders(&mailbox, None).await.is_ok());
        assert!(fake.mailboxes(None).await.is_err_and(|error| error.is_retry()));
        assert!(fake.mailboxes(None).await.is_ok());
    }
}
