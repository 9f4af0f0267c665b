//! Encoded words (RFC 2047), read as mail clients read them: long ones, spaces inside, a character split over two.

use std::borrow::Cow;

use super::{charset, transfer};

/// Longest charset name with its language tag (RFC 2231 §5) that is looked for.
const CHARSET_BYTES_MAX: usize = 64;

/// One word, still encoded.
struct Word<'a> {
    charset: &'a str,
    bytes: Vec<u8>,
    /// What stands after it.
    rest: &'a str,
}

/// Decodes every encoded word of `text`, wherever it stands; blanks between two of them go (RFC 2047 §6.2). Adjacent
/// words of one charset are joined before decoding, since many senders split characters between them.
pub(crate) fn decode(text: &str) -> Cow<'_, str> {
    let Some(last_end) = text.rfind("?=").filter(|_| text.contains("=?")) else {
        return Cow::Borrowed(text);
    };
    let mut decoded = String::with_capacity(text.len());
    let mut pending: Option<(&str, Vec<u8>)> = None;
    let mut rest = text;
    while let Some(start) = rest.find("=?").filter(|start| text.len() - rest.len() + start < last_end) {
        let Some(word) = word(&rest[start..]) else {
            flush(&mut pending, &mut decoded);
            decoded.push_str(&rest[..start + 2]);
            rest = &rest[start + 2..];
            continue;
        };
        if pending.is_none() || !rest[..start].trim().is_empty() {
            flush(&mut pending, &mut decoded);
            decoded.push_str(&rest[..start]);
        }
        match &mut pending {
            Some((charset, bytes)) if charset.eq_ignore_ascii_case(word.charset) => bytes.extend(word.bytes),
            Some(_) | None => {
                flush(&mut pending, &mut decoded);
                pending = Some((word.charset, word.bytes));
            }
        }
        rest = word.rest;
    }
    flush(&mut pending, &mut decoded);
    decoded.push_str(rest);
    Cow::Owned(decoded)
}

fn flush(pending: &mut Option<(&str, Vec<u8>)>, decoded: &mut String) {
    if let Some((charset, bytes)) = pending.take() {
        decoded.push_str(&charset::decode(charset, &bytes).0);
    }
}

/// Reads the word that `text` starts with.
fn word(text: &str) -> Option<Word<'_>> {
    let inner = text.strip_prefix("=?")?;
    let charset_end = inner.bytes().take(CHARSET_BYTES_MAX).position(|byte| byte == b'?')?;
    let charset = &inner[..charset_end];
    if charset.contains(char::is_whitespace) {
        return None;
    }
    let inner = &inner[charset_end + 1..];
    let encoding = inner.get(..2)?;
    let (encoded, rest) = inner[2..].split_once("?=")?;
    let bytes = match encoding {
        "B?" | "b?" => transfer::base64(encoded.as_bytes()).0,
        "Q?" | "q?" => transfer::quoted_printable(&spaced(encoded.as_bytes())).0,
        _ => return None,
    };
    Some(Word { charset: charset.split('*').next().unwrap_or(charset), bytes, rest })
}

/// The Q encoding (RFC 2047 §4.2) as quoted-printable: an underscore is a space, written `=20` so that it survives
/// at the end.
fn spaced(encoded: &[u8]) -> Vec<u8> {
    let mut spaced = Vec::with_capacity(encoded.len() + 16);
    for byte in encoded {
        match byte {
            b'_' => spaced.extend_from_slice(b"=20"),
            other => spaced.push(*other),
        }
    }
    spaced
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encoded_words_decode_as_clients_do() {
        for (given, shown) in [
            ("plain", "plain"),
            ("=?utf-8?Q?gr=C3=BCn?=", "grün"),
            ("=?UTF-8?B?Z3LDvG4=?=", "grün"),
            ("=?utf-8*en?Q?a?=", "a"),
            ("=?utf-8?Q?a_b?=", "a b"),
            ("=?utf-8?Q?a_=5F_?=", "a _ "),
            ("=?utf-8?Q?a b?=", "a b"),
            ("=?utf-8?Q?a?= =?utf-8?Q?b?=", "ab"),
            ("=?utf-8?Q?a?= b =?utf-8?Q?c?=", "a b c"),
            // One character in two words.
            ("=?utf-8?Q?gr=C3?= =?utf-8?Q?=BCn?=", "grün"),
            ("=?utf-8?B?Z3LD?=\t=?utf-8?B?vG4=?=", "grün"),
            ("=?iso-8859-1?Q?=FC?= =?utf-8?Q?=C3=BC?=", "üü"),
            // Without blanks around, as Outlook reads it.
            ("Re:=?utf-8?Q?a?=!", "Re:a!"),
            ("=?utf-8?B?Z3LDvG4?=", "grün"),
            // No words at all.
            ("=?utf-8?X?a?=", "=?utf-8?X?a?="),
            ("=?utf-8?Q?a", "=?utf-8?Q?a"),
            ("=?", "=?"),
            ("?= =?", "?= =?"),
        ] {
            assert_eq!(decode(given), shown, "{given}");
        }
    }

    #[test]
    fn many_open_words_take_linear_time() {
        let hostile = "=?a?Q?".repeat(200_000) + "?=";
        assert!(decode(&hostile).len() < hostile.len());
        let hostile = "=?".repeat(500_000) + "?=";
        assert!(decode(&hostile).len() <= hostile.len());
    }
}
