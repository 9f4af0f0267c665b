//! The message as a whole.

use jiff::Timestamp;

use crate::{Address, Attachment, Body, Defect, Digest, Headers, Link, NamedAddress, Native, Part};

/// One message, read. Made by [`parse`] alone.
#[derive(Clone, Debug)]
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
    /// Every leaf that is not a body, named or not, inline ones too.
    pub attachments: Vec<Attachment>,
    /// What the providers wrote into the header section.
    pub native: Native,
    pub defects: Vec<Defect>,
}

/// Reads `bytes`.
pub fn parse(bytes: &[u8]) -> Message {
    let _ = bytes;
    unimplemented!()
}
