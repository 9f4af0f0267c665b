//! It answers a message of ours. The id of one is not secret to whoever got it, so it speaks only some for the message.

use super::kit::*;

pub(super) const SIGNAL: Signal = Signal {
    name: "thread-with-us",
    about: "The message answers a message of the organisation's own.",
    read,
    examples: &[
        hit("an answer to us", "From: a@b.example\nIn-Reply-To: <abc123@harbour.example>\n\nHello"),
        miss("an answer to someone else", "From: a@b.example\nIn-Reply-To: <abc123@b.example>\n\nHello"),
    ],
};

fn read(evidence: &Evidence) -> Reading {
    let message = &evidence.message;
    let ids = message.in_reply_to.iter().chain(&message.references).take(50);
    let is_own = |id: &&String| {
        let host = id.rsplit('@').next().and_then(Domain::parse);
        host.is_some_and(|host| evidence.setting.organisation.domains.iter().any(|own| host.is_within(own)))
    };
    told_once(
        ids.into_iter().find(is_own).map(|_| "it refers to a message sent from the organisation".to_owned()),
    )
}
