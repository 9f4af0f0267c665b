//! One judged message in the shape that the API and `innerward explain --json` print and other programs rely on.

use jiff::Timestamp;
use message::header::Bypass;
use message::{Direction, Message, Native, Route};
use serde::Serialize;
use signal::observation::{AuthResult, Authentication};
use signal::{Observation, Observations, Question};
use verdict::Judgement;

/// The object. Keys are stable; new ones may be added.
#[derive(Debug, Serialize)]
pub struct Explained {
    pub file: String,
    pub verdict: &'static str,
    /// 0 (surely harmless) to 1 (surely bad).
    pub score: f64,
    pub reasons: Vec<ExplainedReason>,
    pub undecided: Vec<ExplainedUndecided>,
    pub direction: &'static str,
    pub route: ExplainedRoute,
    pub native: ExplainedNative,
    pub authentication: ExplainedAuthentication,
    pub defects: Vec<String>,
    pub version: String,
}

/// One reason.
#[derive(Debug, Serialize)]
pub struct ExplainedReason {
    pub name: String,
    pub weight: f64,
    pub evidence: String,
}

/// One signal that could not be known.
#[derive(Debug, Serialize)]
pub struct ExplainedUndecided {
    pub name: String,
    pub why: String,
}

/// The way it came.
#[derive(Debug, Serialize)]
pub struct ExplainedRoute {
    pub true_ip: Option<String>,
    pub true_host: Option<String>,
    /// Where the true sending host was read: `Received`, or the header field of a gateway or of Exchange.
    pub read_from: Option<String>,
    pub gateways: Vec<String>,
    /// How many.
    pub hops: usize,
    /// Each of them, newest first.
    pub path: Vec<ExplainedHop>,
}

/// One hop: what its `Received` field claims.
#[derive(Debug, Serialize)]
pub struct ExplainedHop {
    pub from: Option<String>,
    pub ip: Option<String>,
    pub by: Option<String>,
    pub protocol: Option<String>,
    pub at: Option<Timestamp>,
    pub delay_s: Option<i64>,
}

/// A message as it was read.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    pub message: &'a Message,
    pub route: &'a Route,
    pub direction: Direction,
}

/// What the provider's own filter said.
#[derive(Debug, Serialize)]
pub struct ExplainedNative {
    pub verdict: String,
    pub bypassed: bool,
    pub bypassed_by: Option<String>,
    pub scl: Option<i8>,
    pub sfv: Option<String>,
    pub cat: Option<String>,
    pub bcl: Option<u8>,
}

/// SPF, DKIM and DMARC, twice.
#[derive(Debug, Serialize)]
pub struct ExplainedAuthentication {
    /// As the provider saw it.
    pub seen: Results,
    /// As it comes out at the true boundary; null where nobody could be asked.
    pub boundary: Results,
}

/// Results in the words of RFC 8601; null where nothing is known.
#[derive(Debug, Default, Serialize)]
pub struct Results {
    pub spf: Option<String>,
    pub dkim: Option<String>,
    pub dmarc: Option<String>,
}

impl Explained {
    /// Puts what was found and judged into the shape.
    pub fn new(
        file: String,
        subject: Subject<'_>,
        observations: &Observations,
        judgement: &Judgement,
    ) -> Self {
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
            direction: subject.direction.as_str(),
            route: route(subject.route),
            native: native(&subject.message.native),
            authentication: ExplainedAuthentication {
                seen: seen(&subject.message.native),
                boundary: boundary(observations),
            },
            defects: subject.message.defects.iter().map(ToString::to_string).collect(),
            version: judgement.version.clone(),
        }
    }
}

fn route(route: &Route) -> ExplainedRoute {
    let origin = route.origin.as_ref();
    ExplainedRoute {
        true_ip: origin.map(|origin| origin.ip.to_string()),
        true_host: origin.and_then(|origin| origin.reverse.clone().or_else(|| origin.helo.clone())),
        read_from: origin.map(|origin| origin.source.to_string()),
        gateways: route.gateways.iter().map(|passage| passage.gateway.name().to_owned()).collect(),
        hops: route.hops.len(),
        path: route.hops.iter().map(hop).collect(),
    }
}

fn hop(hop: &message::Hop) -> ExplainedHop {
    ExplainedHop {
        from: hop.reverse.clone().or_else(|| hop.helo.clone()),
        ip: hop.ip.map(|ip| ip.to_string()),
        by: hop.by.clone(),
        protocol: hop.protocol.clone(),
        at: hop.at,
        delay_s: hop.delay_s,
    }
}

fn native(native: &Native) -> ExplainedNative {
    // Mail inside the organisation is not filtered; that is no bypass.
    let bypass = native.bypass().filter(|bypass| *bypass != Bypass::Internal);
    ExplainedNative {
        verdict: native.verdict().as_str().to_owned(),
        bypassed: bypass.is_some(),
        bypassed_by: bypass.map(|bypass| bypass.as_str().to_owned()),
        scl: native.scl(),
        sfv: native.sfv().map(|sfv| sfv.as_str().to_owned()),
        cat: native.category().map(|category| category.as_str().to_owned()),
        bcl: native.bcl(),
    }
}

fn seen(native: &Native) -> Results {
    let Some(seen) = native.seen() else { return Results::default() };
    let word = |outcome: Option<message::header::Outcome>| outcome.map(|outcome| outcome.as_str().to_owned());
    Results { spf: word(seen.spf), dkim: word(seen.dkim), dmarc: word(seen.dmarc) }
}

fn boundary(observations: &Observations) -> Results {
    let answer = observations.iter().find_map(|(question, observation)| match (question, observation) {
        (Question::Authentication { .. }, Observation::Authentication(answer)) => Some(answer),
        _ => None,
    });
    answer.map(results).unwrap_or_default()
}

fn results(answer: &Authentication) -> Results {
    let word = |result: AuthResult| Some(result.as_str().to_owned());
    Results { spf: word(answer.spf), dkim: word(answer.dkim), dmarc: word(answer.dmarc) }
}
