//! The message as a whole.

use std::borrow::Cow;
use std::fmt;

use jiff::Timestamp;
use memchr::{memchr, memchr_iter};

use crate::body::Shown;
use crate::bounds::MESSAGE_BYTES_MAX;
use crate::defect::{DefectKind, Defects};
use crate::header::fields;
use crate::mime::structure::{self, Budget};
use crate::mime::{addresses, date, ids};
use crate::{
    Address, Attachment, Body, Defect, Digest, Headers, Link, NamedAddress, Native, Part, attachment, body,
    link,
};

/// One message, read. Made by [`parse`] alone.
#[derive(Clone)]
pub struct Message {
    /// Of the bytes as they came.
    pub digest: Digest,
    pub size_bytes: usize,
    /// The top header section.
    pub headers: Headers,
    /// `From`, usually one. [`Message::author`] is its first address.
    pub from: Vec<NamedAddress>,
    pub sender: Option<NamedAddress>,
    pub reply_to: Vec<NamedAddress>,
    pub to: Vec<NamedAddress>,
    pub cc: Vec<NamedAddress>,
    pub bcc: Vec<NamedAddress>,
    /// The envelope sender as the last hop wrote it into `Return-Path`; `None` for the null sender and when absent.
    pub return_path: Option<Address>,
    /// Decoded (RFC 2047), on one line.
    pub subject: String,
    /// `Date`, when it is one.
    pub date: Option<Timestamp>,
    /// Without angle brackets.
    pub message_id: Option<String>,
    pub in_reply_to: Vec<String>,
    pub references: Vec<String>,
    /// The MIME structure; bodies decoded.
    pub root: Part,
    /// What a person reads: the text and HTML bodies shown by mail clients, joined.
    pub body: Body,
    /// Links of both bodies, in reading order, without exact duplicates.
    pub links: Vec<Link>,
    /// Every leaf that is not a body, named or not, inline ones too. What is inside an attached message stands in
    /// that message: see [`Message::each`].
    pub attachments: Vec<Attachment>,
    /// What the providers wrote into the header section.
    pub native: Native,
    pub defects: Vec<Defect>,
}

/// Reads `bytes`, whatever they are. Time is linear in their length, and every list is bounded ([`crate::bounds`]).
pub fn parse(bytes: &[u8]) -> Message {
    read(bytes, &mut Budget::default())
}

impl Message {
    /// The first address of `From`; `None` when there is none.
    pub fn author(&self) -> Option<&Address> {
        self.from.iter().find_map(|entry| entry.address.as_ref())
    }

    /// `To`, `Cc` and `Bcc`, in this order.
    pub fn recipients(&self) -> impl Iterator<Item = &NamedAddress> {
        self.to.iter().chain(&self.cc).chain(&self.bcc)
    }

    /// This message and every message attached to it, at any level, outermost first.
    pub fn each(&self) -> impl Iterator<Item = &Message> {
        let mut waiting = vec![self];
        std::iter::from_fn(move || {
            let message = waiting.pop()?;
            let attached: Vec<_> = message.root.walk().filter_map(Part::message).collect();
            waiting.extend(attached.into_iter().rev());
            Some(message)
        })
    }
}

/// Redacted: a message is known by its digest.
impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Message({}, {} bytes)", self.digest, self.size_bytes)
    }
}

