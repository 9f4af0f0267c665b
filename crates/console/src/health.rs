//! What the program tells about how it is doing. The console shows it; the binary knows it.

use jiff::Timestamp;
use verdict::{MailboxId, TenantId};

/// Whoever knows how the program is doing. Asked at every look at the overview and the health page, so it answers from
/// memory.
#[async_trait::async_trait]
pub trait Health: Send + Sync {
    async fn report(&self) -> HealthReport;
}

/// One look at everything that runs. Fields nobody measures yet stay empty and are shown as unknown.
#[derive(Clone, Debug, Default)]
pub struct HealthReport {
    pub started: Option<Timestamp>,
    pub mailboxes: Vec<MailboxSync>,
    pub providers: Vec<ProviderUsage>,
    /// When a sweep over every mailbox last ended.
    pub last_sweep: Option<Timestamp>,
    /// Age of the oldest arrival not judged yet, milliseconds.
    pub lag_ms: Option<u64>,
    pub abandoned: Vec<AbandonedJob>,
    pub reconciliations: Vec<Reconciliation>,
    pub notices: NoticeCounts,
    pub versions: Vec<VersionOf>,
}

/// How far a mailbox is followed.
#[derive(Clone, Debug)]
pub struct MailboxSync {
    pub tenant: TenantId,
    pub mailbox: MailboxId,
    pub state: SyncState,
    pub folders: usize,
    pub last_sweep: Option<Timestamp>,
    pub last_notice: Option<Timestamp>,
}

/// Where the first or the latest sweep of a mailbox stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SyncState {
    /// Not looked at yet.
    Waiting,
    /// Being read for the first time.
    Reading,
    /// Followed from its cursor.
    Following,
    /// The provider refuses; what it said and what to do.
    Failing(String),
}

/// What we use of a provider, and what it lets us.
#[derive(Clone, Debug)]
pub struct ProviderUsage {
    pub tenant: TenantId,
    /// `Microsoft 365`, `Google Workspace`.
    pub name: String,
    pub requests_last_hour: u64,
    /// Answers that told us to slow down.
    pub throttled_last_hour: u64,
    pub failed_last_hour: u64,
    /// Until when we hold back because it asked us to.
    pub paused_until: Option<Timestamp>,
    /// Rights we lack, by the provider's own names.
    pub missing_rights: Vec<String>,
}

/// Work given up.
#[derive(Clone, Debug)]
pub struct AbandonedJob {
    /// What was to be done, in words.
    pub what: String,
    pub why: String,
    pub at: Timestamp,
}

/// What arrived at the provider against what was judged here, over a span.
#[derive(Clone, Debug)]
pub struct Reconciliation {
    pub tenant: TenantId,
    pub since: Timestamp,
    pub until: Timestamp,
    pub arrived: u64,
    pub judged: u64,
}

/// What was posted to the notice addresses since the start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NoticeCounts {
    /// Notices of subscriptions that are ours.
    pub believed: u64,
    /// Forged, unknown or unreadable ones; they changed nothing.
    pub refused: u64,
}

/// The version of one thing a judgement depends on.
#[derive(Clone, Debug)]
pub struct VersionOf {
    /// `innerward`, `rules`, `model`, `schema`, …
    pub what: String,
    pub version: String,
}
