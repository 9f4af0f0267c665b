//! The folders every Exchange mailbox has, and the names Graph knows them by.

use crate::id::FolderKey;

pub(crate) const ROOT: FolderKey = 1;
pub(crate) const INBOX: FolderKey = 2;
pub(crate) const DRAFTS: FolderKey = 3;
pub(crate) const SENT: FolderKey = 4;
pub(crate) const DELETED: FolderKey = 5;
pub(crate) const JUNK: FolderKey = 6;
pub(crate) const RECOVERABLE: FolderKey = 20;
pub(crate) const DELETIONS: FolderKey = 21;
pub(crate) const PURGES: FolderKey = 22;

pub(crate) struct WellKnown {
    pub(crate) key: FolderKey,
    /// As Graph writes it in a path.
    pub(crate) name: &'static str,
    pub(crate) display: &'static str,
    pub(crate) parent: Option<FolderKey>,
    pub(crate) hidden: bool,
}

const fn row(
    key: FolderKey,
    name: &'static str,
    display: &'static str,
    parent: Option<FolderKey>,
    hidden: bool,
) -> WellKnown {
    WellKnown { key, name, display, parent, hidden }
}

/// Parents stand before their children.
pub(crate) const WELL_KNOWN: &[WellKnown] = &[
    row(ROOT, "msgfolderroot", "Top of Information Store", None, false),
    row(INBOX, "inbox", "Inbox", Some(ROOT), false),
    row(DRAFTS, "drafts", "Drafts", Some(ROOT), false),
    row(SENT, "sentitems", "Sent Items", Some(ROOT), false),
    row(DELETED, "deleteditems", "Deleted Items", Some(ROOT), false),
    row(JUNK, "junkemail", "Junk Email", Some(ROOT), false),
    row(7, "archive", "Archive", Some(ROOT), false),
    row(8, "outbox", "Outbox", Some(ROOT), false),
    row(9, "conversationhistory", "Conversation History", Some(ROOT), false),
    row(10, "clutter", "Clutter", Some(ROOT), true),
    row(11, "syncissues", "Sync Issues", Some(ROOT), true),
    row(12, "conflicts", "Conflicts", Some(11), true),
    row(13, "localfailures", "Local Failures", Some(11), true),
    row(14, "serverfailures", "Server Failures", Some(11), true),
    row(15, "scheduled", "Scheduled", Some(ROOT), true),
    row(16, "searchfolders", "Search Folders", Some(ROOT), true),
    row(RECOVERABLE, "recoverableitemsroot", "Recoverable Items", None, true),
    row(DELETIONS, "recoverableitemsdeletions", "Deletions", Some(RECOVERABLE), true),
    row(PURGES, "recoverableitemspurges", "Purges", Some(RECOVERABLE), true),
];

/// The folder a well-known name means; names are not case-sensitive.
pub(crate) fn key(name: &str) -> Option<FolderKey> {
    WELL_KNOWN.iter().find(|folder| folder.name.eq_ignore_ascii_case(name)).map(|folder| folder.key)
}
