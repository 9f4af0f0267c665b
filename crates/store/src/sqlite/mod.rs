//! SQLite: one data folder, one writer, a few readers. This file only says which module does what.

mod accounts;
mod audit;
mod blobs;
mod deliveries;
mod fault;
mod figures;
mod folder;
mod jobs;
mod plans;
mod readers;
mod row;
mod schema;
mod search;
mod shape;
mod sync;
mod verify;
mod writer;

#[cfg(test)]
mod tests;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use message::{Address, Digest};
use rusqlite::Connection;
use signal::Correspondence;
use verdict::{Action, MailboxId, Place, Target, TenantId};

use self::blobs::Blobs;
use self::fault::Outcome;
use self::folder::Folder;
use self::readers::Readers;
use self::writer::Writer;
use crate::jobs::Backlog;
use crate::{
    Account, Actor, Arrival, AuditRecord, Counts, CursorKey, Delivery, DeliveryId, Error, Event, Filter,
    Intention, Job, JobId, JudgedCase, LoginSession, Mailbox, MessagePage, PlanId, Recorded, Result, Series,
    StepOutcome, Store, Task, VerifyReport, Watch,
};

/// Somebody may look into the database with a tool of their own; we wait for them this long.
const BUSY: Duration = Duration::from_secs(10);
/// Reads come from the page cache without a copy.
const MMAP_BYTES: i64 = 256 << 20;

/// Opens the store in `folder`.
pub(crate) fn open(folder: &Path) -> Result<Arc<dyn Store>, Error> {
    Ok(Arc::new(start(folder)?))
}

/// Whether there is a store in `folder`.
pub(crate) fn is_in(folder: &Path) -> bool {
    folder::database(folder).is_file()
}

fn start(folder: &Path) -> Result<Sqlite, Error> {
    let folder = Folder::open(folder, schema::KNOWN)?;
    let name = folder.name();
    let mut db = connect(&folder.database()).map_err(|fault| fault.explain(&name))?;
    schema::migrate(&mut db, &name)?;
    let readers = Readers::new(&folder.database(), name.clone());
    let blobs = Blobs::new(folder.blobs());
    let writer = Writer::start(db, folder)
        .map_err(|error| Error::Database(format!("no thread for the writer: {error}").into()))?;
    Ok(Sqlite { blobs, readers, writer })
}

/// The writing connection. `FULL`: what was answered survives a power cut.
fn connect(database: &Path) -> Outcome<Connection> {
    let db = Connection::open(database)?;
    db.busy_timeout(BUSY)?;
    db.pragma_update(None, "journal_mode", "wal")?;
    db.pragma_update(None, "synchronous", "full")?;
    db.pragma_update(None, "foreign_keys", true)?;
    db.pragma_update(None, "mmap_size", MMAP_BYTES)?;
    db.set_prepared_statement_cache_capacity(128);
    Ok(db)
}

/// The store. Fields are dropped in this order: the writer, and with it the folder's lock, goes last.
#[derive(Debug)]
struct Sqlite {
    blobs: Blobs,
    readers: Readers,
    writer: Writer,
}

/// Blob work is disk work: off the async threads.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|panic| Err(Error::Database(panic.to_string().into())))
}

#[async_trait]
impl Store for Sqlite {
    async fn keep_blob(&self, bytes: &[u8]) -> Result<Digest> {
        let (blobs, bytes) = (self.blobs.clone(), bytes.to_vec());
        blocking(move || blobs.keep(&bytes)).await
    }

    async fn blob(&self, digest: &Digest) -> Result<Option<Vec<u8>>> {
        let (blobs, digest) = (self.blobs.clone(), *digest);
        blocking(move || blobs.read(&digest)).await
    }

    async fn save_mailboxes(&self, tenant: &TenantId, mailboxes: &[Mailbox]) -> Result<()> {
        let (tenant, mailboxes) = (tenant.clone(), mailboxes.to_vec());
        self.writer.write(move |db| sync::save_mailboxes(db, &tenant, &mailboxes)).await
    }

    async fn mailboxes(&self, tenant: &TenantId) -> Result<Vec<Mailbox>> {
        let tenant = tenant.clone();
        self.readers.read(move |db| sync::mailboxes(db, &tenant)).await
    }

