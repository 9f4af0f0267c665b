//! A brand's name over an address that is not the brand's.

use super::kit::*;

pub(super) const SIGNAL: Signal = Signal {
    name: "display-name-brand",
    about: "The sender shows a well-known brand's name and writes from a domain that is not the brand's.",
    read,
    examples: &[
        hit("a brand at an unrelated domain", "From: PayPal Service <x@evil.example>\n\nHello"),
        hit("a brand spelled with a digit", "From: Micr0soft Account <x@evil.example>\n\nHello"),
        miss("the brand", "From: PayPal Service <service@paypal.com>\n\nHello"),
        miss("a person", "From: Paula Pallas <paula@b.example>\n\nHello"),
        miss(
            "a list that passes the brand's mail on",
            "From: \"PayPal via Talk\" <talk@lists.example>\n\nHello",
        ),
    ],
};

fn read(evidence: &Evidence) -> Reading {
    let Some(Writer { name, address }) = writer(evidence).filter(|_| is_inbound(evidence)) else {
        return Reading::Absent;
    };
    let brand = tables::brand_named(name)
        .filter(|brand| !brand.owns(address.domain()) && !is_own_service(evidence, brand));
    told_once(brand.map(|brand| {
        format!("the sender name says {} while the address is at {}", brand.name, address.domain())
    }))
}

/// Mail about a brand's service from the organisation's own domain: an administrator's notice.
fn is_own_service(evidence: &Evidence, brand: &tables::Brand) -> bool {
    evidence.author_address().is_some_and(|author| {
        evidence.setting.organisation.owns(author.domain())
            || tables::brand_of(author.domain()).is_some_and(|other| other.name == brand.name)
    })
}
