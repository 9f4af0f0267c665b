//! The walk down the structure: what each entity is, and what it holds.

use crate::bounds::{ARCHIVE_BYTES_MAX, DEPTH_MAX, HTML_ATTRIBUTE_WORK_MAX, MESSAGE_DEPTH_MAX, PARTS_MAX};
use crate::defect::{DefectKind, Defects};
use crate::header::fields;
use crate::{Headers, message};

use super::boundary::{self, Cut};
use super::parameters::{Readings, Structured};
use super::transfer::{self, Encoding, Quality};
use super::{Content, Part};

/// What one message, with everything attached to it, may still use.
#[derive(Debug)]
pub(crate) struct Budget {
    pub(crate) parts: usize,
    /// Levels of attached messages.
    pub(crate) messages_deep: usize,
    /// Bytes that archives and documents may still be unpacked to.
    pub(crate) unpacked_bytes: u64,
    /// Comparisons of attribute names in HTML.
    pub(crate) attribute_work: u64,
}

impl Default for Budget {
    fn default() -> Self {
        Self {
            parts: PARTS_MAX,
            messages_deep: MESSAGE_DEPTH_MAX,
            unpacked_bytes: ARCHIVE_BYTES_MAX,
            attribute_work: HTML_ATTRIBUTE_WORK_MAX,
        }
    }
}

/// An entity whose header section has been read.
struct Entity<'a> {
    headers: Headers,
    body: &'a [u8],
    path: String,
    depth: usize,
    /// What it is when nothing says so: `message/rfc822` in a digest (RFC 2046 §5.1.5).
    default_type: &'static str,
}

/// Reads the structure of the message whose `headers` and `body` these are.
pub(crate) fn read(headers: Headers, body: &[u8], budget: &mut Budget, defects: &mut Defects) -> Part {
    let root = Entity { headers, body, path: String::new(), depth: 0, default_type: "text/plain" };
    Walk { budget, defects }.part(root)
}

struct Walk<'a> {
    budget: &'a mut Budget,
    defects: &'a mut Defects,
}

