//! FireEye, now Trellix: `protect2.fireeye.com/v1/url?k=…&u=<percent>`, older `/url?…`; the host number varies.

use super::{Inner, Outer};

pub(super) fn unwrap(outer: &Outer<'_>) -> Option<Inner> {
    let is_ours = outer.is_at("fireeye.com") && outer.host.starts_with("protect");
    (is_ours && outer.url.path().ends_with("/url")).then(|| outer.url_in("u").unwrap_or(Inner::Nothing))
}
