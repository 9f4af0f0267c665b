//! A department's name over a free mailbox.

use std::sync::LazyLock;

use super::kit::*;
use crate::words::Said;

pub(super) const SIGNAL: Signal = Signal {
    name: "role-name-from-free-mail",
    about: "The sender shows the name of a department or service and writes from a free mailbox.",
    read,
    examples: &[
        hit("a help desk at free mail", "From: IT Help Desk <it.desk.2231@gmail.com>\n\nHello"),
        miss("a person at free mail", "From: Ann Lee <ann.lee@gmail.com>\n\nHello"),
        miss("a help desk at home", "From: IT Help Desk <help@b.example>\n\nHello"),
    ],
};

static ROLES: LazyLock<Phrases> = LazyLock::new(|| Phrases::read(include_str!("../phrases/roles.txt")));

fn read(evidence: &Evidence) -> Reading {
    let Some(author) = evidence.author() else { return Reading::Absent };
    let Some(address) = author.address.as_ref().filter(|address| tables::is_free_mail(address.domain()))
    else {
        return Reading::Absent;
    };
    let roles = ROLES.find(&Said::text(&author.name), 1);
    told_once(
        roles.first().map(|_| format!("the sender name is {} at {}", quoted(&author.name), address.domain())),
    )
}
