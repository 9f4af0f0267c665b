//! Shortcuts: what Windows shell links ([MS-SHLLINK]), internet shortcuts and their kin lead to.

use std::sync::LazyLock;

use regex::Regex;

use crate::link::find;

use super::FileKind;
use super::inspect::{Found, LINKS_MAX};

/// Bytes searched of one file; what is longer hides something behind blanks, and this is enough to see it.
const BYTES_MAX: usize = 1024 * 1024;

/// Programs that shortcuts in mail start to run something else.
const PROGRAMS: &[&str] = &[
    "powershell",
    "pwsh",
    "cmd.exe",
    "mshta",
    "wscript",
    "cscript",
    "rundll32",
    "regsvr32",
    "msiexec",
    "certutil",
    "curl",
    "bitsadmin",
    "forfiles",
    "conhost",
    "explorer",
];

static TARGET: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?im)^\s*(?:URL|BASEURL|IconFile|WorkingDirectory|Exec)\s*=\s*(\S+)")
        .expect("the pattern is written here")
});

/// Reads a shortcut of any kind.
pub(super) fn read(bytes: &[u8]) -> Found {
    let bytes = &bytes[..bytes.len().min(BYTES_MAX)];
    let mut found = Found::plain(FileKind::Shortcut);
    // Both readings at once: shell links hold 8-bit and UTF-16 strings side by side.
    let narrow = String::from_utf8_lossy(bytes);
    let wide: Vec<u16> = bytes.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
    let odd: Vec<u16> = bytes
        .get(1..)
        .unwrap_or_default()
        .chunks_exact(2)
        .map(|pair| u16::from_le_bytes([pair[0], pair[1]]))
        .collect();
    for text in [narrow.into_owned(), String::from_utf16_lossy(&wide), String::from_utf16_lossy(&odd)] {
        let lower = text.to_lowercase();
        for program in PROGRAMS.iter().filter(|program| lower.contains(*program)) {
            found.note(&format!("starts {program}"));
        }
        let targets = TARGET.captures_iter(&text).filter_map(|target| Some(target.get(1)?.as_str()));
        for link in targets.chain(find::in_text(&text)).take(LINKS_MAX) {
            if !found.contents.links.iter().any(|known| known == link) {
                found.contents.links.push(link.to_string());
            }
        }
    }
    found
}
