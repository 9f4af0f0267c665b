//! Composing messages: for tests, samples and the sandbox. Deterministic: the same calls give the same bytes, so
//! `Date` and `Message-ID` are the caller's.
//!
//! ```
//! let bytes = message::builder::Builder::new()
//!     .mailbox("From", "Jürg Lee", "jurg@example.com")
//!     .field("Subject", "Grüße")
//!     .text("Hello.\n")
//!     .attach("a.txt", "text/plain", b"hello")
//!     .build();
//! let message = message::parse(&bytes);
//! assert_eq!(message.subject, "Grüße");
//! assert_eq!(message.attachments[0].name, "a.txt");
//! ```

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::Digest;

/// Longest line written, without its end (RFC 5322 §2.1.1 asks for 78).
const LINE_BYTES: usize = 76;

/// Bytes of one encoded word's text, so that the word stays within 75 (RFC 2047 §2).
const WORD_BYTES: usize = 39;

/// A message being composed.
#[derive(Clone, Debug, Default)]
pub struct Builder {
    fields: Vec<(String, String)>,
    text: Option<Entity>,
    html: Option<Entity>,
    inlines: Vec<Entity>,
    attachments: Vec<Entity>,
    body: Option<Entity>,
}

/// One MIME entity: its own fields (without a boundary) and what it holds.
#[derive(Clone, Debug)]
pub struct Entity {
    fields: Vec<(String, String)>,
    content: EntityContent,
}

#[derive(Clone, Debug)]
enum EntityContent {
    Bytes(Vec<u8>),
    /// The subtype is in the fields; the boundary is worked out.
    Parts(String, Vec<Entity>),
}

impl Entity {
    /// Text of a media type such as `text/html`, in UTF-8, quoted-printable where it has to be.
    pub fn text(media_type: &str, text: &str) -> Self {
        let text = with_crlf(text);
        let content_type = format!("{media_type}; charset=utf-8");
        let plain = text.is_ascii() && text.split("\r\n").all(|line| line.len() <= 998);
        let (encoding, bytes) =
            if plain { ("7bit", text.into_bytes()) } else { ("quoted-printable", quoted_printable(&text)) };
        Self::raw(&[("Content-Type", &content_type), ("Content-Transfer-Encoding", encoding)], &bytes)
    }

    /// A file in base64.
    pub fn file(media_type: &str, disposition: &str, name: &str, bytes: &[u8]) -> Self {
        let content_type = format!("{media_type}{}", parameter("name", name));
        let disposition = format!("{disposition}{}", parameter("filename", name));
        let fields: &[(&str, &str)] = &[
            ("Content-Type", &content_type),
            ("Content-Transfer-Encoding", "base64"),
            ("Content-Disposition", &disposition),
        ];
        Self::raw(fields, &base64_lines(bytes))
    }

    /// A multipart: `subtype` as in `multipart/subtype`.
    pub fn multipart(subtype: &str, parts: Vec<Self>) -> Self {
        Self { fields: Vec::new(), content: EntityContent::Parts(subtype.to_string(), parts) }
    }

    /// These fields and this body, as they are.
    pub fn raw(fields: &[(&str, &str)], body: &[u8]) -> Self {
        let fields = fields.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
        Self { fields, content: EntityContent::Bytes(body.to_vec()) }
    }

    /// Adds a field.
    #[must_use]
    pub fn field(mut self, name: &str, value: &str) -> Self {
        self.fields.push((name.to_string(), value.to_string()));
        self
    }

    fn write(&self, out: &mut Vec<u8>) {
        match &self.content {
            EntityContent::Bytes(bytes) => {
                write_fields(&self.fields, out);
                out.extend_from_slice(b"\r\n");
                out.extend_from_slice(bytes);
            }
            EntityContent::Parts(subtype, parts) => write_multipart(&self.fields, subtype, parts, out),
        }
    }
}

impl Builder {
    /// A message without anything.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a field below those before; text beyond ASCII becomes encoded words, long values are folded.
    #[must_use]
    pub fn field(mut self, name: &str, value: &str) -> Self {
        let value = if value.is_ascii() { fold(name.len() + 2, value) } else { encoded_words(value) };
        self.fields.push((name.to_string(), value));
        self
    }

    /// Adds a field exactly as given.
    #[must_use]
    pub fn raw_field(mut self, name: &str, value: &str) -> Self {
        self.fields.push((name.to_string(), value.to_string()));
        self
    }

