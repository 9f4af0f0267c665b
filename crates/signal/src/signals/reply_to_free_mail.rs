//! Answers to what looks like an organisation go to a free mailbox; or from one free mailbox to another, the way of
//! advance-fee letters.

use super::kit::*;
use super::reply_to_differs::{diverted, sentence};

pub(super) const SIGNAL: Signal = Signal {
    name: "reply-to-free-mail",
    about: "Answers go to a free mailbox that is not the sender's.",
    read,
    examples: &[
        hit(
            "an organisation's mail answered to free mail",
            "From: ceo@b.example\nReply-To: ceo.office@gmail.com\n\nHello",
        ),
        hit(
            "one free mailbox answered to another",
            "From: lucky1@gmail.com\nReply-To: lucky2@gmail.com\n\nHello",
        ),
        miss("the same mailbox", "From: ann@gmail.com\nReply-To: Ann <ann@gmail.com>\n\nHello"),
    ],
};

fn read(evidence: &Evidence) -> Reading {
    if let Some((author, other)) = diverted(evidence) {
        return told_once(tables::is_free_mail(other.domain()).then(|| sentence(author, other)));
    }
    let Some(author) = evidence.author_address().filter(|author| tables::is_free_mail(author.domain()))
    else {
        return Reading::Absent;
    };
    if is_list_mail(evidence) {
        return Reading::Absent;
    }
    let mut others = evidence.message.reply_to.iter().filter_map(|named| named.address.as_ref()).take(5);
    let other = others
        .find(|other| tables::is_free_mail(other.domain()) && bare(other.local()) != bare(author.local()));
    told_once(other.map(|other| {
        format!(
            "answers go to another mailbox at {} than the sender's at {}",
            other.domain(),
            author.domain()
        )
    }))
}

/// Dots and plus tags do not make another mailbox.
fn bare(local: &str) -> String {
    local.split('+').next().unwrap_or("").replace('.', "")
}
