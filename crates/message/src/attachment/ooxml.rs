//! Office Open XML and OpenDocument: macros, what is fetched from outside, what is embedded.

use std::sync::LazyLock;

use regex::Regex;

use crate::bounds::ARCHIVE_MEMBERS_MAX;
use crate::mime::structure::Budget;

use super::inspect::{Found, LINKS_MAX};
use super::zip::{Archive, unpack};
use super::{FileKind, ole};

/// What the name of a member says.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    Macros,
    MacroSheet,
    Relationships,
    Embedded,
    ActiveX,
    /// Where fields stand that start other programs.
    Fields,
    ExternalLinks,
    Manifest,
    Other,
}

/// Reads a document of `kind`.
pub(super) fn read(kind: FileKind, archive: &mut Archive<'_>, budget: &mut Budget) -> Found {
    let mut found = Found::plain(kind);
    let names: Vec<String> = archive
        .file_names_raw()
        .take(ARCHIVE_MEMBERS_MAX)
        .map(|name| String::from_utf8_lossy(name).to_lowercase())
        .collect();
    for (index, name) in names.iter().enumerate() {
        match role(name) {
            Role::Macros => {
                found.contents.macros = true;
                let project = unpack(archive, index, budget, &mut found);
                if ole::is_ole(&project) {
                    ole::read(&project, budget).contents.active.iter().for_each(|note| found.note(note));
                }
            }
            Role::MacroSheet => {
                found.contents.macros = true;
                found.note("Excel 4 macro sheet");
            }
            Role::Relationships => relationships(&text(archive, index, budget, &mut found), &mut found),
            Role::Embedded => found.note("embedded object"),
            Role::ActiveX => found.note("ActiveX control"),
            Role::Fields => fields(&text(archive, index, budget, &mut found), &mut found),
            Role::ExternalLinks => {
                if text(archive, index, budget, &mut found).contains("ddeLink") {
                    found.note("DDE link");
                }
            }
            Role::Manifest => {
                found.contents.encrypted |=
                    text(archive, index, budget, &mut found).contains("encryption-data");
            }
            Role::Other => {}
        }
    }
    found
}

fn role(name: &str) -> Role {
    match name {
        _ if name.ends_with("vbaproject.bin") => Role::Macros,
        _ if name.starts_with("basic/") && !name.ends_with('/') => Role::Macros,
        _ if name.contains("/macrosheets/") && !name.contains("/_rels/") => Role::MacroSheet,
        _ if name.ends_with(".rels") => Role::Relationships,
        _ if name.contains("/embeddings/") && !name.ends_with('/') => Role::Embedded,
        _ if name.contains("/activex/") && name.ends_with(".bin") => Role::ActiveX,
        _ if name.starts_with("xl/externallinks/") => Role::ExternalLinks,
        "meta-inf/manifest.xml" => Role::Manifest,
        _ if name.starts_with("word/") && name.ends_with(".xml") && !name.contains("theme") => Role::Fields,
        _ => Role::Other,
    }
}

fn text(archive: &mut Archive<'_>, index: usize, budget: &mut Budget, found: &mut Found) -> String {
    String::from_utf8_lossy(&unpack(archive, index, budget, found)).into_owned()
}

static RELATIONSHIP: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?is)<Relationship\s[^>]*>").expect("the pattern is written here"));
static ATTRIBUTE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"(?is)\b(Target|TargetMode|Type)\s*=\s*["']([^"']*)["']"#)
        .expect("the pattern is written here")
});

/// What is fetched from outside (ECMA-376 part 2 §9.3), and by which kind of relationship.
fn relationships(xml: &str, found: &mut Found) {
    for relationship in RELATIONSHIP.find_iter(xml).take(LINKS_MAX) {
        let (mut target, mut kind, mut external) = ("", "", false);
        for attribute in ATTRIBUTE.captures_iter(relationship.as_str()) {
            let value = attribute.get(2).map_or("", |value| value.as_str());
            match attribute[1].to_ascii_lowercase().as_str() {
                "target" => target = value,
                "type" => kind = value.rsplit('/').next().unwrap_or_default(),
                _ => external = value.eq_ignore_ascii_case("external"),
            }
        }
        if external {
            note_external(kind, found);
            found.contents.links.push(target.replace("&amp;", "&"));
        }
    }
}

fn note_external(kind: &str, found: &mut Found) {
    match kind {
        "attachedTemplate" => found.note("remote template"),
        "oleObject" => found.note("external object"),
        "frame" => found.note("external frame"),
        "externalLinkPath" => found.note("external workbook"),
        _ => {}
    }
}

static INSTRUCTION: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"(?s)<w:instrText[^>]*>([^<]*)<|w:instr="([^"]*)""#).expect("the pattern is written here")
});

/// Field codes, put together from the pieces they are often cut into.
fn fields(xml: &str, found: &mut Found) {
    let pieces = INSTRUCTION.captures_iter(xml).filter_map(|piece| piece.get(1).or_else(|| piece.get(2)));
    let instructions: String = pieces.map(|piece| piece.as_str()).collect();
    let words = instructions.to_uppercase();
    if words.contains("DDEAUTO") || words.contains("DDE ") {
        found.note("DDE field");
    }
    if words.contains("INCLUDEPICTURE") && words.contains("HTTP") {
        found.note("remote picture field");
    }
}
