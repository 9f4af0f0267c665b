//! Page builders, form services and free hosting: a page there costs nothing and lives behind a good name.

use super::kit::*;

pub(super) const SIGNAL: Signal = Signal {
    name: "link-to-free-host",
    about: "A link goes to a service where anyone can put up a page or form in minutes.",
    read,
    examples: &[
        hit("a page at a page builder", "From: a@b.example\n\nhttps://mailbox-update.weebly.com/"),
        hit("a form", "From: a@b.example\n\nhttps://docs.google.com/forms/d/e/1/viewform"),
        miss(
            "a document of the same service",
            "From: a@b.example\n\nhttps://docs.google.com/document/d/1/edit",
        ),
        miss("the author's own page there", "From: me@shop.weebly.com\n\nhttps://shop.weebly.com/"),
    ],
};

fn read(evidence: &Evidence) -> Reading {
    links_told(evidence, |link| {
        let service = tables::free_host(link)?;
        let host = link.host.as_ref()?;
        let is_own = evidence
            .author_address()
            .is_some_and(|author| host.is_within(author.domain()) || author.domain().is_within(host));
        (!is_own).then(|| format!("a link goes to a page at {service}"))
    })
}
