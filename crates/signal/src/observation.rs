//! Answers, and the absence of answers.

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;

use crate::Question;

/// What an observer found, or why it could not.
#[derive(Clone, Debug, PartialEq)]
pub enum Observation {
    Authentication(Authentication),
    Correspondence(Correspondence),
    Unavailable(Unavailable),
}

/// Results in the words of RFC 8601 §2.7 (`pass`, `fail`, `softfail`, `neutral`, `none`, `temperror`, `permerror`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authentication {
    pub spf: AuthResult,
    pub dkim: AuthResult,
    pub dmarc: AuthResult,
    /// Domains whose DKIM signature verified.
    pub dkim_domains: Vec<String>,
    /// Whether body hashes were checked against bytes that may differ from the wire, so that a DKIM failure proves
    /// nothing (Exchange rebuilds MIME).
    pub rebuilt: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AuthResult {
    Pass,
    Fail,
    SoftFail,
    Neutral,
    None,
    TempError,
    PermError,
}

impl AuthResult {
    /// The word of RFC 8601.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::SoftFail => "softfail",
            Self::Neutral => "neutral",
            Self::None => "none",
            Self::TempError => "temperror",
            Self::PermError => "permerror",
        }
    }
}

/// Earlier exchange with an address, organisation-wide.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Correspondence {
    /// Messages received from it before.
    pub received: u64,
    /// Messages sent to it before.
    pub sent: u64,
    pub first_seen: Option<Timestamp>,
    /// Since when the organisation's mail is known; an address not seen since a minute ago is not "new".
    pub known_since: Option<Timestamp>,
}

/// Why there is no answer. Never read as "no".
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unavailable {
    /// Nobody here answers such questions (switched off, or offline).
    NoObserver,
    /// No answer before the deadline.
    Late,
    /// The outside failed; the text is for people.
    Failed(String),
}

/// Why, in words for people.
impl fmt::Display for Unavailable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoObserver => f.write_str("nobody here answers such questions"),
            Self::Late => f.write_str("no answer came in time"),
            Self::Failed(why) => write!(f, "asking failed: {why}"),
        }
    }
}

/// Question by question.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Observations(BTreeMap<Question, Observation>);

impl Observations {
    /// The answer to `question`; `None` when it has not been asked yet.
    pub fn find(&self, question: &Question) -> Option<&Observation> {
        self.0.get(question)
    }

    /// Keeps `observation`; a later answer replaces an earlier one.
    pub fn keep(&mut self, question: Question, observation: Observation) {
        self.0.insert(question, observation);
    }

    /// All of them, in the order of their questions.
    pub fn iter(&self) -> impl Iterator<Item = (&Question, &Observation)> {
        self.0.iter()
    }
}
