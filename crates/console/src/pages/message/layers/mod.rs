//! What each layer said of the message, from the sender's side to us; and authentication as the provider saw it beside
//! how it comes out at the true boundary.

mod words;

use message::header::{Native, NativeVerdict, Outcome, Placement};
use message::route::{GatewayPassage, Receiver, Side};
use signal::observation::{AuthResult, Authentication};
use signal::{Observation, Question};
use store::JudgedCase;

use super::reading::Reading;
use crate::view;

/// One layer's word.
pub(crate) struct Layer {
    pub(crate) who: String,
    pub(crate) said: String,
    /// `bad`, `good`, `bypassed` or `plain`.
    pub(crate) class: &'static str,
    pub(crate) details: Vec<(&'static str, String)>,
}

/// A method of authentication, twice.
pub(crate) struct AuthenticationRow {
    pub(crate) method: &'static str,
    pub(crate) seen: AuthenticationWord,
    pub(crate) boundary: AuthenticationWord,
}

/// A result with its colour.
pub(crate) struct AuthenticationWord {
    pub(crate) word: String,
    pub(crate) class: &'static str,
}

pub(crate) fn layers(reading: &Reading, judged: Option<&JudgedCase>) -> Vec<Layer> {
    let mut layers: Vec<_> = reading.route.gateways.iter().map(gateway).collect();
    layers.push(native(&reading.message.native));
    layers.extend(judged.map(ours));
    layers
}

fn gateway(passage: &GatewayPassage) -> Layer {
    let side = match passage.side {
        Side::Sender => "on the sender's side",
        Side::Recipient => "in front of the organisation",
    };
    Layer {
        who: passage.gateway.name().to_owned(),
        said: format!("Passed it on, {side}"),
        class: "plain",
        details: vec![("Known by", view::one_line(&passage.evidence, 200))],
    }
}

fn native(native: &Native) -> Layer {
    let who = match native.receiver {
        Receiver::Microsoft => "Exchange Online",
        Receiver::Google => "Gmail",
        Receiver::Other => "Native filter",
    };
    let verdict = native.verdict();
    let bypass = native.bypass();
    let class = match (verdict, bypass.is_some()) {
        (_, true) => "bypassed",
        (NativeVerdict::Clean, false) => "good",
        (NativeVerdict::Unknown, false) => "plain",
        (_, false) => "bad",
    };
    let found = match verdict {
        NativeVerdict::Unknown => "Left no word".to_owned(),
        known => view::words(known.as_str()),
    };
    Layer {
        who: who.into(),
        said: if bypass.is_some() { format!("{found}; was bypassed") } else { found },
        class,
        details: details(native),
    }
}

/// Everything the native filter wrote down, in words.
fn details(native: &Native) -> Vec<(&'static str, String)> {
    let mut details = Vec::new();
    let mut tell = |name, text: Option<String>| details.extend(text.map(|text| (name, text)));
    tell("Bypassed by", native.bypass().map(|bypass| bypass.explanation().to_owned()));
    tell("Spam level", native.scl().map(|scl| format!("SCL {scl}: {}", words::scl(scl))));
    tell("Filter", native.sfv().map(|sfv| coded(sfv.as_str(), words::sfv(sfv))));
    tell("Decided by", native.category().map(|category| coded(category.as_str(), words::category(category))));
    tell("Bulk level", native.bcl().map(|bcl| format!("BCL {bcl}: {}", words::bcl(bcl))));
    let report = native.trusted_forefront();
    tell("Connecting IP", report.and_then(|report| report.ipv.as_ref()).map(words::ipv));
    tell("Safety tip", report.and_then(|report| report.safety.as_ref()).map(words::safety));
    tell("Composite authentication", composite(native));
    tell("Put into", native.placement().map(placed));
    details
}

fn coded(code: &str, meaning: &str) -> String {
    let code = view::one_line(code, 40);
    if meaning.is_empty() { code } else { format!("{code}: {meaning}") }
}

fn composite(native: &Native) -> Option<String> {
    let seen = native.seen()?;
    let outcome = seen.compauth?;
    let reason = seen.compauth_reason.unwrap_or_default();
    let meaning = message::header::compauth_meaning(&reason).unwrap_or_default();
    Some(coded(&format!("{} {reason}", outcome.as_str()), meaning))
}

fn placed(placement: Placement) -> String {
    placement.as_str().to_owned()
}

fn ours(judged: &JudgedCase) -> Layer {
    let judgement = &judged.judgement;
    let strongest = judgement.reasons.first().map(|reason| ("Strongest reason", view::words(&reason.name)));
    Layer {
        who: "Innerward".into(),
        said: view::verdict_label(judgement.verdict).into(),
        class: if judgement.verdict.is_bad() { "bad" } else { "good" },
        details: std::iter::once(("Score", view::score(judgement.score))).chain(strongest).collect(),
    }
}

/// Empty when neither the provider nor we know anything.
pub(crate) fn authentication(reading: &Reading, judged: Option<&JudgedCase>) -> Vec<AuthenticationRow> {
    let seen = reading.message.native.seen();
    let boundary = judged.and_then(at_boundary);
    if seen.is_none() && boundary.is_none() {
        return Vec::new();
    }
    let seen = seen.map(|seen| [seen.spf, seen.dkim, seen.dmarc]).unwrap_or_default();
    let boundary = boundary.map(|found| [found.spf, found.dkim, found.dmarc].map(Some)).unwrap_or_default();
    let methods = ["SPF", "DKIM", "DMARC"].into_iter().zip(seen).zip(boundary);
    methods
        .map(|((method, seen), boundary)| AuthenticationRow {
            method,
            seen: word(seen.as_ref().map(Outcome::as_str)),
            boundary: word(boundary.map(AuthResult::as_str)),
        })
        .collect()
}

fn at_boundary(judged: &JudgedCase) -> Option<&Authentication> {
    judged.case.observations.iter().find_map(|(question, observation)| match (question, observation) {
        (Question::Authentication { .. }, Observation::Authentication(answer)) => Some(answer),
        _ => None,
    })
}

fn word(result: Option<&str>) -> AuthenticationWord {
    let class = match result {
        Some("pass" | "bestguesspass" | "softpass") => "pass",
        Some("fail" | "permerror") => "fail",
        Some("softfail" | "neutral" | "temperror" | "policy") => "weak",
        Some(_) | None => "none",
    };
    AuthenticationWord { word: view::one_line(result.unwrap_or("unknown"), 30), class }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(fields: &str) -> Native {
        const EDGE: &str = "Received: from mx.a.example (192.0.2.1) by am0.mail.protection.outlook.com (10.1.1.1) with \
                            Microsoft SMTP Server id 15\r\n";
        message::parse(format!("{EDGE}{fields}\r\n\r\n").as_bytes()).native
    }

    #[test]
    fn codes_of_exchange_are_told_in_words() {
        let layer = native(&read("X-Forefront-Antispam-Report: SCL:8;SFV:SPM;CAT:HPHISH;IPV:NLI"));
        assert_eq!((layer.said.as_str(), layer.class), ("High confidence phish", "bad"));
        assert!(layer.details.contains(&("Spam level", "SCL 8: high-confidence spam".into())));
        assert!(layer.details.contains(&("Filter", "SPM: spam".into())));
    }

    #[test]
    fn a_bypass_is_said_before_anything_else() {
        let layer = native(&read("X-Forefront-Antispam-Report: SCL:-1;SFV:SKN;CAT:NONE;IPV:CAL"));
        assert_eq!((layer.said.as_str(), layer.class), ("Left no word; was bypassed", "bypassed"));
        assert_eq!(layer.details[0].0, "Bypassed by");
    }

    #[test]
    fn headers_below_a_strange_receiver_say_nothing() {
        let message = message::parse(b"X-Forefront-Antispam-Report: SCL:1;SFV:NSPM\r\n\r\n");
        assert_eq!(native(&message.native).class, "plain");
    }

    #[test]
    fn results_have_the_colour_of_what_they_mean() {
        for (result, class) in
            [(Some("pass"), "pass"), (Some("softfail"), "weak"), (Some("fail"), "fail"), (None, "none")]
        {
            assert_eq!(word(result).class, class);
        }
        assert_eq!(word(None).word, "unknown");
    }
}