/// Reads a message, or one attached to it, within what is left of `budget`.
pub(crate) fn read(bytes: &[u8], budget: &mut Budget) -> Message {
    let digest = Digest::of(bytes);
    let size_bytes = bytes.len();
    let bytes = with_line_feeds(bytes);
    let mut defects = Defects::default();
    if size_bytes >= MESSAGE_BYTES_MAX {
        defects.add(DefectKind::BoundReached, "", "message bytes");
    }
    let section = fields::message_section(&bytes);
    note_bytes(&bytes, &section.headers, &mut defects);
    defects.add_all("", section.defects);
    let headers = section.headers;
    note_repeated(&headers, &mut defects);
    let root = structure::read(headers.clone(), &bytes[section.body..], budget, &mut defects);
    let shown = body::read(&root, budget, &mut defects);
    let attachments = attachment::read(&root, &shown, budget, &mut defects);
    Message {
        digest,
        size_bytes,
        from: address_list(&headers, "From", &mut defects),
        sender: address_list(&headers, "Sender", &mut defects).into_iter().next(),
        reply_to: address_list(&headers, "Reply-To", &mut defects),
        to: address_list(&headers, "To", &mut defects),
        cc: address_list(&headers, "Cc", &mut defects),
        bcc: address_list(&headers, "Bcc", &mut defects),
        return_path: headers.first("Return-Path").and_then(Address::parse),
        subject: headers.decoded("Subject").map(|subject| one_line(&subject)).unwrap_or_default(),
        date: sent_at(&headers, &mut defects),
        message_id: headers.first("Message-ID").and_then(|field| ids::parse(field).into_iter().next()),
        in_reply_to: headers.first("In-Reply-To").map(ids::parse).unwrap_or_default(),
        references: headers.first("References").map(ids::parse).unwrap_or_default(),
        links: links(&shown),
        body: shown.body,
        attachments,
        native: Native::read(&headers),
        root,
        headers,
        defects: defects.into_vec(),
    }
}

/// The links of the HTML, and of both texts unless they are one and the same.
fn links(shown: &Shown) -> Vec<Link> {
    let Body { text, visible, .. } = &shown.body;
    if text == visible {
        link::collect(&shown.links, &[text])
    } else {
        link::collect(&shown.links, &[text, visible])
    }
}

/// Mail whose lines end in a lone CR throughout (old Macintosh files) is read as if they were line feeds.
fn with_line_feeds(bytes: &[u8]) -> Cow<'_, [u8]> {
    if memchr(b'\n', bytes).is_some() || memchr(b'\r', bytes).is_none() {
        return Cow::Borrowed(bytes);
    }
    Cow::Owned(bytes.iter().map(|byte| if *byte == b'\r' { b'\n' } else { *byte }).collect())
}

fn note_bytes(bytes: &[u8], headers: &Headers, defects: &mut Defects) {
    if headers.is_empty() {
        defects.add(DefectKind::NoHeader, "", "");
    }
    if memchr(0, bytes).is_some() {
        defects.add(DefectKind::BareControl, "", "NUL");
    }
    if memchr_iter(b'\r', bytes).any(|at| bytes.get(at + 1).is_some_and(|next| *next != b'\n')) {
        defects.add(DefectKind::BareControl, "", "CR");
    }
}

/// Fields that may stand once (RFC 5322 §3.6).
const SINGLE: &[&str] = &[
    "From",
    "Sender",
    "Reply-To",
    "To",
    "Cc",
    "Bcc",
    "Subject",
    "Date",
    "Message-ID",
    "In-Reply-To",
    "References",
];

fn note_repeated(headers: &Headers, defects: &mut Defects) {
    for name in SINGLE {
        let mut values = headers.all(name);
        let first = values.next();
        if values.any(|value| Some(value) != first) {
            defects.add(DefectKind::RepeatedField, "", name);
        }
    }
}

/// The addresses of every field called `name`: clients differ in which one they show.
fn address_list(headers: &Headers, name: &str, defects: &mut Defects) -> Vec<NamedAddress> {
    let mut addresses: Vec<_> = headers.all(name).flat_map(addresses::parse).collect();
    addresses.truncate(addresses::ADDRESSES_MAX);
    if addresses.iter().any(|entry| entry.address.is_none()) {
        defects.add(DefectKind::BadAddress, "", name);
    }
    addresses
}

fn sent_at(headers: &Headers, defects: &mut Defects) -> Option<Timestamp> {
    let field = headers.first("Date")?;
    let date = date::parse(field);
    if date.is_none() {
        defects.add(DefectKind::BadDate, "", "Date");
    }
    date
}

fn one_line(text: &str) -> String {
    let spaced: String =
        text.chars().map(|character| if character.is_control() { ' ' } else { character }).collect();
    spaced.trim().to_string()
}
