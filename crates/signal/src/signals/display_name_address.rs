//! The name shown is an address or domain, and another one than the message comes from. Phones show only the name.

use super::kit::*;

pub(super) const SIGNAL: Signal = Signal {
    name: "display-name-address",
    about: "The sender's shown name is an address or domain, and not the one the message comes from.",
    read,
    examples: &[
        hit("another address as the name", "From: \"billing@bank.example\" <x1@evil.test>\n\nHello"),
        hit("a domain in the name", "From: \"harbour.example support\" <x1@evil.test>\n\nHello"),
        miss("the same address as the name", "From: \"ann@b.example\" <ann@b.example>\n\nHello"),
        miss(
            "a list that names the author",
            "From: \"ann@b.example via Talk\" <talk@lists.example>\n\nHello",
        ),
    ],
};

fn read(evidence: &Evidence) -> Reading {
    let Some(Writer { name, address }) = writer(evidence) else { return Reading::Absent };
    let house = address.domain().organisational();
    let words = name.split(|character: char| character.is_whitespace() || "<>()[]\",;".contains(character));
    let other = words.take(WORDS_MAX).find_map(|word| {
        let domain = domain_in(word.trim_matches(['.', ':', '\'']))?;
        (domain.organisational() != house).then_some(domain)
    });
    told_once(
        other.map(|shown| {
            format!("the sender name shows {shown} while the address is at {}", address.domain())
        }),
    )
}

/// Words of a name looked at.
const WORDS_MAX: usize = 20;

/// The domain of an address, or a name under a suffix that people know.
fn domain_in(word: &str) -> Option<Domain> {
    if let Some(address) = Address::parse(word) {
        return address.domain().as_str().contains('.').then(|| address.domain().clone());
    }
    let domain = Domain::parse(word).filter(|_| word.is_ascii() && word.contains('.'))?;
    let suffix = domain.as_str().rsplit('.').next()?;
    matches!(
        suffix,
        "com"
            | "org"
            | "net"
            | "de"
            | "uk"
            | "fr"
            | "es"
            | "it"
            | "jp"
            | "br"
            | "io"
            | "edu"
            | "gov"
            | "example"
    )
    .then_some(domain)
}
