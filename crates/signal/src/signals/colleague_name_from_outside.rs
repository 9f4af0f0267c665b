//! A colleague's name over a stranger's address.

use super::kit::*;
use crate::Person;
use crate::names::person_named;

pub(super) const SIGNAL: Signal = Signal {
    name: "colleague-name-from-outside",
    about: "The sender shows a colleague's name and writes from an outside address that is not theirs.",
    read,
    examples: &[
        hit(
            "a colleague's name at free mail",
            "From: Tom Okafor <tom.okafor.office@gmail.com>\n\nAre you there?",
        ),
        hit(
            "the name turned around, with a letter of another script",
            "From: \"Okafor, Tоm\" <x@b.example>\n\nAre you there?",
        ),
        miss("the colleague", "From: Tom Okafor <tom.okafor@harbour.example>\n\nAre you there?"),
        miss("someone else called Tom", "From: Tom Okafore <tom@b.example>\n\nAre you there?"),
    ],
};

fn read(evidence: &Evidence) -> Reading {
    told_once(
        pretender(evidence)
            .filter(|(person, _)| !person.vip)
            .map(|(person, address)| sentence(person, address)),
    )
}

/// The person whose name an outside author shows, with the author's address.
pub(super) fn pretender(evidence: &Evidence) -> Option<(&Person, &Address)> {
    let author = evidence.author().filter(|_| is_inbound(evidence))?;
    let address = author.address.as_ref()?;
    let person = person_named(evidence, &author.name)?;
    let is_theirs =
        person.addresses.contains(address) || evidence.setting.organisation.owns(address.domain());
    (!is_theirs).then_some((person, address))
}

/// Who is shown and who writes.
pub(super) fn sentence(person: &Person, address: &Address) -> String {
    format!("the sender shows the name {} and writes from {}", quoted(&person.name), address.domain())
}
