//! Cisco Secure Email: `secure-web.cisco.com/<token>/<percent-encoded address>`.

use super::{Inner, Outer, param};

pub(super) fn unwrap(outer: &Outer<'_>) -> Option<Inner> {
    outer.is_at("secure-web.cisco.com").then(|| carried(outer).unwrap_or(Inner::Nothing))
}

/// The segment after the token. Some software decodes it on the way, so everything from there on counts.
fn carried(outer: &Outer<'_>) -> Option<Inner> {
    let path = outer.url.path().trim_start_matches('/');
    let (_token, inner) = path.split_once('/')?;
    let decoded = param::percent_decoded(inner);
    let query = outer.url.query().filter(|_| !inner.contains("%3F") && !inner.contains("%3f"));
    let whole = query.map_or_else(|| decoded.to_string(), |query| format!("{decoded}?{query}"));
    decoded.get(..4)?.eq_ignore_ascii_case("http").then_some(Inner::Url(whole))
}
