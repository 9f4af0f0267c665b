//! What each layer said of the message: gateway, native filter, us; and authentication as seen and at the boundary.

use store::JudgedCase;

use super::reading::Reading;
use super::way::gateway_name;
use crate::view;

/// One layer's word.
pub(crate) struct Layer {
    pub(crate) who: String,
    pub(crate) said: String,
    /// `bad`, `good`, `bypassed` or `plain`.
    pub(crate) class: &'static str,
    pub(crate) details: Vec<(String, String)>,
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
    let gateways = reading.route.gateways.iter().map(|passage| Layer {
        who: gateway_name(passage.gateway),
        said: "Passed it on".into(),
        class: "plain",
        details: vec![("Seen by".into(), view::one_line(&passage.evidence, 200))],
    });
    gateways.chain(judged.map(ours)).collect()
}

fn ours(judged: &JudgedCase) -> Layer {
    let verdict = judged.judgement.verdict;
    Layer {
        who: "Innerward".into(),
        said: view::verdict_label(verdict).into(),
        class: if view::is_threat(verdict) { "bad" } else { "good" },
        details: vec![("Score".into(), view::score(judged.judgement.score))],
    }
}

pub(crate) fn authentication(_reading: &Reading, _judged: Option<&JudgedCase>) -> Vec<AuthenticationRow> {
    Vec::new()
}
