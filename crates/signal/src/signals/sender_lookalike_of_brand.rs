//! A sender's domain made to be read as a brand's.

use super::kit::*;
use crate::lookalike::Likeness;

pub(super) const SIGNAL: Signal = Signal {
    name: "sender-lookalike-of-brand",
    about: "The sender's or the reply domain is made to be read as a well-known brand's.",
    read,
    examples: &[
        hit("a digit for a letter", "From: Service <x@paypa1.com>\n\nHello"),
        hit("a brand in a longer name", "From: Service <x@dropbox-billing.com>\n\nHello"),
        hit("a reply domain", "From: Service <x@b.example>\nReply-To: x@netflix-help.com\n\nHello"),
        miss("the brand", "From: Service <x@paypal.com>\n\nHello"),
        miss("an ordinary word", "From: Service <x@finance.example>\n\nHello"),
    ],
};

fn read(evidence: &Evidence) -> Reading {
    if !is_inbound(evidence) {
        return Reading::Absent;
    }
    told(
        sender_domains(evidence)
            .filter_map(|domain| {
                let (brand, like) =
                    tables::imitated_brand(domain).filter(|(_, like)| *like != Likeness::Subdomain)?;
                Some(format!("{} {} {}", domain.to_unicode(), like.describe(), brand.name))
            })
            .collect(),
    )
}

/// The domains that a reader sees or answers to.
pub(super) fn sender_domains(evidence: &Evidence) -> impl Iterator<Item = &Domain> {
    let replies = evidence.message.reply_to.iter().take(5).filter_map(|named| named.address.as_ref());
    evidence.author_address().into_iter().chain(replies).map(Address::domain)
}
