//! The mailboxes behind one trait.
//!
//! Above this crate nobody knows which provider answers: a [`Provider`] lists mailboxes and changes, fetches original
//! bytes, watches for arrivals and carries out actions. Adapters are private; [`open()`] makes them from settings.

mod budget;
mod clock;
mod error;
mod http;
mod layout;
mod notice;
mod place;
mod retry;
mod settings;
mod step;
mod usage;

pub mod contract;
pub mod fake;
mod microsoft;

use async_trait::async_trait;
use verdict::{Action, FolderId, MailboxId, Target, TenantId};

pub use clock::Clock;
pub use error::Error;
pub use microsoft::consent as microsoft_consent;
pub use microsoft::{Cloud, Credential, MicrosoftSettings};
pub use notice::{Notice, NoticeReply, NoticeRequest, Refusal};
pub use place::{Applied, Done, Fetched};
pub use retry::Patience;
pub use settings::{Settings, open};
pub use usage::{Count, Usage};
pub use verdict::{Flag, FolderRole, Place};

/// A provider of mailboxes, signed in to one tenant.
#[async_trait]
pub trait Provider: Send + Sync + std::fmt::Debug {
    /// The tenant this is signed in to.
    fn tenant(&self) -> &TenantId;

    /// Signs in, names the tenant and tries each right we need; what is missing is in the answer, not an error.
    async fn check(&self) -> Result<Checks, Error>;

    /// One page of users with mailboxes: all on `None`, then what changed since the cursor.
    async fn mailboxes(&self, since: Option<&Cursor>) -> Result<Page<MailboxChange>, Error>;

    /// One page of the folder tree of `mailbox` (our own hidden folder is left out).
    async fn folders(&self, mailbox: &MailboxId, since: Option<&Cursor>)
    -> Result<Page<FolderChange>, Error>;

    /// One page of messages that came into `folder` since the cursor; `None` starts over, with all that is there.
    /// `Error::CursorLost` means: start over.
    async fn changes(
        &self,
        mailbox: &MailboxId,
        folder: &FolderId,
        since: Option<&Cursor>,
    ) -> Result<Page<ItemChange>, Error>;

    /// What arrived in `mailbox` from `since` up to but not including `until`, wherever it lies now (our hidden folder
    /// included, drafts left out): what the reconciliation counts against what was judged.
    async fn arrived(
        &self,
        mailbox: &MailboxId,
        since: jiff::Timestamp,
        until: jiff::Timestamp,
    ) -> Result<Vec<(verdict::ItemId, jiff::Timestamp)>, Error>;

    /// The original bytes of one copy and where it is. Messages over `size_bytes_max` come with their first bytes
    /// only, marked truncated. [`Error::Gone`] right after a notice may only mean "not readable yet": try a few times
    /// over half a minute before believing it.
    async fn fetch(&self, target: &Target, size_bytes_max: u64) -> Result<Fetched, Error>;

    /// Where a copy is now and how it stands.
    async fn place(&self, target: &Target) -> Result<Place, Error>;

    /// Asks for notices about `mailbox`, renewing `existing` when given and still alive.
    async fn watch(&self, mailbox: &MailboxId, existing: Option<&Watch>) -> Result<Watch, Error>;

    /// Ends a watch; one that is gone already is fine.
    async fn unwatch(&self, watch: &Watch) -> Result<(), Error>;

    /// Reads what was posted to our notice address, and refuses what is not from the provider. A notice is a hint
    /// and carries no truth but "look there".
    fn notices(&self, request: &NoticeRequest<'_>) -> Result<NoticeReply, Error>;

    /// Carries out orders; one answer an order, in order. Doing an order again is harmless and answers
    /// [`Done::Already`].
    async fn apply(&self, orders: &[Order]) -> Vec<Result<Applied, Error>>;

    /// What was asked of the provider so far, for the health page.
    fn usage(&self) -> Usage;
}

/// One action on one copy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    pub target: Target,
    pub action: Action,
    /// For [`Action::Restore`] and [`Action::Unmark`]: how it stood before we touched it.
    pub before: Option<Place>,
}

/// What the provider lets us continue from; opaque, kept as it is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Cursor(pub String);

/// A page of changes and where to go on.
#[derive(Clone, Debug, PartialEq)]
pub struct Page<T> {
    pub rows: Vec<T>,
    pub next: Cursor,
    /// Whether `next` can be asked at once for more; otherwise it is for later.
    pub more: bool,
}

/// A mailbox that is there, or is none (any more): the user was deleted, lost the licence, or never had a mailbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MailboxChange {
    Present(MailboxInfo),
    Gone(MailboxId),
}

/// A user with a mailbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailboxInfo {
    pub id: MailboxId,
    pub name: String,
    /// Primary address first, then aliases.
    pub addresses: Vec<message::Address>,
    pub enabled: bool,
}

/// A folder that is there, or is gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FolderChange {
    Present(FolderInfo),
    Gone(FolderId),
}

/// A folder that can hold mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FolderInfo {
    pub id: FolderId,
    pub name: String,
    pub role: FolderRole,
}

/// A message seen in a folder, or gone from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ItemChange {
    Present { item: verdict::ItemId, draft: bool, received: Option<jiff::Timestamp> },
    Gone(verdict::ItemId),
}

/// A running subscription for notices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Watch {
    pub id: String,
    pub mailbox: MailboxId,
    pub expires: jiff::Timestamp,
}

/// What signing in showed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Checks {
    pub tenant_name: String,
    pub domains: Vec<message::Domain>,
    /// Rights we lack, by the provider's own names.
    pub missing: Vec<String>,
}
