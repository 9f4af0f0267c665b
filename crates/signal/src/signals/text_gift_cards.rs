//! Buy gift cards and send the codes.

use std::sync::LazyLock;

use super::kit::*;

pub(super) const SIGNAL: Signal = Signal {
    name: "text-gift-cards",
    about: "The text wants gift cards bought and their codes sent.",
    read,
    examples: &[
        hit(
            "cards for the clients",
            "From: x@evil.example\n\nI need you to purchase some Amazon gift cards for our clients.",
        ),
        miss("a thank-you", "From: ann@b.example\n\nThank you for the gift and the card."),
    ],
};

static PHRASES: LazyLock<Phrases> =
    LazyLock::new(|| Phrases::read(include_str!("../phrases/gift_cards.txt")));

fn read(evidence: &Evidence) -> Reading {
    lure(evidence, &PHRASES)
}
