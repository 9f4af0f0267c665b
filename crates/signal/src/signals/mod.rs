//! The signals, one file each, listed by hand.

use crate::{Evidence, Question};

/// One named fact.
#[derive(Clone, Copy, Debug)]
pub struct Signal {
    /// Stable, kebab case, unique.
    pub name: &'static str,
    /// One sentence for people: what it means when this is there.
    pub about: &'static str,
    pub read: fn(&Evidence) -> Reading,
}

/// What a signal says of a message.
#[derive(Clone, Debug, PartialEq)]
pub enum Reading {
    Absent,
    /// It is so, and this is why: short sentences with the values that made it so.
    Present(Vec<String>),
    /// It depends on answers not there yet.
    Ask(Vec<Question>),
    /// It cannot be known, and why, in words for people.
    Unknown(String),
}

/// All signals, by name.
pub const ALL: &[Signal] = &[];
