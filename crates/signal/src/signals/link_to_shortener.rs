//! A short link says nothing of where it goes.

use super::kit::*;

pub(super) const SIGNAL: Signal = Signal {
    name: "link-to-shortener",
    about: "A link goes through a shortener, which hides where it leads.",
    read,
    examples: &[
        hit("a short link", "From: a@b.example\n\nhttps://bit.ly/3abc"),
        miss("a link that says where it goes", "From: a@b.example\n\nhttps://example.com/bit.ly/3abc"),
    ],
};

fn read(evidence: &Evidence) -> Reading {
    links_told(evidence, |link| {
        let host = link.host.as_ref().filter(|host| tables::is_shortener(host))?;
        (link.path_and_query().len() > 1).then(|| format!("a link goes through the shortener {host}"))
    })
}
