//! Behind a gateway the provider checks the gateway's address, not the sender's. Checked again with the address that
//! connected to the gateway, the sender's domain does not stand for this message.

use super::kit::*;

pub(super) const SIGNAL: Signal = Signal {
    name: "authentication-fails-at-boundary",
    about: "SPF, DKIM and DMARC, checked again at the true boundary, do not vouch for the sender's domain.",
    read,
    examples: &[
        hit("a forged sender behind a gateway", behind_mimecast!("From: a@b.example\n\nHello")).given(&[
            Given::Authentication { spf: AuthResult::Fail, dkim: AuthResult::None, dmarc: AuthResult::Fail },
        ]),
        hit("the same before anyone has answered", behind_mimecast!("From: a@b.example\n\nHello"))
            .reads(Reads::Ask),
        hit("the same when nobody answers", behind_mimecast!("From: a@b.example\n\nHello"))
            .given(&[Given::NoAnswers])
            .reads(Reads::Unknown),
        miss("a sender in order", behind_mimecast!("From: a@b.example\n\nHello")).given(&[
            Given::Authentication { spf: AuthResult::Pass, dkim: AuthResult::Pass, dmarc: AuthResult::Pass },
        ]),
        miss(
            "mail that the provider checked itself",
            exchange!(
                "Authentication-Results: spf=pass (sender IP is 192.0.2.7) smtp.mailfrom=b.example; dkim=none (message not signed); dmarc=pass action=none header.from=b.example;compauth=pass reason=100\nFrom: a@b.example\n\nHello"
            ),
        ),
    ],
};

fn read(evidence: &Evidence) -> Reading {
    match outcome(evidence) {
        Err(reading) => reading,
        Ok(found) if found.dmarc == AuthResult::Fail => told(vec![format!(
            "with the address that really sent it, SPF is {}, DKIM is {} and DMARC is {}",
            found.spf.as_str(),
            if found.rebuilt { "not provable" } else { found.dkim.as_str() },
            found.dmarc.as_str(),
        )]),
        Ok(_) => Reading::Absent,
    }
}

/// What came out at the boundary; or the reading of a signal that rests on it. Worth asking only where the provider could
/// not see for itself.
pub(super) fn outcome(evidence: &Evidence) -> Result<&Authentication, Reading> {
    let is_blind = hiding_gateway(evidence).is_some() || evidence.message.native.seen().is_none();
    if !is_inbound(evidence) || !is_blind {
        return Err(Reading::Absent);
    }
    let Some(question) = boundary_question(evidence) else {
        return Err(Reading::Unknown("the host that sent it cannot be told from the header".into()));
    };
    match evidence.observations.find(&question) {
        None => Err(Reading::Ask(vec![question])),
        Some(Observation::Authentication(found)) => Ok(found),
        Some(Observation::Unavailable(why)) => Err(Reading::Unknown(why.to_string())),
        Some(Observation::Correspondence(_)) => {
            Err(Reading::Unknown("the answer is to another question".into()))
        }
    }
}
