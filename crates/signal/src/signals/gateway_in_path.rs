//! Which gateways the message passed in front of the organisation. It says nothing good or bad; it says what the provider
//! could not see.

use super::kit::*;

pub(super) const SIGNAL: Signal = Signal {
    name: "gateway-in-path",
    about: "A mail gateway stands in front of the organisation, so the provider sees its address and not the sender's.",
    read,
    examples: &[
        hit("a Mimecast hop in front of Exchange Online", behind_mimecast!("From: a@b.example\n\nHello")),
        miss("mail straight from its sender", exchange!("From: a@b.example\n\nHello")),
    ],
};

fn read(evidence: &Evidence) -> Reading {
    told(
        evidence
            .route
            .in_front()
            .take(TOLD_MAX)
            .map(|passage| format!("{}: {}", passage.gateway.name(), quoted(&passage.evidence)))
            .collect(),
    )
}
