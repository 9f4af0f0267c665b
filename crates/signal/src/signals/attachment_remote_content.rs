//! Documents that fetch a template, run a command through DDE, or carry other files.

use super::kit::*;

pub(super) const SIGNAL: Signal = Signal {
    name: "attachment-remote-content",
    about: "An attached document fetches or runs something from elsewhere when it is opened.",
    read,
    examples: &[
        hit(
            "a PDF that runs a script when opened",
            "From: a@b.example\nContent-Type: application/pdf; name=\"invoice.pdf\"\n\n%PDF-1.4\n1 0 obj << /Type /Catalog /OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >> >> endobj\ntrailer << /Root 1 0 R >>\n%%EOF",
        ),
        miss(
            "a PDF that does not",
            "From: a@b.example\nContent-Type: application/pdf; name=\"invoice.pdf\"\n\n%PDF-1.4\n1 0 obj << /Type /Catalog >> endobj\ntrailer << /Root 1 0 R >>\n%%EOF",
        ),
    ],
};

fn read(evidence: &Evidence) -> Reading {
    attachments_told(evidence, |attachment| {
        let notes = &attachment.contents.active;
        (!notes.is_empty()).then(|| {
            let listed = notes.iter().take(3).map(|note| quoted(note)).collect::<Vec<_>>().join(", ");
            format!("{} has {listed}", file(&attachment.name))
        })
    })
}
