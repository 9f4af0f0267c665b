//! The header section: lines to fields, in the order written. What the known fields say is read elsewhere.

use std::borrow::Cow;
use std::sync::Arc;

use memchr::{memchr, memmem};

use crate::bounds::{FIELDS_MAX, HEADER_BYTES_MAX};
use crate::defect::DefectKind;
use crate::mime::{charset, encoded_word};

/// A header section in the order written (newest trace field first). Names are compared without regard to case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Headers {
    fields: Arc<[Field]>,
}

/// One field.
#[derive(Clone, PartialEq, Eq)]
pub struct Field {
    /// As written.
    pub name: String,
    /// Unfolded (RFC 5322 §2.2.3), trimmed, not RFC 2047 decoded; bytes that are not UTF-8 are read as Windows-1252.
    pub value: String,
}

impl Field {
    /// Whether this field is called `name`, whatever the case.
    pub fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }

    /// The value with its encoded words (RFC 2047) decoded.
    pub fn decoded(&self) -> Cow<'_, str> {
        encoded_word::decode(&self.value)
    }
}

/// Redacted: values are mail text.
impl std::fmt::Debug for Field {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Field({}: … {} bytes)", self.name, self.value.len())
    }
}

impl Headers {
    /// Reads a header section alone, such as one kept apart from its message; what stands after it is left out.
    pub fn parse(bytes: &[u8]) -> Self {
        message_section(bytes).headers
    }

    /// Whether there are no fields.
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    /// The number of fields.
    pub fn len(&self) -> usize {
        self.fields.len()
    }

    /// All fields, top to bottom.
    pub fn iter(&self) -> std::slice::Iter<'_, Field> {
        self.fields.iter()
    }

    /// The value of the topmost field called `name`.
    pub fn first(&self, name: &str) -> Option<&str> {
        self.all(name).next()
    }

    /// The values of every field called `name`, top to bottom.
    pub fn all<'a>(&'a self, name: &str) -> impl DoubleEndedIterator<Item = &'a str> {
        self.fields.iter().filter(move |field| field.is(name)).map(|field| field.value.as_str())
    }

    /// The topmost field called `name` with its encoded words (RFC 2047) decoded.
    pub fn decoded(&self, name: &str) -> Option<Cow<'_, str>> {
        self.fields.iter().find(|field| field.is(name)).map(Field::decoded)
    }

    /// Whether a field called `name` stands here, even an empty one.
    pub fn has(&self, name: &str) -> bool {
        self.fields.iter().any(|field| field.is(name))
    }
}

