//! Cutting structured field values: comments (RFC 5322 §3.2.2, they nest), quoted strings, separators, tags.
//!
//! All of it is linear in the length of the value, and lenient: a parenthesis or quote that never closes is text.

use std::ops::Range;

/// A stretch of a value that separators do not cut.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Span {
    /// With its parentheses.
    Comment(Range<usize>),
    /// With its quotes.
    Quoted(Range<usize>),
}

impl Span {
    pub(crate) fn range(&self) -> Range<usize> {
        match self {
            Self::Comment(range) | Self::Quoted(range) => range.clone(),
        }
    }
}

/// The outermost comments and the quoted strings of `value`, in order, never overlapping.
pub(crate) fn spans(value: &str) -> Vec<Span> {
    let bytes = value.as_bytes();
    let last_quote = value.rfind('"').unwrap_or(0);
    let mut open = Vec::new();
    let mut found: Vec<Span> = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 1,
            b'(' => open.push(at),
            b')' => {
                if let Some(start) = open.pop() {
                    forget_from(&mut found, start);
                    found.push(Span::Comment(start..at + 1));
                }
            }
            b'"' if open.is_empty() && at < last_quote => {
                if let Some(end) = closing_quote(bytes, at + 1) {
                    found.push(Span::Quoted(at..end + 1));
                    at = end;
                }
            }
            _ => {}
        }
        at += 1;
    }
    found
}

/// Spans inside a comment that has just closed are part of it.
fn forget_from(found: &mut Vec<Span>, start: usize) {
    while found.last().is_some_and(|span| span.range().start >= start) {
        found.pop();
    }
}

fn closing_quote(bytes: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 1,
            b'"' => return Some(at),
            _ => {}
        }
        at += 1;
    }
    None
}

/// Cuts `value` at every `separator` (ASCII) that stands outside comments and quoted strings.
pub(crate) fn split(value: &str, separator: char) -> Vec<&str> {
    let spans = spans(value);
    let mut spans = spans.iter().map(Span::range).peekable();
    let mut pieces = Vec::new();
    let mut start = 0;
    for (at, _) in value.match_indices(separator) {
        while spans.peek().is_some_and(|span| span.end <= at) {
            spans.next();
        }
        if spans.peek().is_none_or(|span| at < span.start) {
            pieces.push(&value[start..at]);
            start = at + separator.len_utf8();
        }
    }
    pieces.push(&value[start..]);
    pieces
}

/// `value` without its comments (a blank in place of each), and the comments without their parentheses.
pub(crate) fn without_comments(value: &str) -> (String, Vec<&str>) {
    let mut bare = String::with_capacity(value.len());
    let mut comments = Vec::new();
    let mut start = 0;
    for span in spans(value) {
        if let Span::Comment(range) = span {
            bare.push_str(&value[start..range.start]);
            bare.push(' ');
            comments.push(value[range.start + 1..range.end - 1].trim());
            start = range.end;
        }
    }
    bare.push_str(&value[start..]);
    (bare, comments)
}

/// The tags of a tag list (RFC 6376 §3.2: `k=v; k=v`), names in lower case, values trimmed. Pieces without `=` are
/// left out.
pub(crate) fn tags(value: &str) -> impl Iterator<Item = (String, &str)> {
    value.split(';').filter_map(|tag| {
        let (name, value) = tag.split_once('=')?;
        Some((name.trim().to_ascii_lowercase(), value.trim()))
    })
}

/// `text` without the quotes around it and the backslashes inside.
pub(crate) fn unquoted(text: &str) -> String {
    match text.strip_prefix('"').and_then(|inner| inner.strip_suffix('"')) {
        Some(inner) => inner.replace("\\\"", "\"").replace("\\\\", "\\"),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn separators_inside_comments_and_quotes_do_not_cut() {
        for (value, pieces) in [
            ("a;b", vec!["a", "b"]),
            ("a (x;y) b;c", vec!["a (x;y) b", "c"]),
            ("a (x (;) y);c", vec!["a (x (;) y)", "c"]),
            ("\"a;b\";c", vec!["\"a;b\"", "c"]),
            ("\"a\\\";b\";c", vec!["\"a\\\";b\"", "c"]),
            ("a (b;c", vec!["a (b", "c"]),
            ("a (b (c;d);e", vec!["a (b (c;d)", "e"]),
            ("a \"b;c", vec!["a \"b", "c"]),
            ("", vec![""]),
        ] {
            assert_eq!(split(value, ';'), pieces, "{value}");
        }
    }

    #[test]
    fn comments_are_taken_out_whole() {
        let (bare, comments) = without_comments("from a (b (c) [192.0.2.1]) by d (e)");
        assert_eq!(bare, "from a   by d  ");
        assert_eq!(comments, ["b (c) [192.0.2.1]", "e"]);
    }

    #[test]
    fn a_megabyte_of_open_parentheses_is_text() {
        let hostile = "(".repeat(1 << 20);
        assert_eq!(spans(&hostile), []);
        let hostile = "\"".to_owned() + &"\\\"".repeat(1 << 19);
        assert!(spans(&hostile).len() <= 1);
    }
}
