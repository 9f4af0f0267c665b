//! One written address → one URL, as leniently as the mail client and browser that will open it, noting the ways of
//! writing that hide its host from a reader.

use std::borrow::Cow;
use std::net::IpAddr;

use url::{Host, Url};

use crate::Domain;

/// Bytes looked at of one address. Browsers take 2 MB, but nothing that people click comes near this; `data:` URLs
/// do, and their beginning says what they are.
pub const URL_BYTES_MAX: usize = 8 * 1024;

/// Characters allowed between a scheme and the host besides the two slashes; more are noise.
const SLASHES_MAX: usize = 64;

/// A way of writing an address that hides where it goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Trick {
    /// `https://bank.example@evil.example/`: what stands before the `@` is no host.
    Userinfo,
    /// Percent-encoded bytes in the host.
    EncodedHost,
    /// An IPv4 address written as one number, in hex or in octal.
    NumericHost,
    /// Backslashes for slashes.
    Backslash,
    /// Spaces, tabs, line breaks or invisible characters inside the part up to the path.
    Blank,
    /// `hxxp`, `[.]`, `(.)`: made unclickable by someone, still an address.
    Defanged,
    /// One slash or none, or more than two, after a web scheme.
    Slashes,
    /// Full-width or other characters that browsers read as ASCII letters and dots.
    Compatibility,
}

impl Trick {
    /// What it is, for people.
    pub fn describe(self) -> &'static str {
        match self {
            Self::Userinfo => "something that looks like a host before an @",
            Self::EncodedHost => "a percent-encoded host",
            Self::NumericHost => "an IP address written as a number",
            Self::Backslash => "backslashes for slashes",
            Self::Blank => "blanks inside the host",
            Self::Defanged => "a defanged form",
            Self::Slashes => "an odd number of slashes",
            Self::Compatibility => "look-alike characters that browsers turn into ASCII",
        }
    }
}

/// A written address, read.
#[derive(Clone, Debug)]
pub struct Reading {
    /// `None` when nothing would open it.
    pub url: Option<Url>,
    /// Sorted, without repeats.
    pub tricks: Vec<Trick>,
}

/// Reads `written`.
pub fn read(written: &str) -> Reading {
    let text = cut(written).trim_matches(is_blank);
    let mut tricks = Vec::new();
    let text = refang(text, &mut tricks);
    let text = with_scheme(&text);
    note_tricks(&text, &mut tricks);
    let url = Url::parse(&text).or_else(|_| Url::parse(&without_blanks(&text))).ok();
    if let Some(url) = &url {
        note_host_tricks(&text, url, &mut tricks);
    }
    tricks.sort_unstable();
    tricks.dedup();
    Reading { url, tricks }
}

/// The host, when it is a name.
pub fn host(url: &Url) -> Option<Domain> {
    match url.host()? {
        Host::Domain(name) => Domain::parse(name),
        Host::Ipv4(_) | Host::Ipv6(_) => None,
    }
}

/// The host, when it is an address.
pub fn ip(url: &Url) -> Option<IpAddr> {
    match url.host()? {
        Host::Domain(_) => None,
        Host::Ipv4(ip) => Some(ip.into()),
        Host::Ipv6(ip) => Some(ip.into()),
    }
}

/// The first [`URL_BYTES_MAX`] bytes, on a character border.
pub fn cut(text: &str) -> &str {
    match text.char_indices().find(|(at, character)| at + character.len_utf8() > URL_BYTES_MAX) {
        Some((at, _)) if text.len() > URL_BYTES_MAX => &text[..at],
        Some(_) | None => text,
    }
}

/// Blank to the eye: white space, controls, zero-width characters, soft hyphens.
fn is_blank(character: char) -> bool {
    character.is_whitespace()
        || character.is_control()
        || matches!(character, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}' | '\u{feff}')
}

fn without_blanks(text: &str) -> String {
    let (before, after) = split_authority(text);
    let mut kept: String = before.chars().filter(|&character| !is_blank(character)).collect();
    kept.push_str(after);
    kept
}

