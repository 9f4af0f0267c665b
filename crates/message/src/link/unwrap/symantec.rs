//! Symantec Click-time URL Protection: `clicktime.symantec.com/<token>?u=<percent>`, sometimes with a host in `h`.
//! Newer ones hold no address.

use super::{Inner, Outer};

pub(super) fn unwrap(outer: &Outer<'_>) -> Option<Inner> {
    outer.is_at("clicktime.symantec.com").then(|| {
        let whole = outer.param("u").filter(|inner| inner.contains("://")).map(Inner::Url);
        whole.unwrap_or(Inner::Nothing)
    })
}
