//! Attachments: their type by content, and what is inside.

mod inspect;
mod kind;
pub mod name;
mod ole;
mod ooxml;
mod pdf;
mod rar;
mod rtf;
mod seven_zip;
mod shortcut;
mod tar;
mod text;
mod tnef;
mod vba;
mod zip;

use std::collections::HashSet;

use crate::body::{HtmlTraits, Shown};
use crate::defect::{DefectKind, Defects};
use crate::mime::Content;
use crate::mime::structure::Budget;
use crate::{Digest, Part};

use inspect::{Found, inspect};

/// One attached file.
#[derive(Clone, Debug, PartialEq)]
pub struct Attachment {
    /// The part it came from (`0.1`).
    pub part: String,
    /// As declared (decoded RFC 2231/2047, paths cut off); empty when unnamed.
    pub name: String,
    /// The declared media type, lower case (`application/pdf`).
    pub declared: String,
    /// What the bytes are.
    pub kind: FileKind,
    pub size_bytes: usize,
    pub sha256: Digest,
    /// Shown in the body rather than listed (Content-Disposition inline, or referenced by cid).
    pub inline: bool,
    /// What stands inside, one level at a time.
    pub contents: Contents,
}

/// What a file is by its content (magic numbers and structure, never its name).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum FileKind {
    Empty,
    Text,
    Html,
    Svg,
    Xml,
    Calendar,
    VCard,
    Message,
    Pdf,
    Rtf,
    Doc,
    Xls,
    Ppt,
    OutlookMessage,
    Docx,
    Xlsx,
    Pptx,
    /// An Office document behind a password; which program's cannot be told.
    EncryptedOffice,
    OpenDocument,
    OneNote,
    Zip,
    Rar,
    SevenZip,
    Gzip,
    Tar,
    OtherArchive,
    DiskImage,
    WindowsExecutable,
    ElfExecutable,
    MachExecutable,
    Java,
    Installer,
    Script,
    Shortcut,
    CompiledHelp,
    Image,
    Audio,
    Video,
    Tnef,
    Pgp,
    Smime,
    #[default]
    Unknown,
}

/// What was found inside a file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Contents {
    /// Members of an archive, nested ones with `outer.zip/inner.exe` names.
    pub members: Vec<Member>,
    /// Whether it cannot be opened without a password, or not all of it. PDF files count as soon as they are
    /// encrypted, though some open with an empty password.
    pub encrypted: bool,
    /// VBA or Excel 4 macros, also in files inside.
    pub macros: bool,
    /// Auto-run macro names, remote templates, DDE, embedded objects: short notes, each once. Those of files inside
    /// an archive begin with the member's name.
    pub active: Vec<String>,
    /// Of HTML and SVG files, also inside archives.
    pub html: Option<HtmlTraits>,
    /// Link targets inside (PDF URI actions, HTML links, shortcuts, text).
    pub links: Vec<String>,
}

/// A file in an archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    pub name: String,
    /// [`FileKind::Unknown`] where the archive was not unpacked: RAR, 7z, and what is encrypted.
    pub kind: FileKind,
    pub size_bytes: u64,
    pub encrypted: bool,
}

impl FileKind {
    /// Whether opening such a file runs, installs, mounts or follows something.
    pub fn is_runnable(self) -> bool {
        matches!(
            self,
            Self::WindowsExecutable
                | Self::ElfExecutable
                | Self::MachExecutable
                | Self::Java
                | Self::Installer
                | Self::Script
                | Self::Shortcut
                | Self::CompiledHelp
                | Self::DiskImage
                | Self::OneNote
        )
    }

    /// Whether it holds other files, to be unpacked before use.
    pub fn is_archive(self) -> bool {
        matches!(self, Self::Zip | Self::Rar | Self::SevenZip | Self::Gzip | Self::Tar | Self::OtherArchive)
    }
}

impl Attachment {
    /// The last extension of the name, lower case; empty when there is none.
    pub fn extension(&self) -> String {
        name::extension(&self.name)
    }

    /// Whether the name is written to be misread, or promises another kind of file than the bytes are.
    pub fn is_disguised(&self) -> bool {
        name::is_misleading(&self.name) || !name::keeps_promise(&self.name, self.kind)
    }

    /// Whether opening it, by its name or by its kind, runs something.
    pub fn is_runnable(&self) -> bool {
        name::is_runnable(&self.name) || self.kind.is_runnable()
    }
}

impl Member {
    /// Whether opening it, by its name or by its kind, runs something.
    pub fn is_runnable(&self) -> bool {
        name::is_runnable(&self.name) || self.kind.is_runnable()
    }
}

/// Reads every leaf that is not a body.
pub(crate) fn read(
    root: &Part,
    shown: &Shown,
    budget: &mut Budget,
    defects: &mut Defects,
) -> Vec<Attachment> {
    let bodies: HashSet<&str> = shown.parts.iter().map(String::as_str).collect();
    let referenced = referenced_ids(shown.body.html.as_deref().unwrap_or_default());
    let leaves =
        root.walk().filter(|part| part.children().is_empty() && !bodies.contains(part.path.as_str()));
    leaves.filter_map(|part| attachment(part, &referenced, budget, defects)).collect()
}

/// The content ids that the HTML shows images by (RFC 2392).
fn referenced_ids(html: &str) -> HashSet<&str> {
    let after = html.split("cid:").skip(1);
    after.map(|rest| rest.split(['"', '\'', ' ', '>', ')', '&']).next().unwrap_or_default()).collect()
}

fn attachment(
    part: &Part,
    referenced: &HashSet<&str>,
    budget: &mut Budget,
    defects: &mut Defects,
) -> Option<Attachment> {
    let (size_bytes, sha256, found) = match &part.content {
        Content::Bytes(bytes) => (bytes.len(), Digest::of(bytes), inspect(bytes, 0, budget)),
        Content::Message(message) => (message.size_bytes, message.digest, Found::plain(FileKind::Message)),
        Content::Multipart(_) => return None,
    };
    if let Some(why) = found.broken {
        defects.add(DefectKind::BrokenFile, &part.path, why);
    }
    if let Some(bound) = found.bounded {
        defects.add(DefectKind::BoundReached, &part.path, bound);
    }
    let is_referenced = part.content_id.as_deref().is_some_and(|id| referenced.contains(id));
    Some(Attachment {
        part: part.path.clone(),
        name: part.name.clone(),
        declared: part.media_type.clone(),
        kind: found.kind,
        size_bytes,
        sha256,
        inline: is_referenced || part.disposition.as_deref() == Some("inline"),
        contents: found.contents,
    })
}
