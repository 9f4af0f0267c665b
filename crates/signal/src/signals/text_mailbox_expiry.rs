//! The mailbox is full, the password expires, messages are held back.

use std::sync::LazyLock;

use super::kit::*;

pub(super) const SIGNAL: Signal = Signal {
    name: "text-mailbox-expiry",
    about: "The text says that the mailbox is full, the password expires, or messages are held back.",
    read,
    examples: &[
        hit("a full mailbox", "From: x@evil.example\n\nYour mailbox is almost full."),
        miss("a full harbour", "From: ann@b.example\n\nThe harbour is almost full."),
    ],
};

static PHRASES: LazyLock<Phrases> =
    LazyLock::new(|| Phrases::read(include_str!("../phrases/mailbox_expiry.txt")));

fn read(evidence: &Evidence) -> Reading {
    lure(evidence, &PHRASES)
}
