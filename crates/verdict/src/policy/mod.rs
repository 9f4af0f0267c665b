//! Verdict × direction × mailbox group × mode → actions.
//!
//! Groups are tried in order and the first that has the mailbox decides; the last group has everybody, so that every
//! mailbox is answered for. Reading a policy from a file is done elsewhere; [`Policy::new`] checks it.

mod error;
mod table;

use std::collections::BTreeSet;

use message::Direction;

use crate::score::Scoring;
use crate::{Action, Judgement, MailboxId, Plan};

pub use error::PolicyError;
pub use table::{MARK_CHARS_MAX, SUSPICIOUS_MARK, Table};

/// How far we go in a mailbox group.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mode {
    /// Judge and record.
    Monitor,
    /// Judge after delivery, then act.
    #[default]
    Remediate,
}

impl Mode {
    /// `monitor` or `remediate`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Monitor => "monitor",
            Self::Remediate => "remediate",
        }
    }
}

/// Who is in a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Members {
    All,
    Listed(BTreeSet<MailboxId>),
}

/// Mailboxes treated alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// For pages and audit records.
    pub name: String,
    pub members: Members,
    pub mode: Mode,
    pub table: Table,
}

/// How mail is judged and what follows from it, checked.
#[derive(Clone, Debug, PartialEq)]
pub struct Policy {
    scoring: Scoring,
    groups: Vec<Group>,
}

impl Policy {
    /// Checks `groups`: named, unique, the last one (and only that) for all, every table sound.
    ///
    /// # Errors
    /// The first thing wrong, with the name of the group.
    pub fn new(scoring: Scoring, groups: Vec<Group>) -> Result<Self, PolicyError> {
        let mut names = BTreeSet::new();
        let last = groups.len().checked_sub(1).ok_or(PolicyError::NoGroup)?;
        for (number, group) in groups.iter().enumerate() {
            let name = group.name.trim();
            if name.is_empty() {
                return Err(PolicyError::NamelessGroup { number: number + 1 });
            }
            if !names.insert(name.to_lowercase()) {
                return Err(PolicyError::RepeatedGroup { name: name.to_owned() });
            }
            match (&group.members, number == last) {
                (Members::All, false) => return Err(PolicyError::GroupBehindAll { name: name.to_owned() }),
                (Members::Listed(_), true) => return Err(PolicyError::LastNotAll { name: name.to_owned() }),
                (Members::All, true) | (Members::Listed(_), false) => {}
            }
            group.table.check(name)?;
        }
        Ok(Self { scoring, groups })
    }

    /// One group for everybody, with the default table.
    pub fn everybody(mode: Mode) -> Self {
        let group = Group { name: "everybody".into(), members: Members::All, mode, table: Table::default() };
        Self { scoring: Scoring::default(), groups: vec![group] }
    }

    /// How it scores.
    pub fn scoring(&self) -> &Scoring {
        &self.scoring
    }

    /// The same policy with another scoring.
    pub fn with_scoring(self, scoring: Scoring) -> Self {
        Self { scoring, ..self }
    }

    /// The groups, in the order they are tried.
    pub fn groups(&self) -> &[Group] {
        &self.groups
    }

    /// The group that decides for `mailbox`.
    pub fn group(&self, mailbox: &MailboxId) -> &Group {
        let has = |group: &&Group| match &group.members {
            Members::All => true,
            Members::Listed(members) => members.contains(mailbox),
        };
        self.groups.iter().find(has).expect("the last group of a checked policy has everybody")
    }

    /// What is to be done with a copy of a message judged so, going this way, in `mailbox`.
    pub fn plan(&self, judgement: &Judgement, direction: Direction, mailbox: &MailboxId) -> Plan {
        let group = self.group(mailbox);
        let verdict = judgement.verdict;
        let wanted = group.table.actions(verdict, direction);
        let what = format!("{} mail judged {}, group “{}”", direction.as_str(), verdict.as_str(), group.name);
        let listed = wanted.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        match group.mode {
            Mode::Monitor => Plan {
                actions: vec![Action::Deliver],
                because: format!("{what}: monitored only, else {listed}"),
                verdict,
            },
            Mode::Remediate => {
                Plan { actions: wanted.to_vec(), because: format!("{what}: {listed}"), verdict }
            }
        }
    }
}

/// [`Policy::everybody`] in [`Mode::Remediate`].
impl Default for Policy {
    fn default() -> Self {
        Self::everybody(Mode::default())
    }
}

#[cfg(test)]
mod tests;
