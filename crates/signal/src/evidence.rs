//! Everything a judgement may rest on.

use std::sync::Arc;

use jiff::Timestamp;
use message::{Address, Direction, Message, Organisation, Route};

use crate::Observations;

/// The case: one message, where it stands, and what has been found out about it.
#[derive(Clone, Debug)]
pub struct Evidence {
    pub message: Arc<Message>,
    pub route: Route,
    pub direction: Direction,
    pub setting: Arc<Setting>,
    /// Where the provider had put the message when it was fetched; `None` when judged from a file.
    pub folder: Option<Folder>,
    /// Answers so far.
    pub observations: Observations,
    /// The time of judging; nothing below this floor reads a clock.
    pub as_of: Timestamp,
}

/// What is known of the organisation.
#[derive(Clone, Debug, Default)]
pub struct Setting {
    pub organisation: Organisation,
    /// Everyone with a mailbox, for telling colleagues from those who use their names.
    pub people: Vec<Person>,
}

/// Someone with a mailbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    pub name: String,
    pub addresses: Vec<Address>,
    /// Named by the organisation as worth impersonating (board, finance).
    pub vip: bool,
}

/// The folders that mean something to a judgement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Folder {
    Inbox,
    Junk,
    Sent,
    Other,
}
