//! Structured field values of MIME: `type/subtype; name=value` (RFC 2045 §5.1) with the continuations and charsets
//! of RFC 2231.

use std::borrow::Cow;

use super::{charset, encoded_word};

/// Parameters of one field; real ones have five at most.
const PARAMETERS_MAX: usize = 200;

/// A value before the first semicolon, and the parameters after it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Structured {
    /// Lower case, without comments.
    pub(crate) value: String,
    /// Names in lower case as written (`filename*0*`), values unquoted, in order.
    parameters: Vec<(String, String)>,
}

/// A parameter as different readers see it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Readings {
    /// The extended form (`name*=`) where there is one, else the first plain one.
    pub(crate) chosen: Option<String>,
    /// Another value some readers choose: a later duplicate, or the plain form beside the extended one.
    pub(crate) other: Option<String>,
}

impl Structured {
    /// Reads a field value, whatever it is.
    pub(crate) fn parse(field: &str) -> Self {
        let mut segments = Segments { rest: field };
        let value = segments.next().unwrap_or_default().to_ascii_lowercase();
        let parameters = segments.take(PARAMETERS_MAX).filter_map(|segment| parameter(&segment)).collect();
        Self { value, parameters }
    }

    /// The first plain parameter called `name` (lower case).
    pub(crate) fn plain(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The parameter called `name` (lower case), decoded, in both readings when readers disagree.
    pub(crate) fn readings(&self, name: &str) -> Readings {
        let plain = self.parameters.iter().filter(|(key, _)| key == name);
        let mut plain = plain.map(|(_, value)| encoded_word::decode(value).into_owned());
        let extended = self.extended(name);
        let first = plain.next();
        let last = plain.next_back();
        let other = match (&extended, &last) {
            (Some(_), _) => last.or_else(|| first.clone()),
            (None, _) => last,
        };
        let chosen = extended.or(first);
        let other = other.filter(|other| Some(other) != chosen.as_ref());
        Readings { chosen, other }
    }

    /// `name*=charset'language'value`, or the pieces `name*0=`, `name*1*=` put together (RFC 2231 §3, §4).
    fn extended(&self, name: &str) -> Option<String> {
        let mut pieces: Vec<(usize, bool, &str)> = Vec::new();
        for (key, value) in &self.parameters {
            let Some(section) = key.strip_prefix(name).and_then(|rest| rest.strip_prefix('*')) else {
                continue;
            };
            let (number, percent) = match section.strip_suffix('*') {
                Some(number) => (number, true),
                None => (section, section.is_empty()),
            };
            let Ok(number) = (if number.is_empty() { Ok(0) } else { number.parse() }) else { continue };
            if pieces.iter().all(|(seen, ..)| *seen != number) {
                pieces.push((number, percent, value));
            }
        }
        pieces.sort_by_key(|(number, ..)| *number);
        let (_, first_percent, first) = *pieces.first()?;
        let (label, first) = if first_percent { charset_of(first) } else { ("", first) };
        let mut bytes = Vec::new();
        for (index, (_, percent, value)) in pieces.iter().enumerate() {
            let value = if index == 0 { first } else { value };
            match percent {
                true => bytes.extend(percent_decoded(value)),
                false => bytes.extend_from_slice(value.as_bytes()),
            }
        }
        let text = charset::decode(label, &bytes).0;
        // Some senders put encoded words into the pieces, and clients decode them.
        Some(encoded_word::decode(&text).into_owned())
    }
}

fn charset_of(value: &str) -> (&str, &str) {
    let mut pieces = value.splitn(3, '\'');
    match (pieces.next(), pieces.next(), pieces.next()) {
        (Some(label), Some(_), Some(text)) => (label, text),
        _ => ("", value),
    }
}

/// Takes `%41` apart; a percent sign that begins nothing stands for itself.
fn percent_decoded(value: &str) -> Vec<u8> {
    let mut decoded = Vec::with_capacity(value.len());
    let mut rest = value.as_bytes();
    while let [byte, after @ ..] = rest {
        rest = after;
        match (byte, after) {
            (b'%', [high, low, after @ ..]) if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                let digit = |byte: u8| char::from(byte).to_digit(16).unwrap_or(0) as u8;
                decoded.push(digit(*high) << 4 | digit(*low));
                rest = after;
            }
            _ => decoded.push(*byte),
        }
    }
    decoded
}

/// `name = value`; the name in lower case. What has no equals sign is no parameter.
fn parameter(segment: &str) -> Option<(String, String)> {
    let (name, value) = segment.split_once('=')?;
    let name = name.trim().to_ascii_lowercase();
    (!name.is_empty()).then(|| (name, unquoted(without_comment(value.trim())).into_owned()))
}

