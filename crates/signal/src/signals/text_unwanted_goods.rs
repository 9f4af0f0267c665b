//! Pills, casinos, dates, miracle cures, cheap services to strangers.

use std::sync::LazyLock;

use super::kit::*;

pub(super) const SIGNAL: Signal = Signal {
    name: "text-unwanted-goods",
    about: "The text advertises what most people did not ask for.",
    read,
    examples: &[
        hit(
            "a miracle cure",
            "From: x@evil.example\n\nDoctors hate this! Lose 20 pounds of weight with keto gummies. Order now.",
        ),
        miss("a recipe", "From: ann@b.example\n\nHere is the recipe for the soup."),
    ],
};

static PHRASES: LazyLock<Phrases> =
    LazyLock::new(|| Phrases::read(include_str!("../phrases/unwanted_goods.txt")));

fn read(evidence: &Evidence) -> Reading {
    lure(evidence, &PHRASES)
}