/// Splits after the authority: scheme, slashes and host on the left, path and the rest on the right.
fn split_authority(text: &str) -> (&str, &str) {
    let start = authority_start(text);
    let end = text[start..].find(['/', '\\', '?', '#']).map_or(text.len(), |at| start + at);
    text.split_at(end)
}

fn authority_start(text: &str) -> usize {
    let after_scheme = text.find(':').map_or(0, |at| at + 1);
    let slashes = text[after_scheme..]
        .bytes()
        .take_while(|byte| matches!(byte, b'/' | b'\\'))
        .take(SLASHES_MAX)
        .count();
    after_scheme + slashes
}

/// Takes `hxxp`, `[:]`, `[://]`, `[.]`, `(.)`, `[dot]` back to what they stand for, up to the path.
fn refang<'a>(text: &'a str, tricks: &mut Vec<Trick>) -> Cow<'a, str> {
    const COLONS: [(&str, &str); 2] = [("[:]", ":"), ("[://]", "://")];
    const DOTS: [(&str, &str); 5] =
        [("[.]", "."), ("(.)", "."), ("{.}", "."), ("[dot]", "."), ("(dot)", ".")];
    let mut plain = Cow::Borrowed(text);
    if let Some((form, meant)) =
        COLONS.iter().find(|(form, _)| text.find(form).is_some_and(|at| at <= "https".len()))
    {
        plain = Cow::Owned(text.replacen(form, meant, 1));
    }
    if plain.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("hxxp")) {
        plain.to_mut().replace_range(1..3, "tt");
    }
    let (before, after) = split_authority(&plain);
    if DOTS.iter().any(|(form, _)| before.contains(form)) {
        let before = DOTS.iter().fold(before.to_owned(), |host, (form, meant)| host.replace(form, meant));
        plain = Cow::Owned(before + after);
    }
    if plain != text {
        tricks.push(Trick::Defanged);
    }
    plain
}

/// Mail clients put `http://` before an address without a scheme.
fn with_scheme(text: &str) -> Cow<'_, str> {
    if has_scheme(text) {
        return Cow::Borrowed(text);
    }
    if text.starts_with("//") || text.starts_with("\\\\") {
        return Cow::Owned(format!("http:{text}"));
    }
    let host = text.split(['/', '?', '#', ':']).next().unwrap_or("");
    let is_host = !host.contains('@') && Domain::parse(host).is_some_and(|host| has_known_suffix(&host));
    if is_host { Cow::Owned(format!("http://{text}")) } else { Cow::Borrowed(text) }
}

/// Below a suffix of the Public Suffix List, and not a suffix itself: what tells `page.html` from `page.com`.
pub(super) fn has_known_suffix(host: &Domain) -> bool {
    psl::domain(host.as_str().as_bytes()).is_some_and(|domain| domain.suffix().is_known())
}

/// `scheme:` (RFC 3986 §3.1), told apart from `host:port` by the dot that hosts have and schemes in mail do not.
fn has_scheme(text: &str) -> bool {
    let Some((scheme, _)) = text.split_once(':') else { return false };
    let starts_well = scheme.starts_with(|first: char| first.is_ascii_alphabetic());
    starts_well && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-'))
}

fn is_web(text: &str) -> bool {
    let scheme = text.split_once(':').map_or("", |(scheme, _)| scheme);
    ["http", "https", "ftp"].iter().any(|web| scheme.eq_ignore_ascii_case(web))
}

fn note_tricks(text: &str, tricks: &mut Vec<Trick>) {
    if !is_web(text) {
        return;
    }
    let (before, _) = split_authority(text);
    let start = authority_start(text);
    let slashes = &text[..start];
    if slashes.contains('\\') {
        tricks.push(Trick::Backslash);
    }
    if start - slashes.find(':').map_or(0, |at| at + 1) != 2 {
        tricks.push(Trick::Slashes);
    }
    if before.chars().any(is_blank) {
        tricks.push(Trick::Blank);
    }
    let host = match before[start..].rsplit_once('@') {
        Some((user, host)) => {
            if !user.is_empty() {
                tricks.push(Trick::Userinfo);
            }
            host
        }
        None => &before[start..],
    };
    if host.contains('%') {
        tricks.push(Trick::EncodedHost);
    }
}

