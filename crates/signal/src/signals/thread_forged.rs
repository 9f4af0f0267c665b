//! `Re:` without anything that it answers.

use super::kit::*;

pub(super) const SIGNAL: Signal = Signal {
    name: "thread-forged",
    about: "The subject claims an answer, and nothing says to what.",
    read,
    examples: &[
        hit("an answer to nothing", "From: a@b.example\nSubject: RE: your invoice\n\nHello"),
        miss(
            "an answer",
            "From: a@b.example\nSubject: Re: your invoice\nIn-Reply-To: <1@harbour.example>\n\nHello",
        ),
        miss("a word that starts so", "From: a@b.example\nSubject: Renewal: your invoice\n\nHello"),
    ],
};

fn read(evidence: &Evidence) -> Reading {
    const ANSWERS: [&str; 6] = ["re:", "aw:", "sv:", "rv:", "antw:", "回复:"];
    let subject = evidence.message.subject.to_lowercase();
    let claims = ANSWERS.iter().any(|answer| subject.trim_start().starts_with(answer));
    told_once(
        (claims && !is_reply(evidence))
            .then(|| "the subject says it is an answer, and it refers to no earlier message".to_owned()),
    )
}
