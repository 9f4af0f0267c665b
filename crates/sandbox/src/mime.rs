//! What Exchange shows of a message's bytes: envelope fields, body, attachments. The sandbox plays the provider,
//! so it reads mail with a reader of its own and is an independent witness to ours. Lenient and total: bytes that
//! cannot be read give empty fields.

use jiff::Timestamp;
use mailparse::{MailAddr, ParsedMail};

/// Bounds on what one message may cost; beyond them the rest is not shown.
const HEADER_FIELDS_MAX: usize = 2_000;
const PARTS_MAX: usize = 1_000;
/// Graph shows this much of a body as `bodyPreview`.
const PREVIEW_CHARS: usize = 255;

/// A name and an address, as in `emailAddress`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Mailbox {
    pub(crate) name: String,
    pub(crate) address: String,
}

/// The header section, read.
#[derive(Clone, Debug, Default)]
pub(crate) struct Envelope {
    /// In the order written, unfolded, not decoded.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) subject: String,
    pub(crate) from: Option<Mailbox>,
    pub(crate) sender: Option<Mailbox>,
    pub(crate) reply_to: Vec<Mailbox>,
    pub(crate) to: Vec<Mailbox>,
    pub(crate) cc: Vec<Mailbox>,
    pub(crate) bcc: Vec<Mailbox>,
    pub(crate) date: Option<Timestamp>,
    /// With angle brackets, as Graph shows it.
    pub(crate) message_id: String,
    pub(crate) importance: &'static str,
    /// What messages of one thread share: the oldest reference, else the own Message-ID.
    pub(crate) thread: String,
    pub(crate) multipart: bool,
}

impl Envelope {
    /// First value of a field, whatever the case of its name.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(field, _)| field.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }
}

/// The body and the attachments, read.
#[derive(Clone, Debug, Default)]
pub(crate) struct Content {
    pub(crate) text: Option<String>,
    pub(crate) html: Option<String>,
    pub(crate) attachments: Vec<Attachment>,
}

#[derive(Clone, Debug)]
pub(crate) struct Attachment {
    pub(crate) name: String,
    pub(crate) media_type: String,
    pub(crate) content_id: Option<String>,
    pub(crate) inline: bool,
    pub(crate) bytes: Vec<u8>,
}

impl Content {
    /// Start of the text, on one line.
    pub(crate) fn preview(&self) -> String {
        let text = match (&self.text, &self.html) {
            (Some(text), _) => text.clone(),
            (None, Some(html)) => html_to_text(html),
            (None, None) => String::new(),
        };
        text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(PREVIEW_CHARS).collect()
    }

    /// False when only inline parts are attached, as in Graph.
    pub(crate) fn has_attachments(&self) -> bool {
        self.attachments.iter().any(|attachment| !attachment.inline)
    }
}

/// Where the body starts: after the first empty line.
pub(crate) fn body_start(bytes: &[u8]) -> usize {
    let mut line_start = 0;
    while let Some(length) = bytes[line_start..].iter().position(|byte| *byte == b'\n') {
        let line = &bytes[line_start..line_start + length];
        line_start += length + 1;
        if line.is_empty() || line == b"\r" {
            return line_start;
        }
    }
    bytes.len()
}

/// Reads the header section of `bytes`.
pub(crate) fn envelope(bytes: &[u8]) -> Envelope {
    let headers = header_fields(&bytes[..body_start(bytes)]);
    let mut envelope = Envelope { headers, importance: "normal", ..Envelope::default() };
    let value = |name: &str| envelope.header(name).map(decode_words).unwrap_or_default();
    let people = |name: &str| envelope.header(name).map(mailboxes).unwrap_or_default();
    let subject = value("Subject");
    let from = people("From").into_iter().next();
    let sender = people("Sender").into_iter().next();
    let (reply_to, to, cc, bcc) = (people("Reply-To"), people("To"), people("Cc"), people("Bcc"));
    let date = envelope.header("Date").and_then(date);
    let message_id = envelope.header("Message-ID").unwrap_or_default().trim().to_owned();
    let importance = importance(&value("Importance"), &value("X-Priority"));
    let thread = thread(&value("References"), &value("In-Reply-To"), &message_id);
    let multipart = value("Content-Type").to_ascii_lowercase().starts_with("multipart/");
    envelope.subject = subject;
    envelope.sender = sender.or_else(|| from.clone());
    envelope.from = from;
    (envelope.reply_to, envelope.to, envelope.cc, envelope.bcc) = (reply_to, to, cc, bcc);
    envelope.date = date;
    envelope.message_id = message_id;
    envelope.importance = importance;
    envelope.thread = thread;
    envelope.multipart = multipart;
    envelope
}

