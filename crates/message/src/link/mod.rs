//! Links of text and HTML: what is shown, where it goes, and what stands behind the rewriters.
//!
//! The body reader hands over what it found in the HTML ([`RawLink`]); [`collect`] adds the addresses standing in
//! the text, normalises them as browsers do (WHATWG URL, through the `url` crate, after the leniencies mail clients
//! add), and takes the known rewriters off ([`unwrap`]). The outermost form stays in [`Link::written`].

pub mod find;
pub mod read;
pub mod unwrap;

use std::collections::HashSet;
use std::net::IpAddr;

use crate::Domain;
use crate::bounds::LINKS_MAX;

pub use read::Trick;
pub use unwrap::{Family, Rewriter};

/// One link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// As written, entities decoded; at most [`read::URL_BYTES_MAX`] bytes.
    pub written: String,
    /// Where it goes once every known rewriter is unwrapped, normalised; `written` when it cannot be read as a URL.
    pub target: String,
    /// How much of the target is known.
    pub known: Known,
    /// Rewriters taken off, outermost first.
    pub rewriters: Vec<Rewriter>,
    /// The host of `target`; `None` for hosts that are addresses, and for schemes without hosts.
    pub host: Option<Domain>,
    /// The host of `target` when it is an address, in whatever notation it was written.
    pub ip: Option<IpAddr>,
    /// The host of `written`: the rewriter's when there is one, else the same as `host`.
    pub outer_host: Option<Domain>,
    /// Ways of writing that hide the host, in the outer or in any inner form; sorted, without repeats.
    pub tricks: Vec<Trick>,
    /// The text a person sees for it (anchor text, `alt` of an image); empty for bare links.
    pub shown: String,
    /// Where it was found.
    pub place: Place,
}

/// Where a link was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// Plain text, or text of the HTML that mail clients make a link of.
    Text,
    /// `<a href>`.
    Anchor,
    /// `<form action>`, `formaction`.
    Form,
    /// `<img src>`, backgrounds: loaded, not clicked.
    Image,
    /// `<area href>` of an image map.
    Area,
    /// Anything else: `<iframe>`, `<meta refresh>`, `<link>`.
    Other,
}

/// How much is known of where a link goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Known {
    /// The whole URL.
    Whole,
    /// A rewriter keeps the URL to itself and names only the host.
    HostOnly,
    /// A rewriter keeps all of it to itself.
    Nothing,
}

/// A link as the HTML has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawLink {
    /// The attribute value, entities decoded.
    pub url: String,
    /// Anchor text or `alt`.
    pub shown: String,
    pub place: Place,
}

impl Link {
    /// The host that the shown text names, when that text is (or holds) an address; see [`find::shown_host`].
    pub fn shown_host(&self) -> Option<Domain> {
        find::shown_host(&self.shown)
    }

    /// The scheme of the target, lower case; empty when it is no URL.
    pub fn scheme(&self) -> &str {
        self.target.split_once(':').map_or("", |(scheme, _)| scheme)
    }

    /// Whether a person follows it by clicking, rather than the mail client loading it.
    pub fn is_clicked(&self) -> bool {
        match self.place {
            Place::Text | Place::Anchor | Place::Form | Place::Area => true,
            Place::Image | Place::Other => false,
        }
    }

    /// Path and query of the target, `/` first; empty when there is none or it is not known.
    pub fn path_and_query(&self) -> &str {
        let after_scheme = self.target.split_once("://").map_or("", |(_, rest)| rest);
        after_scheme.find('/').map_or("", |start| &after_scheme[start..])
    }
}

/// Reads one address, with the text shown for it.
pub fn link(written: &str, shown: &str, place: Place) -> Link {
    let unwrapped = unwrap::unwrap(written);
    let host = unwrapped.url.as_ref().and_then(read::host);
    let ip = unwrapped.url.as_ref().and_then(read::ip);
    let known = unwrapped.known;
    Link {
        written: read::cut(written).to_owned(),
        target: unwrapped.url.map_or_else(|| read::cut(written.trim()).to_owned(), String::from),
        known,
        rewriters: unwrapped.rewriters,
        host: host.filter(|_| known != Known::Nothing),
        ip: ip.filter(|_| known != Known::Nothing),
        outer_host: unwrapped.outer.as_ref().and_then(read::host),
        tricks: unwrapped.tricks,
        shown: shown.trim().chars().take(SHOWN_CHARS_MAX).collect(),
        place,
    }
}

/// Characters kept of the text shown for a link: enough for a paragraph made one link.
pub const SHOWN_CHARS_MAX: usize = 1_000;

/// All links: those of the HTML in its order, then those that stand only in the `texts` (the plain body, and the
/// visible text of the HTML, where mail clients make links of addresses too). Exact duplicates are left out, and so
/// are addresses that the HTML already links or shows as a link's text. At most [`LINKS_MAX`]; a full list means
/// that there may be more, which is the caller's [`crate::Defect`] to note.
pub fn collect(html: &[RawLink], texts: &[&str]) -> Vec<Link> {
    let mut seen = HashSet::new();
    let mut links = Vec::new();
    for raw in html.iter().filter(|raw| leads_somewhere(&raw.url)) {
        if links.len() == LINKS_MAX {
            return links;
        }
        if seen.insert((raw.url.as_str(), raw.shown.as_str(), raw.place)) {
            links.push(link(&raw.url, &raw.shown, raw.place));
        }
    }
    let mut written: HashSet<String> =
        links.iter().flat_map(|link| [bare(&link.written), bare(&link.shown)]).collect();
    for text in texts {
        for found in find::in_text(text) {
            if links.len() == LINKS_MAX {
                return links;
            }
            if written.insert(bare(found)) {
                links.push(link(found, "", Place::Text));
            }
        }
    }
    links
}

/// Jumps within the message, parts of it, and nothing at all are no links.
fn leads_somewhere(url: &str) -> bool {
    let url = url.trim();
    let scheme = url.split_once(':').map_or("", |(scheme, _)| scheme);
    !url.is_empty()
        && !url.starts_with('#')
        && !["cid", "mid", "about"].iter().any(|no| scheme.eq_ignore_ascii_case(no))
}

/// What two ways of writing the same address have in common.
fn bare(url: &str) -> String {
    let url = read::cut(url).trim().trim_end_matches('/').to_lowercase();
    let url = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://")).unwrap_or(&url);
    url.strip_prefix("www.").unwrap_or(url).to_owned()
}

#[cfg(test)]
mod tests;
