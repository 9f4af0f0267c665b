//! PDF (ISO 32000-1): scripts, actions, embedded files and links, by a bounded scan of all objects.
//!
//! The names that matter are looked for in the file as it is and in its object streams unpacked, wherever they
//! stand: a reader that follows the cross-reference table sees only what the table names, and viewers repair more.

use std::io::Read;

use flate2::read::ZlibDecoder;
use memchr::{memchr, memmem};

use crate::mime::structure::Budget;

use super::FileKind;
use super::inspect::{Found, LINKS_MAX};

/// Bytes searched of one file.
const BYTES_MAX: usize = 32 * 1024 * 1024;

/// Object streams unpacked of one file.
const STREAMS_MAX: usize = 2_000;

/// Bytes of one object stream.
const STREAM_BYTES_MAX: u64 = 4 * 1024 * 1024;

/// Names (§7.3.5), and what to note for them.
const NAMES: &[(&[u8], &str)] = &[
    (b"JavaScript", "JavaScript"),
    (b"JS", "JavaScript"),
    (b"Launch", "launch action"),
    (b"OpenAction", "action on opening"),
    (b"AA", "additional actions"),
    (b"EmbeddedFile", "embedded file"),
    (b"SubmitForm", "form that sends"),
    (b"ImportData", "imports data"),
    (b"GoToR", "opens another file"),
    (b"XFA", "XFA form"),
    (b"RichMedia", "rich media"),
    (b"Encrypt", "encrypted"),
];

/// The longest name of [`NAMES`] with every letter written `#xx`.
const NAME_BYTES_MAX: usize = 40;

/// The longest address read.
const URI_BYTES_MAX: usize = 4_096;

/// Reads a document.
pub(super) fn read(bytes: &[u8], budget: &mut Budget) -> Found {
    let mut found = Found::plain(FileKind::Pdf);
    if bytes.len() > BYTES_MAX {
        found.bounded = Some("PDF bytes");
    }
    let bytes = &bytes[..bytes.len().min(BYTES_MAX)];
    scan(bytes, &mut found);
    for stream in object_streams(bytes).take(STREAMS_MAX) {
        let mut unpacked = Vec::new();
        let limit = STREAM_BYTES_MAX.min(budget.unpacked_bytes);
        // A stream that ends early is looked at as far as it goes, as viewers do.
        let _ = ZlibDecoder::new(stream).take(limit).read_to_end(&mut unpacked);
        budget.unpacked_bytes = budget.unpacked_bytes.saturating_sub(unpacked.len() as u64);
        scan(&unpacked, &mut found);
        if limit == 0 {
            found.bounded = Some("unpacked bytes");
            break;
        }
    }
    found
}

/// The packed bytes of every stream whose dictionary says that it holds objects.
fn object_streams(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let objects = memmem::find_iter(bytes, b"ObjStm");
    objects.filter_map(|at| {
        let rest = &bytes[at..];
        let start = memmem::find(&rest[..rest.len().min(1024)], b"stream")? + b"stream".len();
        let data = rest[start..].strip_prefix(b"\r\n").or_else(|| rest[start..].strip_prefix(b"\n"));
        Some(data.unwrap_or(&rest[start..]))
    })
}

/// Looks at every name in `bytes`.
fn scan(bytes: &[u8], found: &mut Found) {
    let mut rest = bytes;
    while let Some(slash) = memchr(b'/', rest) {
        rest = &rest[slash + 1..];
        let length = rest.iter().take(NAME_BYTES_MAX).take_while(|byte| is_regular(**byte)).count();
        let written = &rest[..length];
        let name = if memchr(b'#', written).is_some() { &unescaped(written) } else { written };
        if name == b"URI" {
            if found.contents.links.len() < LINKS_MAX {
                found.contents.links.extend(uri(&rest[length..]));
            }
        } else if let Some((_, note)) = NAMES.iter().find(|(known, _)| *known == name) {
            found.contents.encrypted |= name == b"Encrypt";
            found.note(note);
        }
        rest = &rest[length..];
    }
}

