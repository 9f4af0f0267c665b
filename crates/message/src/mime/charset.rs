//! Bytes to text: charset labels as mail uses them, and what is done where none is given.

use std::borrow::Cow;

use encoding_rs::{Encoding, REPLACEMENT, UTF_8, WINDOWS_1252};

/// Labels seen in mail that the WHATWG Encoding Standard does not list, in lower case.
const ALIASES: &[(&str, &str)] = &[
    ("ansi", "windows-1252"),
    ("binary", "windows-1252"),
    ("cp-850", "windows-1252"),
    ("cp1250", "windows-1250"),
    ("cp932", "shift_jis"),
    ("cp936", "gbk"),
    ("cp949", "euc-kr"),
    ("cp950", "big5"),
    ("gb18030-2000", "gb18030"),
    ("iso-2022-jp-1", "iso-2022-jp"),
    ("iso-2022-jp-2", "iso-2022-jp"),
    ("iso-2022-jp-ms", "iso-2022-jp"),
    ("iso-8859-1-windows-3.1-latin-1", "windows-1252"),
    ("iso8859_1", "windows-1252"),
    ("iso_8859_1", "windows-1252"),
    ("koi8-ru", "koi8-u"),
    ("latin-1", "windows-1252"),
    ("ms932", "shift_jis"),
    ("unicode-1-1-utf-8", "utf-8"),
    ("us_ascii", "us-ascii"),
    ("utf", "utf-8"),
    ("utf-8-sig", "utf-8"),
    ("utf8mb4", "utf-8"),
    ("utf_8", "utf-8"),
    ("win-1251", "windows-1251"),
    ("win-1252", "windows-1252"),
    ("windows-31j", "shift_jis"),
    ("windows-utf-8", "utf-8"),
];

/// What became of some bytes.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Decoded {
    /// As declared, every byte of it.
    Clean,
    /// With replacement characters, by another charset than declared, or by guessing; with the detail of a defect.
    Leniently(String),
}

/// Decodes `bytes` as `label` says, or by what the bytes look like when it is empty or says nothing.
pub(crate) fn decode<'a>(label: &str, bytes: &'a [u8]) -> (Cow<'a, str>, Decoded) {
    let label = label.trim().trim_matches(['"', '\'']).to_ascii_lowercase();
    match label.as_str() {
        "" | "us-ascii" | "ascii" | "us_ascii" | "ansi_x3.4-1968" => guess(bytes),
        "utf-7" | "unicode-1-1-utf-7" | "utf7" => {
            (Cow::Owned(utf7(bytes)), Decoded::Leniently("utf-7".into()))
        }
        known => match encoding(known) {
            Some(encoding) => decode_as(encoding, bytes),
            None => {
                let name: String = label.chars().filter(char::is_ascii_graphic).take(40).collect();
                (guess(bytes).0, Decoded::Leniently(format!("unknown charset {name}")))
            }
        },
    }
}

fn encoding(label: &str) -> Option<&'static Encoding> {
    let label = match ALIASES.binary_search_by_key(&label, |(alias, _)| alias) {
        Ok(index) => ALIASES[index].1,
        Err(_) => label,
    };
    // The replacement encoding turns everything into one character: fit for a browser, blinding for us.
    Encoding::for_label(label.as_bytes()).filter(|encoding| *encoding != REPLACEMENT)
}

fn decode_as<'a>(encoding: &'static Encoding, bytes: &'a [u8]) -> (Cow<'a, str>, Decoded) {
    let (text, used, broken) = encoding.decode(bytes);
    let outcome = if broken {
        Decoded::Leniently(format!("bytes that are not {}", used.name().to_ascii_lowercase()))
    } else {
        Decoded::Clean
    };
    (text, outcome)
}

/// Nothing declared: UTF-8 where it is valid (RFC 6532 §3.4 mail), else Windows-1252, which reads anything.
fn guess(bytes: &[u8]) -> (Cow<'_, str>, Decoded) {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return (Cow::Borrowed(text.strip_prefix('\u{feff}').unwrap_or(text)), Decoded::Clean);
    }
    match Encoding::for_bom(bytes) {
        Some((encoding, _)) if encoding != UTF_8 => decode_as(encoding, bytes),
        Some(_) | None => {
            (WINDOWS_1252.decode_without_bom_handling(bytes).0, Decoded::Leniently("undeclared 8-bit".into()))
        }
    }
}

/// A header value as text, and whether its bytes were UTF-8 (RFC 6532 §3.2); else they are read as Windows-1252.
pub(crate) fn header_text(bytes: &[u8]) -> (Cow<'_, str>, bool) {
    match std::str::from_utf8(bytes) {
        Ok(text) => (Cow::Borrowed(text), true),
        Err(_) => (WINDOWS_1252.decode_without_bom_handling(bytes).0, false),
    }
}

/// UTF-7 (RFC 2152), leniently: Outlook still reads it, which makes it a way to hide text from filters.
fn utf7(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some(plus) = memchr::memchr(b'+', rest) {
        text.push_str(&WINDOWS_1252.decode_without_bom_handling(&rest[..plus]).0);
        let run = &rest[plus + 1..];
        let length = run.iter().position(|byte| !is_base64(*byte)).unwrap_or(run.len());
        rest = run[length..].strip_prefix(b"-").unwrap_or(&run[length..]);
        match length {
            0 => text.push('+'),
            _ => text.push_str(&utf16_of_base64(&run[..length])),
        }
    }
    text.push_str(&WINDOWS_1252.decode_without_bom_handling(rest).0);
    text
}

fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'+' || byte == b'/'
}

fn utf16_of_base64(run: &[u8]) -> String {
    let bytes = super::transfer::base64(run).0;
    let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect();
    String::from_utf16_lossy(&units)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aliases_are_sorted_and_lead_somewhere() {
        assert!(ALIASES.is_sorted_by_key(|(alias, _)| alias));
        for (alias, name) in ALIASES {
            assert!(Encoding::for_label(name.as_bytes()).is_some(), "{alias}");
        }
    }

    #[test]
    fn bytes_become_text() {
        let rows: [(&str, &[u8], &str, bool); 12] = [
            ("utf-8", "grün".as_bytes(), "grün", true),
            ("\"UTF-8\"", "grün".as_bytes(), "grün", true),
            ("iso-8859-1", b"gr\xfcn", "grün", true),
            ("ansi", b"gr\xfcn", "grün", true),
            ("", b"gr\xfcn", "grün", false),
            ("us-ascii", "grün".as_bytes(), "grün", true),
            ("x-nobody", b"gr\xfcn", "grün", false),
            ("iso-2022-kr", b"plain", "plain", false),
            ("utf-8", b"gr\xfcn", "gr\u{fffd}n", false),
            ("cp932", b"\x83\x81\x81[\x83\x8b", "メール", true),
            ("utf-7", b"1 +- 1, gr+APw-n, Hi+IKw", "1 + 1, grün, Hi€", false),
            ("", b"\xff\xfeh\0i\0", "hi", true),
        ];
        for (label, bytes, text, clean) in rows {
            let (decoded, outcome) = decode(label, bytes);
            assert_eq!((decoded.as_ref(), outcome == Decoded::Clean), (text, clean), "{label}");
        }
    }
}
