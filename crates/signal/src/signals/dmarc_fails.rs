//! The domain shown as the sender does not stand for the message (RFC 7489, RFC 9989).

use super::kit::*;

pub(super) const SIGNAL: Signal = Signal {
    name: "dmarc-fails",
    about: "The provider saw DMARC or its own composite authentication fail for the sender's domain.",
    read,
    examples: &[
        hit(
            "DMARC that fails",
            exchange!(
                "Authentication-Results: spf=fail (sender IP is 192.0.2.7) smtp.mailfrom=b.example; dkim=none (message not signed) header.d=none;dmarc=fail action=quarantine header.from=b.example;compauth=fail reason=000\nFrom: a@b.example\n\nHello"
            ),
        ),
        miss(
            "DMARC that passes",
            exchange!(
                "Authentication-Results: spf=pass (sender IP is 192.0.2.7) smtp.mailfrom=b.example; dkim=none (message not signed) header.d=none;dmarc=pass action=none header.from=b.example;compauth=pass reason=100\nFrom: a@b.example\n\nHello"
            ),
        ),
        miss(
            "a failure that the gateway in front may have caused",
            behind_mimecast!(
                "Authentication-Results: spf=fail (sender IP is 170.10.133.124) smtp.mailfrom=b.example; dkim=none (message not signed) header.d=none;dmarc=fail action=none header.from=b.example;compauth=fail reason=001\n",
                "From: a@b.example\n\nHello"
            ),
        ),
    ],
};

fn read(evidence: &Evidence) -> Reading {
    if !is_inbound(evidence) || hiding_gateway(evidence).is_some() {
        return Reading::Absent;
    }
    let Some(seen) = evidence.message.native.seen() else { return Reading::Absent };
    let mut sentences = Vec::new();
    if seen.dmarc == Some(Outcome::Fail) {
        let action = seen.dmarc_action.as_deref().unwrap_or("none");
        sentences.push(format!("the provider saw DMARC fail (action {})", quoted(action)));
    }
    if seen.compauth == Some(Outcome::Fail) {
        let reason = seen.compauth_reason.as_deref().unwrap_or("unknown");
        let meaning = message::header::compauth_meaning(reason).unwrap_or("no meaning given");
        sentences.push(format!("Microsoft's composite authentication failed, reason {reason}: {meaning}"));
    }
    told(sentences)
}