    async fn cursor(&self, key: &CursorKey) -> Result<Option<String>> {
        let key = key.clone();
        self.readers.read(move |db| sync::cursor(db, &key)).await
    }

    async fn advance(&self, key: &CursorKey, cursor: &str, tasks: &[Task], now: Timestamp) -> Result<usize> {
        let (key, cursor, tasks) = (key.clone(), cursor.to_owned(), tasks.to_vec());
        self.writer
            .write(move |db| {
                sync::save_cursor(db, &key, &cursor)?;
                jobs::enqueue(db, &tasks, now)
            })
            .await
    }

    async fn forget_cursor(&self, key: &CursorKey) -> Result<()> {
        let key = key.clone();
        self.writer.write(move |db| sync::forget_cursor(db, &key)).await
    }

    async fn save_watch(&self, watch: &Watch) -> Result<()> {
        let watch = watch.clone();
        self.writer.write(move |db| sync::save_watch(db, &watch)).await
    }

    async fn watches(&self) -> Result<Vec<Watch>> {
        self.readers.read(sync::watches).await
    }

    async fn watch(&self, id: &str) -> Result<Option<Watch>> {
        let id = id.to_owned();
        self.readers.read(move |db| sync::watch(db, &id)).await
    }

    async fn forget_watch(&self, id: &str) -> Result<()> {
        let id = id.to_owned();
        self.writer.write(move |db| sync::forget_watch(db, &id)).await
    }

    async fn enqueue(&self, tasks: &[Task], due: Timestamp) -> Result<usize> {
        let tasks = tasks.to_vec();
        self.writer.write(move |db| jobs::enqueue(db, &tasks, due)).await
    }

    async fn claim(&self, now: Timestamp, until: Timestamp, limit: usize) -> Result<Vec<Job>> {
        self.writer.write(move |db| jobs::claim(db, now, until, limit)).await
    }

    async fn finish(&self, job: &JobId) -> Result<()> {
        let job = *job;
        self.writer.write(move |db| jobs::finish(db, job)).await
    }

    async fn postpone(&self, job: &JobId, due: Timestamp, why: &str) -> Result<()> {
        let (job, why) = (*job, why.to_owned());
        self.writer.write(move |db| jobs::postpone(db, job, due, &why)).await
    }

    async fn abandon(&self, job: &JobId, why: &str, now: Timestamp) -> Result<()> {
        let (job, why) = (*job, why.to_owned());
        self.writer.write(move |db| jobs::abandon(db, job, &why, now)).await
    }

    async fn backlog(&self) -> Result<Backlog> {
        self.readers.read(jobs::backlog).await
    }

    async fn arrive(&self, arrival: &Arrival) -> Result<Delivery> {
        let arrival = arrival.clone();
        self.writer.write(move |db| deliveries::arrive(db, &arrival)).await
    }

    async fn delivery(&self, target: &Target) -> Result<Option<Delivery>> {
        let target = target.clone();
        self.readers.read(move |db| deliveries::find(db, &target)).await
    }

    async fn case(&self, digest: &Digest, version: &str) -> Result<Option<JudgedCase>> {
        let (digest, version) = (*digest, version.to_owned());
        self.readers.read(move |db| deliveries::case_of(db, &digest, &version)).await
    }

    async fn record(&self, case: &JudgedCase, intention: &Intention) -> Result<Recorded> {
        let (case, intention) = (case.clone(), intention.clone());
        self.writer.write(move |db| plans::record(db, &case, &intention)).await
    }

    async fn record_manual(&self, intention: &Intention) -> Result<Recorded> {
        let intention = intention.clone();
        self.writer.write(move |db| plans::record_manual(db, &intention)).await
    }

    async fn plan(&self, id: &PlanId) -> Result<Option<Recorded>> {
        let id = *id;
        self.readers.read(move |db| plans::find(db, id)).await
    }

    async fn unfinished_plans(&self, limit: usize) -> Result<Vec<Recorded>> {
        self.readers.read(move |db| plans::unfinished(db, limit)).await
    }

