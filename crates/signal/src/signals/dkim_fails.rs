//! A signature that does not verify: changed on the way, or made up.

use super::kit::*;

pub(super) const SIGNAL: Signal = Signal {
    name: "dkim-fails",
    about: "The provider found no DKIM signature that verifies, though there is one.",
    read,
    examples: &[
        hit(
            "a broken signature",
            exchange!(
                "Authentication-Results: spf=pass (sender IP is 192.0.2.7) smtp.mailfrom=b.example; dkim=fail (body hash did not verify) header.d=b.example;dmarc=none action=none header.from=b.example\nFrom: a@b.example\n\nHello"
            ),
        ),
        miss(
            "no signature",
            exchange!(
                "Authentication-Results: spf=pass (sender IP is 192.0.2.7) smtp.mailfrom=b.example; dkim=none (message not signed) header.d=none;dmarc=none action=none header.from=b.example\nFrom: a@b.example\n\nHello"
            ),
        ),
    ],
};

fn read(evidence: &Evidence) -> Reading {
    let Some(seen) = evidence.message.native.seen() else { return Reading::Absent };
    let failed = seen.dkim.filter(|outcome| matches!(outcome, Outcome::Fail | Outcome::PermError));
    told_once(
        failed
            .filter(|_| is_inbound(evidence))
            .map(|outcome| format!("the provider saw DKIM {}", outcome.as_str())),
    )
}
