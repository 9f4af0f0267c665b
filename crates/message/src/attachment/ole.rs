//! OLE compound files ([MS-CFB]): Office 97-2003 documents, Outlook messages, installers, encrypted Office files.

use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};

use cfb::CompoundFile;
use memchr::memmem;

use crate::mime::structure::Budget;

use super::inspect::Found;
use super::{FileKind, vba};

const MAGIC: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";

/// Entries looked at in one file.
const ENTRIES_MAX: usize = 2_000;

/// Bytes read of one stream.
const STREAM_BYTES_MAX: u64 = 8 * 1024 * 1024;

/// The class of Windows Installer packages.
const INSTALLER_CLASS: &str = "000c1084-0000-0000-c000-000000000046";

/// Streams and storages that tell what a file is.
const KINDS: &[(&str, FileKind)] = &[
    ("EncryptedPackage", FileKind::EncryptedOffice),
    ("WordDocument", FileKind::Doc),
    ("Workbook", FileKind::Xls),
    ("Book", FileKind::Xls),
    ("PowerPoint Document", FileKind::Ppt),
    ("__properties_version1.0", FileKind::OutlookMessage),
    ("BodyText", FileKind::Doc),
    ("Quill", FileKind::Doc),
];

/// Whether `bytes` are a compound file.
pub(super) fn is_ole(bytes: &[u8]) -> bool {
    bytes.starts_with(MAGIC)
}

type File<'a> = CompoundFile<Cursor<&'a [u8]>>;

/// Reads a compound file.
pub(super) fn read(bytes: &[u8], budget: &mut Budget) -> Found {
    let Ok(mut file) = CompoundFile::open(Cursor::new(bytes)) else {
        return damaged(bytes);
    };
    let entries: Vec<(PathBuf, bool)> =
        file.walk().take(ENTRIES_MAX).map(|entry| (entry.path().to_path_buf(), entry.is_stream())).collect();
    let mut found = Found::plain(kind_of(&file, &entries));
    if entries.len() == ENTRIES_MAX {
        found.bounded = Some("OLE entries");
    }
    found.contents.encrypted = found.kind == FileKind::EncryptedOffice;
    macros(&mut file, &entries, budget, &mut found);
    match found.kind {
        FileKind::Doc => word(&stream(&mut file, Path::new("/WordDocument"), budget), &mut found),
        FileKind::Xls => {
            let name = if file.is_stream("/Workbook") { "/Workbook" } else { "/Book" };
            workbook(&stream(&mut file, Path::new(name), budget), &mut found);
        }
        _ => {}
    }
    found
}

/// A damaged file, which Office may repair: the names of its streams are looked for wherever they stand.
fn damaged(bytes: &[u8]) -> Found {
    let has = |name: &str| {
        let wide: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        memmem::find(bytes, &wide).is_some()
    };
    let kind = KINDS.iter().find(|(name, _)| has(name)).map_or(FileKind::Unknown, |(_, kind)| *kind);
    let mut found = Found::broken(kind, "an OLE file that cannot be read");
    found.contents.encrypted = kind == FileKind::EncryptedOffice;
    found.contents.macros = has("_VBA_PROJECT");
    found
}

fn kind_of(file: &File<'_>, entries: &[(PathBuf, bool)]) -> FileKind {
    if file.root_entry().clsid().to_string() == INSTALLER_CLASS {
        return FileKind::Installer;
    }
    let at_top = |name: &str| {
        entries.iter().any(|(path, _)| path.parent() == Some(Path::new("/")) && is_called(path, name))
    };
    KINDS.iter().find(|(name, _)| at_top(name)).map_or(FileKind::Unknown, |(_, kind)| *kind)
}

fn is_called(path: &Path, name: &str) -> bool {
    path.file_name().and_then(|last| last.to_str()).is_some_and(|last| last.eq_ignore_ascii_case(name))
}

/// Looks for macros and for objects inside; also in `vbaProject.bin`, which is a compound file of its own.
fn macros(file: &mut File<'_>, entries: &[(PathBuf, bool)], budget: &mut Budget, found: &mut Found) {
    for (path, is_stream) in entries {
        if is_called(path, "_VBA_PROJECT") || is_called(path, "_VBA_PROJECT_CUR") {
            found.contents.macros = true;
        }
        if is_called(path, "\u{1}Ole10Native") || is_called(path, "ObjectPool") && !is_stream {
            found.note("embedded object");
        }
        let in_vba = path.parent().is_some_and(|folder| is_called(folder, "VBA"));
        if *is_stream && in_vba {
            for word in vba::words(&stream(file, path, budget)) {
                found.note(&format!("macro: {word}"));
            }
        }
    }
}

/// A stream, as far as the budget goes.
fn stream(file: &mut File<'_>, path: &Path, budget: &mut Budget) -> Vec<u8> {
    let mut bytes = Vec::new();
    if let Ok(stream) = file.open_stream(path) {
        // What cannot be read to its end is looked at as far as it came.
        let _ = stream.take(STREAM_BYTES_MAX.min(budget.unpacked_bytes)).read_to_end(&mut bytes);
    }
    budget.unpacked_bytes = budget.unpacked_bytes.saturating_sub(bytes.len() as u64);
    bytes
}

/// The flags at the start ([MS-DOC] §2.5.2) and fields that start other programs.
fn word(document: &[u8], found: &mut Found) {
    found.contents.encrypted |= document.get(11).is_some_and(|flags| flags & 1 != 0);
    let wide: Vec<u8> = "DDEAUTO".encode_utf16().flat_map(u16::to_le_bytes).collect();
    if memmem::find(document, b"DDEAUTO").is_some() || memmem::find(document, &wide).is_some() {
        found.note("DDE field");
    }
}

const FILE_PASS: u16 = 0x002f;
const BOUND_SHEET: u16 = 0x0085;
const MACRO_SHEET: u8 = 1;

/// The records of a workbook ([MS-XLS] §2.1.4): encryption and Excel 4 macro sheets.
fn workbook(mut records: &[u8], found: &mut Found) {
    while let [id_low, id_high, size_low, size_high, rest @ ..] = records {
        let size = usize::from(u16::from_le_bytes([*size_low, *size_high]));
        let data = &rest[..size.min(rest.len())];
        match u16::from_le_bytes([*id_low, *id_high]) {
            FILE_PASS => found.contents.encrypted = true,
            BOUND_SHEET if data.get(5) == Some(&MACRO_SHEET) => {
                found.contents.macros = true;
                let hidden = data.get(4).is_some_and(|state| state & 3 != 0);
                found.note(if hidden { "hidden Excel 4 macro sheet" } else { "Excel 4 macro sheet" });
            }
            _ => {}
        }
        records = rest.get(size..).unwrap_or_default();
    }
}
