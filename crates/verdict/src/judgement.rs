//! The judgement and how it comes about.

use signal::{Evidence, Question, Reading};

use crate::Policy;
use crate::score::{self, Heard};

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

impl Verdict {
    /// All of them, harmless first.
    pub const ALL: [Self; 7] = [
        Self::Clean,
        Self::Graymail,
        Self::Spam,
        Self::Suspicious,
        Self::Impersonation,
        Self::Phishing,
        Self::Malware,
    ];

    /// The word for it: `clean`, `graymail`, `spam`, `suspicious`, `impersonation`, `phishing`, `malware`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Clean => "clean",
            Self::Graymail => "graymail",
            Self::Spam => "spam",
            Self::Suspicious => "suspicious",
            Self::Impersonation => "impersonation",
            Self::Phishing => "phishing",
            Self::Malware => "malware",
        }
    }

    /// Reads that word back.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|verdict| verdict.as_str() == word)
    }

    /// Whether it says that the message is unwanted or worse (`clean` and `graymail` do not).
    pub fn is_bad(self) -> bool {
        match self {
            Self::Clean | Self::Graymail => false,
            Self::Spam | Self::Suspicious | Self::Impersonation | Self::Phishing | Self::Malware => true,
        }
    }
}

/// `judge` either is done or wants to know more.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    Done(Judgement),
    /// Sorted, without repeats, never empty.
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
    /// Its part in the score, in log-odds; negative speaks for the message.
    pub weight: f64,
    pub evidence: Vec<String>,
}

/// One signal that could not be known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undecided {
    pub name: String,
    pub why: String,
}

/// Rounds of asking that whoever gathers should allow; after these, [`conclude`]. Each round answers what the last one
/// asked, and no signal of ours builds a question on more than two answers.
pub const ROUNDS_MAX: usize = 4;

/// Judges on the evidence so far, as `policy` scores. Asks as long as some answer could still change the verdict.
pub fn judge(evidence: &Evidence, policy: &Policy) -> Outcome {
    let heard = hear(evidence);
    let questions = score::questions_that_matter(policy.scoring(), &heard);
    if questions.is_empty() { Outcome::Done(done(policy, heard, NOT_ASKED)) } else { Outcome::Ask(questions) }
}

/// Judges on the evidence as it is: what is not answered is undecided.
pub fn conclude(evidence: &Evidence, policy: &Policy) -> Judgement {
    done(policy, hear(evidence), NOT_ANSWERED)
}

/// Why a signal is undecided whose question was never worth asking.
const NOT_ASKED: &str = "not asked, because no answer would have changed the verdict";

/// Why a signal is undecided whose question was left open.
const NOT_ANSWERED: &str = "asked, and not answered in time";

fn hear(evidence: &Evidence) -> Vec<Heard> {
    signal::signals::ALL
        .iter()
        .map(|signal| Heard { name: signal.name, reading: (signal.read)(evidence) })
        .collect()
}

fn done(policy: &Policy, heard: Vec<Heard>, why_open: &str) -> Judgement {
    let scoring = policy.scoring();
    let (verdict, score) = score::verdict(scoring, &heard);
    let mut reasons = Vec::new();
    let mut undecided = Vec::new();
    for Heard { name, reading } in heard {
        match reading {
            Reading::Absent => {}
            Reading::Present(evidence) => {
                reasons.push(Reason {
                    name: name.to_owned(),
                    weight: scoring.weight(name).log_odds,
                    evidence,
                });
            }
            Reading::Ask(_) => undecided.push(Undecided { name: name.to_owned(), why: why_open.to_owned() }),
            Reading::Unknown(why) => undecided.push(Undecided { name: name.to_owned(), why }),
        }
    }
    reasons.sort_by(|one, other| {
        other.weight.abs().total_cmp(&one.weight.abs()).then_with(|| one.name.cmp(&other.name))
    });
    Judgement { verdict, score, reasons, undecided, version: scoring.version() }
}
