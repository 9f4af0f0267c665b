//! How much work a message may make us do.

use std::borrow::Cow;
use std::time::Duration;

/// For one DNS question at one server; then the next is tried, once.
pub(super) const LOOKUP: Duration = Duration::from_secs(2);
/// For SPF, for DKIM (both at once), and for DMARC after them. RFC 7208 §4.6.4 asks for at least 20 seconds on a mail
/// server that waits for nothing; we hold mail back, and a late answer is `temperror`.
pub(super) const CHECK: Duration = Duration::from_secs(8);
/// For everything, hashing included: past it there is no answer at all.
pub(super) const EVALUATION: Duration = Duration::from_secs(20);
/// Exchange Online refuses larger header sections (256 KB, Exchange Online limits).
pub(super) const HEADER_BYTES_MAX: usize = 256 << 10;
/// Real mail has up to five; RFC 6376 §6.1 lets a verifier stop.
pub(super) const SIGNATURES_MAX: usize = 10;
/// Names in one `h=`: every one is searched in all fields. Real signatures name up to 60.
pub(super) const SIGNED_FIELDS_MAX: usize = 200;

/// The message with its first [`SIGNATURES_MAX`] DKIM signatures; each more would have the whole body hashed. `None` when
/// the header section is too large to look at.
pub(super) fn limit(bytes: &[u8]) -> Option<Cow<'_, [u8]>> {
    let (header, rest) = bytes.split_at(header_length(bytes));
    if header.len() > HEADER_BYTES_MAX {
        return None;
    }
    let surplus = || fields(header).filter(|field| is_signature(field)).skip(SIGNATURES_MAX);
    if surplus().next().is_none() {
        return Some(Cow::Borrowed(bytes));
    }
    let mut signatures = 0;
    let mut kept = Vec::with_capacity(bytes.len());
    for field in fields(header) {
        signatures += usize::from(is_signature(field));
        if !is_signature(field) || signatures <= SIGNATURES_MAX {
            kept.extend_from_slice(field);
        }
    }
    kept.extend_from_slice(rest);
    Some(Cow::Owned(kept))
}

/// Up to and without the empty line.
fn header_length(bytes: &[u8]) -> usize {
    let mut end = 0;
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        if matches!(line, b"\r\n" | b"\n") {
            break;
        }
        end += line.len();
    }
    end
}

/// Fields with their folded lines.
fn fields(header: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = header;
    std::iter::from_fn(move || {
        let (field, after) = rest.split_at(field_length(rest));
        rest = after;
        (!field.is_empty()).then_some(field)
    })
}

fn field_length(header: &[u8]) -> usize {
    let mut length = 0;
    for line in header.split_inclusive(|byte| *byte == b'\n') {
        let folded = matches!(line.first(), Some(b' ' | b'\t'));
        if length > 0 && !folded {
            break;
        }
        length += line.len();
    }
    length
}

fn is_signature(field: &[u8]) -> bool {
    let name = field.split(|byte| *byte == b':').next().unwrap_or_default();
    name.trim_ascii_end().eq_ignore_ascii_case(b"dkim-signature")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn surplus_signatures_are_left_out_and_nothing_else() {
        let signatures: String =
            (0..12).map(|n| format!("DKIM-Signature: v=1; s={n};\r\n\tb=abc\r\nX-{n}: y\r\n")).collect();
        let message = format!("From: a@example.org\r\n{signatures}\r\nDKIM-Signature: in the body\r\n");
        let kept = String::from_utf8(limit(message.as_bytes()).unwrap().into_owned()).unwrap();
        assert!(kept.contains("s=9;\r\n\tb=abc") && !kept.contains("s=10;"));
        assert!(kept.contains("X-11: y\r\n\r\nDKIM-Signature: in the body\r\n"));
        assert_eq!(kept.len(), message.len() - 2 * "DKIM-Signature: v=1; s=10;\r\n\tb=abc\r\n".len());
    }

    #[test]
    fn ordinary_messages_stay_as_they_are() {
        for message in [&b""[..], b"\r\n", b"From: a", b"From: a\nTo: b\n\nbody", b" \r\n\t\r\n", b"\n\n\n"] {
            assert_eq!(limit(message).unwrap(), message);
        }
    }

    #[test]
    fn a_huge_header_section_is_not_looked_at() {
        assert!(limit(&vec![b'x'; HEADER_BYTES_MAX + 1]).is_none());
        assert!(limit(&[b"From: a\r\n\r\n", &vec![b'x'; 2 * HEADER_BYTES_MAX][..]].concat()).is_some());
    }
}
