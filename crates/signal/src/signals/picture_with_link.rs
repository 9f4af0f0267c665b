//! A picture of a message: next to no text, one picture, one link.

use super::kit::*;

pub(super) const SIGNAL: Signal = Signal {
    name: "picture-with-link",
    about: "The message is a picture with a link and next to no text, which leaves filters nothing to read.",
    read,
    examples: &[
        hit(
            "a picture that is a link",
            "From: a@b.example\nSubject: Hi\nContent-Type: text/html\n\n<a href=\"https://evil.test/x\"><img src=\"https://evil.test/x.png\"></a>",
        ),
        miss(
            "a letter with a logo",
            "From: a@b.example\nSubject: Hi\nContent-Type: text/html\n\n<p>Dear Tom, here are the minutes of our meeting on Monday. We agreed to move the delivery to the week after, as the crane is not there before, and to tell the harbour master. Please read them and say what is wrong before Friday, so that I can send them to everybody else.</p><a href=\"https://b.example/\"><img src=\"https://b.example/logo.png\"></a>",
        ),
    ],
};

/// Words of a caption.
const WORDS_MAX: usize = 25;

fn read(evidence: &Evidence) -> Reading {
    let message = &evidence.message;
    let traits = &message.body.traits;
    let pictures = traits.remote_images + traits.embedded_images;
    let words = evidence.words.of(message).count();
    let links = clicked(evidence).count();
    let is_picture = pictures > 0 && links > 0 && words <= WORDS_MAX && !is_reply(evidence);
    told_once(is_picture.then(|| format!("it has {words} words, {pictures} pictures and {links} links")))
}
