//! The database and the blobs behind one trait; the only crate that writes SQL.
//!
//! A [`Store`] keeps original bytes (content-addressed), what was found out about them, every intention before it is
//! carried out, the jobs that drive the journey, and an audit log whose records are chained by their hashes. A
//! [`Recorded`] plan can be made by nobody else, so nothing is ever done that is not on record.

pub mod audit;
pub mod contract;
pub mod delivery;
pub mod error;
pub mod jobs;
pub mod plan;
pub mod query;
pub mod sessions;
pub mod sync;

mod sqlite;

use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use message::{Address, Digest};
use signal::Correspondence;
use verdict::{Action, MailboxId, Place, Target, TenantId};

pub use audit::{Actor, AuditRecord, Event, VerifyReport};
pub use delivery::{Arrival, Case, Delivery, DeliveryId, JudgedCase};
pub use error::Error;
pub use jobs::{Job, JobId, Lease, Task};
pub use plan::{Intention, PlanId, PlanState, Recorded, Step, StepOutcome, StepState};
pub use query::{Counts, DeliveryRow, Filter, MessagePage, Series};
pub use sessions::{Account, LoginSession};
pub use sync::{CursorKey, Mailbox, Watch};

/// Opens (and when needed creates and migrates) the SQLite store in `folder`. A folder written by a newer version is
/// refused, untouched.
pub fn open_sqlite(folder: &Path) -> Result<Arc<dyn Store>, Error> {
    sqlite::open(folder)
}

/// Whether `folder` holds a store, of whatever version. Looks, and makes nothing.
pub fn is_sqlite(folder: &Path) -> bool {
    sqlite::is_in(folder)
}

type Result<T, E = Error> = std::result::Result<T, E>;

/// What every backend keeps. All writes are durable when they return; those that belong together are one transaction.
/// Times are kept to the microsecond: what is finer is cut off.
///
/// [`contract`] shows each of these promises as a test.
#[async_trait]
pub trait Store: Send + Sync + std::fmt::Debug {
    // Original bytes.

    /// Keeps `bytes` (256 MiB at most) under their digest; again is harmless, and mends a damaged file.
    async fn keep_blob(&self, bytes: &[u8]) -> Result<Digest>;
    /// The bytes, checked against the digest; `None` when never kept.
    async fn blob(&self, digest: &Digest) -> Result<Option<Vec<u8>>>;

    // What we know of the tenant.

    async fn save_mailboxes(&self, tenant: &TenantId, mailboxes: &[Mailbox]) -> Result<()>;
    async fn mailboxes(&self, tenant: &TenantId) -> Result<Vec<Mailbox>>;
    /// The provider's cursor for a mailbox list, a folder tree or a folder; `None` before the first sweep.
    async fn cursor(&self, key: &CursorKey) -> Result<Option<String>>;
    /// Moves the cursor on and queues what it showed, in one transaction: a crash between cannot lose mail. Returns how
    /// many tasks were new.
    async fn advance(&self, key: &CursorKey, cursor: &str, tasks: &[Task], now: Timestamp) -> Result<usize>;
    /// Forgets the cursor (it was lost at the provider).
    async fn forget_cursor(&self, key: &CursorKey) -> Result<()>;
    async fn save_watch(&self, watch: &Watch) -> Result<()>;
    async fn watches(&self) -> Result<Vec<Watch>>;
    async fn watch(&self, id: &str) -> Result<Option<Watch>>;
    async fn forget_watch(&self, id: &str) -> Result<()>;

    // Jobs.

    /// Queues tasks; one that is queued or running already is not queued twice. Returns how many were new. A job that
    /// waits comes forward when it is asked for earlier. A sweep asked for while it runs runs once more when it is
    /// finished, not before `due`: so a running sweep can plan the next one.
    async fn enqueue(&self, tasks: &[Task], due: Timestamp) -> Result<usize>;
    /// Leases up to `limit` due jobs until `until`; a lease that ran out (a killed worker) is due again, and counts as an
    /// attempt. Acting goes first, then mail (that with the latest `due` first), then sweeps (in turn).
    async fn claim(&self, now: Timestamp, until: Timestamp, limit: usize) -> Result<Vec<Job>>;
    /// The job is done.
    async fn finish(&self, job: &JobId) -> Result<()>;
    /// Try again at `due`; counts as an attempt.
    async fn postpone(&self, job: &JobId, due: Timestamp, why: &str) -> Result<()>;
    /// Give up: kept as failed for people to see.
    async fn abandon(&self, job: &JobId, why: &str, now: Timestamp) -> Result<()>;
    /// Jobs waiting or running, and the age of the oldest.
    async fn backlog(&self) -> Result<jobs::Backlog>;

