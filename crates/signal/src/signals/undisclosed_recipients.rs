//! Nobody stands in To and Cc: one text to many who do not see each other.

use super::kit::*;

pub(super) const SIGNAL: Signal = Signal {
    name: "undisclosed-recipients",
    about: "The message names no recipient, or only its own sender.",
    read,
    examples: &[
        hit("no recipient", "From: a@b.example\nTo: undisclosed-recipients:;\n\nHello"),
        hit("the sender as the recipient", "From: a@b.example\nTo: a@b.example\n\nHello"),
        miss("a recipient", "From: a@b.example\nTo: tom.okafor@harbour.example\n\nHello"),
        miss("a copy", "From: a@b.example\nCc: tom.okafor@harbour.example\n\nHello"),
    ],
};

fn read(evidence: &Evidence) -> Reading {
    if !is_inbound(evidence)
        || is_list_mail(evidence)
        || evidence.author().is_some_and(|author| author.name.contains(" via "))
    {
        return Reading::Absent;
    }
    let message = &evidence.message;
    let mut recipients =
        message.to.iter().chain(&message.cc).filter_map(|named| named.address.as_ref()).peekable();
    if recipients.peek().is_none() {
        return told(vec!["it names no recipient".into()]);
    }
    let author = evidence.author_address();
    told_once(
        recipients
            .all(|recipient| Some(recipient) == author)
            .then(|| "it is addressed to its own sender".to_owned()),
    )
}
