//! Quickly and quietly, from someone who cannot be called.

use std::sync::LazyLock;

use super::kit::*;

pub(super) const SIGNAL: Signal = Signal {
    name: "text-urgency-secrecy",
    about: "The text wants something done quickly, quietly, or without a call.",
    read,
    examples: &[
        hit(
            "a quick task",
            "From: x@evil.example\n\nAre you available? I need a quick task done and I am in a meeting, so I cannot take calls.",
        ),
        miss("a meeting", "From: ann@b.example\n\nWe meet on Monday at ten."),
    ],
};

static PHRASES: LazyLock<Phrases> =
    LazyLock::new(|| Phrases::read(include_str!("../phrases/urgency_secrecy.txt")));

fn read(evidence: &Evidence) -> Reading {
    lure(evidence, &PHRASES)
}
