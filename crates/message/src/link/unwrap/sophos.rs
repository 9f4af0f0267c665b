//! Sophos: `<region>.protection.sophos.com/?d=<host>&u=<base64 of the address>&…`, base64 in either alphabet. Newer
//! ones leave `u` out and name only the host.

use super::{Inner, Outer, param};

pub(super) fn unwrap(outer: &Outer<'_>) -> Option<Inner> {
    outer.is_at("protection.sophos.com").then(|| {
        let whole = outer.param("u").and_then(|encoded| param::base64_text(&encoded)).map(Inner::Url);
        whole.or_else(|| outer.param("d").map(Inner::Host)).unwrap_or(Inner::Nothing)
    })
}
