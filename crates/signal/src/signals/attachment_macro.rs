//! Macros are programs inside documents.

use super::kit::*;

pub(super) const SIGNAL: Signal = Signal {
    name: "attachment-macro",
    about: "An attached document has macros, or one that only documents with macros are named like.",
    read,
    examples: &[
        hit(
            "a macro workbook by its name",
            "From: a@b.example\nContent-Type: application/octet-stream; name=\"prices.xlsm\"\n\nx",
        ),
        miss(
            "a workbook without",
            "From: a@b.example\nContent-Type: application/octet-stream; name=\"prices.xlsx\"\n\nx",
        ),
    ],
};

const EXTENSIONS: [&str; 9] = ["docm", "dotm", "xlsm", "xltm", "xlam", "xlsb", "pptm", "potm", "ppam"];

fn read(evidence: &Evidence) -> Reading {
    attachments_told(evidence, |attachment| {
        if attachment.contents.macros {
            return Some(format!("{} has macros", file(&attachment.name)));
        }
        let named =
            extension(&attachment.name).is_some_and(|extension| EXTENSIONS.contains(&extension.as_str()));
        named.then(|| format!("{} is named like a document with macros", file(&attachment.name)))
    })
}
