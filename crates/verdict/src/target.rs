//! What an action is carried out on: names of tenants, mailboxes, folders and items, each its own type.

use std::fmt;

macro_rules! name {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Box<str>);

        impl $name {
            /// Takes the name as the provider writes it; compared byte by byte.
            pub fn new(name: impl Into<Box<str>>) -> Self {
                Self(name.into())
            }

            /// As written.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

name! {
    /// A customer's directory: Microsoft's tenant id, Google's customer id.
    TenantId
}
name! {
    /// A mailbox, by the provider's permanent id of its owner.
    MailboxId
}
name! {
    /// A folder (Microsoft) or label (Google).
    FolderId
}
name! {
    /// One copy of a message in one mailbox, by the id that survives moves (Microsoft: immutable id).
    ItemId
}

/// One copy of a message: where an action lands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Target {
    pub tenant: TenantId,
    pub mailbox: MailboxId,
    pub item: ItemId,
}

/// Where a copy is and how it stands: all that quarantine and restore must leave as it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub folder: FolderId,
    pub role: FolderRole,
    /// Whether that folder is our hidden quarantine.
    pub quarantined: bool,
    pub read: bool,
    pub flag: Flag,
    pub categories: Vec<String>,
    /// The provider's own date of receipt.
    pub received: Option<jiff::Timestamp>,
}

/// What a folder is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FolderRole {
    Inbox,
    Junk,
    Sent,
    Drafts,
    Deleted,
    Archive,
    Other,
}

/// The follow-up flag.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Flag {
    #[default]
    None,
    Flagged,
    Complete,
}
