//! A fortune, a grant, a loan or a business for whoever answers.

use std::sync::LazyLock;

use super::kit::*;

pub(super) const SIGNAL: Signal = Signal {
    name: "text-advance-fee",
    about: "The text promises a fortune, a grant, a loan or a secret business to whoever answers.",
    read,
    examples: &[
        hit(
            "the widow's fortune",
            "From: x@evil.example\n\nI am a widow with cancer and want to donate the sum of 5 million dollars to charity through you.",
        ),
        miss("a report about money", "From: ann@b.example\n\nThe harbour paid for the new crane last year."),
    ],
};

static PHRASES: LazyLock<Phrases> =
    LazyLock::new(|| Phrases::read(include_str!("../phrases/advance_fee.txt")));

fn read(evidence: &Evidence) -> Reading {
    lure(evidence, &PHRASES)
}
