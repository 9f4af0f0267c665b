//! Sending clicks through services that everybody trusts, one after the other, hides where they end.

use message::link::Family;

use super::kit::*;

pub(super) const SIGNAL: Signal = Signal {
    name: "link-hidden-behind-redirects",
    about: "A link goes through a redirect of a trusted service, or through several, before its real target.",
    read,
    examples: &[
        hit(
            "a search engine's redirect",
            "From: x@evil.example\n\nhttps://www.google.com/amp/s/evil.test/login",
        ),
        miss(
            "one gateway's protection",
            "From: a@b.example\n\nhttps://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fb.example%2F&data=1",
        ),
    ],
};

fn read(evidence: &Evidence) -> Reading {
    links_told(evidence, |link| {
        let redirects =
            link.rewriters.iter().filter(|rewriter| rewriter.family() == Family::Redirect).count();
        let host = link.host.as_ref()?;
        let names =
            || link.rewriters.iter().map(|rewriter| rewriter.name()).collect::<Vec<_>>().join(", then ");
        // A service's own redirect to itself hides nothing.
        let outer = link.outer_host.as_ref()?;
        let leaves = outer.organisational() != host.organisational();
        let is_hidden = leaves && (redirects > 0 || link.rewriters.len() > PROTECTIONS_MAX);
        is_hidden.then(|| format!("the link through {} ends at {host}", names()))
    })
}

/// Two organisations on the way, each with its own protection, are common.
const PROTECTIONS_MAX: usize = 2;
