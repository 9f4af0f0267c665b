//! The small first scoring: each signal adds its log-odds, and the verdict is named after the family of signals that
//! carries the sum.
//!
//! All of it is data ([`Scoring`]): a prior, one [`Weight`] for each signal, two thresholds. A trained table or a rule
//! set plugs in by making another `Scoring` or by adding readings before [`verdict`]; nothing else changes.

mod weights;

use signal::{Question, Reading};

use crate::Verdict;

pub use weights::WEIGHTS;

/// What a signal speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Family {
    Malware,
    Phishing,
    Impersonation,
    Spam,
    /// Wanted by some: adds nothing to the score, names the verdict of what is not bad.
    Graymail,
    /// Speaks for the message, or is told without being weighed.
    Context,
}

impl Family {
    /// The families that can carry a bad verdict, worst first: of equal sums the worse one names it.
    const BAD: [(Self, Verdict); 4] = [
        (Self::Malware, Verdict::Malware),
        (Self::Phishing, Verdict::Phishing),
        (Self::Impersonation, Verdict::Impersonation),
        (Self::Spam, Verdict::Spam),
    ];
}

/// What one signal counts for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Weight {
    pub signal: &'static str,
    pub family: Family,
    /// Added to the log-odds when the signal is present.
    pub log_odds: f64,
    /// The least the verdict is when the signal is present: someone else's decision that we honour.
    pub floor: Option<Verdict>,
}

/// A signal told about and not weighed: those a scoring does not know.
const UNWEIGHED: Weight = Weight { signal: "", family: Family::Context, log_odds: 0.0, floor: None };

/// A table of weights with its thresholds.
#[derive(Clone, Debug, PartialEq)]
pub struct Scoring {
    /// Log-odds of a message with no signal at all.
    pub prior: f64,
    pub weights: Vec<Weight>,
    /// Score from which a message is suspicious (or spam, where spam signals carry it).
    pub suspicious_at: f64,
    /// Score from which it is called what it is.
    pub bad_at: f64,
}

impl Default for Scoring {
    fn default() -> Self {
        Self { prior: -3.5, weights: WEIGHTS.to_vec(), suspicious_at: 0.5, bad_at: 0.73 }
    }
}

impl Scoring {
    /// The same scoring, deaf to `signals`.
    #[must_use]
    pub fn without(mut self, signals: &[&str]) -> Self {
        self.weights.retain(|weight| !signals.contains(&weight.signal));
        self
    }

    /// What `signal` counts for; nothing when the table does not know it.
    pub fn weight(&self, signal: &str) -> Weight {
        self.weights.iter().find(|weight| weight.signal == signal).copied().unwrap_or(UNWEIGHED)
    }

    /// Names code and table: `first-1 ` and the beginning of the table's digest.
    pub fn version(&self) -> String {
        let mut table = format!("{} {} {}", self.prior, self.suspicious_at, self.bad_at);
        for signal in signal::signals::ALL {
            table.push_str(signal.name);
            table.push('\n');
        }
        for Weight { signal, family, log_odds, floor } in &self.weights {
            table.push_str(&format!("{signal} {family:?} {log_odds} {floor:?}\n"));
        }
        let digest = message::Digest::of(table.as_bytes()).to_string();
        format!("first-1 {}", &digest[..12])
    }
}

/// One signal and what it read.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Heard {
    pub name: &'static str,
    pub reading: Reading,
}

/// The verdict of what is present, and its score.
pub(crate) fn verdict(scoring: &Scoring, heard: &[Heard]) -> (Verdict, f64) {
    let present = |heard: &&Heard| matches!(heard.reading, Reading::Present(_));
    let weights: Vec<Weight> = heard.iter().filter(present).map(|heard| scoring.weight(heard.name)).collect();
    weigh(scoring, &weights)
}

fn weigh(scoring: &Scoring, present: &[Weight]) -> (Verdict, f64) {
    let sum = scoring.prior + present.iter().map(|weight| weight.log_odds).sum::<f64>();
    let score = 1.0 / (1.0 + (-sum).exp());
    let floor = present.iter().filter_map(|weight| weight.floor).max().unwrap_or(Verdict::Clean);
    let verdict = by_score(scoring, score, present).max(floor);
    // A verdict that is someone else's has a score that fits it.
    let score = if floor.is_bad() { score.max(scoring.bad_at) } else { score };
    (verdict, score)
}

fn by_score(scoring: &Scoring, score: f64, present: &[Weight]) -> Verdict {
    if score < scoring.suspicious_at {
        let is_graymail = present.iter().any(|weight| weight.family == Family::Graymail);
        return if is_graymail { Verdict::Graymail } else { Verdict::Clean };
    }
    match carrier(present) {
        Verdict::Spam => Verdict::Spam,
        _ if score < scoring.bad_at => Verdict::Suspicious,
        verdict => verdict,
    }
}

/// The verdict of the family with the largest sum.
fn carrier(present: &[Weight]) -> Verdict {
    let sum = |family| {
        present.iter().filter(|weight| weight.family == family).map(|weight| weight.log_odds).sum::<f64>()
    };
    let mut carrying = (0.0, Verdict::Suspicious);
    for (family, verdict) in Family::BAD {
        let sum = sum(family);
        if sum > carrying.0 {
            carrying = (sum, verdict);
        }
    }
    carrying.1
}

/// Open signals tried in every combination; with more than these, all are asked.
const COMBINED_MAX: usize = 8;

/// The questions whose answers could change the verdict: every combination of open signals being present or not is
/// tried, and when one of them gives another verdict, all open signals that count are asked.
pub(crate) fn questions_that_matter(scoring: &Scoring, heard: &[Heard]) -> Vec<Question> {
    let mut open = Vec::new();
    let mut present = Vec::new();
    for Heard { name, reading } in heard {
        let weight = scoring.weight(name);
        let counts = weight.log_odds != 0.0 || weight.floor.is_some();
        match reading {
            Reading::Ask(questions) if counts => open.push((weight, questions)),
            Reading::Present(_) => present.push(weight),
            Reading::Ask(_) | Reading::Absent | Reading::Unknown(_) => {}
        }
    }
    let weights: Vec<Weight> = open.iter().map(|(weight, _)| *weight).collect();
    if weights.len() <= COMBINED_MAX && !can_change(scoring, &present, &weights) {
        return Vec::new();
    }
    let mut questions: Vec<Question> =
        open.into_iter().flat_map(|(_, questions)| questions.clone()).collect();
    questions.sort();
    questions.dedup();
    questions
}

fn can_change(scoring: &Scoring, present: &[Weight], open: &[Weight]) -> bool {
    let (as_it_is, _) = weigh(scoring, present);
    (1_usize..1 << open.len()).any(|choice| {
        let chosen =
            open.iter().enumerate().filter(|(at, _)| choice >> at & 1 == 1).map(|(_, weight)| *weight);
        let weights: Vec<Weight> = present.iter().copied().chain(chosen).collect();
        weigh(scoring, &weights).0 != as_it_is
    })
}

#[cfg(test)]
mod tests;