impl Walk<'_> {
    fn part(&mut self, entity: Entity<'_>) -> Part {
        self.budget.parts = self.budget.parts.saturating_sub(1);
        let content_type = self.content_type(&entity);
        let disposition = entity.headers.first("Content-Disposition").map(Structured::parse);
        let encoding = self.encoding(&entity);
        let media_type = media_type(&content_type.value, entity.default_type);
        let content = match media_type.as_str() {
            multipart if multipart.starts_with("multipart/") => {
                self.multipart(&entity, &content_type, &media_type, encoding)
            }
            "message/rfc822" | "message/global" | "message/news" => self.message(&entity, encoding),
            _ => Content::Bytes(self.decoded(&entity, encoding)),
        };
        Part {
            name: self.name(&entity.path, &content_type, disposition.as_ref()),
            charset: content_type.plain("charset").unwrap_or_default().to_string(),
            content_id: entity.headers.first("Content-ID").and_then(|field| super::ids::parse(field).pop()),
            disposition: disposition.map(|disposition| disposition.value).filter(|value| !value.is_empty()),
            path: entity.path,
            headers: entity.headers,
            media_type,
            content,
        }
    }

    /// The Content-Type. Where several disagree, which clients settle differently, that is noted and the one that
    /// shows most is read: a multipart, else HTML, else the first.
    fn content_type(&mut self, entity: &Entity<'_>) -> Structured {
        let mut fields = entity.headers.all("Content-Type").map(Structured::parse);
        let Some(mut chosen) = fields.next() else { return Structured::default() };
        for other in fields.filter(|other| !other.value.is_empty()) {
            if other != chosen {
                let detail = format!("Content-Type: {} or {}", chosen.value, other.value);
                self.defects.add(DefectKind::AmbiguousStructure, &entity.path, &detail);
            }
            if shows(&other.value) > shows(&chosen.value) {
                chosen = other;
            }
        }
        chosen
    }

    /// The transfer encoding; where several disagree, one that has to be taken off.
    fn encoding(&mut self, entity: &Entity<'_>) -> Encoding {
        let fields: Vec<_> = entity.headers.all("Content-Transfer-Encoding").map(Encoding::parse).collect();
        let Some(first) = fields.first().copied() else { return Encoding::Identity };
        if let Some(other) = fields.iter().find(|other| **other != first) {
            let detail = format!("Content-Transfer-Encoding: {first:?} or {other:?}");
            self.defects.add(DefectKind::AmbiguousStructure, &entity.path, &detail);
        }
        let encodes = |encoding: &&Encoding| !matches!(encoding, Encoding::Identity | Encoding::Unknown);
        let chosen = fields.iter().find(encodes).copied().unwrap_or(first);
        if chosen == Encoding::Unknown {
            self.defects.add(DefectKind::UnknownTransferEncoding, &entity.path, "");
        }
        chosen
    }

    fn decoded(&mut self, entity: &Entity<'_>, encoding: Encoding) -> Vec<u8> {
        let (bytes, quality) = transfer::decode(encoding, entity.body);
        if quality == Quality::Lenient {
            self.defects.add(DefectKind::BadTransferEncoding, &entity.path, &format!("{encoding:?}"));
        }
        bytes.into_owned()
    }

    fn message(&mut self, entity: &Entity<'_>, encoding: Encoding) -> Content {
        let bytes = self.decoded(entity, encoding);
        if self.budget.messages_deep == 0 || self.budget.parts == 0 {
            self.defects.add(DefectKind::BoundReached, &entity.path, "attached messages");
            return Content::Bytes(bytes);
        }
        self.budget.messages_deep -= 1;
        let message = message::read(&bytes, self.budget);
        self.budget.messages_deep += 1;
        Content::Message(Box::new(message))
    }

    fn multipart(
        &mut self,
        entity: &Entity<'_>,
        content_type: &Structured,
        media_type: &str,
        encoding: Encoding,
    ) -> Content {
        if entity.depth == DEPTH_MAX {
            self.defects.add(DefectKind::BoundReached, &entity.path, "nested multiparts");
            return Content::Bytes(entity.body.to_vec());
        }
        let boundary = self.boundary(&entity.path, content_type);
        if let Some(boundary) = boundary {
            let cut = boundary::cut(entity.body, &boundary, self.budget.parts);
            if !cut.parts.is_empty() {
                return self.children(entity, &cut, media_type);
            }
        }
        // RFC 2045 §6.4 forbids it, but some clients decode a multipart as a whole.
        if encoding != Encoding::Identity && encoding != Encoding::Unknown {
            let bytes = self.decoded(entity, encoding);
            let inner =
                Entity { body: &bytes, headers: Headers::default(), path: entity.path.clone(), ..*entity };
            self.defects.add(DefectKind::BadTransferEncoding, &entity.path, "an encoded multipart");
            return self.multipart(&inner, content_type, media_type, Encoding::Identity);
        }
        self.without_boundary(entity, media_type)
    }

    /// Nothing to cut at: by a boundary that the body seems to use, or else the whole body is one text, as clients
    /// show it.
    fn without_boundary(&mut self, entity: &Entity<'_>, media_type: &str) -> Content {
        if let Some(boundary) = boundary::guess(entity.body) {
            self.defects.add(DefectKind::NoBoundary, &entity.path, "read with a boundary nobody declared");
            let cut = boundary::cut(entity.body, &boundary, self.budget.parts);
            return self.children(entity, &cut, media_type);
        }
        self.defects.add(DefectKind::NoBoundary, &entity.path, "read as one text");
        let text = Entity {
            headers: Headers::default(),
            body: entity.body,
            path: child_path(&entity.path, 0),
            depth: entity.depth + 1,
            default_type: "text/plain",
        };
        Content::Multipart(vec![self.part(text)])
    }

    fn boundary(&mut self, path: &str, content_type: &Structured) -> Option<String> {
        let Readings { chosen, other } = content_type.readings("boundary");
        if other.is_some() {
            self.defects.add(DefectKind::AmbiguousStructure, path, "boundary given twice");
        }
        let boundary = chosen?;
        if boundary.is_empty() {
            let detail = "an empty boundary: one text, or parts between lines of two dashes";
            self.defects.add(DefectKind::AmbiguousStructure, path, detail);
        }
        Some(boundary.trim_end().to_string())
    }

    fn children(&mut self, entity: &Entity<'_>, cut: &Cut<'_>, media_type: &str) -> Content {
        let closed = if cut.closed { None } else { Some((DefectKind::UnclosedMultipart, "")) };
        let goes_on =
            (DefectKind::AmbiguousStructure, "parts after the closing delimiter: shown or left out");
        let bounded = (DefectKind::BoundReached, "parts");
        let noted = [closed, cut.goes_on.then_some(goes_on), cut.bounded.then_some(bounded)];
        for (kind, detail) in noted.into_iter().flatten() {
            self.defects.add(kind, &entity.path, detail);
        }
        let default_type = if media_type == "multipart/digest" { "message/rfc822" } else { "text/plain" };
        let mut children = Vec::with_capacity(cut.parts.len());
        for (number, bytes) in cut.parts.iter().enumerate() {
            if self.budget.parts == 0 {
                self.defects.add(DefectKind::BoundReached, &entity.path, "parts");
                break;
            }
            let path = child_path(&entity.path, number);
            let section = fields::section(bytes);
            self.defects.add_all(&path, section.defects);
            let (headers, body) = (section.headers, &bytes[section.body..]);
            children.push(self.part(Entity { headers, body, path, depth: entity.depth + 1, default_type }));
        }
        Content::Multipart(children)
    }

    /// The file name: that of Content-Disposition before that of Content-Type, as most clients choose. Readings that
    /// end in different extensions are noted, since one client will save another file than the next.
    fn name(&mut self, path: &str, content_type: &Structured, disposition: Option<&Structured>) -> String {
        let filename = disposition.map(|disposition| disposition.readings("filename")).unwrap_or_default();
        let name = content_type.readings("name");
        let readings = [filename.chosen, filename.other, name.chosen, name.other];
        let mut readings =
            readings.into_iter().flatten().map(|name| file_name(&name)).filter(|name| !name.is_empty());
        let Some(chosen) = readings.next() else { return String::new() };
        if let Some(other) = readings.find(|other| extension(other) != extension(&chosen)) {
            let detail = format!("file name ending in {:?} or {:?}", extension(&chosen), extension(&other));
            self.defects.add(DefectKind::AmbiguousStructure, path, &detail);
        }
        chosen
    }
}

/// How much a client shows that goes by this media type.
fn shows(media_type: &str) -> u8 {
    match media_type {
        _ if media_type.starts_with("multipart/") => 2,
        "text/html" => 1,
        _ => 0,
    }
}

fn child_path(path: &str, number: usize) -> String {
    if path.is_empty() { number.to_string() } else { format!("{path}.{number}") }
}

/// What has no slash is no media type and read as the default (RFC 2045 §5.2).
fn media_type(value: &str, default_type: &str) -> String {
    let word = value.split(|c: char| c.is_whitespace() || c == ',').next().unwrap_or_default();
    if word.contains('/') { word.to_string() } else { default_type.to_string() }
}

/// A name without folders, control characters and blanks around.
fn file_name(written: &str) -> String {
    let last = written.rsplit(['/', '\\']).next().unwrap_or_default();
    last.chars().filter(|character| !character.is_control()).take(255).collect::<String>().trim().to_string()
}

fn extension(name: &str) -> String {
    name.rsplit_once('.').map(|(_, extension)| extension.to_lowercase()).unwrap_or_default()
}
