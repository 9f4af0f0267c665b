//! Someone here has written to this address before.

use super::kit::*;

pub(super) const SIGNAL: Signal = Signal {
    name: "known-correspondent",
    about: "Someone in the organisation has written to the sender before.",
    read,
    examples: &[
        hit("a correspondent", "From: a@b.example\n\nHello").given(&[Given::Correspondence { received: 3, sent: 2, known_days: 60 }]),
        hit("before anyone has answered", "From: a@b.example\n\nHello").reads(Reads::Ask),
        miss("someone who only writes", "From: a@b.example\n\nHello").given(&[Given::Correspondence { received: 3, sent: 0, known_days: 60 }]),
        miss("a correspondent's address on mail that is not theirs", exchange!("Authentication-Results: spf=fail (sender IP is 192.0.2.7) smtp.mailfrom=b.example; dkim=none (message not signed) header.d=none;dmarc=fail action=none header.from=b.example\nFrom: a@b.example\n\nHello")).given(&[Given::Correspondence { received: 3, sent: 2, known_days: 60 }]),
    ],
};

fn read(evidence: &Evidence) -> Reading {
    if !is_inbound(evidence) || standing(evidence) == Standing::NotAuthenticated {
        return Reading::Absent;
    }
    match correspondence(evidence) {
        Ok(found) => told_once(
            (found.sent > 0).then(|| format!("{} messages were sent to this address before", found.sent)),
        ),
        Err(reading) => reading,
    }
}
