//! A parcel waits for an address or a fee.

use std::sync::LazyLock;

use super::kit::*;

pub(super) const SIGNAL: Signal = Signal {
    name: "text-parcel",
    about: "The text says that a parcel waits for an address or a fee.",
    read,
    examples: &[
        hit(
            "a fee for a parcel",
            "From: x@evil.example\n\nYour package is waiting for delivery. Please pay the customs fee.",
        ),
        miss("a delivery", "From: ann@b.example\n\nWe deliver on Monday."),
    ],
};

static PHRASES: LazyLock<Phrases> = LazyLock::new(|| Phrases::read(include_str!("../phrases/parcel.txt")));

fn read(evidence: &Evidence) -> Reading {
    lure(evidence, &PHRASES)
}
