//! Answers go to another organisation than the one that seems to write.

use super::kit::*;

pub(super) const SIGNAL: Signal = Signal {
    name: "reply-to-differs",
    about: "Answers go to another domain than the sender's.",
    read,
    examples: &[
        hit("another domain", "From: ceo@b.example\nReply-To: ceo@c.test\n\nHello"),
        miss("another host of the same", "From: news@mail.b.example\nReply-To: help@b.example\n\nHello"),
        miss(
            "a list that points back to the author",
            "From: \"Ann via Talk\" <talk@lists.example>\nReply-To: ann@b.example\n\nHello",
        ),
        miss(
            "free mail, which is told apart",
            "From: ceo@b.example\nReply-To: ceo.office@gmail.com\n\nHello",
        ),
    ],
};

fn read(evidence: &Evidence) -> Reading {
    let Some((author, other)) = diverted(evidence) else { return Reading::Absent };
    told_once((!tables::is_free_mail(other.domain())).then(|| sentence(author, other)))
}

/// The author's address and where answers go instead: to another house. Lists set Reply-To for good reasons.
pub(super) fn diverted(evidence: &Evidence) -> Option<(&Address, &Address)> {
    let author = evidence.author()?;
    let address = author.address.as_ref()?;
    if is_list_mail(evidence) || author.name.to_lowercase().contains(" via ") {
        return None;
    }
    let house = address.domain().organisational();
    let same_brand =
        |other: &Address| tables::brand_of(address.domain()).is_some_and(|brand| brand.owns(other.domain()));
    let other = evidence.message.reply_to.iter().filter_map(|named| named.address.as_ref());
    let other = other
        .filter(|other| other.domain().organisational() != house && !same_brand(other))
        .take(5)
        .next()?;
    Some((address, other))
}

/// Both ends.
pub(super) fn sentence(author: &Address, other: &Address) -> String {
    format!("Reply-To goes to {} while the sender is at {}", other.domain(), author.domain())
}
