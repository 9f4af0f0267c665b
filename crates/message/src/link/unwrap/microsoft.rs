//! Microsoft: Safe Links, the Safe Links page of Teams, and Bing's click tracking.

use super::{Inner, Outer, param};

/// `<region>.safelinks.protection.outlook.com/?url=<percent>&data=…`, also `.us`, with `/GetUrlReputation` or `/ap/…`
/// paths; and `statics.teams.cdn.office.net/evergreen-assets/safelinks/…?url=`.
pub(super) fn safe_links(outer: &Outer<'_>) -> Option<Inner> {
    let is_mail =
        ["com", "us", "cn"].iter().any(|tld| outer.is_at(&format!("safelinks.protection.outlook.{tld}")))
            || outer.is_at("safelinks.protection.office365.us");
    let is_teams = outer.is_at("statics.teams.cdn.office.net") && outer.url.path().contains("/safelinks/");
    (is_mail || is_teams).then(|| outer.url_in("url").unwrap_or(Inner::Nothing))
}

/// `www.bing.com/ck/a?!&&p=…&u=a1<base64 of the address>`; the address may be a path on Bing itself.
pub(super) fn bing_click(outer: &Outer<'_>) -> Option<Inner> {
    let is_ours = outer.is_at("bing.com") && outer.url.path().starts_with("/ck/");
    let encoded = outer.param("u").filter(|_| is_ours)?;
    let inner = param::base64_text(encoded.strip_prefix("a1")?)?;
    (!inner.starts_with('/')).then_some(Inner::Url(inner))
}
