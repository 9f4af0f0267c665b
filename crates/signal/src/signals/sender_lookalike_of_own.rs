//! A sender's domain made to be read as the organisation's own.

use super::kit::*;
use super::sender_lookalike_of_brand::sender_domains;
use crate::lookalike::likeness;

pub(super) const SIGNAL: Signal = Signal {
    name: "sender-lookalike-of-own",
    about: "The sender's or the reply domain is made to be read as the organisation's own.",
    read,
    examples: &[
        hit("letters exchanged", "From: Tom <tom@harbuor.example>\n\nHello"),
        hit("a digit for a letter", "From: Tom <tom@harb0ur.example>\n\nHello"),
        hit("the same name under another suffix", "From: Tom <tom@harbour.com>\n\nHello"),
        miss("the own domain", "From: Tom <tom@harbour.example>\n\nHello"),
        miss("another domain", "From: Tom <tom@arbor.example>\n\nHello"),
    ],
};

fn read(evidence: &Evidence) -> Reading {
    let own = &evidence.setting.organisation.domains;
    if !is_inbound(evidence) {
        return Reading::Absent;
    }
    told(
        sender_domains(evidence)
            .filter(|domain| !own.iter().any(|own| domain.organisational() == own.organisational()))
            .filter_map(|domain| {
                let (like, own) = own.iter().find_map(|own| Some((likeness(domain, own)?, own)))?;
                Some(format!("{} {} {own}", domain.to_unicode(), like.describe()))
            })
            .collect(),
    )
}
