//! Links of text and HTML: what is shown, where it goes, and what stands behind the rewriters.

use crate::Domain;

/// One link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// As written, entities decoded.
    pub written: String,
    /// Where it goes once every known rewriter is unwrapped; `written` when none is.
    pub target: String,
    /// Rewriters taken off, outermost first.
    pub rewriters: Vec<Rewriter>,
    /// The host of `target`; `None` for hosts that are addresses, and for schemes without hosts.
    pub host: Option<Domain>,
    /// The text a person sees for it (anchor text, `alt` of an image); empty for bare links.
    pub shown: String,
    /// Where it was found.
    pub place: Place,
}
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    Text,
    Anchor,
    Form,
    Image,
    Area,
    Other,
}
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rewriter {
    Proofpoint,
}
