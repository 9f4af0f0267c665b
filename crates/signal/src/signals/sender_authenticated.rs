//! The sender's own domain stands for the message. That says who wrote it, not that it is well meant.

use super::kit::*;

pub(super) const SIGNAL: Signal = Signal {
    name: "sender-authenticated",
    about: "The domain shown as the sender stands for the message (DMARC, or SPF or DKIM for the same domain).",
    read,
    examples: &[
        hit(
            "DMARC that passes",
            exchange!(
                "Authentication-Results: spf=pass (sender IP is 192.0.2.7) smtp.mailfrom=b.example; dkim=pass (signature was verified) header.d=b.example;dmarc=pass action=none header.from=b.example;compauth=pass reason=100\nFrom: a@b.example\n\nHello"
            ),
        ),
        miss(
            "SPF that passes for another domain",
            exchange!(
                "Authentication-Results: spf=pass (sender IP is 192.0.2.7) smtp.mailfrom=c.test; dkim=none (message not signed) header.d=none;dmarc=none action=none header.from=b.example;compauth=fail reason=001\nFrom: a@b.example\n\nHello"
            ),
        ),
    ],
};

fn read(evidence: &Evidence) -> Reading {
    let Some(author) = evidence.author_address() else { return Reading::Absent };
    let stands = is_inbound(evidence) && standing(evidence) == Standing::Authenticated;
    told_once(stands.then(|| format!("{} stands for the message", author.domain())))
}