impl<'a> IntoIterator for &'a Headers {
    type Item = &'a Field;
    type IntoIter = std::slice::Iter<'a, Field>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// For tests and for fields kept apart from their message.
impl<N: Into<String>, V: Into<String>> FromIterator<(N, V)> for Headers {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(fields: I) -> Self {
        let field = |(name, value): (N, V)| Field { name: name.into(), value: value.into() };
        Self { fields: fields.into_iter().map(field).collect() }
    }
}

/// A header section cut off the front of an entity.
#[derive(Debug, Default)]
pub(crate) struct Section {
    pub(crate) headers: Headers,
    /// Where the body begins.
    pub(crate) body: usize,
    /// Kind and detail; the caller knows the part.
    pub(crate) defects: Vec<(DefectKind, String)>,
}

/// Cuts the header section off a message, past what may stand in front of one: empty lines and the separator line
/// of a mailbox file.
pub(crate) fn message_section(bytes: &[u8]) -> Section {
    let mut start = 0;
    while let Some((line, next)) = line_at(bytes, start) {
        let separator =
            (line.starts_with(b"From ") || line.starts_with(b">From ")) && name_length(line).is_none();
        if !separator && !line.trim_ascii().is_empty() {
            break;
        }
        start = next;
    }
    let starts_with_field = line_at(bytes, start).is_some_and(|(line, _)| name_length(line).is_some());
    if start == 0 || !starts_with_field {
        return section(bytes);
    }
    let mut section = section(&bytes[start..]);
    section.body += start;
    section.defects.push((DefectKind::BadHeaderLine, "before the first field".into()));
    section
}

/// Cuts the header section off `bytes`. It ends at the first empty line, or at the first line from which on
/// nothing looks like a field.
pub(crate) fn section(bytes: &[u8]) -> Section {
    let mut fields = Vec::new();
    let mut defects = Vec::new();
    let body = read_fields(bytes, &mut fields, &mut defects);
    Section { headers: Headers { fields: fields.into() }, body, defects }
}

/// Returns where the body begins.
fn read_fields(bytes: &[u8], fields: &mut Vec<Field>, defects: &mut Vec<(DefectKind, String)>) -> usize {
    let mut at = 0;
    while let Some((line, next)) = line_at(bytes, at) {
        if line.is_empty() {
            return next;
        }
        if fields.len() == FIELDS_MAX || at > HEADER_BYTES_MAX {
            defects.push((DefectKind::BoundReached, "header fields".into()));
            return end_of_section(bytes, at);
        }
        match name_length(line) {
            Some(length) => at = read_field(bytes, at, length, fields, defects),
            None => match next_field(bytes, at).filter(|_| !fields.is_empty()) {
                Some(field) => {
                    defects.push((DefectKind::BadHeaderLine, "skipped".into()));
                    at = field;
                }
                None => {
                    defects.push((DefectKind::BadHeaderLine, "no empty line before the body".into()));
                    return at;
                }
            },
        }
    }
    at
}

/// The line at `at` without its end, and where the next one starts.
fn line_at(bytes: &[u8], at: usize) -> Option<(&[u8], usize)> {
    let rest = bytes.get(at..).filter(|rest| !rest.is_empty())?;
    match memchr(b'\n', rest) {
        Some(end) => Some((rest[..end].strip_suffix(b"\r").unwrap_or(&rest[..end]), at + end + 1)),
        None => Some((rest, bytes.len())),
    }
}

/// The length of the field name that `line` starts with (RFC 5322 §2.2, spaces before the colon as in §4.5).
fn name_length(line: &[u8]) -> Option<usize> {
    let length = line.iter().position(|byte| !(33..=126).contains(byte) || *byte == b':')?;
    let rest = &line[length..];
    let blanks = rest.iter().take_while(|byte| is_blank(**byte)).count();
    (length > 0 && rest.get(blanks) == Some(&b':')).then_some(length)
}

fn is_blank(byte: u8) -> bool {
    byte == b' ' || byte == b'\t'
}

/// Reads the field that starts at `at`; returns where the next line starts.
fn read_field(
    bytes: &[u8],
    at: usize,
    name_length: usize,
    fields: &mut Vec<Field>,
    defects: &mut Vec<(DefectKind, String)>,
) -> usize {
    let name = String::from_utf8_lossy(&bytes[at..at + name_length]).into_owned();
    let colon = memchr(b':', &bytes[at..]).map_or(bytes.len(), |colon| at + colon + 1);
    let mut end = colon;
    let mut next = colon;
    while let Some((line, after)) = line_at(bytes, next) {
        if next > colon && !line.first().is_some_and(|byte| is_blank(*byte)) {
            break;
        }
        end = next + line.len();
        next = after;
    }
    let (value, declared) = charset::header_text(&bytes[colon..end]);
    if !declared {
        defects.push((DefectKind::UndeclaredHeaderCharset, name.clone()));
    }
    fields.push(Field { name, value: unfold(&value) });
    next
}

/// Takes the line ends out of a folded value (RFC 5322 §2.2.3) and the blanks off its ends.
fn unfold(value: &str) -> String {
    let value = value.trim_matches([' ', '\t', '\r', '\n']);
    let mut unfolded = String::with_capacity(value.len());
    for line in value.split('\n') {
        unfolded.push_str(line.strip_suffix('\r').unwrap_or(line));
    }
    unfolded
}

/// The next line after the bad one at `at`, before any empty line, that is a field.
fn next_field(bytes: &[u8], at: usize) -> Option<usize> {
    let (_, mut at) = line_at(bytes, at)?;
    while let Some((line, next)) = line_at(bytes, at).filter(|(line, _)| !line.is_empty()) {
        if name_length(line).is_some() {
            return Some(at);
        }
        at = next;
    }
    None
}

/// Where the body starts when the header section from `at` on is skipped.
fn end_of_section(bytes: &[u8], at: usize) -> usize {
    let rest = &bytes[at..];
    let ends =
        [memmem::find(rest, b"\n\n").map(|end| end + 2), memmem::find(rest, b"\n\r\n").map(|end| end + 3)];
    ends.into_iter().flatten().min().map_or(bytes.len(), |end| at + end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> (Vec<(String, String)>, usize, Vec<&'static str>) {
        let section = message_section(bytes);
        let fields = section.headers.iter().map(|field| (field.name.clone(), field.value.clone())).collect();
        (fields, section.body, section.defects.iter().map(|(kind, _)| kind.name()).collect())
    }

    #[test]
    fn a_section_is_cut_where_clients_cut_it() {
        type Row<'a> = (&'a [u8], &'a [(&'a str, &'a str)], &'a str, &'a [&'a str]);
        let rows: [Row<'_>; 15] = [
            (b"A: 1\r\nB: 2\r\n\r\nbody", &[("A", "1"), ("B", "2")], "body", &[]),
            (b"A: 1\nB:2\n\nbody", &[("A", "1"), ("B", "2")], "body", &[]),
            (b"A: one\r\n two\r\n\tthree\r\n\r\n", &[("A", "one two\tthree")], "", &[]),
            (b"A:\r\n one\r\n\r\n", &[("A", "one")], "", &[]),
            (b"A : 1\r\n\r\n", &[("A", "1")], "", &[]),
            (b"A:\r\n\r\nbody", &[("A", "")], "body", &[]),
            (b"A: 1", &[("A", "1")], "", &[]),
            (b"\r\n\r\nA: 1\r\n\r\nbody", &[("A", "1")], "body", &["bad-header-line"]),
            (b"  \t\r\nA: 1\r\n\r\nbody", &[("A", "1")], "body", &["bad-header-line"]),
            (b"From : ann\n\nbody", &[("From", "ann")], "body", &[]),
            (b"From ann Mon\nA: 1\n\nbody", &[("A", "1")], "body", &["bad-header-line"]),
            (b"A: 1\nno field\nB: 2\n\nbody", &[("A", "1"), ("B", "2")], "body", &["bad-header-line"]),
            (b"A: 1\nno field here\n\nbody", &[("A", "1")], "no field here\n\nbody", &["bad-header-line"]),
            (b"just text\nA: 1\n", &[], "just text\nA: 1\n", &["bad-header-line"]),
            (b"A: gr\xfcn\n\n", &[("A", "gr\u{fc}n")], "", &["undeclared-header-charset"]),
        ];
        for (bytes, fields, body, defects) in rows {
            let (read_fields, at, read_defects) = read(bytes);
            let fields: Vec<_> =
                fields.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
            let shown = String::from_utf8_lossy(bytes);
            assert_eq!(read_fields, fields, "{shown}");
            assert_eq!(&bytes[at..], body.as_bytes(), "{shown}");
            assert_eq!(read_defects, defects, "{shown}");
        }
    }

    #[test]
    fn fields_are_found_whatever_their_case() {
        let headers = Headers::parse(b"Received: new\nreceived: old\nSubject: =?utf-8?Q?gr=C3=BCn?=\n\n");
        assert_eq!(headers.first("RECEIVED"), Some("new"));
        assert_eq!(headers.all("Received").collect::<Vec<_>>(), ["new", "old"]);
        assert_eq!(headers.decoded("subject").as_deref(), Some("gr\u{fc}n"));
        assert!(!headers.has("Date"));
    }

    #[test]
    fn a_section_is_bounded() {
        let endless = "A: 1\n".repeat(FIELDS_MAX + 10) + "\nbody";
        let section = section(endless.as_bytes());
        assert_eq!(section.headers.len(), FIELDS_MAX);
        assert_eq!(&endless[section.body..], "body");
        assert_eq!(section.defects, [(DefectKind::BoundReached, "header fields".to_string())]);
    }
}
