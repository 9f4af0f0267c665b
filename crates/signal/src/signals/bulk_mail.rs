//! Mail to many, which says so itself: newsletters, notices, receipts. Some want it.

use super::kit::*;

pub(super) const SIGNAL: Signal = Signal {
    name: "bulk-mail",
    about: "The message is marked as sent to many (unsubscribe link, bulk precedence).",
    read,
    examples: &[
        hit(
            "a newsletter",
            "From: news@shop.example\nList-Unsubscribe: <https://shop.example/u/1>\nSubject: Our week\n\nNew things",
        ),
        miss(
            "a discussion list",
            "From: ann@b.example\nList-Id: <talk.lists.example>\nList-Post: <mailto:talk@lists.example>\nList-Unsubscribe: <mailto:talk-off@lists.example>\nPrecedence: list\n\nYes",
        ),
    ],
};

fn read(evidence: &Evidence) -> Reading {
    let headers = &evidence.message.headers;
    if headers.has("List-Post") {
        return Reading::Absent;
    }
    let mut marks = Vec::new();
    if headers.has("List-Unsubscribe") {
        marks.push("it has an unsubscribe address in its header".to_owned());
    }
    if let Some(precedence) = headers
        .first("Precedence")
        .filter(|value| matches!(value.to_ascii_lowercase().as_str(), "bulk" | "junk"))
    {
        marks.push(format!("its precedence is {}", precedence.to_ascii_lowercase()));
    }
    told(marks)
}
