//! What a person reads: which parts are bodies, their text, what is hidden in it, and its links.

mod choose;
pub(crate) mod flow;
pub(crate) mod html;

use std::fmt;

use crate::Part;
use crate::bounds::TEXT_CHARS_MAX;
use crate::defect::{DefectKind, Defects};
use crate::link::RawLink;
use crate::mime::charset::{self, Decoded};
use crate::mime::structure::Budget;

/// The bodies of a message, as mail clients show them.
#[derive(Clone, Default, PartialEq)]
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

/// Counts of what stands in an HTML body or attachment.
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
    /// Scripts that make a file in the browser out of their own text (HTML smuggling).
    pub file_builders: usize,
    /// Characters without width in the text (zero width spaces, joiners, soft hyphens).
    pub zero_width: usize,
}

/// Redacted: sizes only.
impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let html = self.html.as_ref().map_or(0, String::len);
        write!(f, "Body({} bytes of text, {html} of HTML, {:?})", self.text.len(), self.traits)
    }
}

impl HtmlTraits {
    /// Adds up what stands in two pages.
    pub(crate) fn add(&mut self, other: &Self) {
        self.forms += other.forms;
        self.password_fields += other.password_fields;
        self.scripts += other.scripts;
        self.iframes += other.iframes;
        self.event_handlers += other.event_handlers;
        self.meta_refreshes += other.meta_refreshes;
        self.remote_images += other.remote_images;
        self.embedded_images += other.embedded_images;
        self.obfuscated_scripts += other.obfuscated_scripts;
        self.file_builders += other.file_builders;
        self.zero_width += other.zero_width;
    }
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
pub(crate) fn read(root: &Part, budget: &mut Budget, defects: &mut Defects) -> Shown {
    let mut reader = Reader { shown: Shown::default(), budget, defects };
    for segment in choose::segments(root) {
        if let Some(plain) = segment.plain {
            reader.plain(plain, segment.html.is_none());
        }
        if let Some(html) = segment.html {
            reader.html(html);
        }
    }
    reader.shown
}

/// The text of a leaf, decoded as its charset says.
pub(crate) fn text_of(part: &Part, defects: &mut Defects) -> String {
    let (text, outcome) = charset::decode(&part.charset, part.bytes());
    if let Decoded::Leniently(detail) = outcome {
        defects.add(DefectKind::BadCharset, &part.path, &detail);
    }
    text.into_owned()
}

struct Reader<'a> {
    shown: Shown,
    budget: &'a mut Budget,
    defects: &'a mut Defects,
}

impl Reader<'_> {
    fn plain(&mut self, part: &Part, is_seen: bool) {
        let mut text = with_line_feeds(text_of(part, self.defects));
        if text.len() > TEXT_CHARS_MAX {
            text.truncate(text.floor_char_boundary(TEXT_CHARS_MAX));
            self.defects.add(DefectKind::BoundReached, &part.path, "text");
        }
        let body = &mut self.shown.body;
        join(&mut body.text, &text);
        if is_seen {
            body.traits.zero_width +=
                text.chars().filter(|character| flow::is_zero_width(*character)).count();
            join(&mut body.visible, &text);
        }
        self.shown.parts.push(part.path.clone());
    }

    fn html(&mut self, part: &Part) {
        let html = text_of(part, self.defects);
        let reading = html::read(&html, &mut self.budget.attribute_work);
        if let Some(bound) = reading.bounded {
            self.defects.add(DefectKind::BoundReached, &part.path, bound);
        }
        let body = &mut self.shown.body;
        join(&mut body.visible, &reading.visible);
        join(&mut body.hidden, &reading.hidden);
        body.traits.add(&reading.traits);
        match &mut body.html {
            Some(before) => join(before, &html),
            None => body.html = Some(html),
        }
        self.shown.links.extend(reading.links);
        self.shown.parts.push(part.path.clone());
    }
}

fn with_line_feeds(text: String) -> String {
    if text.contains('\r') { text.replace("\r\n", "\n").replace('\r', "\n") } else { text }
}

/// Puts `more` below `text`.
fn join(text: &mut String, more: &str) {
    if !text.is_empty() && !more.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    text.push_str(more);
}
