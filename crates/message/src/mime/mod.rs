//! MIME structure (RFC 2045-2049), read leniently and with defects.
use crate::Headers;

/// One node of the structure.
#[derive(Clone, Debug)]
pub struct Part {
    pub headers: Headers,
    /// Lower case `type/subtype`; `text/plain` when absent (RFC 2045 §5.2).
    pub media_type: String,
    pub name: String,
    pub content_id: Option<String>,
    pub disposition: Option<String>,
    pub content: Content,
}
#[derive(Clone, Debug)]
pub enum Content {
    /// A leaf, transfer encoding taken off.
    Bytes(Vec<u8>),
    Multipart(Vec<Part>),
    /// An attached message (message/rfc822), whatever its transfer encoding.
    Message(Box<crate::Message>),
}
