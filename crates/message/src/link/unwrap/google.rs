//! Google: the redirect page, AMP, Translate, DoubleClick and YouTube.

use super::{Inner, Outer, param};

/// `www.google.<tld>/url?q=<percent>` or `?url=`; also `maps.google.…/url`, and `/travel/clk?pcurl=`-like paths are
/// left alone.
pub(super) fn redirect(outer: &Outer<'_>) -> Option<Inner> {
    (is_google(outer.host) && outer.url.path() == "/url").then(|| absolute_in(outer, &["q", "url"])).flatten()
}

/// `www.google.<tld>/amp/s/<host>/<path>`, `cdn.ampproject.org/c/s/<host>/<path>` and its per-site hosts; without the
/// `s/` the target is plain HTTP.
pub(super) fn amp(outer: &Outer<'_>) -> Option<Inner> {
    let path = outer.url.path();
    let rest = if is_google(outer.host) {
        path.strip_prefix("/amp/")?
    } else if outer.is_at("cdn.ampproject.org") {
        ["/c/", "/v/", "/i/"].iter().find_map(|start| path.strip_prefix(start))?
    } else {
        return None;
    };
    let (scheme, rest) = rest.strip_prefix("s/").map_or(("http", rest), |rest| ("https", rest));
    let rest = param::percent_decoded(rest);
    let query = outer.url.query().map(|query| format!("?{query}")).unwrap_or_default();
    (!rest.is_empty()).then(|| Inner::Url(format!("{scheme}://{}{query}", rest.trim_start_matches('/'))))
}

/// `translate.google.<tld>/translate?u=<percent>`, and `<host with dashes>.translate.goog/<path>`, where dots became
/// `-` and dashes `--`, and what stands in `_x_tr_hp` belongs in front.
pub(super) fn translate(outer: &Outer<'_>) -> Option<Inner> {
    if is_google(outer.host) && outer.host.starts_with("translate.") {
        return absolute_in(outer, &["u", "url"]);
    }
    let label = outer.host.strip_suffix(".translate.goog")?;
    let front = outer.param("_x_tr_hp").unwrap_or_default();
    let host = format!("{front}{label}").replace("--", "\0").replace('-', ".").replace('\0', "-");
    let scheme =
        outer.param("_x_tr_sch").filter(|scheme| scheme == "http").unwrap_or_else(|| "https".to_owned());
    Some(Inner::Url(format!("{scheme}://{host}{}", outer.url.path())))
}

/// `adclick.g.doubleclick.net/…&adurl=<percent>`, `googleads.g.doubleclick.net/…`, `ad.doubleclick.net/…;?<url>`; in the
/// first two the address runs to the end.
pub(super) fn doubleclick(outer: &Outer<'_>) -> Option<Inner> {
    let is_ours = outer.is_at("doubleclick.net") || outer.is_at("googleadservices.com");
    let query = outer.url.query().filter(|_| is_ours)?;
    let start = query.find("adurl=")? + "adurl=".len();
    let inner = param::percent_decoded(&query[start..]);
    (!inner.is_empty()).then(|| Inner::Url(inner.into_owned()))
}

/// `www.youtube.com/redirect?q=<percent>`, and `/attribution_link`, which stays on YouTube and is left alone.
pub(super) fn youtube(outer: &Outer<'_>) -> Option<Inner> {
    (outer.is_at("youtube.com") && outer.url.path() == "/redirect")
        .then(|| absolute_in(outer, &["q"]))
        .flatten()
}

/// The first of `names` that holds a whole address: these pages also show searches.
fn absolute_in(outer: &Outer<'_>, names: &[&str]) -> Option<Inner> {
    let is_whole = |inner: &String| inner.contains("://") || inner.starts_with("//");
    names.iter().find_map(|name| outer.param(name).filter(is_whole).map(Inner::Url))
}

/// `google.com`, `google.de`, `google.co.uk`, with anything in front.
fn is_google(host: &str) -> bool {
    let Some(domain) = psl::domain(host.as_bytes()) else { return false };
    domain.as_bytes().strip_prefix(b"google.").is_some_and(|suffix| suffix == domain.suffix().as_bytes())
}