    async fn note_before(&self, plan: &PlanId, step: usize, place: &Place) -> Result<()> {
        let (plan, place) = (*plan, place.clone());
        self.writer.write(move |db| plans::note_before(db, plan, step, &place)).await
    }

    async fn complete(
        &self,
        plan: &PlanId,
        step: usize,
        outcome: &StepOutcome,
        now: Timestamp,
    ) -> Result<()> {
        let (plan, outcome) = (*plan, outcome.clone());
        self.writer.write(move |db| plans::complete(db, plan, step, &outcome, now)).await
    }

    async fn before(&self, target: &Target, action: &Action) -> Result<Option<Place>> {
        let (target, action) = (target.clone(), action.clone());
        self.readers.read(move |db| plans::before(db, &target, &action)).await
    }

    async fn search(&self, filter: &Filter) -> Result<MessagePage> {
        let filter = filter.clone();
        self.readers.read(move |db| search::search(db, &filter)).await
    }

    async fn message(&self, digest: &Digest) -> Result<Option<JudgedCase>> {
        let digest = *digest;
        self.readers.read(move |db| deliveries::latest_case(db, &digest)).await
    }

    async fn copies(&self, digest: &Digest) -> Result<Vec<Delivery>> {
        let digest = *digest;
        self.readers.read(move |db| deliveries::copies(db, &digest)).await
    }

    async fn history(&self, delivery: &DeliveryId) -> Result<Vec<AuditRecord>> {
        let delivery = *delivery;
        self.readers.read(move |db| audit::history(db, delivery)).await
    }

    async fn counts(&self, since: Timestamp) -> Result<Counts> {
        self.readers.read(move |db| figures::counts(db, since)).await
    }

    async fn series(&self, since: Timestamp, until: Timestamp, buckets: usize) -> Result<Series> {
        self.readers.read(move |db| figures::series(db, since, until, buckets)).await
    }

    async fn correspondence(&self, address: &Address, before: Timestamp) -> Result<Correspondence> {
        let address = address.clone();
        self.readers.read(move |db| deliveries::correspondence(db, &address, before)).await
    }

    async fn received(
        &self,
        mailbox: &MailboxId,
        since: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<Delivery>> {
        let mailbox = mailbox.clone();
        self.readers.read(move |db| deliveries::received(db, &mailbox, since, until)).await
    }

    async fn audit(&self, event: &Event, actor: &Actor, now: Timestamp) -> Result<()> {
        let (event, actor) = (event.clone(), actor.clone());
        self.writer.write(move |db| audit::append(db, &event, &actor, now)).await
    }

    async fn audit_page(&self, before: Option<u64>, limit: usize) -> Result<Vec<AuditRecord>> {
        self.readers.read(move |db| audit::page(db, before, limit)).await
    }

    async fn verify(&self) -> Result<VerifyReport> {
        let blobs = self.blobs.clone();
        self.readers.read(move |db| verify::verify(db, &blobs)).await
    }

    async fn accounts(&self) -> Result<Vec<Account>> {
        self.readers.read(accounts::accounts).await
    }

    async fn save_account(&self, account: &Account) -> Result<()> {
        let account = account.clone();
        self.writer.write(move |db| accounts::save_account(db, &account)).await
    }

    async fn save_session(&self, session: &LoginSession) -> Result<()> {
        let session = session.clone();
        self.writer.write(move |db| accounts::save_session(db, &session)).await
    }

    async fn session(&self, token_hash: &Digest) -> Result<Option<LoginSession>> {
        let token_hash = *token_hash;
        self.readers.read(move |db| accounts::session(db, &token_hash)).await
    }

    async fn forget_session(&self, token_hash: &Digest) -> Result<()> {
        let token_hash = *token_hash;
        self.writer.write(move |db| accounts::forget_session(db, &token_hash)).await
    }

    async fn setting(&self, name: &str) -> Result<Option<String>> {
        let name = name.to_owned();
        self.readers.read(move |db| accounts::setting(db, &name)).await
    }

    async fn save_setting(&self, name: &str, value: &str) -> Result<()> {
        let (name, value) = (name.to_owned(), value.to_owned());
        self.writer.write(move |db| accounts::save_setting(db, &name, &value)).await
    }
}
