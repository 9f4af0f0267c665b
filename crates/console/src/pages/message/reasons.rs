//! The judgement: each reason with its weight and evidence, and what could not be known.

use verdict::{Judgement, Reason};

use crate::view;

/// A judgement as shown.
pub(crate) struct Reasons {
    pub(crate) reasons: Vec<ReasonView>,
    pub(crate) undecided: Vec<(String, String)>,
}

/// One reason. Bars grow from the middle: right against the message, left for it.
pub(crate) struct ReasonView {
    pub(crate) label: String,
    pub(crate) weight: String,
    pub(crate) evidence: Vec<String>,
    pub(crate) class: &'static str,
    /// Left edge and width of the bar, in a box 200 wide.
    pub(crate) x: String,
    pub(crate) width: String,
}

/// Characters of one piece of evidence.
const EVIDENCE_CHARS_MAX: usize = 400;

pub(crate) fn reasons(judgement: &Judgement) -> Reasons {
    let heaviest = judgement.reasons.iter().map(|reason| reason.weight.abs()).fold(f64::EPSILON, f64::max);
    let undecided = judgement.undecided.iter();
    Reasons {
        reasons: judgement.reasons.iter().map(|reason| reason_view(reason, heaviest)).collect(),
        undecided: undecided
            .map(|each| (view::words(&each.name), view::one_line(&each.why, EVIDENCE_CHARS_MAX)))
            .collect(),
    }
}

fn reason_view(reason: &Reason, heaviest: f64) -> ReasonView {
    let width = 100.0 * reason.weight.abs() / heaviest;
    let against = reason.weight >= 0.0;
    ReasonView {
        label: view::words(&reason.name),
        weight: format!("{:+.2}", reason.weight),
        evidence: reason.evidence.iter().map(|text| view::one_line(text, EVIDENCE_CHARS_MAX)).collect(),
        class: if against { "against" } else { "for" },
        x: format!("{:.1}", if against { 100.0 } else { 100.0 - width }),
        width: format!("{width:.1}"),
    }
}

#[cfg(test)]
mod tests {
    use verdict::Verdict;

    use super::*;

    #[test]
    fn bars_grow_from_the_middle() {
        let reason = |weight| Reason { name: "reply-to-differs".into(), weight, evidence: vec![] };
        let judgement = Judgement {
            verdict: Verdict::Suspicious,
            score: 0.6,
            reasons: vec![reason(2.0), reason(-1.0)],
            undecided: vec![],
            version: String::new(),
        };
        let shown = reasons(&judgement).reasons;
        assert_eq!((shown[0].x.as_str(), shown[0].width.as_str()), ("100.0", "100.0"));
        assert_eq!((shown[1].x.as_str(), shown[1].width.as_str()), ("50.0", "50.0"));
        assert_eq!(shown[0].label, "Reply to differs");
    }
}
