//! Work that waits.

use jiff::Timestamp;
use uuid::Uuid;
use verdict::{FolderId, MailboxId, Target, TenantId};

use crate::PlanId;

/// What is to be done. Equal tasks are one job while they wait or run.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Task {
    /// Fetch, judge, record, act: one copy.
    Take(Target),
    /// Carry out (or go on with) a plan on record.
    Act(PlanId),
    /// Look for what changed in a folder.
    SweepFolder(TenantId, MailboxId, FolderId),
    /// Look for folders, then sweep them.
    SweepMailbox(TenantId, MailboxId),
    /// Look for users and mailboxes.
    SweepTenant(TenantId),
}

/// A job's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct JobId(pub Uuid);

/// A leased job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    pub id: JobId,
    pub task: Task,
    /// Tries before this one.
    pub attempts: u32,
    pub lease: Lease,
}

/// Until when a worker has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lease {
    pub until: Timestamp,
}

/// How much waits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Backlog {
    pub waiting: u64,
    pub running: u64,
    pub abandoned: u64,
    /// When the oldest waiting job became due.
    pub oldest_due: Option<Timestamp>,
}
