//! Links that go nowhere: in serialised HTML every `href` becomes a `title`, so the target can be read but not followed.

/// Rewrites `html`, which has to be the sanitiser's output: there `<` begins a tag and nothing else, and attribute
/// values stand in double quotes without any inside.
pub(super) fn inert(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        let end = tag_end(&rest[start..]).map_or(rest.len(), |length| start + length);
        out.push_str(&rest[..start]);
        out.push_str(&renamed(&rest[start..end]));
        rest = &rest[end..];
    }
    out.push_str(rest);
    out
}

/// The length of the tag `text` begins with, `>` included; quoted values may hold one.
fn tag_end(text: &str) -> Option<usize> {
    let mut quoted = false;
    text.bytes()
        .position(|byte| {
            quoted ^= byte == b'"';
            byte == b'>' && !quoted
        })
        .map(|position| position + 1)
}

/// A tag with ` href="` outside of values as ` title="`.
fn renamed(tag: &str) -> String {
    let renamed: Vec<_> = tag
        .split('"')
        .enumerate()
        .map(|(index, piece)| match piece.strip_suffix(" href=") {
            Some(before) if index % 2 == 0 => format!("{before} title="),
            Some(_) | None => piece.to_owned(),
        })
        .collect();
    renamed.join("\"")
}

#[cfg(test)]
mod tests {
    use super::inert;

    #[test]
    fn targets_can_be_read_and_not_followed() {
        for (given, harmless) in [
            ("<a href=\"https://x.example/\">x</a>", "<a title=\"https://x.example/\">x</a>"),
            ("<a class=\"b\" href=\"u\">x</a>", "<a class=\"b\" title=\"u\">x</a>"),
            ("say href=\"u\"", "say href=\"u\""),
            ("<p title=\"a > b href=\">t</p>", "<p title=\"a > b href=\">t</p>"),
            ("<img alt=\"1 < 2\"> <a href=\"u\">", "<img alt=\"1 < 2\"> <a title=\"u\">"),
        ] {
            assert_eq!(inert(given), harmless);
        }
    }
}
