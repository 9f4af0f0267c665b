//! The judgement and how it comes about.

use signal::{Evidence, Question};

use crate::Policy;

/// What a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    Clean,
    Graymail,
    Spam,
    Suspicious,
    Impersonation,
    Phishing,
    Malware,
}

/// `judge` either is done or wants to know more.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    Done(Judgement),
    Ask(Vec<Question>),
}

/// The verdict with everything it rests on.
#[derive(Clone, Debug, PartialEq)]
pub struct Judgement {
    pub verdict: Verdict,
    /// 0 (surely harmless) to 1 (surely bad).
    pub score: f64,
    /// Strongest first.
    pub reasons: Vec<Reason>,
    pub undecided: Vec<Undecided>,
    /// Of rules, weights and code: the same evidence and versions give the same judgement.
    pub version: String,
}

/// One signal that was there.
#[derive(Clone, Debug, PartialEq)]
pub struct Reason {
    pub name: String,
    /// Its part in the score; negative speaks for the message.
    pub weight: f64,
    pub evidence: Vec<String>,
}

/// One signal that could not be known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undecided {
    pub name: String,
    pub why: String,
}

/// Judges. (Body to come.)
pub fn judge(evidence: &Evidence, policy: &Policy) -> Outcome {
    let _ = (evidence, policy);
    unimplemented!()
}