fn note_host_tricks(text: &str, url: &Url, tricks: &mut Vec<Trick>) {
    let (before, _) = split_authority(text);
    let authority = &before[authority_start(text)..];
    let written = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let written = written.split(':').next().unwrap_or("");
    match url.host() {
        Some(Host::Ipv4(ip)) if is_web(text) && ip.to_string() != written => tricks.push(Trick::NumericHost),
        Some(Host::Domain(name)) if name.is_ascii() && !name.contains("xn--") && !written.is_ascii() => {
            tricks.push(Trick::Compatibility);
        }
        Some(_) | None => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_as_browsers_and_mail_clients_do() {
        for (written, meant) in [
            ("https://Example.COM", "https://example.com/"),
            (" https://example.com/a b ", "https://example.com/a%20b"),
            ("example.com/path", "http://example.com/path"),
            ("example.com:8080/x", "http://example.com:8080/x"),
            ("www.example.com", "http://www.example.com/"),
            ("//example.com/x", "http://example.com/x"),
            ("https:/\\example.com\\x", "https://example.com/x"),
            ("https:example.com", "https://example.com/"),
            ("ht\ntps://exa\tmple.com/", "https://example.com/"),
            ("https://exam ple.com/a", "https://example.com/a"),
            ("https://exam\u{200b}ple.com/a", "https://example.com/a"),
            ("hxxps[:]//evil[.]example[.]com/a[.]b", "https://evil.example.com/a[.]b"),
            ("https://bücher.example/", "https://xn--bcher-kva.example/"),
            ("https://example。com/", "https://example.com/"),
            ("https://%65xample.com/", "https://example.com/"),
            ("http://3221225985/", "http://192.0.2.1/"),
            ("http://0xC0.0x00.0x02.0x01/", "http://192.0.2.1/"),
            ("http://0300.0.02.01/", "http://192.0.2.1/"),
            ("mailto:ann@example.com", "mailto:ann@example.com"),
            ("JavaScript:alert(1)", "javascript:alert(1)"),
        ] {
            let url = read(written).url.unwrap_or_else(|| panic!("{written:?} is read"));
            assert_eq!(url.as_str(), meant, "{written:?}");
        }
    }

    #[test]
    fn what_nothing_opens_is_no_url() {
        for written in ["", "   ", "page.html", "/path", "https://", "https://a b c/", "ann@example.com"] {
            let url = read(written).url;
            assert!(url.is_none() || written.contains("a b c"), "{written:?} gave {url:?}");
        }
    }

    #[test]
    fn tricks_are_noted() {
        let none: &[Trick] = &[];
        for (written, tricks) in [
            ("https://example.com/a@b%20c\\d", none),
            ("https://bank.example@evil.example/", &[Trick::Userinfo]),
            ("https://%65vil.example/", &[Trick::EncodedHost]),
            ("http://3221225985/", &[Trick::NumericHost]),
            ("http://192.0.2.1/", none),
            ("http:\\\\evil.example", &[Trick::Backslash]),
            ("https:evil.example", &[Trick::Slashes]),
            ("https://ev il.example/", &[Trick::Blank]),
            ("hxxp://evil.example/", &[Trick::Defanged]),
            ("https://ｅvil.example/", &[Trick::Compatibility]),
            ("https://bücher.example/", none),
            ("mailto:ann@example.com", none),
        ] {
            assert_eq!(read(written).tricks, tricks, "{written:?}");
        }
    }

    #[test]
    fn long_addresses_are_cut_on_a_character() {
        let long = format!("https://example.com/{}", "é".repeat(URL_BYTES_MAX));
        assert!(cut(&long).len() <= URL_BYTES_MAX);
        assert!(read(&long).url.is_some());
    }
}
