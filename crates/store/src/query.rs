//! What pages ask for.

use jiff::Timestamp;
use message::Direction;
use verdict::Verdict;

use crate::{Delivery, DeliveryId};

/// Rows of a page when nothing else is asked for.
pub const PAGE_ROWS: usize = 50;
/// Rows of a page at most: what a person scrolls and a page renders in a moment.
pub const PAGE_ROWS_MAX: usize = 500;
/// Buckets of a series at most: more than a plot has pixels for.
pub const BUCKETS_MAX: usize = 2000;

/// Which deliveries. Every field narrows; texts match as case-insensitive substrings.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filter {
    pub sender: Option<String>,
    pub subject: Option<String>,
    pub recipient: Option<String>,
    /// With or without angle brackets, exact.
    pub message_id: Option<String>,
    /// In any of sender, subject and recipients, or exactly the message id.
    pub anything: Option<String>,
    pub verdicts: Vec<Verdict>,
    pub direction: Option<Direction>,
    /// Only copies that are in quarantine now.
    pub quarantined: bool,
    pub since: Option<Timestamp>,
    /// Rows older than this one (paging).
    pub before: Option<DeliveryId>,
    /// 1 to 500; 0 means 50.
    pub limit: usize,
}

/// One row of a list.
#[derive(Clone, Debug, PartialEq)]
pub struct DeliveryRow {
    pub delivery: Delivery,
    pub score: Option<f64>,
    /// The strongest reason's name.
    pub reason: Option<String>,
}

/// A page of rows, newest first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MessagePage {
    pub rows: Vec<DeliveryRow>,
    /// Pass as `before` for the next page.
    pub next: Option<DeliveryId>,
}

/// Figures for the overview, about copies received since a moment; `restored` and `actions_failed` about steps ended since.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub arrived: u64,
    pub judged: u64,
    pub by_verdict: Vec<(Verdict, u64)>,
    pub by_direction: Vec<(Direction, u64)>,
    /// Of those received since, in quarantine now.
    pub quarantined: u64,
    pub restored: u64,
    pub actions_failed: u64,
    /// Milliseconds from received to first judged: median and 99th percentile of the newest 10,000.
    pub judged_after_ms: Option<(u64, u64)>,
}

/// Counts in equal buckets of time, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Series {
    pub buckets: Vec<Vec<(Verdict, u64)>>,
}
