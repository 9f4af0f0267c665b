//! A bill for something never ordered, and a number to call.

use std::sync::LazyLock;

use super::kit::*;

pub(super) const SIGNAL: Signal = Signal {
    name: "text-callback",
    about: "The text bills something never ordered and wants to be called.",
    read,
    examples: &[
        hit(
            "a renewal nobody ordered",
            "From: x@evil.example\n\nYour Norton subscription has been renewed. You will be charged $399 today. To cancel, call us at +1 888 555 0100.",
        ),
        miss("a bill", "From: ann@b.example\n\nAttached is the bill for October."),
    ],
};

static PHRASES: LazyLock<Phrases> = LazyLock::new(|| Phrases::read(include_str!("../phrases/callback.txt")));

fn read(evidence: &Evidence) -> Reading {
    lure(evidence, &PHRASES)
}
