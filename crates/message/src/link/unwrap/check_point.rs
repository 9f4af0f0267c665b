//! Check Point Harmony (Avanan): `url.avanan.click/v2/___<url>___.<token>` and
//! `protect.checkpoint.com/v2/r01/___<url>___.<token>`, the address in the clear between triple underscores.
//! Mail software on the way may have folded its `//` into `/`; reading it mends that.

use super::{Inner, Outer};

pub(super) fn unwrap(outer: &Outer<'_>) -> Option<Inner> {
    let is_ours = outer.is_at("avanan.click") || outer.is_at("protect.checkpoint.com");
    is_ours.then(|| carried(outer.written).unwrap_or(Inner::Nothing))
}

fn carried(written: &str) -> Option<Inner> {
    let (_, rest) = written.split_once("___")?;
    let inner = rest.split("___").next()?;
    inner.get(..4)?.eq_ignore_ascii_case("http").then(|| Inner::Url(inner.to_owned()))
}
