//! Nobody here has exchanged mail with this address before. While the organisation's mail has been known only for a short
//! time, everybody is new, and this says that it does not know.

use super::kit::*;

pub(super) const SIGNAL: Signal = Signal {
    name: "first-time-sender",
    about: "Nobody in the organisation has exchanged mail with the sender before.",
    read,
    examples: &[
        hit("a stranger", "From: a@b.example\n\nHello").given(&[Given::Correspondence {
            received: 0,
            sent: 0,
            known_days: 90,
        }]),
        hit("before anyone has answered", "From: a@b.example\n\nHello").reads(Reads::Ask),
        hit("mail known since yesterday", "From: a@b.example\n\nHello")
            .given(&[Given::Correspondence { received: 0, sent: 0, known_days: 1 }])
            .reads(Reads::Unknown),
        hit("nobody answers", "From: a@b.example\n\nHello").given(&[Given::NoAnswers]).reads(Reads::Unknown),
        miss("someone who has written before", "From: a@b.example\n\nHello")
            .given(&[Given::Correspondence { received: 3, sent: 0, known_days: 1 }]),
    ],
};

/// Days of mail that must be known before nobody's having written means anything: a monthly sender has then had its turn.
pub(super) const KNOWN_DAYS_MIN: i64 = 30;

fn read(evidence: &Evidence) -> Reading {
    if !is_inbound(evidence) {
        return Reading::Absent;
    }
    let found = match correspondence(evidence) {
        Ok(found) => found,
        Err(reading) => return reading,
    };
    if found.received + found.sent > 0 {
        return Reading::Absent;
    }
    let known_days =
        found.known_since.map_or(0, |since| (evidence.as_of.as_second() - since.as_second()) / 86_400);
    if known_days < KNOWN_DAYS_MIN {
        return Reading::Unknown(format!(
            "the organisation's mail is known only since {known_days} days: too short to call anyone new"
        ));
    }
    told(vec!["nobody in the organisation has exchanged mail with this address before".into()])
}
