//! What a person reads.

use crate::defect::{DefectKind, Defects};
use crate::link::RawLink;
use crate::mime::charset::{self, Decoded};
use crate::{Part, mime::Content};

/// The bodies of a message, as mail clients show them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Body {
    /// The plain text body, decoded, `\n` line ends; empty when there is none.
    pub text: String,
    /// The HTML body as written (decoded to Unicode); `None` when there is none.
    pub html: Option<String>,
    /// The visible text: of the HTML when there is one, else the plain text. Hidden elements are left out.
    pub visible: String,
    /// Text in the HTML that no reader sees (display:none, zero size, same colour).
    pub hidden: String,
    /// What the HTML does besides showing text.
    pub traits: HtmlTraits,
}

/// Counts of elements in an HTML body or attachment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HtmlTraits {
    pub forms: usize,
    pub password_fields: usize,
    pub scripts: usize,
    pub iframes: usize,
    pub event_handlers: usize,
    pub meta_refreshes: usize,
    pub remote_images: usize,
    pub embedded_images: usize,
    /// A long string literal handed to atob, unescape, fromCharCode, document.write or eval.
    pub obfuscated_scripts: usize,
}

/// The bodies, and what they are made of.
#[derive(Debug, Default)]
pub(crate) struct Shown {
    pub(crate) body: Body,
    pub(crate) links: Vec<RawLink>,
    /// Paths of the parts that are bodies.
    pub(crate) parts: Vec<String>,
}

/// Reads the bodies of the message whose structure is `root`.
pub(crate) fn read(root: &Part, defects: &mut Defects) -> Shown {
    let mut shown = Shown::default();
    for part in root.walk() {
        let Content::Bytes(bytes) = &part.content else { continue };
        if part.media_type != "text/plain" || part.disposition.as_deref() == Some("attachment") {
            continue;
        }
        let (text, outcome) = charset::decode(&part.charset, bytes);
        if let Decoded::Leniently(detail) = outcome {
            defects.add(DefectKind::BadCharset, &part.path, &detail);
        }
        shown.body.text.push_str(&text.replace("\r\n", "\n"));
        shown.parts.push(part.path.clone());
    }
    shown.body.visible = shown.body.text.clone();
    shown
}
