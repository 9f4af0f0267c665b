//! Services that send clicks on to whatever address stands in the query.

use super::{Inner, Outer, param};

/// `duckduckgo.com/l/?uddg=<percent>`.
pub(super) fn duckduckgo(outer: &Outer<'_>) -> Option<Inner> {
    (outer.is_at("duckduckgo.com") && outer.url.path().starts_with("/l/"))
        .then(|| outer.url_in("uddg"))
        .flatten()
}

/// `l.facebook.com/l.php?u=<percent>`, `lm.facebook.com`, `l.instagram.com/?u=`, `l.messenger.com/l.php?u=`.
pub(super) fn facebook(outer: &Outer<'_>) -> Option<Inner> {
    let first = outer.host.split('.').next()?;
    let is_ours = ["facebook.com", "instagram.com", "messenger.com"].iter().any(|host| outer.is_at(host));
    (is_ours && matches!(first, "l" | "lm")).then(|| outer.url_in("u")).flatten()
}

/// `www.linkedin.com/redir/redirect?url=<percent>`, `/safety/go?url=`; `/slink?code=` tells nothing.
pub(super) fn linkedin(outer: &Outer<'_>) -> Option<Inner> {
    let path = outer.url.path();
    match path.trim_end_matches('/') {
        _ if !outer.is_at("linkedin.com") => None,
        "/redir/redirect" | "/safety/go" => outer.url_in("url"),
        "/slink" => Some(Inner::Nothing),
        _ => None,
    }
}

/// `deref-gmx.net/mail/client/<token>/dereferrer/?redirectUrl=<percent>`, `deref-web.de`, `deref-mail.com`, …
pub(super) fn derefer_mail(outer: &Outer<'_>) -> Option<Inner> {
    let is_ours = outer.host.trim_start_matches("www.").starts_with("deref-");
    (is_ours && outer.url.path().contains("/dereferrer")).then(|| outer.url_in("redirectUrl")).flatten()
}

/// `slack-redir.net/link?url=<percent>`.
pub(super) fn slack(outer: &Outer<'_>) -> Option<Inner> {
    (outer.is_at("slack-redir.net") && outer.url.path() == "/link").then(|| outer.url_in("url")).flatten()
}

/// `steamcommunity.com/linkfilter/?url=<percent>` or `?u=`.
pub(super) fn steam(outer: &Outer<'_>) -> Option<Inner> {
    let is_ours = outer.is_at("steamcommunity.com") && outer.url.path().starts_with("/linkfilter");
    is_ours.then(|| outer.url_in("url").or_else(|| outer.url_in("u"))).flatten()
}

/// `vk.com/away.php?to=<percent>`.
pub(super) fn vk(outer: &Outer<'_>) -> Option<Inner> {
    (outer.is_at("vk.com") && outer.url.path() == "/away.php").then(|| outer.url_in("to")).flatten()
}

/// `r.search.yahoo.com/_ylt=…/RU=<percent>/RK=…`.
pub(super) fn yahoo(outer: &Outer<'_>) -> Option<Inner> {
    if !(outer.is_at("search.yahoo.com") && outer.host.starts_with("r.")) {
        return None;
    }
    let encoded = outer.url.path().split('/').find_map(|segment| segment.strip_prefix("RU="))?;
    Some(Inner::Url(param::percent_decoded(encoded).into_owned()))
}
