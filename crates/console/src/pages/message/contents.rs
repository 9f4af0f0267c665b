//! What is in the message: text, links, attachments, defects, header fields.

use message::attachment::{Attachment, FileKind};
use message::body::HtmlTraits;
use message::link::{Known, Link, Place};

use super::reading::Reading;
use crate::view;

/// Everything below the fold.
pub(crate) struct Contents {
    pub(crate) text: String,
    pub(crate) text_cut: bool,
    pub(crate) hidden: String,
    pub(crate) has_html: bool,
    pub(crate) traits: Vec<String>,
    pub(crate) links: Vec<LinkView>,
    pub(crate) links_more: usize,
    pub(crate) attachments: Vec<AttachmentView>,
    pub(crate) attachments_more: usize,
    pub(crate) defects: Vec<String>,
    pub(crate) header_text: String,
    pub(crate) reply_to: String,
    pub(crate) return_path: String,
}

pub(crate) struct LinkView {
    pub(crate) shown: String,
    pub(crate) host: String,
    pub(crate) target: String,
    pub(crate) rewriters: String,
    pub(crate) place: &'static str,
    /// The shown text names another host than the link goes to.
    pub(crate) misleading: bool,
    /// What a rewriter keeps to itself.
    pub(crate) withheld: &'static str,
}

pub(crate) struct AttachmentView {
    pub(crate) name: String,
    pub(crate) kind: String,
    pub(crate) declared: String,
    pub(crate) size: String,
    pub(crate) sha256: String,
    pub(crate) inline: bool,
    pub(crate) notes: Vec<String>,
    pub(crate) members: Vec<MemberView>,
    pub(crate) members_more: usize,
    pub(crate) risky: bool,
}

pub(crate) struct MemberView {
    pub(crate) name: String,
    pub(crate) kind: String,
    pub(crate) size: String,
    pub(crate) encrypted: bool,
}

const TEXT_CHARS_MAX: usize = 20_000;
const HIDDEN_CHARS_MAX: usize = 2_000;
const URL_CHARS_MAX: usize = 500;
const LINKS_MAX: usize = 200;
const ATTACHMENTS_MAX: usize = 100;
const MEMBERS_MAX: usize = 50;
const LINKS_INSIDE_MAX: usize = 10;

pub(crate) fn contents(reading: &Reading) -> Contents {
    let message = &reading.message;
    let body = &message.body;
    let text = if body.visible.is_empty() { &body.text } else { &body.visible };
    Contents {
        text: cut(text, TEXT_CHARS_MAX),
        text_cut: text.chars().nth(TEXT_CHARS_MAX).is_some(),
        hidden: cut(body.hidden.trim(), HIDDEN_CHARS_MAX),
        has_html: body.html.is_some(),
        traits: traits(&body.traits),
        links: message.links.iter().take(LINKS_MAX).map(link).collect(),
        links_more: message.links.len().saturating_sub(LINKS_MAX),
        attachments: message.attachments.iter().take(ATTACHMENTS_MAX).map(attachment).collect(),
        attachments_more: message.attachments.len().saturating_sub(ATTACHMENTS_MAX),
        defects: message.defects.iter().map(|defect| view::one_line(&defect.to_string(), 300)).collect(),
        header_text: reading.header_text.clone(),
        reply_to: message.reply_to.first().map(|each| view::name(&each.written)).unwrap_or_default(),
        return_path: message.return_path.as_ref().map(ToString::to_string).unwrap_or_default(),
    }
}

/// Text of several lines, bounded and without controls.
fn cut(text: &str, chars_max: usize) -> String {
    text.chars().filter(|c| !c.is_control() || *c == '\n' || *c == '\t').take(chars_max).collect()
}

/// What HTML does besides showing text, as `2 forms`.
fn traits(traits: &HtmlTraits) -> Vec<String> {
    let counts = [
        (traits.forms, "form", "forms"),
        (traits.password_fields, "password field", "password fields"),
        (traits.scripts, "script", "scripts"),
        (traits.obfuscated_scripts, "obfuscated script", "obfuscated scripts"),
        (traits.iframes, "frame", "frames"),
        (traits.event_handlers, "event handler", "event handlers"),
        (traits.meta_refreshes, "refresh", "refreshes"),
        (traits.file_builders, "file built by script", "files built by script"),
        (traits.remote_images, "remote image", "remote images"),
    ];
    let there = counts.into_iter().filter(|(count, _, _)| *count > 0);
    there.map(|(count, one, many)| view::counted(count, one, many)).collect()
}

