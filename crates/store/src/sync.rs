//! What is kept about mailboxes, cursors and watches.

use jiff::Timestamp;
use message::Address;
use verdict::{FolderId, MailboxId, TenantId};

/// A mailbox under protection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mailbox {
    pub id: MailboxId,
    pub name: String,
    /// Primary address first.
    pub addresses: Vec<Address>,
    /// Gone or disabled mailboxes stay on record.
    pub active: bool,
}

/// Whose cursor.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CursorKey {
    Mailboxes(TenantId),
    Folders(MailboxId),
    Items(MailboxId, FolderId),
}

/// A subscription for notices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Watch {
    pub id: String,
    pub mailbox: MailboxId,
    pub expires: Timestamp,
}
