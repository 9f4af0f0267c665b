//! Trend Micro: `<host>-ctp.trendmicro.com/wis/clicktime/v1/query?url=<percent>&…` and
//! `cas5-0-urlprotect.trendmicro.com/wis/clicktime/v1/query?url=<percent>`, mostly with an explicit port 443.

use super::{Inner, Outer};

pub(super) fn unwrap(outer: &Outer<'_>) -> Option<Inner> {
    let is_ours = outer.is_at("trendmicro.com") || outer.is_at("trendmicro.eu");
    (is_ours && outer.url.path().starts_with("/wis/clicktime/"))
        .then(|| outer.url_in("url").unwrap_or(Inner::Nothing))
}
