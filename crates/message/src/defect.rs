//! What is wrong with a message. A defect is a fact for signals and for people, never an error.

use std::fmt;

use crate::bounds::{DEFECTS_MAX, DETAIL_CHARS_MAX};

/// One thing wrong, with where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Defect {
    pub kind: DefectKind,
    /// Which part, as a path of child numbers from the root (`0.1.0`); empty for the message itself.
    pub part: String,
    /// What exactly: a header name, the two readings, a count. At most 200 characters; never mail text.
    pub detail: String,
}

/// The kinds of defect, each with the name that `explain --json` prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum DefectKind {
    /// No header section, or nothing at all.
    NoHeader,
    /// A header line that is neither a field nor a continuation.
    BadHeaderLine,
    /// A field that may stand once stands several times with different values (RFC 5322 §3.6).
    RepeatedField,
    /// 8-bit bytes in a header field that are not UTF-8.
    UndeclaredHeaderCharset,
    /// A multipart without a usable boundary, or whose boundary never appears.
    NoBoundary,
    /// A multipart whose closing delimiter is missing.
    UnclosedMultipart,
    /// Content-Type, Content-Transfer-Encoding, boundary or filename given more than once, differently: mail
    /// clients disagree about which one counts.
    AmbiguousStructure,
    /// Base64 or quoted-printable that had to be read leniently.
    BadTransferEncoding,
    /// A transfer encoding nobody defined.
    UnknownTransferEncoding,
    /// Text that did not decode in its declared charset, or an unknown charset.
    BadCharset,
    /// A bare CR or NUL in the message.
    BareControl,
    /// An address field that holds something that is no address.
    BadAddress,
    /// A Date or Received stamp that is no date.
    BadDate,
    /// An archive or document that cannot be read.
    BrokenFile,
    /// A bound of [`crate::bounds`] was reached; what lies beyond was not read.
    BoundReached,
}

impl DefectKind {
    /// The stable name, in kebab case.
    pub fn name(self) -> &'static str {
        match self {
            Self::NoHeader => "no-header",
            Self::BadHeaderLine => "bad-header-line",
            Self::RepeatedField => "repeated-field",
            Self::UndeclaredHeaderCharset => "undeclared-header-charset",
            Self::NoBoundary => "no-boundary",
            Self::UnclosedMultipart => "unclosed-multipart",
            Self::AmbiguousStructure => "ambiguous-structure",
            Self::BadTransferEncoding => "bad-transfer-encoding",
            Self::UnknownTransferEncoding => "unknown-transfer-encoding",
            Self::BadCharset => "bad-charset",
            Self::BareControl => "bare-control",
            Self::BadAddress => "bad-address",
            Self::BadDate => "bad-date",
            Self::BrokenFile => "broken-file",
            Self::BoundReached => "bound-reached",
        }
    }
}

/// Defects of one message as they are found, bounded: a hostile message can have one on every line.
#[derive(Debug, Default)]
pub(crate) struct Defects {
    found: Vec<Defect>,
}

impl Defects {
    /// Notes one, unless the same stands there already.
    pub(crate) fn add(&mut self, kind: DefectKind, part: &str, detail: &str) {
        let detail: String = detail.chars().take(DETAIL_CHARS_MAX).collect();
        let defect = Defect { kind, part: part.to_string(), detail };
        if self.found.len() < DEFECTS_MAX && !self.found.contains(&defect) {
            self.found.push(defect);
        }
    }

    pub(crate) fn add_all(&mut self, part: &str, defects: Vec<(DefectKind, String)>) {
        defects.iter().for_each(|(kind, detail)| self.add(*kind, part, detail));
    }

    pub(crate) fn into_vec(self) -> Vec<Defect> {
        self.found
    }
}

impl fmt::Display for Defect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind.name())?;
        if !self.part.is_empty() {
            write!(f, " in part {}", self.part)?;
        }
        if !self.detail.is_empty() {
            write!(f, ": {}", self.detail)?;
        }
        Ok(())
    }
}
