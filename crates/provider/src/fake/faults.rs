//! What can go wrong at a provider, on request.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::Error;

/// Faults of the fake; none by default.
#[derive(Clone, Debug, Default)]
pub struct Faults {
    /// The next so many messages fetched are not readable yet.
    pub unreadable_next: u32,
    /// The next so many acts are told to slow down first.
    pub throttle_next: u32,
    /// The next so many acts are carried out, but their answer is lost.
    pub lose_answers_next: u32,
    /// Everything is refused, with this text.
    pub denied: Option<String>,
    /// What [`crate::Provider::check`] finds missing.
    pub missing_rights: Vec<String>,
    fail_next: BTreeMap<String, u32>,
}

impl Faults {
    /// The next so many calls of a kind (`users folders changes content message watch act organization`) answer
    /// [`Error::Retry`].
    pub fn fail_next(&mut self, kind: &str, calls: u32) {
        self.fail_next.insert(kind.into(), calls);
    }

    pub(super) fn strike(&mut self, kind: &str) -> Option<Error> {
        if let Some(text) = &self.denied {
            return Some(Error::Denied(text.clone()));
        }
        let left = self.fail_next.get_mut(kind)?;
        take(left).then(|| Error::Retry {
            what: format!("{kind} is not available"),
            after: Some(Duration::from_millis(10)),
        })
    }

    pub(super) fn unreadable(&mut self) -> bool {
        take(&mut self.unreadable_next)
    }

    pub(super) fn throttled(&mut self) -> bool {
        take(&mut self.throttle_next)
    }

    pub(super) fn lose_answer(&mut self) -> bool {
        take(&mut self.lose_answers_next)
    }
}

/// Takes one off, if there is one.
fn take(left: &mut u32) -> bool {
    let some = *left > 0;
    *left = left.saturating_sub(1);
    some
}
