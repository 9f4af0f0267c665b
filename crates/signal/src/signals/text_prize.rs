//! A prize, a reward or a survey from a shop.

use std::sync::LazyLock;

use super::kit::*;

pub(super) const SIGNAL: Signal = Signal {
    name: "text-prize",
    about: "The text promises a prize or reward.",
    read,
    examples: &[
        hit(
            "a drill for an answer",
            "From: x@evil.example\n\nCongratulations! You have been selected to receive an exclusive reward.",
        ),
        miss("a prize for others", "From: ann@b.example\n\nThe rowing club gave its prize to Tom."),
    ],
};

static PHRASES: LazyLock<Phrases> = LazyLock::new(|| Phrases::read(include_str!("../phrases/prize.txt")));

fn read(evidence: &Evidence) -> Reading {
    lure(evidence, &PHRASES)
}
