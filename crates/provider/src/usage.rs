//! How much we ask of a provider, counted for the health page.

use std::collections::BTreeMap;

/// What was asked of the provider since it was opened.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// All kinds together.
    pub total: Count,
    /// By kind of call (`token`, `changes`, `content`, …), sorted by name.
    pub by_kind: BTreeMap<&'static str, Count>,
    /// How many calls may be under way at once now; shrinks when the provider throttles us, grows back slowly.
    pub concurrency_max: u32,
    /// How many mailboxes the provider asked us to leave alone for a moment.
    pub mailboxes_paused: u32,
}

/// Counters of one kind of call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// Requests sent, repeated ones included.
    pub calls: u64,
    /// Answers that asked us to slow down (429 and the like).
    pub throttled: u64,
    /// Answers of trouble on the provider's side, and connections that failed.
    pub failed: u64,
}

/// How one request ended, for the counters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ended {
    Answered,
    Throttled,
    Failed,
}

impl Usage {
    pub(crate) fn count(&mut self, kind: &'static str, ended: Ended) {
        for count in [&mut self.total, self.by_kind.entry(kind).or_default()] {
            count.calls += 1;
            match ended {
                Ended::Answered => {}
                Ended::Throttled => count.throttled += 1,
                Ended::Failed => count.failed += 1,
            }
        }
    }
}