/// A value without the comment after it. Parentheses elsewhere are part of a file name that nothing quotes.
fn without_comment(value: &str) -> &str {
    match value
        .strip_suffix(')')
        .and_then(|value| value.rfind([' ', '\t']).map(|blank| value.split_at(blank)))
    {
        Some((value, comment)) if !value.starts_with('"') && comment.trim_start().starts_with('(') => {
            value.trim_end()
        }
        Some(_) | None => value,
    }
}

/// A quoted string (RFC 5322 §3.2.4) without quotes and backslashes; what stands after the closing quote goes.
pub(crate) fn unquoted(value: &str) -> Cow<'_, str> {
    let Some(inner) = value.strip_prefix('"') else { return Cow::Borrowed(value) };
    if let Some(end) = inner.find(['"', '\\']).filter(|end| inner.as_bytes()[*end] == b'"') {
        return Cow::Borrowed(&inner[..end]);
    }
    let mut text = String::with_capacity(inner.len());
    let mut characters = inner.chars();
    while let Some(character) = characters.next() {
        match character {
            '"' => break,
            '\\' => text.extend(characters.next()),
            other => text.push(other),
        }
    }
    Cow::Owned(text)
}

/// What stands between semicolons, comments taken out, quoted strings left whole.
struct Segments<'a> {
    rest: &'a str,
}

impl Iterator for Segments<'_> {
    type Item = String;

    fn next(&mut self) -> Option<String> {
        if self.rest.is_empty() {
            return None;
        }
        let mut segment = String::new();
        let mut characters = self.rest.char_indices();
        let (mut quoted, mut comment, mut value) = (false, 0usize, false);
        while let Some((at, character)) = characters.next() {
            match character {
                '\\' if quoted || comment > 0 => {
                    let escaped = characters.next().map(|(_, escaped)| escaped);
                    segment.extend([character].into_iter().chain(escaped).filter(|_| comment == 0));
                }
                '"' if comment == 0 && (quoted || value) => {
                    quoted = !quoted;
                    segment.push('"');
                }
                '(' if !quoted && !value => comment += 1,
                ')' if comment > 0 => comment -= 1,
                ';' if !quoted && comment == 0 => {
                    self.rest = &self.rest[at + 1..];
                    return Some(segment.trim().to_string());
                }
                _ if comment > 0 => {}
                other => {
                    value |= other == '=';
                    segment.push(other);
                }
            }
        }
        self.rest = "";
        Some(segment.trim().to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_and_parameters_are_read() {
        for (field, value, name, chosen, other) in [
            ("text/plain; charset=utf-8", "text/plain", "charset", Some("utf-8"), None),
            ("TEXT/Plain ; Charset = \"utf-8\" ;", "text/plain", "charset", Some("utf-8"), None),
            ("multipart/mixed; boundary= \"a;b\"", "multipart/mixed", "boundary", Some("a;b"), None),
            ("multipart/mixed; boundary=\"\"", "multipart/mixed", "boundary", Some(""), None),
            ("text/plain (a comment; x=1); x=2", "text/plain", "x", Some("2"), None),
            ("attachment; filename=a (1).pdf", "attachment", "filename", Some("a (1).pdf"), None),
            ("attachment; filename=a(1).pdf", "attachment", "filename", Some("a(1).pdf"), None),
            ("attachment; filename=\"a \\\"b\\\".pdf\"", "attachment", "filename", Some("a \"b\".pdf"), None),
            ("multipart/mixed; boundary=B (x)", "multipart/mixed", "boundary", Some("B"), None),
            ("attachment; filename=\"open.pdf", "attachment", "filename", Some("open.pdf"), None),
            (
                "attachment; filename=a.pdf; filename=b.exe",
                "attachment",
                "filename",
                Some("a.pdf"),
                Some("b.exe"),
            ),
            (
                "attachment; filename=\"=?utf-8?Q?=C3=BC.pdf?=\"",
                "attachment",
                "filename",
                Some("ü.pdf"),
                None,
            ),
            ("attachment; filename*=utf-8''%C3%BC.pdf", "attachment", "filename", Some("ü.pdf"), None),
            (
                "a; filename*=iso-8859-1'de'%FC.pdf; filename=u.pdf",
                "a",
                "filename",
                Some("ü.pdf"),
                Some("u.pdf"),
            ),
            ("a; filename*0=one; filename*1=two.exe", "a", "filename", Some("onetwo.exe"), None),
            ("a; filename*1*=%C3%BC.exe; filename*0*=utf-8''a", "a", "filename", Some("aü.exe"), None),
            ("a; filename*=%zz", "a", "filename", Some("%zz"), None),
            (";;=; x", "", "x", None, None),
        ] {
            let structured = Structured::parse(field);
            assert_eq!(structured.value, value, "{field}");
            let readings = structured.readings(name);
            assert_eq!((readings.chosen.as_deref(), readings.other.as_deref()), (chosen, other), "{field}");
        }
    }
}
