//! Zip archives (PKWARE APPNOTE 6.3), and what is built on them: OOXML, OpenDocument, Java, app packages.

use std::io::{Cursor, Read};

use memchr::memmem;
use zip::ZipArchive;

use crate::bounds::{ARCHIVE_DEPTH_MAX, ARCHIVE_MEMBERS_MAX};
use crate::mime::structure::Budget;

use super::inspect::{Found, inspect};
use super::{FileKind, Member, ooxml};

pub(super) type Archive<'a> = ZipArchive<Cursor<&'a [u8]>>;

/// Bytes of one member read: enough for any document, and for the start of anything else.
pub(super) const MEMBER_BYTES_MAX: u64 = 16 * 1024 * 1024;

const LOCAL_HEADER: &[u8] = b"PK\x03\x04";
const END_OF_DIRECTORY: &[u8] = b"PK\x05\x06";

/// The longest comment after the end of the directory, and the record itself.
const END_BYTES: usize = 65_535 + 22;

/// Whether a file of another kind ends in a zip archive too, so that two programs read two things out of it.
pub(super) fn hangs_on(bytes: &[u8]) -> bool {
    let tail = &bytes[bytes.len().saturating_sub(END_BYTES)..];
    let Some(end) = memmem::rfind(tail, END_OF_DIRECTORY).and_then(|at| tail.get(at + 4..at + 22)) else {
        return false;
    };
    let entries = u16::from_le_bytes([end[6], end[7]]);
    let directory_bytes = u32::from_le_bytes([end[8], end[9], end[10], end[11]]) as usize;
    entries > 0 && directory_bytes >= 46 * usize::from(entries) && directory_bytes < bytes.len()
}

/// Reads an archive that stands inside `depth` others.
pub(super) fn read(bytes: &[u8], depth: usize, budget: &mut Budget) -> Found {
    let Ok(mut archive) = ZipArchive::new(Cursor::new(bytes)) else { return without_directory(bytes) };
    let mut found = match kind_of(&archive) {
        FileKind::Docx | FileKind::Xlsx | FileKind::Pptx | FileKind::OpenDocument => {
            return ooxml::read(kind_of(&archive), &mut archive, budget);
        }
        kind => Found::plain(kind),
    };
    if archive.len() > ARCHIVE_MEMBERS_MAX {
        found.bounded = Some("archive members");
    }
    for index in 0..archive.len().min(ARCHIVE_MEMBERS_MAX) {
        member(&mut archive, index, bytes, depth, budget, &mut found);
    }
    found.contents.encrypted = found.contents.members.iter().any(|member| member.encrypted);
    found
}

/// What the names in an archive make it.
fn kind_of(archive: &Archive<'_>) -> FileKind {
    let has =
        |wanted: &str| archive.file_names_raw().any(|name| name.eq_ignore_ascii_case(wanted.as_bytes()));
    let has_below = |folder: &str| {
        archive.file_names_raw().any(|name| {
            name.get(..folder.len()).is_some_and(|start| start.eq_ignore_ascii_case(folder.as_bytes()))
        })
    };
    if has("[Content_Types].xml") {
        let folders = [
            ("word/", FileKind::Docx),
            ("xl/", FileKind::Xlsx),
            ("ppt/", FileKind::Pptx),
            ("AppxMetadata/", FileKind::Installer),
        ];
        if let Some((_, kind)) = folders.into_iter().find(|(folder, _)| has_below(folder)) {
            return kind;
        }
    }
    if has("mimetype") && has("META-INF/manifest.xml") {
        return FileKind::OpenDocument;
    }
    let installers = ["AppxManifest.xml", "AppxBlockMap.xml", "AndroidManifest.xml"];
    if installers.into_iter().any(has) {
        return FileKind::Installer;
    }
    let has_classes = archive.file_names_raw().any(|name| name.ends_with(b".class"));
    if has("META-INF/MANIFEST.MF") && has_classes { FileKind::Java } else { FileKind::Zip }
}

fn member(
    archive: &mut Archive<'_>,
    index: usize,
    bytes: &[u8],
    depth: usize,
    budget: &mut Budget,
    found: &mut Found,
) {
    let Ok(file) = archive.by_index_raw(index) else {
        found.broken = Some("a member of the archive cannot be read");
        return;
    };
    if file.is_dir() {
        return;
    }
    let name = shown_name(file.name_raw());
    let (size_bytes, encrypted, at) = (file.size(), file.encrypted(), file.header_start());
    let other_name = local_name(bytes, at).filter(|local| *local != file.name_raw()).map(shown_name);
    drop(file);
    let mut kind = FileKind::Unknown;
    if !encrypted {
        let data = unpack(archive, index, budget, found);
        let inner = if depth < ARCHIVE_DEPTH_MAX {
            inspect(&data, depth + 1, budget)
        } else {
            Found::plain(super::kind::of(&data))
        };
        if depth == ARCHIVE_DEPTH_MAX && inner.kind.is_archive() {
            found.bounded = Some("archives inside archives");
        }
        kind = inner.kind;
        found.absorb(&name, inner);
    }
    // Some programs unpack it under one name, some under the other.
    if let Some(name) = other_name {
        found.note("the directory of the archive names other files than the archive holds");
        found.contents.members.push(Member { name, kind, size_bytes, encrypted });
    }
    found.contents.members.push(Member { name, kind, size_bytes, encrypted });
}

/// A member unpacked, as far as the budget goes; what cannot be unpacked is empty.
pub(super) fn unpack(
    archive: &mut Archive<'_>,
    index: usize,
    budget: &mut Budget,
    found: &mut Found,
) -> Vec<u8> {
    let mut data = Vec::new();
    let limit = budget.unpacked_bytes.min(MEMBER_BYTES_MAX);
    match archive.by_index(index) {
        Ok(file) => {
            if file.size() > limit {
                found.bounded = Some("unpacked bytes");
            }
            if file.take(limit).read_to_end(&mut data).is_err() {
                found.broken = Some("a member of the archive cannot be unpacked");
            }
        }
        Err(_) => found.broken = Some("a member of the archive cannot be unpacked"),
    }
    budget.unpacked_bytes = budget.unpacked_bytes.saturating_sub(data.len() as u64);
    data
}

/// The name in the header in front of the data at `at`, which some programs go by instead of the directory.
fn local_name(bytes: &[u8], at: u64) -> Option<&[u8]> {
    let header = bytes.get(usize::try_from(at).ok()?..).filter(|header| header.starts_with(LOCAL_HEADER))?;
    let length = u16::from_le_bytes([*header.get(26)?, *header.get(27)?]);
    header.get(30..30 + usize::from(length))
}

fn shown_name(raw: &[u8]) -> String {
    String::from_utf8_lossy(raw).replace('\\', "/")
}

/// An archive whose directory is missing or damaged: the names stand in front of the data as well.
fn without_directory(bytes: &[u8]) -> Found {
    let mut found = Found::broken(FileKind::Zip, "the directory of the archive cannot be read");
    for at in memmem::find_iter(bytes, LOCAL_HEADER).take(ARCHIVE_MEMBERS_MAX) {
        let (Some(name), Some(header)) = (local_name(bytes, at as u64), bytes.get(at..at + 30)) else {
            continue;
        };
        let size_bytes = u64::from(u32::from_le_bytes([header[22], header[23], header[24], header[25]]));
        let encrypted = header[6] & 1 == 1;
        found.contents.encrypted |= encrypted;
        found.contents.members.push(Member {
            name: shown_name(name),
            kind: FileKind::Unknown,
            size_bytes,
            encrypted,
        });
    }
    found
}
