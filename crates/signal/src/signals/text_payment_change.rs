//! Payments are to go to another account, or to go out at once.

use std::sync::LazyLock;

use super::kit::*;

pub(super) const SIGNAL: Signal = Signal {
    name: "text-payment-change",
    about: "The text wants payments to go to another account, or to be made at once.",
    read,
    examples: &[
        hit(
            "a new bank account",
            "From: x@evil.example\n\nPlease note our new bank account details for all payments.",
        ),
        miss("a paid bill", "From: ann@b.example\n\nWe have paid your bill today."),
    ],
};

static PHRASES: LazyLock<Phrases> =
    LazyLock::new(|| Phrases::read(include_str!("../phrases/payment_change.txt")));

fn read(evidence: &Evidence) -> Reading {
    lure(evidence, &PHRASES)
}
