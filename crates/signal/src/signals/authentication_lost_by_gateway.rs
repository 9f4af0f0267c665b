//! The provider saw authentication fail because the gateway stood between; at the true boundary it passes.

use super::authentication_fails_at_boundary::outcome;
use super::kit::*;

pub(super) const SIGNAL: Signal = Signal {
    name: "authentication-lost-by-gateway",
    about: "The provider saw authentication fail only because a gateway stood between; the sender is in order.",
    read,
    examples: &[
        hit(
            "SPF checked against the gateway's address",
            behind_mimecast!("Authentication-Results: spf=softfail (sender IP is 170.10.133.124) smtp.mailfrom=b.example; dkim=none (message not signed); dmarc=fail action=none header.from=b.example;compauth=fail reason=001\n", "From: a@b.example\n\nHello"),
        )
        .given(&[Given::Authentication { spf: AuthResult::Pass, dkim: AuthResult::None, dmarc: AuthResult::Pass }]),
        miss(
            "a sender that fails there too",
            behind_mimecast!("Authentication-Results: spf=softfail (sender IP is 170.10.133.124) smtp.mailfrom=b.example; dkim=none (message not signed); dmarc=fail action=none header.from=b.example;compauth=fail reason=001\n", "From: a@b.example\n\nHello"),
        )
        .given(&[Given::Authentication { spf: AuthResult::Fail, dkim: AuthResult::None, dmarc: AuthResult::Fail }]),
    ],
};

fn read(evidence: &Evidence) -> Reading {
    let Some(gateway) = hiding_gateway(evidence) else { return Reading::Absent };
    let Some(seen) = evidence.message.native.seen() else { return Reading::Absent };
    let failed = matches!(seen.dmarc, Some(Outcome::Fail))
        || matches!(seen.spf, Some(Outcome::Fail | Outcome::SoftFail));
    if !failed {
        return Reading::Absent;
    }
    match outcome(evidence) {
        Err(reading) => reading,
        Ok(found) if found.dmarc == AuthResult::Pass => told(vec![format!(
            "in front of {} SPF is {} and DMARC passes",
            gateway.name(),
            found.spf.as_str()
        )]),
        Ok(_) => Reading::Absent,
    }
}
