//! A host whose name is made to be read as a brand's or as the organisation's own.

use super::kit::*;
use crate::lookalike::{Likeness, likeness};

pub(super) const SIGNAL: Signal = Signal {
    name: "link-lookalike-host",
    about: "A link goes to a host that is named like a brand or like the organisation, and is neither.",
    read,
    examples: &[
        hit("a brand's name with a digit", "From: a@b.example\n\nhttps://paypa1.com/login"),
        hit("a brand's name in a longer one", "From: a@b.example\n\nhttps://paypal-secure-login.com/"),
        hit(
            "a brand's whole domain in front of another",
            "From: a@b.example\n\nhttps://www.paypal.com.evil.test/login",
        ),
        hit("the organisation's name under another one", "From: a@b.example\n\nhttps://harbour-login.com/"),
        miss("the brand", "From: a@b.example\n\nhttps://www.paypal.com/login"),
        miss("an unrelated host", "From: a@b.example\n\nhttps://example.com/paypal"),
    ],
};

fn read(evidence: &Evidence) -> Reading {
    links_told(evidence, |link| {
        let host = link.host.as_ref()?;
        let (like, name) = imitated(evidence, host)?;
        Some(format!("the link's host {} {} {name}", host.to_unicode(), like.describe()))
    })
}

/// Whom `host` imitates, and how: the organisation first, then a brand.
pub(super) fn imitated(evidence: &Evidence, host: &Domain) -> Option<(Likeness, String)> {
    if evidence.setting.organisation.domains.iter().any(|own| host.is_within(own))
        || tables::brand_of(host).is_some()
    {
        return None;
    }
    let counts = |like: &Likeness| !matches!(like, Likeness::OtherSuffix | Likeness::Subdomain);
    let own = evidence.setting.organisation.domains.iter().find_map(|own| {
        let like = likeness(host, own).filter(counts)?;
        Some((like, own.to_string()))
    });
    own.or_else(|| {
        let (brand, like) = tables::imitated_brand(host).filter(|(_, like)| counts(like))?;
        Some((like, brand.name.to_owned()))
    })
    .or_else(|| whole_domain_inside(host).map(|name| (Likeness::Subdomain, name)))
}

/// A brand's whole domain among the labels in front of another.
fn whole_domain_inside(host: &Domain) -> Option<String> {
    let root = host.organisational();
    let front = host.as_str().strip_suffix(root.as_str())?.trim_end_matches('.');
    let front = format!(".{}.", front.replace('-', "."));
    let domains = tables::brands().iter().flat_map(|brand| &brand.domains);
    domains
        .filter(|domain| domain.as_str().len() > 6)
        .find(|domain| front.contains(&format!(".{domain}.")))
        .map(ToString::to_string)
}
