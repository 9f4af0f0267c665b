//! Everything a judgement may rest on.

use std::sync::Arc;

use jiff::Timestamp;
use message::{Address, Direction, Message, NamedAddress, Organisation, Route};

use crate::Observations;
use crate::words::Words;

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
    /// The words of the message, made when first asked for: leave it at its default.
    pub words: Words,
}

impl Evidence {
    /// The case of a message from nowhere in particular, before anything was asked.
    pub fn new(
        message: Arc<Message>,
        route: Route,
        direction: Direction,
        setting: Arc<Setting>,
        as_of: Timestamp,
    ) -> Self {
        Self {
            message,
            route,
            direction,
            setting,
            folder: None,
            observations: Observations::default(),
            as_of,
            words: Words::default(),
        }
    }

    /// The first author (RFC 5322 §3.6.2): the mailbox that people see as the sender.
    pub fn author(&self) -> Option<&NamedAddress> {
        self.message.from.first()
    }

    /// The address of the first author.
    pub fn author_address(&self) -> Option<&Address> {
        self.author()?.address.as_ref()
    }
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
