//! Addresses standing in text, as mail clients make links of them.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::read;
use crate::Domain;

/// An address with a scheme, defanged or with backslashes too. Bounded repetition on the left, so that the scan is
/// linear.
static WITH_SCHEME: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"(?i)\b(?:h(?:tt|xx)ps?|ftp)(?:\[:\]|:|\[://\])[/\\]{0,3}[^\s<>"\u{201c}\u{201d}\u{ab}\u{bb}`|^{}]{3,}"#)
        .expect("the pattern is constant and valid")
});

/// A host without a scheme, perhaps with a path. Whether the host is one is looked at afterwards.
static WITHOUT_SCHEME: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"(?i)\b[\w-]+(?:(?:\.|\[\.\])[\w-]+)+(?:[/?#][^\s<>"]*)?"#)
        .expect("the pattern is constant and valid")
});

/// Top-level domains under which a bare `name.tld` in running text is an address and not a file name or a missing
/// space: generic ones and those of countries that are no English word or file extension. Others need a `www.`, a
/// path or a scheme.
const BARE_TLDS: &[&str] = &[
    "app", "at", "au", "biz", "br", "ca", "ch", "click", "cloud", "cn", "co", "com", "cz", "de", "dev", "dk",
    "es", "eu", "fr", "gov", "info", "io", "it", "jp", "kr", "link", "live", "mil", "mx", "net", "nl", "nz",
    "online", "org", "page", "pl", "ru", "se", "shop", "site", "store", "tech", "tk", "top", "tr", "uk",
    "us", "vip", "xyz", "za",
];

/// Every address in `text`, in order, as written. Not bounded itself; iterate lazily or take what is wanted.
pub fn in_text(text: &str) -> impl Iterator<Item = &str> {
    let mut ranges: Vec<Range<usize>> =
        matches(&WITH_SCHEME, text, b':').map(|found| trimmed(text, found)).collect();
    let with_scheme = ranges.len();
    for found in matches(&WITHOUT_SCHEME, text, b'.') {
        let range = trimmed(text, found);
        let at = ranges[..with_scheme].partition_point(|other| other.end <= range.start);
        let is_apart = ranges[..with_scheme].get(at).is_none_or(|other| other.start >= range.end);
        if is_apart && stands_alone(text, &range) && is_bare_address(&text[range.clone()]) {
            ranges.push(range);
        }
    }
    ranges.sort_by_key(|range| range.start);
    ranges.into_iter().map(|range| &text[range]).filter(|found| !found.is_empty())
}

/// What `pattern` finds in the words of `text` that hold `mark`. An address never spans blanks, and most words of a
/// text hold no mark, so this saves most of the search.
fn matches(pattern: &'static Regex, text: &str, mark: u8) -> impl Iterator<Item = Range<usize>> {
    let words = text.split(char::is_whitespace).scan(0, |at, word| {
        let start = *at;
        let blank_bytes = text[start + word.len()..].chars().next().map_or(0, char::len_utf8);
        *at = start + word.len() + blank_bytes;
        Some((start, word))
    });
    let marked = words.filter(move |(_, word)| memchr::memchr(mark, word.as_bytes()).is_some());
    marked.flat_map(move |(start, word)| {
        pattern.find_iter(word).map(move |found| start + found.start()..start + found.end())
    })
}

/// The host that `shown` names: when all of it is an address or a host name, or when an address with a scheme or a
/// `www.` stands in it. Mail addresses name no web host.
pub fn shown_host(shown: &str) -> Option<Domain> {
    let shown =
        shown.trim_matches(|character: char| character.is_whitespace() || "<>()[]\"'.".contains(character));
    let first = in_text(shown).find(|found| {
        let is_all = found.len() == shown.len();
        is_all
            || WITH_SCHEME.is_match(found)
            || found.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("www."))
    })?;
    let host = read::host(read::read(first).url.as_ref()?)?;
    host.registrable().is_some().then_some(host)
}

/// Neither part of a mail address nor of a longer word or path.
fn stands_alone(text: &str, range: &Range<usize>) -> bool {
    let before = text[..range.start].chars().next_back();
    let after = text[range.end..].chars().next();
    let joined = |character: char| matches!(character, '@' | '/' | '\\' | '=' | '.' | '-' | '_' | '%');
    !before.is_some_and(joined) && after != Some('@')
}

fn is_bare_address(found: &str) -> bool {
    let (host, path) = found.find(['/', '?', '#']).map_or((found, ""), |at| found.split_at(at));
    let Some(host) = Domain::parse(&host.replace("[.]", ".")) else { return false };
    let tld = host.as_str().rsplit('.').next().unwrap_or("");
    let is_usual = BARE_TLDS.contains(&tld) || host.as_str().starts_with("www.");
    let is_known = read::has_known_suffix(&host);
    is_known && (is_usual || path.len() > 1)
}

/// Without the punctuation of the sentence around it; a closing bracket stays when its opening one is inside.
fn trimmed(text: &str, range: Range<usize>) -> Range<usize> {
    const MARKS_MAX: usize = 16;
    let mut kept = &text[range.clone()];
    for _ in 0..MARKS_MAX {
        let Some(last) = kept.chars().next_back() else { break };
        let is_punctuation = match last {
            '.' | ',' | ';' | ':' | '!' | '?' | '\'' | '*' | '_' | '~' | '\u{2019}' | '\u{3002}'
            | '\u{3001}' => true,
            ')' => unopened(kept, '(', ')'),
            ']' => unopened(kept, '[', ']'),
            _ => false,
        };
        if !is_punctuation {
            break;
        }
        kept = &kept[..kept.len() - last.len_utf8()];
    }
    range.start..range.start + kept.len()
}

/// Looked at only near the end, so that a line of brackets stays linear.
fn unopened(text: &str, open: char, close: char) -> bool {
    const LOOK_BACK_CHARS: usize = 2_000;
    let mut depth = 0_i32;
    for character in text.chars().rev().take(LOOK_BACK_CHARS) {
        depth += i32::from(character == close) - i32::from(character == open);
        if depth == 0 {
            return false;
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_in_text_are_found() {
        let rows: &[(&str, &[&str])] = &[
            ("See https://example.com/a, please.", &["https://example.com/a"]),
            ("(https://example.com/a_(b))", &["https://example.com/a_(b)"]),
            ("<https://example.com/>", &["https://example.com/"]),
            ("go to www.example.se now", &["www.example.se"]),
            ("go to example.com now", &["example.com"]),
            ("example.zip/login", &["example.zip/login"]),
            ("hxxp://evil[.]example/x", &["hxxp://evil[.]example/x"]),
            ("http:\\\\evil.example\\x", &["http:\\\\evil.example\\x"]),
            ("two https://a.example/ and b.example.com", &["https://a.example/", "b.example.com"]),
            ("https://a.example/?u=b.example.com", &["https://a.example/?u=b.example.com"]),
            ("click[https://example.com/a]", &["https://example.com/a"]),
        ];
        for (text, found) in rows {
            assert_eq!(&in_text(text).collect::<Vec<_>>(), found, "{text}");
        }
    }

    #[test]
    fn what_only_looks_like_an_address_is_left() {
        for text in [
            "ann@example.com",
            "read main.rs and README.md",
            "e.g. this",
            "end.Next sentence",
            "v1.2.3",
            "a.b.c",
        ] {
            assert_eq!(in_text(text).next(), None, "{text}");
        }
    }

    #[test]
    fn shown_text_may_name_a_host() {
        for (shown, host) in [
            ("https://www.example.com/login", Some("www.example.com")),
            ("Example.com", Some("example.com")),
            (" www.example.com ", Some("www.example.com")),
            ("Log in at https://example.com/", Some("example.com")),
            ("Click here", None),
            ("ann@example.com", None),
            ("Ask example.com about it", None),
            ("invoice.pdf", None),
            ("", None),
        ] {
            assert_eq!(shown_host(shown).as_ref().map(Domain::as_str), host, "{shown}");
        }
    }
}
