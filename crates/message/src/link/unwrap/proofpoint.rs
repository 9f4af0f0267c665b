//! Proofpoint URL Defense, three generations, commercial (`.com`) and government (`.us`) hosts.
//!
//! - v1: `urldefense.proofpoint.com/v1/url?u=<percent>&k=…`
//! - v2: `…/v2/url?u=<percent with - for % and _ for />&d=…`
//! - v3: `urldefense.com/v3/__<url>__;<base64>!!<customer>!<signature>$`, where every `*` in the address stands for
//!   one character of the base64 text, and `**X` for a run of them.

use super::{Inner, Outer, param};

pub(super) fn unwrap(outer: &Outer<'_>) -> Option<Inner> {
    let is_ours =
        ["urldefense.com", "urldefense.us", "urldefense.proofpoint.com"].iter().any(|host| outer.is_at(host));
    let path = outer.url.path();
    match path {
        _ if !is_ours => None,
        "/v1/url" => Some(version_1(outer).unwrap_or(Inner::Nothing)),
        "/v2/url" => Some(version_2(outer).unwrap_or(Inner::Nothing)),
        _ if path.starts_with("/v3/__") => Some(version_3(outer.written).unwrap_or(Inner::Nothing)),
        _ => None,
    }
}

fn version_1(outer: &Outer<'_>) -> Option<Inner> {
    outer.param("u").map(|inner| Inner::Url(param::entities_decoded(&inner)))
}

fn version_2(outer: &Outer<'_>) -> Option<Inner> {
    let encoded = param::raw(outer.url.query()?, "u")?.replace('-', "%").replace('_', "/");
    Some(Inner::Url(param::entities_decoded(&param::percent_decoded(&encoded))))
}

fn version_3(written: &str) -> Option<Inner> {
    let (_, rest) = written.split_once("/v3/__")?;
    let (masked, rest) = rest.split_once("__;")?;
    let encoded = rest.split('!').next()?;
    let cut_out = param::base64_text(encoded)?;
    Some(Inner::Url(filled(&param::percent_decoded(masked), &cut_out)))
}

/// Puts the characters that were cut out back where the asterisks are; asterisks without one stay.
fn filled(masked: &str, cut_out: &str) -> String {
    let mut whole = String::with_capacity(masked.len() + cut_out.len());
    let mut cut_out = cut_out.chars();
    let mut rest = masked.chars();
    while let Some(character) = rest.next() {
        if character != '*' {
            whole.push(character);
            continue;
        }
        let mut ahead = rest.clone();
        let run = (ahead.next() == Some('*')).then(|| ahead.next().and_then(run_length)).flatten();
        match run {
            Some(length) => {
                whole.extend(cut_out.by_ref().take(length));
                rest = ahead;
            }
            None => whole.push(cut_out.next().unwrap_or('*')),
        }
    }
    whole
}

/// `A` is 2, then on through the base64url alphabet to `_`, which is 65.
fn run_length(code: char) -> Option<usize> {
    const ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    ALPHABET.find(code).map(|at| at + 2)
}
