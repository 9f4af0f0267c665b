//! The text of a link is a brand's name or invitation, the sender shows the brand, and no link goes to the brand.

use super::kit::*;

pub(super) const SIGNAL: Signal = Signal {
    name: "link-brand-elsewhere",
    about: "The message speaks in a brand's name and none of its links goes to the brand.",
    read,
    examples: &[
        hit(
            "a brand's notice with a link elsewhere",
            "From: Account <x@evil.example>\nSubject: Your Netflix membership\n\nUpdate your Netflix membership at https://evil.example/update",
        ),
        miss(
            "the brand's own links",
            "From: Account <x@b.example>\nSubject: Your Netflix membership\n\nSee https://www.netflix.com/account",
        ),
        miss(
            "an answer in a conversation about a brand",
            "From: ann@b.example\nSubject: Re: Netflix membership\nIn-Reply-To: <1@b.example>\n\nI asked Netflix. See https://b.example/notes",
        ),
    ],
};

fn read(evidence: &Evidence) -> Reading {
    let Some(author) = evidence.author_address() else { return Reading::Absent };
    if !is_inbound(evidence) || is_reply(evidence) || evidence.message.subject.contains('[') {
        return Reading::Absent;
    }
    let said = evidence.words.of(&evidence.message);
    let subject = crate::words::Said::text(&evidence.message.subject);
    let name = evidence.author().map(|author| crate::words::Said::text(&author.name)).unwrap_or_default();
    let brand = tables::brands().iter().find(|brand| {
        brand.is_named_in(said)
            && (brand.is_named_in(&subject) || brand.is_named_in(&name))
            && !brand.owns(author.domain())
    });
    let Some(brand) = brand else { return Reading::Absent };
    let hosts: Vec<&Domain> = clicked(evidence).filter_map(|link| link.host.as_ref()).collect();
    let goes_there = hosts.iter().any(|host| brand.owns(host));
    let first = hosts.first().filter(|_| !goes_there);
    told_once(first.map(|host| format!("it speaks of {} and links to {host}", brand.name)))
}
