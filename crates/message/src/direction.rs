//! Which way a message goes, seen from the organisation.

use crate::header::exchange::{Directionality, FromEntity};
use crate::header::forefront::Way;
use crate::{Address, Domain, Message, NamedAddress, Organisation, Route};

/// Inbound from outside, outbound to outside, or internal. A message from inside to both counts as outbound.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Direction {
    Inbound,
    Outbound,
    Internal,
}

impl Direction {
    /// `inbound`, `outbound` or `internal`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Inbound => "inbound",
            Self::Outbound => "outbound",
            Self::Internal => "internal",
        }
    }

    /// Reads it off the way of the message. Whoever *claims* a domain of the organisation but comes from outside is
    /// inbound; what the provider itself says of the sender counts more than any name. Without a word from anybody
    /// the message is inbound, the careful answer.
    pub fn of(message: &Message, route: &Route, organisation: &Organisation) -> Self {
        if !is_from_inside(message, route, organisation) {
            return Self::Inbound;
        }
        let is_outside = |address: &Address| !is_own(address.domain(), message, organisation);
        if recipients(message).any(is_outside) { Self::Outbound } else { Self::Internal }
    }
}

/// Whether the sender sits inside: the provider says so, or the message never came from outside and its author is of
/// an own domain (or, with no domains known, was submitted in the provider's own way).
fn is_from_inside(message: &Message, route: &Route, organisation: &Organisation) -> bool {
    if let Some(inside) = provider_says(message) {
        return inside;
    }
    let was_taken_over = route.boundary.is_some();
    let is_author_own = author(message).is_some_and(|author| organisation.owns(author.domain()));
    let is_submission = route.hops.last().is_some_and(|first| first.protocol.as_deref() == Some("MAPI"));
    !was_taken_over && (is_author_own || (organisation.domains.is_empty() && is_submission))
}

/// Exchange Online's own marks; `None` when it says nothing or did not have the message last.
fn provider_says(message: &Message) -> Option<bool> {
    let exchange = message.native.trusted_exchange()?;
    let is_internal = message.native.is_internal();
    let is_hosted = exchange.cross_tenant.from_entity != Some(FromEntity::Internet);
    if let Some(way) = message.native.trusted_forefront().and_then(|report| report.way) {
        return Some(way != Way::Inbound || (is_internal && is_hosted));
    }
    match exchange.organization.directionality {
        Some(Directionality::Originating) => Some(true),
        Some(Directionality::Incoming) => Some(is_internal && is_hosted),
        None => exchange.organization.auth_as.map(|_| is_internal && is_hosted),
    }
}

fn is_own(domain: &Domain, message: &Message, organisation: &Organisation) -> bool {
    if organisation.domains.is_empty() {
        let house = |domain: &Domain| domain.organisational();
        return author(message).is_some_and(|author| house(author.domain()) == house(domain));
    }
    organisation.owns(domain)
}

fn author(message: &Message) -> Option<&Address> {
    message.from.first()?.address.as_ref()
}

fn recipients(message: &Message) -> impl Iterator<Item = &Address> {
    let named = message.to.iter().chain(&message.cc).chain(&message.bcc);
    named.filter_map(|named: &NamedAddress| named.address.as_ref())
}
