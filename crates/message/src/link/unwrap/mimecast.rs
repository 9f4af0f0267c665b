//! Mimecast: `protect-<xx>.mimecast.com/s/<token>?domain=<host>`, `url.<xx>.m.mimecastprotect.com/s/<token>?domain=…`
//! and their second stage `/r/…`. The token is opaque: only the host can be read offline.

use super::{Inner, Outer};

pub(super) fn unwrap(outer: &Outer<'_>) -> Option<Inner> {
    let is_host = (outer.is_at("mimecast.com") && outer.host.starts_with("protect"))
        || outer.is_at("mimecastprotect.com");
    let is_link = ["/s/", "/r/"].iter().any(|start| outer.url.path().starts_with(start));
    (is_host && is_link).then(|| outer.param("domain").map_or(Inner::Nothing, Inner::Host))
}
