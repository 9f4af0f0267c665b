//! A short message whose attachment holds the link: the text for the filters, the link for the reader.

use super::kit::*;

pub(super) const SIGNAL: Signal = Signal {
    name: "attachment-with-lure-link",
    about: "The message says little and its only attachment, a PDF, holds a link to somewhere unrelated to the sender.",
    read,
    examples: &[
        hit(
            "one line and a PDF with one link",
            "From: a@b.example\nContent-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: text/plain\n\nPlease see attached.\n--x\nContent-Type: application/pdf; name=\"invoice.pdf\"\n\n%PDF-1.4\n1 0 obj << /Type /Annot /Subtype /Link /A << /S /URI /URI (https://evil.example/login) >> >> endobj\n%%EOF\n--x--\n",
        ),
        miss(
            "a PDF that links to its sender",
            "From: a@b.example\nContent-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: text/plain\n\nPlease see attached.\n--x\nContent-Type: application/pdf; name=\"invoice.pdf\"\n\n%PDF-1.4\n1 0 obj << /Type /Annot /Subtype /Link /A << /S /URI /URI (https://www.b.example/terms) >> >> endobj\n%%EOF\n--x--\n",
        ),
    ],
};

/// Words of a covering note.
const NOTE_WORDS_MAX: usize = 60;

/// Links of a lure; real documents have one or two, or many.
const LINKS_MAX: usize = 3;

fn read(evidence: &Evidence) -> Reading {
    let message = &evidence.message;
    let pdfs: Vec<&Attachment> =
        message.attachments.iter().filter(|attachment| attachment.kind == FileKind::Pdf).collect();
    let [pdf] = pdfs.as_slice() else { return Reading::Absent };
    let is_note = evidence.words.of(message).count() <= NOTE_WORDS_MAX;
    let links = &pdf.contents.links;
    if !is_note || links.is_empty() || links.len() > LINKS_MAX {
        return Reading::Absent;
    }
    let author = evidence.author_address().map(|author| author.domain().organisational());
    let foreign = links.iter().find_map(|link| {
        let host = message::link::link(link, "", message::link::Place::Other).host?;
        (Some(host.organisational()) != author).then_some(host)
    });
    told_once(foreign.map(|host| format!("{} links to {host}", file(&pdf.name))))
}
