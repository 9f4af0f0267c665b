//! TNEF, the `winmail.dat` of Outlook ([MS-OXTNEF] §2.1): the files inside.

use crate::bounds::{ARCHIVE_DEPTH_MAX, ARCHIVE_MEMBERS_MAX};
use crate::mime::structure::Budget;

use super::inspect::{Found, inspect};
use super::{FileKind, Member};

/// Signature and key.
const HEADER_BYTES: usize = 6;

const ATTACHMENT_LEVEL: u8 = 2;
const ATTACHMENT_BEGINS: u32 = 0x0006_9002;
const ATTACHMENT_TITLE: u32 = 0x0001_8010;
const ATTACHMENT_DATA: u32 = 0x0006_800f;

/// Reads the attributes one after the other.
pub(super) fn read(bytes: &[u8], depth: usize, budget: &mut Budget) -> Found {
    let mut found = Found::plain(FileKind::Tnef);
    let mut rest = bytes.get(HEADER_BYTES..).unwrap_or_default();
    let (mut name, mut data): (String, Option<&[u8]>) = (String::new(), None);
    while !rest.is_empty() && found.contents.members.len() < ARCHIVE_MEMBERS_MAX {
        let Some((attribute, after)) = attribute(rest) else {
            found.broken = Some("an attribute of the file cannot be read");
            break;
        };
        rest = after;
        match (attribute.level, attribute.id) {
            (ATTACHMENT_LEVEL, ATTACHMENT_BEGINS) => {
                add(&mut found, std::mem::take(&mut name), data.take(), depth, budget);
            }
            (ATTACHMENT_LEVEL, ATTACHMENT_TITLE) => name = title(attribute.data),
            (ATTACHMENT_LEVEL, ATTACHMENT_DATA) => data = Some(attribute.data),
            _ => {}
        }
    }
    add(&mut found, name, data, depth, budget);
    found
}

struct Attribute<'a> {
    level: u8,
    id: u32,
    data: &'a [u8],
}

/// The attribute that `bytes` begin with, and what stands after its checksum.
fn attribute(bytes: &[u8]) -> Option<(Attribute<'_>, &[u8])> {
    let long = |at: usize| Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
    let (level, id, size) = (*bytes.first()?, long(1)?, usize::try_from(long(5)?).ok()?);
    let data = bytes.get(9..)?.get(..size)?;
    let after = bytes[9 + size..].get(2..).unwrap_or_default();
    Some((Attribute { level, id, data }, after))
}

fn title(data: &[u8]) -> String {
    let end = memchr::memchr(0, data).unwrap_or(data.len()).min(255);
    encoding_rs::WINDOWS_1252.decode_without_bom_handling(&data[..end]).0.into_owned()
}

fn add(found: &mut Found, name: String, data: Option<&[u8]>, depth: usize, budget: &mut Budget) {
    let Some(data) = data else { return };
    let inner = match depth < ARCHIVE_DEPTH_MAX {
        true => inspect(data, depth + 1, budget),
        false => Found::plain(super::kind::of(data)),
    };
    let kind = inner.kind;
    found.absorb(&name, inner);
    found.contents.members.push(Member { name, kind, size_bytes: data.len() as u64, encrypted: false });
}
