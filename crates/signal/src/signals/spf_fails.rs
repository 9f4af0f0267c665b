//! The sending host is not one of the envelope sender's (RFC 7208).

use super::kit::*;

pub(super) const SIGNAL: Signal = Signal {
    name: "spf-fails",
    about: "The provider saw SPF fail: the sending host is not one the envelope sender's domain allows.",
    read,
    examples: &[
        hit(
            "a host that is not allowed",
            exchange!(
                "Authentication-Results: spf=fail (sender IP is 192.0.2.7) smtp.mailfrom=b.example; dkim=none (message not signed) header.d=none;dmarc=none action=none header.from=b.example\nFrom: a@b.example\n\nHello"
            ),
        ),
        miss(
            "a host that is",
            exchange!(
                "Authentication-Results: spf=pass (sender IP is 192.0.2.7) smtp.mailfrom=b.example; dkim=none (message not signed) header.d=none;dmarc=none action=none header.from=b.example\nFrom: a@b.example\n\nHello"
            ),
        ),
        miss(
            "the gateway's address, which says nothing",
            behind_mimecast!(
                "Authentication-Results: spf=fail (sender IP is 170.10.133.124) smtp.mailfrom=b.example; dkim=none (message not signed) header.d=none;dmarc=none action=none header.from=b.example\n",
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
    let outcome =
        seen.spf.filter(|outcome| matches!(outcome, Outcome::Fail | Outcome::SoftFail | Outcome::PermError));
    let domain =
        seen.spf_domain.map_or_else(|| "the envelope sender".to_owned(), |domain| domain.to_string());
    told_once(outcome.map(|outcome| format!("the provider saw SPF {} for {domain}", outcome.as_str())))
}
