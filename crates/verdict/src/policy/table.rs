//! The cells: verdict × direction → actions.

use std::collections::BTreeMap;

use message::Direction;

use super::PolicyError;
use crate::{Action, Verdict};

/// Characters of a mark: Exchange Online cuts category names at 255, but nobody reads so many.
pub const MARK_CHARS_MAX: usize = 60;

/// The mark of the default table.
pub const SUSPICIOUS_MARK: &str = "Suspicious";

/// Which actions follow from a verdict on mail going some way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table(BTreeMap<(Verdict, Direction), Vec<Action>>);

const DIRECTIONS: [Direction; 3] = [Direction::Inbound, Direction::Outbound, Direction::Internal];

impl Table {
    /// The same table with one cell changed.
    #[must_use]
    pub fn with(mut self, verdict: Verdict, direction: Direction, actions: Vec<Action>) -> Self {
        self.0.insert((verdict, direction), actions);
        self
    }

    /// The actions of one cell.
    pub fn actions(&self, verdict: Verdict, direction: Direction) -> &[Action] {
        self.0.get(&(verdict, direction)).map_or(&[Action::Deliver], Vec::as_slice)
    }

    /// All cells, in the order of verdicts.
    pub fn cells(&self) -> impl Iterator<Item = (Verdict, Direction, &[Action])> {
        self.0.iter().map(|((verdict, direction), actions)| (*verdict, *direction, actions.as_slice()))
    }

    /// Whether every cell can be carried out; `group` is named in the error.
    pub(super) fn check(&self, group: &str) -> Result<(), PolicyError> {
        self.cells().try_for_each(|(verdict, direction, actions)| {
            let case = format!("{} {}", direction.as_str(), verdict.as_str());
            check_cell(group.to_owned(), case, actions)
        })
    }
}

fn check_cell(group: String, case: String, actions: &[Action]) -> Result<(), PolicyError> {
    if actions.is_empty() {
        return Err(PolicyError::NoAction { group, case });
    }
    if actions.len() > 1 && actions.contains(&Action::Deliver) {
        return Err(PolicyError::DeliverAndMore { group, case });
    }
    for action in actions {
        match action {
            Action::Restore | Action::Unmark(_) => {
                return Err(PolicyError::UndoInTable { group, case, action: action.kind().as_str() });
            }
            Action::Mark(mark) => {
                let chars = mark.trim().chars().count();
                if !(1..=MARK_CHARS_MAX).contains(&chars) || mark.contains(char::is_control) {
                    return Err(PolicyError::BadMark { group, case, max: MARK_CHARS_MAX });
                }
            }
            Action::Deliver | Action::Quarantine | Action::Junk => {}
        }
    }
    if actions.iter().filter(|action| action.is_move()).count() > 1 {
        return Err(PolicyError::TwoMoves { group, case });
    }
    Ok(())
}

/// What is done unless someone decides otherwise: dangerous mail is quarantined, spam goes to junk, doubtful mail is
/// marked, the rest is left alone. Mail on its way out stays where its author keeps it and is at most marked.
impl Default for Table {
    fn default() -> Self {
        let mut table = Self(BTreeMap::new());
        for verdict in Verdict::ALL {
            for direction in DIRECTIONS {
                table.0.insert((verdict, direction), vec![default_action(verdict, direction)]);
            }
        }
        table
    }
}

fn default_action(verdict: Verdict, direction: Direction) -> Action {
    let mark = || Action::Mark(SUSPICIOUS_MARK.to_owned());
    match (verdict, direction) {
        (Verdict::Clean | Verdict::Graymail, _) => Action::Deliver,
        (Verdict::Spam, Direction::Inbound) => Action::Junk,
        (Verdict::Spam, Direction::Outbound | Direction::Internal) => Action::Deliver,
        (Verdict::Suspicious, _) => mark(),
        (Verdict::Impersonation | Verdict::Phishing | Verdict::Malware, Direction::Outbound) => mark(),
        (
            Verdict::Impersonation | Verdict::Phishing | Verdict::Malware,
            Direction::Inbound | Direction::Internal,
        ) => Action::Quarantine,
    }
}