fn header_fields(section: &[u8]) -> Vec<(String, String)> {
    let mut fields: Vec<(String, String)> = Vec::new();
    for line in section.split(|byte| *byte == b'\n') {
        let line = String::from_utf8_lossy(line.strip_suffix(b"\r").unwrap_or(line)).into_owned();
        if line.starts_with([' ', '\t']) {
            if let Some((_, value)) = fields.last_mut() {
                if !value.is_empty() {
                    value.push(' ');
                }
                value.push_str(line.trim());
            }
        } else if let Some((name, value)) = line.split_once(':') {
            if fields.len() == HEADER_FIELDS_MAX {
                break;
            }
            fields.push((name.trim().to_owned(), value.trim().to_owned()));
        }
    }
    fields
}

fn decode_words(value: &str) -> String {
    if !value.contains("=?") {
        return value.to_owned();
    }
    let line = format!("X: {value}");
    mailparse::parse_header(line.as_bytes())
        .map_or_else(|_| value.to_owned(), |(header, _)| header.get_value())
}

fn mailboxes(value: &str) -> Vec<Mailbox> {
    let Ok(list) = mailparse::addrparse(value) else {
        return lone_mailbox(value).into_iter().collect();
    };
    let entry = |single: &mailparse::SingleInfo| Mailbox {
        name: single.display_name.as_deref().map(decode_words).unwrap_or_default(),
        address: single.addr.clone(),
    };
    let of_entry = |address: &MailAddr| match address {
        MailAddr::Single(single) => vec![entry(single)],
        MailAddr::Group(group) => group.addrs.iter().map(entry).collect(),
    };
    list.iter().flat_map(of_entry).map(with_name).collect()
}

/// Graph shows the address as the name when there is none.
fn with_name(mailbox: Mailbox) -> Mailbox {
    if mailbox.name.is_empty() { Mailbox { name: mailbox.address.clone(), ..mailbox } } else { mailbox }
}

fn lone_mailbox(value: &str) -> Option<Mailbox> {
    let (name, address) = match value.split_once('<') {
        Some((name, rest)) => (name, rest.split('>').next().unwrap_or_default()),
        None => ("", value),
    };
    let name = decode_words(name.trim().trim_matches('"'));
    (!address.trim().is_empty()).then(|| with_name(Mailbox { name, address: address.trim().to_owned() }))
}

fn date(value: &str) -> Option<Timestamp> {
    let seconds = mailparse::dateparse(value).ok()?;
    Timestamp::from_second(seconds).ok()
}

fn importance(importance: &str, priority: &str) -> &'static str {
    let is = |word: &str| importance.trim().eq_ignore_ascii_case(word);
    match priority.trim().as_bytes().first() {
        _ if is("high") => "high",
        _ if is("low") => "low",
        Some(b'1' | b'2') => "high",
        Some(b'4' | b'5') => "low",
        _ => "normal",
    }
}

fn thread(references: &str, in_reply_to: &str, message_id: &str) -> String {
    let oldest = references.split_whitespace().chain(in_reply_to.split_whitespace()).next();
    oldest.unwrap_or(message_id).to_owned()
}

/// Reads body and attachments of `bytes`.
pub(crate) fn content(bytes: &[u8]) -> Content {
    let mut content = Content::default();
    match mailparse::parse_mail(bytes) {
        Ok(root) => collect(&root, &mut content, &mut 0),
        Err(_) => content.text = Some(String::from_utf8_lossy(&bytes[body_start(bytes)..]).into_owned()),
    }
    content
}

fn collect(part: &ParsedMail<'_>, content: &mut Content, parts: &mut usize) {
    *parts += 1;
    if *parts > PARTS_MAX {
        return;
    }
    if !part.subparts.is_empty() {
        part.subparts.iter().for_each(|part| collect(part, content, parts));
        return;
    }
    let media_type = part.ctype.mimetype.to_ascii_lowercase();
    let disposition = part.get_content_disposition();
    let attached = matches!(disposition.disposition, mailparse::DispositionType::Attachment);
    let name = disposition.params.get("filename").or_else(|| part.ctype.params.get("name"));
    let body = || part.get_body().unwrap_or_else(|_| lossy(part));
    match media_type.as_str() {
        "text/plain" if !attached && name.is_none() && content.text.is_none() => content.text = Some(body()),
        "text/html" if !attached && name.is_none() && content.html.is_none() => content.html = Some(body()),
        kind if kind.starts_with("multipart/") => {}
        _ => content.attachments.push(attachment(part, media_type, name, attached)),
    }
}

