//! One judged message in the shape that `explain --json` prints and other programs rely on.

use message::Native;
use message::header::Seen;
use serde::Serialize;
use signal::{Authentication, Evidence, Observation, Question};
use verdict::Judgement;

/// The object. Keys are stable; new ones may be added.
#[derive(Debug, Serialize)]
pub(crate) struct Explained {
    pub(crate) file: String,
    pub(crate) verdict: &'static str,
    /// 0 (surely harmless) to 1 (surely bad).
    pub(crate) score: f64,
    pub(crate) reasons: Vec<ExplainedReason>,
    pub(crate) undecided: Vec<ExplainedUndecided>,
    pub(crate) direction: &'static str,
    pub(crate) route: ExplainedRoute,
    pub(crate) native: ExplainedNative,
    pub(crate) authentication: ExplainedAuthentication,
    pub(crate) defects: Vec<String>,
    pub(crate) version: String,
}

#[derive(Debug, Serialize)]
pub(crate) struct ExplainedReason {
    pub(crate) name: String,
    pub(crate) weight: f64,
    pub(crate) evidence: String,
}

#[derive(Debug, Serialize)]
pub(crate) struct ExplainedUndecided {
    pub(crate) name: String,
    pub(crate) why: String,
}

#[derive(Debug, Serialize)]
pub(crate) struct ExplainedRoute {
    pub(crate) true_ip: Option<String>,
    pub(crate) true_host: Option<String>,
    /// Where the true sending host was read: `Received`, or the header field of a gateway or of Exchange.
    pub(crate) read_from: Option<String>,
    pub(crate) gateways: Vec<String>,
    pub(crate) hops: usize,
}

#[derive(Debug, Serialize)]
pub(crate) struct ExplainedNative {
    pub(crate) verdict: String,
    pub(crate) bypassed: bool,
    pub(crate) bypassed_by: Option<String>,
    pub(crate) scl: Option<i8>,
    pub(crate) sfv: Option<String>,
    pub(crate) cat: Option<String>,
    pub(crate) bcl: Option<u8>,
}

#[derive(Debug, Serialize)]
pub(crate) struct ExplainedAuthentication {
    /// As the provider saw it.
    pub(crate) seen: Results,
    /// As it comes out at the true boundary; null where nobody could be asked.
    pub(crate) boundary: Results,
}

#[derive(Debug, Default, Serialize)]
pub(crate) struct Results {
    pub(crate) spf: Option<String>,
    pub(crate) dkim: Option<String>,
    pub(crate) dmarc: Option<String>,
}

impl Explained {
    /// Puts what was found and judged into the shape.
    pub(crate) fn new(file: String, evidence: &Evidence, judgement: &Judgement) -> Self {
        let message = &evidence.message;
        Self {
            file,
            verdict: judgement.verdict.as_str(),
            score: judgement.score,
            reasons: judgement
                .reasons
                .iter()
                .map(|reason| ExplainedReason {
                    name: reason.name.clone(),
                    weight: reason.weight,
                    evidence: reason.evidence.join("; "),
                })
                .collect(),
            undecided: judgement
                .undecided
                .iter()
                .map(|signal| ExplainedUndecided { name: signal.name.clone(), why: signal.why.clone() })
                .collect(),
            direction: evidence.direction.as_str(),
            route: route(&evidence.route),
            native: native(&message.native),
            authentication: ExplainedAuthentication {
                seen: seen(message.native.seen()),
                boundary: boundary(evidence),
            },
            defects: message.defects.iter().map(ToString::to_string).collect(),
            version: judgement.version.clone(),
        }
    }
}

fn route(route: &message::Route) -> ExplainedRoute {
    let origin = route.origin.as_ref();
    ExplainedRoute {
        true_ip: origin.map(|origin| origin.ip.to_string()),
        true_host: origin.and_then(|origin| origin.reverse.clone().or_else(|| origin.helo.clone())),
        read_from: origin.map(|origin| origin.source.to_string()),
        gateways: route.gateways.iter().map(|passage| passage.gateway.name().to_owned()).collect(),
        hops: route.hops.len(),
    }
}

fn native(native: &Native) -> ExplainedNative {
    let bypass = native.bypass();
    ExplainedNative {
        verdict: native.verdict().as_str().to_owned(),
        bypassed: bypass.is_some(),
        bypassed_by: bypass.map(|bypass| bypass.to_string()),
        scl: native.scl(),
        sfv: native.sfv().map(|sfv| sfv.as_str().to_owned()),
        cat: native.category().map(|category| category.as_str().to_owned()),
        bcl: native.bcl(),
    }
}

fn seen(seen: Seen) -> Results {
    Results { spf: seen.spf, dkim: seen.dkim, dmarc: seen.dmarc }
}

fn boundary(evidence: &Evidence) -> Results {
    let answer =
        evidence.observations.iter().find_map(|(question, observation)| match (question, observation) {
            (Question::Authentication { .. }, Observation::Authentication(answer)) => Some(answer),
            _ => None,
        });
    answer.map(results).unwrap_or_default()
}

fn results(answer: &Authentication) -> Results {
    let word = |result: signal::AuthResult| Some(result.as_str().to_owned());
    Results { spf: word(answer.spf), dkim: word(answer.dkim), dmarc: word(answer.dmarc) }
}
