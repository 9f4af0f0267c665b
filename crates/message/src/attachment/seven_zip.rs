//! 7z archives: names where they stand in the clear, and whether a password is needed. Nothing is unpacked.

use memchr::memmem;

use crate::bounds::ARCHIVE_MEMBERS_MAX;

use super::inspect::Found;
use super::{FileKind, Member};

/// The coder id of AES-256 with SHA-256 (`7zFormat.txt`, methods).
const AES: &[u8] = b"\x24\x06\xf1\x07\x01";

const HEADER: u8 = 0x01;
const NAMES: u8 = 0x11;

/// Reads the header at the end of an archive.
pub(super) fn read(bytes: &[u8]) -> Found {
    let mut found = Found::plain(FileKind::SevenZip);
    let Some(header) = next_header(bytes) else {
        return Found::broken(FileKind::SevenZip, "the header of the archive cannot be read");
    };
    found.contents.encrypted = memmem::find(header, AES).is_some();
    if header.first() == Some(&HEADER) {
        let encrypted = found.contents.encrypted;
        let member = |name: String| Member { name, kind: FileKind::Unknown, size_bytes: 0, encrypted };
        found.contents.members = names(header).into_iter().map(member).collect();
    } else if found.contents.encrypted {
        found.note("the names in the archive are encrypted");
    }
    found
}

fn next_header(bytes: &[u8]) -> Option<&[u8]> {
    let number = |at: usize| Some(u64::from_le_bytes(bytes.get(at..at + 8)?.try_into().ok()?));
    let (offset, size) = (usize::try_from(number(12)?).ok()?, usize::try_from(number(20)?).ok()?);
    bytes.get(32..)?.get(offset..)?.get(..size)
}

/// The names, UTF-16 with NULs after each; they are the last long property of the header.
fn names(header: &[u8]) -> Vec<String> {
    let starts = memmem::rfind_iter(header, &[NAMES]);
    starts.filter_map(|at| names_at(&header[at + 1..])).find(|names| !names.is_empty()).unwrap_or_default()
}

fn names_at(rest: &[u8]) -> Option<Vec<String>> {
    let (size, length) = number(rest)?;
    let data = rest.get(length..)?.get(..size)?;
    let (external, text) = data.split_first()?;
    let ends_well = *external == 0 && text.len() % 2 == 0 && text.ends_with(&[0, 0]) && text.len() > 3;
    if !ends_well {
        return None;
    }
    let units: Vec<u16> = text.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
    let names = units.split(|unit| *unit == 0).filter(|name| !name.is_empty()).take(ARCHIVE_MEMBERS_MAX);
    Some(names.map(String::from_utf16_lossy).collect())
}

/// A number whose first byte says how many follow (one or two are enough for names).
fn number(bytes: &[u8]) -> Option<(usize, usize)> {
    let first = *bytes.first()?;
    match first {
        0..0x80 => Some((usize::from(first), 1)),
        0x80..0xc0 => Some((usize::from(first & 0x3f) << 8 | usize::from(*bytes.get(1)?), 2)),
        _ => Some((usize::from(*bytes.get(2)?) << 8 | usize::from(*bytes.get(1)?), 3)),
    }
}
