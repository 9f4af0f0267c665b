//! A file that is not what its name says.

use super::attachment_executable::what_runs;
use super::kit::*;

pub(super) const SIGNAL: Signal = Signal {
    name: "attachment-file-disguised",
    about: "An attachment's name hides what the file is.",
    read,
    examples: &[
        hit(
            "two extensions, the second one a web page",
            "From: a@b.example\nContent-Type: text/html; name=\"invoice.pdf.html\"\nContent-Disposition: attachment\n\n<p>x</p>",
        ),
        hit(
            "a right-to-left mark that turns the end of the name around",
            "From: a@b.example\nContent-Type: application/octet-stream; name*=utf-8''inv%E2%80%AEfdp.exe\nContent-Disposition: attachment\n\nx",
        ),
        miss(
            "a version number",
            "From: a@b.example\nContent-Type: text/plain; name=\"notes.1.2.txt\"\nContent-Disposition: attachment\n\nx",
        ),
    ],
};

fn read(evidence: &Evidence) -> Reading {
    attachments_told(evidence, |attachment| {
        let disguise = disguise(attachment.kind, &attachment.name).or_else(|| {
            attachment.contents.members.iter().find_map(|member| disguise(member.kind, &member.name))
        })?;
        Some(format!("{}: {disguise}", file(&attachment.name)))
    })
}

const DOCUMENTS: [&str; 16] = [
    "pdf", "doc", "docx", "xls", "xlsx", "ppt", "pptx", "txt", "rtf", "jpg", "jpeg", "png", "gif", "mp3",
    "wav", "csv",
];

fn disguise(kind: FileKind, name: &str) -> Option<&'static str> {
    if name.chars().any(|character| matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')) {
        return Some("its name has a mark that turns the order of its letters around");
    }
    let last = extension(name)?;
    let shown = name.trim().rsplit_once('.').and_then(|(stem, _)| extension(stem));
    let is_document = |extension: &str| DOCUMENTS.contains(&extension);
    let opens_as_more = what_runs(FileKind::Unknown, name).is_some()
        || matches!(last.as_str(), "htm" | "html" | "shtml" | "xhtml" | "svg");
    if opens_as_more && shown.as_deref().is_some_and(is_document) {
        return Some("it has a document's extension before its real one");
    }
    let runs = what_runs(kind, "").is_some();
    let is_page = matches!(kind, FileKind::Html | FileKind::Svg);
    let is_paper = matches!(last.as_str(), "pdf" | "doc" | "docx" | "xls" | "xlsx" | "jpg" | "jpeg" | "png");
    match (runs || is_page, is_paper) {
        (true, true) => Some("it is named as a document and is a program or a web page"),
        _ => None,
    }
}
