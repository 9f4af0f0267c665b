//! The domain that a cloud tenant has before it owns one. Real organisations send under their own; trial tenants do not
//! have one.

use super::kit::*;

pub(super) const SIGNAL: Signal = Signal {
    name: "sender-default-tenant-domain",
    about: "The sender uses the default domain of a cloud tenant or app instead of a domain of its own.",
    read,
    examples: &[
        hit("a trial tenant", "From: billing@zx81admin.onmicrosoft.com\n\nHello"),
        miss("a domain of one's own", "From: billing@b.example\n\nHello"),
    ],
};

const SUFFIXES: [&str; 7] = [
    "onmicrosoft.com",
    "firebaseapp.com",
    "web.app",
    "zendesk.com",
    "sendgrid.net",
    "workers.dev",
    "herokuapp.com",
];

fn read(evidence: &Evidence) -> Reading {
    let Some(author) = evidence.author_address().filter(|_| is_inbound(evidence)) else {
        return Reading::Absent;
    };
    let is_default = |suffix: &&&str| {
        author.domain().as_str().strip_suffix(**suffix).is_some_and(|rest| rest.ends_with('.'))
    };
    let is_zendesk = author.domain().as_str().ends_with(".zendesk.com");
    let suffix = SUFFIXES.iter().find(is_default).filter(|_| !is_zendesk);
    told_once(
        suffix.map(|suffix| format!("the sender is at {}, a default domain of {suffix}", author.domain())),
    )
}