    /// Adds a field of one mailbox, with its name quoted or encoded; `shown` may be empty.
    #[must_use]
    pub fn mailbox(mut self, name: &str, shown: &str, address: &str) -> Self {
        let value = match shown {
            "" => address.to_string(),
            _ if shown.is_ascii() => {
                format!("\"{}\" <{address}>", shown.replace('\\', "\\\\").replace('"', "\\\""))
            }
            _ => format!("{} <{address}>", encoded_words(shown)),
        };
        self.fields.push((name.to_string(), value));
        self
    }

    /// The plain text body.
    #[must_use]
    pub fn text(mut self, text: &str) -> Self {
        self.text = Some(Entity::text("text/plain", text));
        self
    }

    /// The HTML body.
    #[must_use]
    pub fn html(mut self, html: &str) -> Self {
        self.html = Some(Entity::text("text/html", html));
        self
    }

    /// Attaches a file.
    #[must_use]
    pub fn attach(mut self, name: &str, media_type: &str, bytes: &[u8]) -> Self {
        self.attachments.push(Entity::file(media_type, "attachment", name, bytes));
        self
    }

    /// Attaches a message as it is.
    #[must_use]
    pub fn attach_message(mut self, bytes: &[u8]) -> Self {
        self.attachments.push(Entity::raw(&[("Content-Type", "message/rfc822")], bytes));
        self
    }

    /// Adds a file that the HTML shows as `cid:content_id`.
    #[must_use]
    pub fn inline(mut self, content_id: &str, name: &str, media_type: &str, bytes: &[u8]) -> Self {
        let file =
            Entity::file(media_type, "inline", name, bytes).field("Content-ID", &format!("<{content_id}>"));
        self.inlines.push(file);
        self
    }

    /// The whole body, instead of text, HTML and attachments.
    #[must_use]
    pub fn body(mut self, body: Entity) -> Self {
        self.body = Some(body);
        self
    }

    /// The bytes of the message, with CRLF line ends.
    pub fn build(self) -> Vec<u8> {
        let mut fields = self.fields;
        let body =
            self.body.unwrap_or_else(|| composed(self.text, self.html, self.inlines, self.attachments));
        fields.push(("MIME-Version".into(), "1.0".into()));
        fields.extend(body.fields);
        let mut out = Vec::new();
        Entity { fields, content: body.content }.write(&mut out);
        out
    }
}

/// The usual nesting: mixed(alternative(text, related(html, inlines)), attachments), with what is needed of it.
fn composed(
    text: Option<Entity>,
    html: Option<Entity>,
    inlines: Vec<Entity>,
    attachments: Vec<Entity>,
) -> Entity {
    let html = html.map(|html| wrap("related", std::iter::once(html).chain(inlines).collect()));
    let shown = wrap("alternative", text.into_iter().chain(html).collect());
    wrap("mixed", std::iter::once(shown).chain(attachments).collect())
}

/// A multipart, unless there is only one part; an empty text when there is none.
fn wrap(subtype: &str, mut parts: Vec<Entity>) -> Entity {
    match (parts.len(), parts.pop()) {
        (0 | 1, only) => only.unwrap_or_else(|| Entity::text("text/plain", "")),
        (_, last) => {
            parts.extend(last);
            Entity::multipart(subtype, parts)
        }
    }
}

fn write_fields(fields: &[(String, String)], out: &mut Vec<u8>) {
    for (name, value) in fields {
        out.extend_from_slice(format!("{name}: {value}\r\n").as_bytes());
    }
}

/// The boundary is made of what stands between, so that it is the same every time and stands in no part.
fn write_multipart(fields: &[(String, String)], subtype: &str, parts: &[Entity], out: &mut Vec<u8>) {
    let written: Vec<Vec<u8>> = parts
        .iter()
        .map(|part| {
            let mut bytes = Vec::new();
            part.write(&mut bytes);
            bytes
        })
        .collect();
    let boundary = format!("=_{}", &Digest::of(&written.concat()).to_string()[..24]);
    write_fields(fields, out);
    out.extend_from_slice(
        format!("Content-Type: multipart/{subtype};\r\n boundary=\"{boundary}\"\r\n\r\n").as_bytes(),
    );
    for part in written {
        out.extend_from_slice(format!("--{boundary}\r\n").as_bytes());
        out.extend(part);
        out.extend_from_slice(b"\r\n");
    }
    out.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
}

