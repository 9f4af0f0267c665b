//! Tar archives (POSIX ustar and GNU long names) and gzip files.

use std::io::Read;

use flate2::read::MultiGzDecoder;

use crate::bounds::{ARCHIVE_DEPTH_MAX, ARCHIVE_MEMBERS_MAX};
use crate::mime::structure::Budget;

use super::inspect::{Found, inspect};
use super::zip::MEMBER_BYTES_MAX;
use super::{FileKind, Member};

const BLOCK_BYTES: usize = 512;

/// Reads an archive that stands inside `depth` others.
pub(super) fn read(bytes: &[u8], depth: usize, budget: &mut Budget) -> Found {
    let mut found = Found::plain(FileKind::Tar);
    let mut rest = bytes;
    let mut long_name: Option<String> = None;
    while let Some(header) = rest.get(..BLOCK_BYTES).filter(|header| header[0] != 0) {
        if found.contents.members.len() >= ARCHIVE_MEMBERS_MAX {
            found.bounded = Some("archive members");
            break;
        }
        let Some(size) = octal(&header[124..136]) else {
            found.broken = Some("a member of the archive cannot be read");
            break;
        };
        let after = &rest[BLOCK_BYTES..];
        let data = &after[..size.min(after.len())];
        match header[156] {
            b'L' => long_name = Some(text(data)),
            b'0' | 0 => {
                let name = long_name.take().unwrap_or_else(|| name(header));
                add(&mut found, &name, data, size as u64, depth, budget);
            }
            _ => {}
        }
        rest = after.get(size.div_ceil(BLOCK_BYTES).saturating_mul(BLOCK_BYTES)..).unwrap_or_default();
    }
    found
}

/// Reads a compressed file: the members of a tar archive inside, or the one file.
pub(super) fn read_gzip(bytes: &[u8], depth: usize, budget: &mut Budget) -> Found {
    let mut found = Found::plain(FileKind::Gzip);
    let mut data = Vec::new();
    let limit = budget.unpacked_bytes.min(MEMBER_BYTES_MAX);
    let mut decoder = MultiGzDecoder::new(bytes).take(limit);
    if decoder.read_to_end(&mut data).is_err() {
        found.broken = Some("the file cannot be unpacked to its end");
    }
    if data.len() as u64 == limit {
        found.bounded = Some("unpacked bytes");
    }
    budget.unpacked_bytes = budget.unpacked_bytes.saturating_sub(data.len() as u64);
    let stored_name =
        decoder.get_ref().header().and_then(|header| header.filename()).map(text).unwrap_or_default();
    let size = data.len() as u64;
    add(&mut found, &stored_name, &data, size, depth, budget);
    if let Some(only) = found.contents.members.last().filter(|member| member.kind == FileKind::Tar) {
        let prefix = format!("{}/", only.name);
        found.contents.members.pop();
        for member in &mut found.contents.members {
            member.name = member.name.strip_prefix(&prefix).map(str::to_string).unwrap_or_default();
        }
    }
    found
}

fn add(found: &mut Found, name: &str, data: &[u8], size_bytes: u64, depth: usize, budget: &mut Budget) {
    let inner = if depth < ARCHIVE_DEPTH_MAX {
        inspect(data, depth + 1, budget)
    } else {
        Found::plain(super::kind::of(data))
    };
    let kind = inner.kind;
    found.absorb(name, inner);
    found.contents.members.push(Member { name: name.to_string(), kind, size_bytes, encrypted: false });
}

/// An octal number, or a big-endian one where its first bit is set (GNU).
fn octal(field: &[u8]) -> Option<usize> {
    if field[0] & 0x80 != 0 {
        return field[1..]
            .iter()
            .try_fold(0usize, |number, byte| number.checked_mul(256)?.checked_add(usize::from(*byte)));
    }
    let digits = text(field);
    let digits = digits.trim();
    if digits.is_empty() { Some(0) } else { usize::from_str_radix(digits, 8).ok() }
}

fn name(header: &[u8]) -> String {
    let (name, prefix) = (text(&header[..100]), text(&header[345..500]));
    let has_prefix = header[257..].starts_with(b"ustar\0") && !prefix.is_empty();
    if has_prefix { format!("{prefix}/{name}") } else { name }
}

/// Up to the first NUL.
fn text(field: &[u8]) -> String {
    let end = memchr::memchr(0, field).unwrap_or(field.len()).min(1000);
    String::from_utf8_lossy(&field[..end]).into_owned()
}
