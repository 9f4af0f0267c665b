//! The name of someone worth impersonating over a stranger's address.

use super::colleague_name_from_outside::{pretender, sentence};
use super::kit::*;

pub(super) const SIGNAL: Signal = Signal {
    name: "vip-name-from-outside",
    about: "The sender shows the name of someone the organisation marked as worth impersonating, from an outside address.",
    read,
    examples: &[
        hit("the head's name at free mail", "From: Mara Lindqvist <office.mara@gmail.com>\n\nAre you there?"),
        miss("the head", "From: Mara Lindqvist <mara.lindqvist@harbour.example>\n\nAre you there?"),
        miss("a colleague's name, which is told apart", "From: Tom Okafor <tom@gmail.com>\n\nAre you there?"),
    ],
};

fn read(evidence: &Evidence) -> Reading {
    told_once(
        pretender(evidence)
            .filter(|(person, _)| person.vip)
            .map(|(person, address)| sentence(person, address)),
    )
}
