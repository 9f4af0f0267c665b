//! What is to be done with the copies of a message.

use std::fmt;

use crate::Verdict;

/// Something done to one copy, in one mailbox. Every one of them can be undone.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// Leave it where it is.
    Deliver,
    /// Move it to our hidden folder.
    Quarantine,
    /// Move it to the provider's junk folder.
    Junk,
    /// Put a visible mark on it (category, label).
    Mark(String),
    /// Put it back where it was taken from.
    Restore,
    /// Take the mark off again.
    Unmark(String),
}

impl Action {
    /// Which kind it is.
    pub fn kind(&self) -> ActionKind {
        match self {
            Self::Deliver => ActionKind::Deliver,
            Self::Quarantine => ActionKind::Quarantine,
            Self::Junk => ActionKind::Junk,
            Self::Mark(_) => ActionKind::Mark,
            Self::Restore => ActionKind::Restore,
            Self::Unmark(_) => ActionKind::Unmark,
        }
    }

    /// What takes it back; `None` when there is nothing to take back, or (for [`Action::Restore`]) when only the
    /// record knows what it was that was taken back.
    pub fn undo(&self) -> Option<Self> {
        match self {
            Self::Deliver | Self::Restore => None,
            Self::Quarantine | Self::Junk => Some(Self::Restore),
            Self::Mark(mark) => Some(Self::Unmark(mark.clone())),
            Self::Unmark(mark) => Some(Self::Mark(mark.clone())),
        }
    }

    /// What this takes back, for finding the place to go back to. A restore takes back a move, and quarantine stands
    /// for either kind of move.
    pub fn undoes(&self) -> Option<Self> {
        match self {
            Self::Restore => Some(Self::Quarantine),
            Self::Unmark(mark) => Some(Self::Mark(mark.clone())),
            Self::Deliver | Self::Quarantine | Self::Junk | Self::Mark(_) => None,
        }
    }

    /// Whether it takes the copy to another folder.
    pub fn is_move(&self) -> bool {
        match self {
            Self::Quarantine | Self::Junk | Self::Restore => true,
            Self::Deliver | Self::Mark(_) | Self::Unmark(_) => false,
        }
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind().as_str())?;
        match self {
            Self::Mark(mark) | Self::Unmark(mark) => write!(f, " “{mark}”"),
            Self::Deliver | Self::Quarantine | Self::Junk | Self::Restore => Ok(()),
        }
    }
}

/// The names of the actions, for tables and pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ActionKind {
    Deliver,
    Quarantine,
    Junk,
    Mark,
    Restore,
    Unmark,
}

impl ActionKind {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Deliver, Self::Quarantine, Self::Junk, Self::Mark, Self::Restore, Self::Unmark];

    /// `deliver`, `quarantine`, `junk`, `mark`, `restore`, `unmark`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Deliver => "deliver",
            Self::Quarantine => "quarantine",
            Self::Junk => "junk",
            Self::Mark => "mark",
            Self::Restore => "restore",
            Self::Unmark => "unmark",
        }
    }

    /// Reads that word back.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}

/// What policy wants done with every copy of a judged message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// In order; only [`Action::Deliver`] when nothing is to be done.
    pub actions: Vec<Action>,
    /// Why, in one line, for the audit record.
    pub because: String,
    pub verdict: Verdict,
}

impl Plan {
    /// Whether anything changes when it is carried out.
    pub fn changes_something(&self) -> bool {
        self.actions.iter().any(|action| *action != Action::Deliver)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changes_a_copy_can_be_undone() {
        let mark = || "Suspicious".to_owned();
        for (action, undo) in [
            (Action::Deliver, None),
            (Action::Quarantine, Some(Action::Restore)),
            (Action::Junk, Some(Action::Restore)),
            (Action::Mark(mark()), Some(Action::Unmark(mark()))),
            (Action::Unmark(mark()), Some(Action::Mark(mark()))),
            (Action::Restore, None),
        ] {
            assert_eq!(action.undo(), undo, "{action}");
        }
    }

    #[test]
    fn kinds_read_back() {
        for kind in ActionKind::ALL {
            assert_eq!(ActionKind::parse(kind.as_str()), Some(kind));
        }
        assert_eq!(ActionKind::parse("delete"), None);
    }
}
