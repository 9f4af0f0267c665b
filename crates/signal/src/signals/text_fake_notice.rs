//! A voicemail, fax, scan or shared file waits behind a link.

use std::sync::LazyLock;

use super::kit::*;

pub(super) const SIGNAL: Signal = Signal {
    name: "text-fake-notice",
    about: "The text says that a voicemail, a fax or a shared document waits.",
    read,
    examples: &[
        hit("a voicemail", "From: x@evil.example\n\nYou have a new voicemail. Listen here."),
        miss("a file that is attached", "From: ann@b.example\n\nMinutes attached, please read them."),
    ],
};

static PHRASES: LazyLock<Phrases> =
    LazyLock::new(|| Phrases::read(include_str!("../phrases/fake_notice.txt")));

fn read(evidence: &Evidence) -> Reading {
    lure(evidence, &PHRASES)
}
