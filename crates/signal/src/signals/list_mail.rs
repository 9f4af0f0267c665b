//! A discussion list sent it on. Anyone can write these fields, so it speaks only a little for the message.

use super::kit::*;

pub(super) const SIGNAL: Signal = Signal {
    name: "list-mail",
    about: "A discussion list sent the message on.",
    read,
    examples: &[
        hit(
            "a list",
            "From: ann@b.example\nList-Id: <talk.lists.example>\nList-Post: <mailto:talk@lists.example>\n\nYes",
        ),
        miss(
            "a newsletter",
            "From: news@shop.example\nList-Id: <news.shop.example>\nList-Unsubscribe: <https://shop.example/u>\n\nNew things",
        ),
    ],
};

fn read(evidence: &Evidence) -> Reading {
    let headers = &evidence.message.headers;
    let list = headers.first("List-Id").filter(|_| headers.has("List-Post"));
    told_once(list.map(|list| format!("it came through the list {}", quoted(list))))
}
