//! What is to be done with the copies of a message.

use crate::Verdict;

/// Something done to one copy, in one mailbox. Every one of them can be undone.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// Leave it where it is.
    Deliver,
    /// Move it to our hidden folder.
    Quarantine,
    /// Move it to the provider's junk folder.
    Junk,
    /// Put a visible mark on it (category, label).
    Mark(String),
    /// Put it back where it was taken from.
    Restore,
    /// Take the mark off again.
    Unmark(String),
}

/// The names of the actions, for tables and pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ActionKind {
    Deliver,
    Quarantine,
    Junk,
    Mark,
    Restore,
    Unmark,
}

/// What policy wants done with every copy of a judged message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    pub actions: Vec<Action>,
    /// Why, in one line, for the audit record.
    pub because: String,
    pub verdict: Verdict,
}
