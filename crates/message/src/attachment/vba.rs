//! VBA source in Office files ([MS-OVBA] §2.4.1), as far as the names of what runs by itself.

use memchr::memmem;

/// What begins the source of every module once compressed: a literal `Attribut` in the first chunk.
const MODULE_START: &[u8] = b"\0Attribut";

/// Source kept of one module.
const SOURCE_BYTES_MAX: usize = 1024 * 1024;

/// Names that Office runs without being asked, and calls that leave the document, in lower case.
const WORDS: &[&str] = &[
    "autoopen",
    "autoexec",
    "autoclose",
    "auto_open",
    "auto_close",
    "document_open",
    "document_close",
    "document_new",
    "workbook_open",
    "workbook_activate",
    "workbook_beforeclose",
    "presentation_open",
    "urldownloadtofile",
    "createobject",
    "getobject",
    "shellexecute",
    "wscript.shell",
    "powershell",
    "winhttp",
    "xmlhttp",
    "adodb.stream",
    "callbyname",
    "createthread",
    "virtualalloc",
];

/// The words of [`WORDS`] in the module that `stream` may hold.
pub(super) fn words(stream: &[u8]) -> Vec<&'static str> {
    let Some(at) = memmem::find(stream, MODULE_START) else { return Vec::new() };
    // The signature byte and the chunk header stand in front of the first flag byte.
    let Some(start) = at.checked_sub(3) else { return Vec::new() };
    let source = String::from_utf8_lossy(&decompressed(&stream[start..])).to_lowercase();
    WORDS.iter().copied().filter(|word| source.contains(word)).collect()
}

/// Undoes the compression, as far as it goes.
fn decompressed(container: &[u8]) -> Vec<u8> {
    let mut source = Vec::new();
    let mut rest = container.get(1..).unwrap_or_default();
    while rest.len() > 2 && source.len() < SOURCE_BYTES_MAX {
        let header = u16::from_le_bytes([rest[0], rest[1]]);
        let size = usize::from(header & 0x0fff) + 1;
        let data = &rest[2..rest.len().min(2 + size)];
        if header & 0x8000 == 0 {
            source.extend_from_slice(data);
        } else {
            chunk(data, &mut source);
        }
        rest = rest.get(2 + size..).unwrap_or_default();
    }
    source
}

/// One compressed chunk: literals and copies of what came before in the same chunk.
fn chunk(mut data: &[u8], source: &mut Vec<u8>) {
    let start = source.len();
    while let Some((flags, rest)) = data.split_first() {
        data = rest;
        for bit in 0..8 {
            match (flags >> bit & 1, data) {
                (0, [literal, rest @ ..]) => {
                    source.push(*literal);
                    data = rest;
                }
                (1, [low, high, rest @ ..]) => {
                    if copy(u16::from_le_bytes([*low, *high]), start, source).is_none() {
                        return;
                    }
                    data = rest;
                }
                _ => return,
            }
        }
    }
}

/// A copy token ([MS-OVBA] §2.4.1.3.19): how its bits divide depends on how much has been written.
fn copy(token: u16, start: usize, source: &mut Vec<u8>) -> Option<()> {
    let written = source.len() - start;
    let offset_bits = (4..12).find(|bits| 1usize << bits >= written).unwrap_or(12);
    let length = usize::from(token & (0xffff >> offset_bits)) + 3;
    let offset = usize::from(token >> (16 - offset_bits)) + 1;
    let from = source.len().checked_sub(offset).filter(|from| *from >= start)?;
    for index in from..from + length.min(4096) {
        source.push(source[index]);
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compressed_source_is_read() {
        // The example of [MS-OVBA] §3.2.2.
        let container = b"\x01\x2f\xb0\x00\x23\x61\x61\x61\x62\x63\x64\x65\x82\x66\x00\x70\x61\x67\x68\x69\x6a\x01\
            \x38\x08\x61\x6b\x6c\x00\x30\x6d\x6e\x6f\x70\x06\x71\x02\x70\x04\x10\x72\x73\x74\x75\x76\x10\x77\x78\x79\
            \x7a\x00\x3c";
        assert_eq!(decompressed(container), b"#aaabcdefaaaaghijaaaaaklaaamnopqaaaaaaaaaaaarstuvwxyzaaa");
    }

    #[test]
    fn hostile_source_ends() {
        for bytes in [&b"\x01\xff\xff\xff\xff\xff"[..], b"\x01", b"", b"\x01\x00\xb0\x01\x00\x00"] {
            decompressed(bytes);
        }
        assert!(words(b"xx\0Attribut").is_empty());
    }
}
