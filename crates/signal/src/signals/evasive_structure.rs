//! Damage that makes filters and mail clients read different messages.

use message::defect::DefectKind;

use super::kit::*;

pub(super) const SIGNAL: Signal = Signal {
    name: "evasive-structure",
    about: "The message is built so that filters and mail clients read it differently.",
    read,
    examples: &[
        hit(
            "two content types",
            "From: a@b.example\nContent-Type: text/plain\nContent-Type: text/html\n\n<p>Hello</p>",
        ),
        miss("one", "From: a@b.example\nContent-Type: text/html\n\n<p>Hello</p>"),
    ],
};

fn read(evidence: &Evidence) -> Reading {
    let evasive = evidence.message.defects.iter().filter(|defect| {
        matches!(
            defect.kind,
            DefectKind::AmbiguousStructure | DefectKind::UnknownTransferEncoding | DefectKind::BareControl
        ) || (defect.kind == DefectKind::RepeatedField
            && defect.part.is_empty()
            && defect.detail.to_lowercase().starts_with("from"))
    });
    told(evasive.take(TOLD_MAX).map(|defect| defect.to_string()).collect())
}
