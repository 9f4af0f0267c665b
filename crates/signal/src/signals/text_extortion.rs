//! Claims to have recorded the reader and wants to be paid.

use std::sync::LazyLock;

use super::kit::*;

pub(super) const SIGNAL: Signal = Signal {
    name: "text-extortion",
    about: "The text threatens to publish something unless it is paid.",
    read,
    examples: &[
        hit(
            "the webcam letter",
            "From: x@evil.example\n\nI have full access to your device and recorded a video of you through your webcam. Send 900 USD in bitcoin to my wallet.",
        ),
        miss("a report on fraud", "From: ann@b.example\n\nThe webcam over the quay is broken again."),
    ],
};

static PHRASES: LazyLock<Phrases> = LazyLock::new(|| Phrases::read(include_str!("../phrases/extortion.txt")));

fn read(evidence: &Evidence) -> Reading {
    lure(evidence, &PHRASES)
}
