//! Text in the HTML that no reader sees, more than a preview line needs: it is there for filters.

use super::kit::*;

pub(super) const SIGNAL: Signal = Signal {
    name: "hidden-text",
    about: "The message has much text that readers cannot see and filters can.",
    read,
    examples: &[
        hit(
            "unrelated text at size zero",
            "From: a@b.example\nContent-Type: text/html\n\n<p>Your parcel waits.</p><div style=\"font-size:0\">The meadow behind the old mill was quiet that evening and the children had gone home long before the lamps were lit along the river, where the boatmen used to sing. Nobody remembered the words any more, but the tune stayed in the air like the smell of cut hay, and when the wind turned you could hear it as far as the chapel on the hill.</div>",
        ),
        miss(
            "a preview line",
            "From: a@b.example\nContent-Type: text/html\n\n<div style=\"display:none\">News of the week</div><p>Here is what happened this week in our town.</p>",
        ),
    ],
};

/// Letters of a preview line, with room.
const HIDDEN_LETTERS_MIN: usize = 250;

fn read(evidence: &Evidence) -> Reading {
    let letters =
        |text: &str| text.chars().filter(|character| character.is_alphanumeric()).take(100_000).count();
    let hidden = letters(&evidence.message.body.hidden);
    let visible = letters(&evidence.message.body.visible);
    let is_much = hidden >= HIDDEN_LETTERS_MIN && hidden > visible / 2;
    told_once(is_much.then(|| format!("{hidden} letters are hidden and {visible} are shown")))
}
