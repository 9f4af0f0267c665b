//! RTF: embedded objects, remote templates, fields that start other programs, links.

use std::sync::LazyLock;

use regex::bytes::Regex;

use super::FileKind;
use super::inspect::{Found, LINKS_MAX};

/// Bytes searched of one file.
const BYTES_MAX: usize = 8 * 1024 * 1024;

/// What to note for which control words, in lower case as Word needs them.
const MARKS: &[(&[u8], &str)] = &[
    (b"\\objdata", "embedded object"),
    (b"\\objocx", "ActiveX control"),
    (b"\\objupdate", "object that loads by itself"),
    (b"\\objautlink", "external object"),
    (b"DDEAUTO", "DDE field"),
];

static TEMPLATE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?i)\\\*\\template\s+([^}\s]+)").expect("the pattern is written here"));
static HYPERLINK: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"(?i)HYPERLINK\s+"?([a-z][a-z0-9+.-]*:[^"}\s]+)"#).expect("the pattern is written here")
});
/// The equation editor's class name, in the hex digits of object data.
static EQUATION: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)45\s*71\s*75\s*61\s*74\s*69\s*6f\s*6e").expect("the pattern is written here")
});

/// Reads a document.
pub(super) fn read(bytes: &[u8]) -> Found {
    let bytes = &bytes[..bytes.len().min(BYTES_MAX)];
    let mut found = Found::plain(FileKind::Rtf);
    for (mark, note) in MARKS {
        if memchr::memmem::find(bytes, mark).is_some() {
            found.note(note);
        }
    }
    if EQUATION.is_match(bytes) {
        found.note("equation editor object");
    }
    let shown = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    if let Some(template) = TEMPLATE.captures(bytes).filter(|template| template[1].contains(&b':')) {
        found.note("remote template");
        found.contents.links.push(shown(&template[1]));
    }
    found.contents.links.extend(HYPERLINK.captures_iter(bytes).take(LINKS_MAX).map(|link| shown(&link[1])));
    found
}