fn link(link: &Link) -> LinkView {
    let named = link.host.as_ref().map(message::Domain::to_unicode);
    let rewriters: Vec<_> = link.rewriters.iter().map(|rewriter| rewriter.name()).collect();
    LinkView {
        shown: view::one_line(&link.shown, 120),
        host: named.or_else(|| link.ip.map(|ip| ip.to_string())).unwrap_or_default(),
        target: view::one_line(&link.target, URL_CHARS_MAX),
        rewriters: rewriters.join(" › "),
        place: place(link.place),
        misleading: misleads(link),
        withheld: match link.known {
            Known::Whole => "",
            Known::HostOnly => "the rewriter keeps the rest",
            Known::Nothing => "the rewriter keeps the target",
        },
    }
}

fn misleads(link: &Link) -> bool {
    match (link.shown_host(), &link.host) {
        (Some(shown), Some(real)) => shown.organisational() != real.organisational(),
        (Some(_), None) => link.ip.is_some(),
        (None, _) => false,
    }
}

fn place(place: Place) -> &'static str {
    match place {
        Place::Text => "text",
        Place::Anchor => "link",
        Place::Form => "form",
        Place::Image => "image",
        Place::Area => "image map",
        Place::Other => "other",
    }
}

fn attachment(attachment: &Attachment) -> AttachmentView {
    let members = &attachment.contents.members;
    AttachmentView {
        name: file_name(&attachment.name),
        kind: kind(attachment.kind),
        declared: view::one_line(&attachment.declared, 80),
        size: view::size(attachment.size_bytes as u64),
        sha256: attachment.sha256.to_string(),
        inline: attachment.inline,
        risky: is_risky(attachment),
        notes: notes(attachment),
        members: members.iter().take(MEMBERS_MAX).map(member).collect(),
        members_more: members.len().saturating_sub(MEMBERS_MAX),
    }
}

fn is_risky(attachment: &Attachment) -> bool {
    let contents = &attachment.contents;
    contents.macros || contents.encrypted || attachment.is_disguised() || attachment.kind.is_runnable()
}

fn member(member: &message::attachment::Member) -> MemberView {
    MemberView {
        name: file_name(&member.name),
        kind: kind(member.kind),
        size: view::size(member.size_bytes),
        encrypted: member.encrypted,
    }
}

fn file_name(name: &str) -> String {
    if name.is_empty() { "(unnamed)".into() } else { view::one_line(name, 200) }
}

/// What was found inside, in words.
fn notes(attachment: &Attachment) -> Vec<String> {
    let contents = &attachment.contents;
    let mut notes = Vec::new();
    if attachment.is_disguised() {
        notes.push("the name promises something else".into());
    }
    if contents.macros {
        notes.push("holds macros".into());
    }
    if contents.encrypted {
        notes.push("cannot be opened without a password".into());
    }
    notes.extend(contents.active.iter().map(|note| view::one_line(note, 200)));
    notes.extend(contents.html.iter().flat_map(traits));
    let links = contents.links.iter().take(LINKS_INSIDE_MAX);
    notes.extend(links.map(|link| format!("link to {}", view::one_line(link, 200))));
    notes
}

/// The kind in words; the names of the variants are such.
fn kind(kind: FileKind) -> String {
    let name = format!("{kind:?}");
    let mut words = String::with_capacity(name.len() + 4);
    let mut before = ' ';
    for c in name.chars() {
        if c.is_uppercase() && before.is_lowercase() {
            words.push(' ');
            words.extend(c.to_lowercase());
        } else {
            words.push(c);
        }
        before = c;
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_told_in_words() {
        assert_eq!(kind(FileKind::WindowsExecutable), "Windows executable");
        assert_eq!(kind(FileKind::Pdf), "Pdf");
    }

    #[test]
    fn a_link_that_shows_another_host_is_marked() {
        for (shown, marked) in
            [("https://www.example.com/login", true), ("https://evil.example", false), ("click here", false)]
        {
            let link = link(&message::link::link("https://evil.example/x", shown, Place::Anchor));
            assert_eq!(link.misleading, marked, "{shown}");
        }
    }
}