fn lossy(part: &ParsedMail<'_>) -> String {
    let bytes = part.get_body_raw().unwrap_or_else(|_| part.raw_bytes.to_vec());
    String::from_utf8_lossy(&bytes).into_owned()
}

fn attachment(
    part: &ParsedMail<'_>,
    media_type: String,
    name: Option<&String>,
    attached: bool,
) -> Attachment {
    let content_id =
        part.headers.iter().find(|header| header.get_key_ref().eq_ignore_ascii_case("Content-ID"));
    let content_id =
        content_id.map(|header| header.get_value().trim().trim_matches(['<', '>'].as_slice()).to_owned());
    Attachment {
        name: name.map(|name| decode_words(name)).unwrap_or_default(),
        inline: !attached && content_id.is_some(),
        media_type,
        content_id,
        bytes: part.get_body_raw().unwrap_or_else(|_| part.raw_bytes.to_vec()),
    }
}

/// The words of an HTML body: tags, scripts and styles left out, the commonest entities read.
pub(crate) fn html_to_text(html: &str) -> String {
    let mut text = String::with_capacity(html.len() / 2);
    let mut rest = html;
    while let Some(open) = rest.find('<') {
        text.push_str(&rest[..open]);
        rest = skip_tag(&rest[open..]);
        text.push(' ');
    }
    text.push_str(rest);
    for (entity, character) in
        [("&nbsp;", " "), ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&amp;", "&")]
    {
        text = text.replace(entity, character);
    }
    text
}

fn skip_tag(from_tag: &str) -> &str {
    for name in ["script", "style"] {
        let opens = from_tag.get(1..=name.len()).is_some_and(|word| word.eq_ignore_ascii_case(name));
        if opens {
            let close = format!("</{name}");
            let end = from_tag.to_ascii_lowercase().find(&close).unwrap_or(from_tag.len());
            return after_tag(&from_tag[end..]);
        }
    }
    after_tag(from_tag)
}

fn after_tag(from_tag: &str) -> &str {
    from_tag.find('>').map_or("", |end| &from_tag[end + 1..])
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAIL: &[u8] = b"From: =?utf-8?q?J=C3=BCrgen?= <j@sender.example>\r\nTo: bo@tenant.example, \"C, D\" <c@tenant.example>\r\nSubject: a\r\n folded\r\nX-Priority: 1\r\nMessage-ID: <m1@sender.example>\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/html\r\n\r\n<p>Hi<style>p{}</style> &amp; bye</p>\r\n--b\r\nContent-Type: application/pdf; name=a.pdf\r\nContent-Disposition: attachment\r\nContent-Transfer-Encoding: base64\r\n\r\nJVBERi0=\r\n--b--\r\n";

    #[test]
    fn the_envelope_is_what_graph_shows() {
        let read = envelope(MAIL);
        let from = read.from.clone().unwrap();
        assert_eq!((from.name.as_str(), from.address.as_str()), ("Jürgen", "j@sender.example"));
        assert_eq!(read.to.len(), 2);
        assert_eq!((read.subject.as_str(), read.importance), ("a folded", "high"));
        assert_eq!(read.message_id, "<m1@sender.example>");
    }

    #[test]
    fn the_content_is_what_graph_shows() {
        let read = content(MAIL);
        assert_eq!(read.preview(), "Hi & bye");
        assert!(read.has_attachments());
        assert_eq!(
            (read.attachments[0].name.as_str(), read.attachments[0].bytes.as_slice()),
            ("a.pdf", &b"%PDF-"[..])
        );
    }

    #[test]
    fn hostile_bytes_give_empty_fields() {
        for bad in [
            &b""[..],
            b"\r\n",
            b"\n\n\n",
            b":",
            b"From: <<<\r\n\r\n",
            &[0xff; 64],
            b"Content-Type: multipart/x",
        ] {
            envelope(bad);
            content(bad).preview();
        }
        assert_eq!(envelope(b"From: ann").from.unwrap().address, "ann");
    }
}
