//! Which parts are the bodies, as Outlook and Gmail choose them.

use crate::Part;

/// One stretch of what is shown: the same text as plain text, as HTML, or as both.
#[derive(Debug, Default)]
pub(super) struct Segment<'a> {
    pub(super) plain: Option<&'a Part>,
    pub(super) html: Option<&'a Part>,
}

/// The bodies of the message whose structure is `root`, in the order shown. The depth of the structure is bounded by
/// the reader.
pub(super) fn segments(root: &Part) -> Vec<Segment<'_>> {
    let mut segments = Vec::new();
    collect(root, Place::First, &mut segments);
    segments
}

/// Where a part stands among its siblings.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// The first text to come: shown even with a file name, unless it says that it is an attachment.
    First,
    Later,
}

fn collect<'a>(part: &'a Part, place: Place, segments: &mut Vec<Segment<'a>>) {
    match part.media_type.as_str() {
        "text/plain" | "text/html" if part.message().is_none() && is_shown(part, place) => {
            segments.push(leaf(part))
        }
        "multipart/alternative" => segments.extend(alternative(part, place)),
        "multipart/related" => {
            if let Some(root) = related_root(part) {
                collect(root, place, segments);
            }
        }
        "multipart/signed" | "multipart/report" => {
            part.children().iter().take(1).for_each(|child| collect(child, place, segments));
        }
        _ => {
            let mut place = place;
            for child in part.children() {
                collect(child, place, segments);
                if !segments.is_empty() {
                    place = Place::Later;
                }
            }
        }
    }
}

fn is_shown(part: &Part, place: Place) -> bool {
    match part.disposition.as_deref() {
        Some("attachment") => false,
        Some(_) | None => part.name.is_empty() || place == Place::First,
    }
}

fn leaf(part: &Part) -> Segment<'_> {
    match part.media_type.as_str() {
        "text/html" => Segment { html: Some(part), plain: None },
        _ => Segment { plain: Some(part), html: None },
    }
}

/// One choice among several: the last HTML is shown (RFC 2046 §5.1.4), the first plain text stands beside it. Where
/// a choice holds several bodies (a mixed part inside), each is a segment of its own.
fn alternative(part: &Part, place: Place) -> Vec<Segment<'_>> {
    let mut choices: Vec<Vec<Segment<'_>>> = Vec::new();
    for child in part.children() {
        let mut choice = Vec::new();
        collect(child, place, &mut choice);
        choices.push(choice);
    }
    let plain = choices.iter().flatten().find_map(|segment| segment.plain);
    let richest = choices.iter().rposition(|choice| choice.iter().any(|segment| segment.html.is_some()));
    let Some(richest) = richest else {
        return choices.into_iter().find(|choice| !choice.is_empty()).unwrap_or_default();
    };
    let mut chosen = choices.swap_remove(richest);
    let has_plain = chosen.iter().any(|segment| segment.plain.is_some());
    if let Some(segment) = chosen.iter_mut().find(|segment| segment.html.is_some()).filter(|_| !has_plain) {
        segment.plain = plain;
    }
    chosen
}

/// The part that `start` names, else the first (RFC 2387 §3.2).
fn related_root(part: &Part) -> Option<&Part> {
    let content_type = part.headers.first("Content-Type").unwrap_or_default();
    let start = crate::mime::parameters::Structured::parse(content_type);
    let start = start.plain("start").map(|start| start.trim_matches(['<', '>', ' ']).to_string());
    let named = part.children().iter().find(|child| child.content_id.is_some() && child.content_id == start);
    named.or_else(|| part.children().first())
}
