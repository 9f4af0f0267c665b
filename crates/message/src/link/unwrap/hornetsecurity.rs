//! Hornetsecurity: `atpscan.global.hornetsecurity.com/?…&u=<percent>`; newer ones keep the address to themselves.

use super::{Inner, Outer};

pub(super) fn unwrap(outer: &Outer<'_>) -> Option<Inner> {
    let is_ours = outer.is_at("hornetsecurity.com") && outer.host.starts_with("atpscan");
    is_ours.then(|| outer.url_in("u").unwrap_or(Inner::Nothing))
}
