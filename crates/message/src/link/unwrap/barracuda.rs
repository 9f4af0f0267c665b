//! Barracuda: `linkprotect.cudasvc.com/url?a=<percent>&c=…`, parameters in any order.

use super::{Inner, Outer};

pub(super) fn unwrap(outer: &Outer<'_>) -> Option<Inner> {
    outer.is_at("linkprotect.cudasvc.com").then(|| outer.url_in("a").unwrap_or(Inner::Nothing))
}
