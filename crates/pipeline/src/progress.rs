//! How far each mailbox is followed, for people to see. Kept in memory: a restart sweeps everything anyway.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use verdict::MailboxId;

/// One mailbox.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    pub begun: bool,
    /// When the last sweep that went through ended.
    pub ended: Option<Timestamp>,
    pub folders: usize,
    pub noticed: Option<Timestamp>,
    /// Why the latest sweep did not go through.
    pub trouble: Option<String>,
}

/// All mailboxes.
#[derive(Debug, Default)]
pub struct Sweeps(Mutex<BTreeMap<MailboxId, Progress>>);

impl Sweeps {
    /// How far `mailbox` is; nothing yet when never looked at.
    pub fn of(&self, mailbox: &MailboxId) -> Progress {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(mailbox).cloned().unwrap_or_default()
    }

    pub(crate) fn note(&self, mailbox: &MailboxId, change: impl FnOnce(&mut Progress)) {
        change(self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(mailbox.clone()).or_default());
    }
}
