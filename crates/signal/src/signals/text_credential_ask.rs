//! Asks the reader to sign in, to confirm an account, or to save one from being closed.

use std::sync::LazyLock;

use super::kit::*;

pub(super) const SIGNAL: Signal = Signal {
    name: "text-credential-ask",
    about: "The text asks to sign in or to confirm an account, or threatens to close one.",
    read,
    examples: &[
        hit(
            "an account to confirm",
            "From: x@evil.example\n\nPlease verify your account to avoid suspension.",
        ),
        miss("talk of an account", "From: ann@b.example\n\nThe account of the harbour is in order."),
    ],
};

static PHRASES: LazyLock<Phrases> =
    LazyLock::new(|| Phrases::read(include_str!("../phrases/credential_ask.txt")));

fn read(evidence: &Evidence) -> Reading {
    lure(evidence, &PHRASES)
}
