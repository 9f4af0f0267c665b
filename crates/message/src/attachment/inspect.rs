//! Looking into a file: its kind, and what is inside, one reader for each format.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::body::html;
use crate::link::find;
use crate::mime::structure::Budget;

use super::{Contents, FileKind, kind, ole, pdf, rar, rtf, seven_zip, shortcut, tar, text, tnef, zip};

/// A file, looked into.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) kind: FileKind,
    pub(super) contents: Contents,
    /// Why it could not be read as what it is.
    pub(super) broken: Option<&'static str>,
    /// The bound that ended the reading.
    pub(super) bounded: Option<&'static str>,
}

impl Found {
    /// A file of `kind` in which nothing is looked for.
    pub(super) fn plain(kind: FileKind) -> Self {
        Self { kind, ..Self::default() }
    }

    pub(super) fn broken(kind: FileKind, why: &'static str) -> Self {
        Self { kind, broken: Some(why), ..Self::default() }
    }

    /// Takes over what was found in a file inside this one.
    pub(super) fn absorb(&mut self, name: &str, inner: Found) {
        let Contents { members, encrypted: _, macros, active, html, links } = inner.contents;
        let within =
            |member: super::Member| super::Member { name: format!("{name}/{}", member.name), ..member };
        self.contents.members.extend(members.into_iter().map(within));
        self.contents.macros |= macros;
        active.iter().for_each(|note| self.note(&format!("{name}: {note}")));
        if let Some(traits) = html {
            self.contents.html.get_or_insert_default().add(&traits);
        }
        self.contents.links.extend(links);
        self.bounded = self.bounded.or(inner.bounded);
    }

    /// Adds a short note, once.
    pub(super) fn note(&mut self, note: &str) {
        let note: String = note.chars().take(NOTE_CHARS_MAX).collect();
        if self.contents.active.len() < NOTES_MAX && !self.contents.active.contains(&note) {
            self.contents.active.push(note);
        }
    }
}

const NOTES_MAX: usize = 50;
const NOTE_CHARS_MAX: usize = 200;

/// Links kept of one file.
pub(super) const LINKS_MAX: usize = 500;

/// Text of a file that is searched for links.
const TEXT_BYTES_MAX: usize = 1024 * 1024;

/// Looks into `bytes`, which stand inside `depth` archives.
pub(super) fn inspect(bytes: &[u8], depth: usize, budget: &mut Budget) -> Found {
    let kind = kind::of(bytes);
    // The readers of zip and OLE files are not ours; should one panic, the file is broken and the mail is judged.
    let read = catch_unwind(AssertUnwindSafe(|| look(kind, bytes, depth, budget)));
    let mut found = read.unwrap_or_else(|_| Found::broken(kind, "its reader gave up"));
    found.contents.links.truncate(LINKS_MAX);
    if kind != FileKind::Zip && zip::hangs_on(bytes) {
        found.note("a zip archive hangs on its end");
    }
    found
}

fn look(kind: FileKind, bytes: &[u8], depth: usize, budget: &mut Budget) -> Found {
    if ole::is_ole(bytes) {
        return ole::read(bytes, budget);
    }
    match kind {
        FileKind::Zip => zip::read(bytes, depth, budget),
        FileKind::Gzip => tar::read_gzip(bytes, depth, budget),
        FileKind::Tar => tar::read(bytes, depth, budget),
        FileKind::Tnef => tnef::read(bytes, depth, budget),
        FileKind::Rar => rar::read(bytes),
        FileKind::SevenZip => seven_zip::read(bytes),
        FileKind::Pdf => pdf::read(bytes, budget),
        FileKind::Rtf => rtf::read(bytes),
        FileKind::Shortcut => shortcut::read(bytes),
        FileKind::Html | FileKind::Svg => page(kind, bytes, budget),
        FileKind::Text | FileKind::Calendar | FileKind::VCard | FileKind::Xml | FileKind::Script => {
            words(kind, bytes)
        }
        _ => Found::plain(kind),
    }
}

fn page(kind: FileKind, bytes: &[u8], budget: &mut Budget) -> Found {
    let html = encoding_rs::UTF_8.decode(bytes).0;
    let reading = html::read(&html, &mut budget.attribute_work);
    let mut found = Found { bounded: reading.bounded, ..Found::plain(kind) };
    found.contents.links = reading.links.into_iter().map(|link| link.url).collect();
    found.contents.html = Some(reading.traits);
    found
}

fn words(kind: FileKind, bytes: &[u8]) -> Found {
    let mut found = Found::plain(kind);
    let head = &bytes[..bytes.len().min(TEXT_BYTES_MAX)];
    if text::head(head).is_some() {
        let text = encoding_rs::UTF_8.decode(head).0;
        found.contents.links = find::in_text(&text).take(LINKS_MAX).map(str::to_string).collect();
    }
    found
}