/// Neither white space nor a delimiter (§7.2.2).
fn is_regular(byte: u8) -> bool {
    !matches!(
        byte,
        0 | b'\t'
            | b'\n'
            | 12
            | b'\r'
            | b' '
            | b'('
            | b')'
            | b'<'
            | b'>'
            | b'['
            | b']'
            | b'{'
            | b'}'
            | b'/'
            | b'%'
    )
}

/// A name with its `#xx` taken apart (§7.3.5), as obfuscated documents write it.
fn unescaped(name: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(name.len());
    let mut rest = name;
    while let [byte, after @ ..] = rest {
        rest = after;
        match (byte, hex_pair(after)) {
            (b'#', Some(escaped)) => {
                plain.push(escaped);
                rest = &after[2..];
            }
            _ => plain.push(*byte),
        }
    }
    plain
}

fn hex_pair(bytes: &[u8]) -> Option<u8> {
    let digit = |at: usize| char::from(*bytes.get(at)?).to_digit(16);
    u8::try_from(digit(0)? << 4 | digit(1)?).ok()
}

/// The string after `/URI`, when one stands there: `(…)` (§7.3.4.2) or `<…>` (§7.3.4.3).
fn uri(bytes: &[u8]) -> Option<String> {
    let text = bytes.trim_ascii_start();
    let string = match text.split_first()? {
        (b'(', inner) => literal(inner),
        (b'<', inner) if inner.first() != Some(&b'<') => hexadecimal(inner),
        _ => return None,
    };
    Some(String::from_utf8_lossy(&string).into_owned()).filter(|uri| !uri.is_empty())
}

fn literal(inner: &[u8]) -> Vec<u8> {
    let mut string = Vec::new();
    let mut depth = 0;
    let mut bytes = inner.iter().take(URI_BYTES_MAX);
    while let Some(byte) = bytes.next() {
        match byte {
            b'\\' => string.extend(bytes.next().filter(|escaped| !matches!(escaped, b'\r' | b'\n'))),
            b')' if depth == 0 => break,
            b')' => {
                depth -= 1;
                string.push(b')');
            }
            b'(' => {
                depth += 1;
                string.push(b'(');
            }
            other => string.push(*other),
        }
    }
    string
}

fn hexadecimal(inner: &[u8]) -> Vec<u8> {
    let digits: Vec<u8> = inner
        .iter()
        .take(URI_BYTES_MAX)
        .take_while(|byte| **byte != b'>')
        .copied()
        .filter(u8::is_ascii_hexdigit)
        .collect();
    digits.chunks_exact(2).filter_map(hex_pair).collect()
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn notes(bytes: &[u8]) -> (Vec<String>, Vec<String>) {
        let contents = read(bytes, &mut Budget::default()).contents;
        (contents.active, contents.links)
    }

    #[test]
    fn actions_and_links_are_found_however_they_are_written() {
        let rows: [(&[u8], &[&str], &[&str]); 6] = [
            (
                b"%PDF-1.7 << /OpenAction << /S /JavaScript /JS (x) >> >>",
                &["action on opening", "JavaScript"],
                &[],
            ),
            (b"%PDF-1.7 /#4aava#53cript", &["JavaScript"], &[]),
            (b"%PDF-1.7 /JSON /AAPL", &[], &[]),
            (
                b"%PDF-1.7 << /S /URI /URI (https://example.com/a\\(b\\)) >>",
                &[],
                &["https://example.com/a(b)"],
            ),
            (b"%PDF-1.7 /URI <687474703A2F2F61>", &[], &["http://a"]),
            (b"%PDF-1.7 trailer << /Encrypt 5 0 R >>", &["encrypted"], &[]),
        ];
        for (bytes, active, links) in rows {
            let (read_active, read_links) = notes(bytes);
            assert_eq!(
                (read_active, read_links),
                (
                    active.iter().map(ToString::to_string).collect(),
                    links.iter().map(ToString::to_string).collect()
                )
            );
        }
    }

    #[test]
    fn object_streams_are_unpacked() {
        let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(b"<< /S /Launch >>").expect("memory");
        let packed = encoder.finish().expect("memory");
        let mut pdf = b"%PDF-1.7 << /Type /ObjStm /Filter /FlateDecode >> stream\r\n".to_vec();
        pdf.extend(packed);
        assert_eq!(notes(&pdf).0, ["launch action"]);
    }
}