    // Arrivals and judgements.

    /// Puts a copy on record. The same tenant, mailbox and item again gives the first delivery back. Addresses and
    /// recipients must be written as [`Address`] shows them, or correspondence is not found.
    async fn arrive(&self, arrival: &Arrival) -> Result<Delivery>;
    /// The delivery of a copy, if it arrived.
    async fn delivery(&self, target: &Target) -> Result<Option<Delivery>>;
    /// The judgement of these bytes under this version, if made already.
    async fn case(&self, digest: &Digest, version: &str) -> Result<Option<JudgedCase>>;
    /// Puts the judgement and the intention for one delivery on record, in one transaction with its audit record. Once
    /// per delivery and version: again gives the first plan back. Queues [`Task::Act`] when there is something to do.
    async fn record(&self, case: &JudgedCase, intention: &Intention) -> Result<Recorded>;
    /// Puts a person's intention (release, undo, quarantine by hand) on record. The same actions on the same copy again,
    /// while the first plan is open, give that plan back.
    async fn record_manual(&self, intention: &Intention) -> Result<Recorded>;
    /// A plan on record, to act upon or to show.
    async fn plan(&self, id: &PlanId) -> Result<Option<Recorded>>;
    /// Plans with steps not finished, oldest first: what a restart has to go on with.
    async fn unfinished_plans(&self, limit: usize) -> Result<Vec<Recorded>>;
    /// Notes where a copy stood just before a step is carried out: restore needs it even if we die in between. The first
    /// note of a step wins.
    async fn note_before(&self, plan: &PlanId, step: usize, place: &Place) -> Result<()>;
    /// Completes a step, with its audit record; again is harmless.
    async fn complete(&self, plan: &PlanId, step: usize, outcome: &StepOutcome, now: Timestamp)
    -> Result<()>;
    /// How a copy stood before our latest finished `action` that left it elsewhere or marked otherwise: what undoing it
    /// goes back to.
    async fn before(&self, target: &Target, action: &Action) -> Result<Option<Place>>;

    // Looking.

    async fn search(&self, filter: &Filter) -> Result<MessagePage>;
    /// The case of one message, with its judgement (newest version).
    async fn message(&self, digest: &Digest) -> Result<Option<JudgedCase>>;
    /// All copies of one message.
    async fn copies(&self, digest: &Digest) -> Result<Vec<Delivery>>;
    /// Audit records of one delivery, oldest first.
    async fn history(&self, delivery: &DeliveryId) -> Result<Vec<AuditRecord>>;
    async fn counts(&self, since: Timestamp) -> Result<Counts>;
    /// Counts by verdict in equal buckets, for the plot of the overview.
    async fn series(&self, since: Timestamp, until: Timestamp, buckets: usize) -> Result<Series>;
    /// Earlier exchange with an address, strictly before `before`.
    async fn correspondence(&self, address: &Address, before: Timestamp) -> Result<Correspondence>;
    /// Copies on record for reconciliation: items of `mailbox` received from `since` on and before `until`, oldest first.
    async fn received(
        &self,
        mailbox: &MailboxId,
        since: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<Delivery>>;

    // Audit.

    async fn audit(&self, event: &Event, actor: &Actor, now: Timestamp) -> Result<()>;
    async fn audit_page(&self, before: Option<u64>, limit: usize) -> Result<Vec<AuditRecord>>;
    /// Checks the database, the hash chain, every blob, that plans and audit records agree, and that every delivery is
    /// judged or going to be. Reads everything: minutes on a large store.
    async fn verify(&self) -> Result<VerifyReport>;

    // Sign-in.

    async fn accounts(&self) -> Result<Vec<Account>>;
    async fn save_account(&self, account: &Account) -> Result<()>;
    async fn save_session(&self, session: &LoginSession) -> Result<()>;
    async fn session(&self, token_hash: &Digest) -> Result<Option<LoginSession>>;
    async fn forget_session(&self, token_hash: &Digest) -> Result<()>;

    /// A small setting kept with the data (installation key, schema of the policy, …).
    async fn setting(&self, name: &str) -> Result<Option<String>>;
    async fn save_setting(&self, name: &str, value: &str) -> Result<()>;
}
