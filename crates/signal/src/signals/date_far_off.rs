//! A date far from the day of delivery puts the message where the reader does not look for it, or was made by a careless
//! tool.

use super::kit::*;

pub(super) const SIGNAL: Signal = Signal {
    name: "date-far-off",
    about: "The date of the message is days away from when it was sent.",
    read,
    examples: &[
        hit(
            "a date in the past",
            exchange!("From: a@b.example\nDate: Mon, 1 Sep 2025 08:00:00 +0000\n\nHello"),
        ),
        miss(
            "an hour on the way",
            exchange!("From: a@b.example\nDate: Mon, 3 Nov 2025 07:00:00 +0000\n\nHello"),
        ),
    ],
};

/// Queues hold mail for up to five days (RFC 5321 §4.5.4.1).
const DAYS_MAX: i64 = 6;

fn read(evidence: &Evidence) -> Reading {
    let Some(date) = evidence.message.date else { return Reading::Absent };
    // The oldest stamp is the nearest to the sender's clock.
    let Some(sent) = evidence.route.hops.iter().rev().find_map(|hop| hop.at) else { return Reading::Absent };
    let days = (date.as_second() - sent.as_second()) / 86_400;
    let when = if days < 0 { "before" } else { "after" };
    told_once((days.abs() > DAYS_MAX).then(|| format!("it is dated {} days {when} it was sent", days.abs())))
}
