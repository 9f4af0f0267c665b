//! MIME structure (RFC 2045-2049), read leniently and with defects.
//!
//! The readers here are our own: a filter that reads a message otherwise than the mail client does is blind to what
//! the client shows, so every lenience is deliberate, bounded, linear in time, and leaves a [`crate::Defect`].

pub mod addresses;
pub(crate) mod boundary;
pub(crate) mod charset;
pub mod date;
pub(crate) mod encoded_word;
pub(crate) mod ids;
pub(crate) mod parameters;
pub(crate) mod structure;
pub(crate) mod transfer;

use std::fmt;

use crate::{Headers, Message};

/// One node of the structure.
#[derive(Clone)]
pub struct Part {
    /// Its place: child numbers from the root (`0.1`); empty for the root.
    pub path: String,
    /// Of the root, the header section of the message.
    pub headers: Headers,
    /// Lower case `type/subtype`; `text/plain` when absent (RFC 2045 §5.2).
    pub media_type: String,
    /// As declared; empty when it is not.
    pub charset: String,
    /// The file name (decoded RFC 2231/2047, paths cut off); empty when unnamed.
    pub name: String,
    /// Without angle brackets.
    pub content_id: Option<String>,
    /// Lower case (`attachment`, `inline`).
    pub disposition: Option<String>,
    pub content: Content,
}

/// What a part holds.
#[derive(Clone)]
pub enum Content {
    /// A leaf, transfer encoding taken off.
    Bytes(Vec<u8>),
    Multipart(Vec<Part>),
    /// An attached message (message/rfc822), whatever its transfer encoding.
    Message(Box<Message>),
}

impl Part {
    /// The bytes of a leaf; empty for multiparts and attached messages.
    pub fn bytes(&self) -> &[u8] {
        match &self.content {
            Content::Bytes(bytes) => bytes,
            Content::Multipart(_) | Content::Message(_) => &[],
        }
    }

    /// The parts of a multipart, in order; none of a leaf.
    pub fn children(&self) -> &[Part] {
        match &self.content {
            Content::Multipart(children) => children,
            Content::Bytes(_) | Content::Message(_) => &[],
        }
    }

    /// The attached message this part is, if it is one.
    pub fn message(&self) -> Option<&Message> {
        match &self.content {
            Content::Message(message) => Some(message),
            Content::Bytes(_) | Content::Multipart(_) => None,
        }
    }

    /// This part and all below it in the order written, not into attached messages.
    pub fn walk(&self) -> impl Iterator<Item = &Part> {
        let mut waiting = vec![self];
        std::iter::from_fn(move || {
            let part = waiting.pop()?;
            waiting.extend(part.children().iter().rev());
            Some(part)
        })
    }

    /// The part at `path`, as [`crate::Attachment::part`] and [`crate::Defect::part`] name it.
    pub fn at(&self, path: &str) -> Option<&Part> {
        let mut numbers = path.split('.').filter(|number| !number.is_empty());
        numbers.try_fold(self, |part, number| part.children().get(number.parse::<usize>().ok()?))
    }
}

/// Redacted: the structure without names and content.
impl fmt::Debug for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ", self.media_type)?;
        match &self.content {
            Content::Bytes(bytes) => write!(f, "{} bytes", bytes.len()),
            Content::Multipart(parts) => f.debug_list().entries(parts).finish(),
            Content::Message(message) => message.fmt(f),
        }
    }
}

impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bytes(bytes) => write!(f, "Bytes({})", bytes.len()),
            Self::Multipart(parts) => f.debug_tuple("Multipart").field(parts).finish(),
            Self::Message(message) => f.debug_tuple("Message").field(message).finish(),
        }
    }
}
