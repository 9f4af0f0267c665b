//! What is shown is an address, and where it goes is another.

use message::link::Known;

use super::kit::*;

pub(super) const SIGNAL: Signal = Signal {
    name: "link-shown-differs",
    about: "A link shows one address and goes to another.",
    read,
    examples: &[
        hit(
            "a bank shown, another host behind",
            "From: a@b.example\nContent-Type: text/html\n\n<a href=\"https://evil.test/x\">https://www.bank.example/login</a>",
        ),
        miss(
            "the same site",
            "From: a@b.example\nContent-Type: text/html\n\n<a href=\"https://login.bank.example/x\">www.bank.example</a>",
        ),
        miss(
            "a gateway's rewriting of the same",
            "From: a@b.example\nContent-Type: text/html\n\n<a href=\"https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fwww.bank.example%2Flogin&amp;data=1\">https://www.bank.example/login</a>",
        ),
        miss(
            "click counting that carries the shown address along",
            "From: a@b.example\nContent-Type: text/html\n\n<a href=\"https://click.mailer.example/t?to=https%3A%2F%2Fwww.bank.example%2Flogin\">https://www.bank.example/login</a>",
        ),
    ],
};

fn read(evidence: &Evidence) -> Reading {
    links_told(evidence, |link| {
        let shown = link.shown_host()?;
        let host = link.host.as_ref().filter(|_| link.known != Known::Nothing)?;
        let is_same = shown.organisational() == host.organisational()
            || link.target.to_lowercase().contains(shown.organisational().as_str());
        let is_same_brand = tables::brand_of(&shown).is_some_and(|brand| brand.owns(host));
        (!is_same && !is_same_brand && !tables::is_shortener(&shown))
            .then(|| format!("a link shows {shown} and goes to {host}"))
    })
}