/// `; name="value"`, or the extended form (RFC 2231 §4) beyond ASCII; nothing for an empty value.
fn parameter(name: &str, value: &str) -> String {
    match value {
        "" => String::new(),
        _ if value.is_ascii() => format!("; {name}=\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\"")),
        _ => {
            let encoded: String = value.bytes().map(percent_encoded).collect();
            format!("; {name}*=utf-8''{encoded}")
        }
    }
}

fn percent_encoded(byte: u8) -> String {
    if byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_') {
        char::from(byte).to_string()
    } else {
        format!("%{byte:02X}")
    }
}

/// Base64 words of whole characters.
fn encoded_words(text: &str) -> String {
    let mut words = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (word, after) = rest.split_at(rest.floor_char_boundary(WORD_BYTES));
        words.push(format!("=?utf-8?B?{}?=", STANDARD.encode(word)));
        rest = after;
    }
    words.join("\r\n ")
}

/// Folds at blanks so that lines stay within [`LINE_BYTES`] where they can.
fn fold(start: usize, value: &str) -> String {
    let mut folded = String::with_capacity(value.len());
    let mut column = start;
    for (number, word) in value.split(' ').enumerate() {
        if number > 0 {
            let breaks = column + 1 + word.len() > LINE_BYTES && !word.is_empty();
            folded.push_str(if breaks { "\r\n " } else { " " });
            column = if breaks { 1 } else { column + 1 };
        }
        folded.push_str(word);
        column += word.len();
    }
    folded
}

fn with_crlf(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\n', "\r\n")
}

fn base64_lines(bytes: &[u8]) -> Vec<u8> {
    let encoded = STANDARD.encode(bytes);
    let lines = encoded.as_bytes().chunks(LINE_BYTES);
    lines.flat_map(|line| [line, b"\r\n"]).flatten().copied().collect()
}

fn quoted_printable(text: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    for (number, line) in text.split("\r\n").enumerate() {
        if number > 0 {
            out.extend_from_slice(b"\r\n");
        }
        let mut column = 0;
        for (at, byte) in line.bytes().enumerate() {
            let ends_blank = at + 1 == line.len() && matches!(byte, b' ' | b'\t');
            let plain =
                (byte.is_ascii_graphic() || matches!(byte, b' ' | b'\t')) && byte != b'=' && !ends_blank;
            let written = if plain { char::from(byte).to_string() } else { format!("={byte:02X}") };
            if column + written.len() > LINE_BYTES - 1 {
                out.extend_from_slice(b"=\r\n");
                column = 0;
            }
            column += written.len();
            out.extend(written.bytes());
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse;

    #[test]
    fn what_is_composed_is_read_back() {
        let inner = Builder::new().mailbox("From", "", "c@example.com").text("inner\n").build();
        let bytes = Builder::new()
            .mailbox("From", "Jürg \u{1f600} Lee of a rather long name", "jurg@example.com")
            .mailbox("To", "Lee, \"Ann\"", "ann@example.com")
            .field("Subject", "Grüße und viele weitere Wörter, die nicht in ein Wort passen")
            .field("X-Long", &"word ".repeat(60))
            .text("Zeile eins = ü \nzwei\n")
            .html("<p>Hi <img src='cid:logo'></p>")
            .inline("logo", "logo.png", "image/png", b"\x89PNG\r\n\x1a\n")
            .attach("bücher.pdf", "application/pdf", b"%PDF-1.7")
            .attach_message(&inner)
            .build();
        let message = parse(&bytes);
        assert_eq!(message.defects, []);
        assert_eq!(message.from[0].name, "Jürg \u{1f600} Lee of a rather long name");
        assert_eq!(message.to[0].name, "Lee, \"Ann\"");
        assert_eq!(message.subject, "Grüße und viele weitere Wörter, die nicht in ein Wort passen");
        assert_eq!(message.headers.first("X-Long").map(str::trim), Some("word ".repeat(60).trim()));
        assert_eq!(message.body.text, "Zeile eins = ü \nzwei\n");
        let names: Vec<_> =
            message.attachments.iter().map(|file| (file.name.as_str(), file.inline)).collect();
        assert_eq!(names, [("logo.png", true), ("bücher.pdf", false), ("", false)]);
        assert_eq!(message.each().count(), 2);
        assert!(bytes.split(|byte| *byte == b'\n').all(|line| line.len() <= 998));
    }

    #[test]
    fn the_same_calls_give_the_same_bytes() {
        let build =
            || Builder::new().field("Subject", "x").text("a").html("b").attach("c", "a/b", b"d").build();
        assert_eq!(build(), build());
    }
}
