//! RAR archives, versions 4 and 5: names, sizes and whether a password is needed. Nothing is unpacked.

use crate::bounds::ARCHIVE_MEMBERS_MAX;

use super::inspect::Found;
use super::{FileKind, Member};

const VERSION_4: &[u8] = b"Rar!\x1a\x07\0";
const VERSION_5: &[u8] = b"Rar!\x1a\x07\x01\0";

/// Reads the headers of an archive.
pub(super) fn read(bytes: &[u8]) -> Found {
    let mut found = Found::plain(FileKind::Rar);
    let whole = match bytes.strip_prefix(VERSION_5) {
        Some(rest) => version_5(rest, &mut found),
        None => bytes.strip_prefix(VERSION_4).and_then(|rest| version_4(rest, &mut found)),
    };
    if whole.is_none() {
        found.broken = Some("a header of the archive cannot be read");
    }
    found.contents.encrypted |= found.contents.members.iter().any(|member| member.encrypted);
    found
}

/// Blocks as in the RAR 5 archive format note. `None` when one cannot be read.
fn version_5(mut rest: &[u8], found: &mut Found) -> Option<()> {
    while !rest.is_empty() && found.contents.members.len() < ARCHIVE_MEMBERS_MAX {
        let mut header = Fields { rest: rest.get(4..)? };
        let size = usize::try_from(header.number()?).ok()?;
        let start = header.rest;
        let (mut block, after) = (Fields { rest: start.get(..size)? }, start.get(size..)?);
        let (kind, flags) = (block.number()?, block.number()?);
        let extra_size = if flags & 1 != 0 { block.number()? } else { 0 };
        let data_size = if flags & 2 != 0 { block.number()? } else { 0 };
        match kind {
            2 => found.contents.members.extend(file_5(block, extra_size)),
            // Everything after this header is encrypted, names too.
            4 => {
                found.contents.encrypted = true;
                found.note("the names in the archive are encrypted");
                return Some(());
            }
            5 => return Some(()),
            _ => {}
        }
        rest = after.get(usize::try_from(data_size).ok()?..)?;
    }
    Some(())
}

fn file_5(mut block: Fields<'_>, extra_size: u64) -> Option<Member> {
    let extra_at = block.rest.len().checked_sub(usize::try_from(extra_size).ok()?)?;
    let extra = &block.rest[extra_at..];
    let (flags, size_bytes, _attributes) = (block.number()?, block.number()?, block.number()?);
    let optional = if flags & 2 != 0 { 4 } else { 0 } + if flags & 4 != 0 { 4 } else { 0 };
    block.rest = block.rest.get(optional..)?;
    let (_compression, _system, name_size) = (block.number()?, block.number()?, block.number()?);
    let name = block.rest.get(..usize::try_from(name_size).ok()?)?;
    if flags & 1 != 0 {
        return None;
    }
    let name = String::from_utf8_lossy(name).into_owned();
    Some(Member { name, kind: FileKind::Unknown, size_bytes, encrypted: has_record(extra, 1) })
}

/// Whether the extra area holds a record of `kind`; 1 is file encryption.
fn has_record(extra: &[u8], kind: u64) -> bool {
    let mut fields = Fields { rest: extra };
    while let Some(size) = fields.number().and_then(|size| usize::try_from(size).ok()) {
        let Some(record) = fields.rest.get(..size).filter(|record| !record.is_empty()) else { return false };
        if (Fields { rest: record }).number() == Some(kind) {
            return true;
        }
        fields.rest = &fields.rest[size..];
    }
    false
}

struct Fields<'a> {
    rest: &'a [u8],
}

impl Fields<'_> {
    /// Seven bits a byte, the lowest first.
    fn number(&mut self) -> Option<u64> {
        let mut number = 0;
        for index in 0..9 {
            let byte = *self.rest.get(index)?;
            number |= u64::from(byte & 0x7f) << (7 * index);
            if byte & 0x80 == 0 {
                self.rest = &self.rest[index + 1..];
                return Some(number);
            }
        }
        None
    }
}

/// Blocks as in the RAR 4 archive format note.
fn version_4(mut rest: &[u8], found: &mut Found) -> Option<()> {
    while rest.len() >= 7 && found.contents.members.len() < ARCHIVE_MEMBERS_MAX {
        let (kind, flags, size) = (rest[2], word(rest, 3)?, usize::from(word(rest, 5)?));
        let block = rest.get(..size.max(7))?;
        let mut data_size = 0;
        match kind {
            0x73 if flags & 0x80 != 0 => {
                found.contents.encrypted = true;
                found.note("the names in the archive are encrypted");
                return Some(());
            }
            0x74 => {
                data_size = long(block, 7)?;
                found.contents.members.push(file_4(block, flags)?);
            }
            0x7b => return Some(()),
            _ if flags & 0x8000 != 0 => data_size = long(block, 7)?,
            _ => {}
        }
        rest = rest.get(block.len() + data_size as usize..).unwrap_or_default();
    }
    Some(())
}

fn file_4(block: &[u8], flags: u16) -> Option<Member> {
    let name_size = usize::from(word(block, 26)?);
    let name_at = if flags & 0x100 != 0 { 40 } else { 32 };
    let name = block.get(name_at..name_at + name_size)?;
    // A Unicode form may stand after a NUL.
    let name = name.split(|byte| *byte == 0).next().unwrap_or_default();
    Some(Member {
        name: String::from_utf8_lossy(name).replace('\\', "/"),
        kind: FileKind::Unknown,
        size_bytes: u64::from(long(block, 11)?),
        encrypted: flags & 4 != 0,
    })
}

fn word(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

fn long(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}
