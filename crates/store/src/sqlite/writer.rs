//! The one writer: a thread that owns the writing connection and commits in groups.
//!
//! Requests wait in a queue while the disk is busy; the thread takes all that have gathered, runs each in its own
//! savepoint inside one transaction, and answers them after the commit. A request that fails undoes itself alone; a commit
//! that fails fails them all.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread::JoinHandle;

use rusqlite::{Connection, Transaction, TransactionBehavior};
use tokio::sync::{mpsc, oneshot};

use super::fault::{Fault, Outcome};
use super::folder::Folder;
use crate::Error;

/// Requests in one transaction: past some hundreds the disk's part per request is nothing, and all wait longer.
const BATCH_MAX: usize = 256;
/// Requests that wait; those who bring more wait themselves.
const QUEUE_MAX: usize = 1024;

/// Where writes are handed in.
#[derive(Debug)]
pub(super) struct Writer {
    queue: Option<mpsc::Sender<Box<dyn Request>>>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    /// Starts the thread. It keeps `folder` (and so its lock) until the last request is done.
    pub(super) fn start(db: Connection, folder: Folder) -> std::io::Result<Self> {
        let (queue, requests) = mpsc::channel(QUEUE_MAX);
        let thread = std::thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(move || serve(db, &folder, requests))?;
        Ok(Self { queue: Some(queue), thread: Some(thread) })
    }

    /// Runs `work` in a transaction; durable when this returns.
    pub(super) async fn write<T, F>(&self, work: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Outcome<T> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let pending = Pending { work: Some(work), outcome: None, reply };
        let queue = self.queue.as_ref().ok_or_else(stopped)?;
        queue.send(Box::new(pending)).await.map_err(|_| stopped())?;
        answer.await.map_err(|_| stopped())?
    }
}

/// Waits for what is queued, so that the folder is free when the store is gone.
impl Drop for Writer {
    fn drop(&mut self) {
        self.queue = None;
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the store's writer ended with a panic");
        }
    }
}

fn stopped() -> Error {
    Error::Database("the writer has stopped".into())
}

fn serve(mut db: Connection, folder: &Folder, mut requests: mpsc::Receiver<Box<dyn Request>>) {
    let name = folder.name();
    while let Some(first) = requests.blocking_recv() {
        let mut batch = vec![first];
        while batch.len() < BATCH_MAX
            && let Ok(next) = requests.try_recv()
        {
            batch.push(next);
        }
        let committed = commit(&mut db, &mut batch);
        if let Err(fault) = &committed {
            tracing::error!(%fault, requests = batch.len(), "the store could not commit");
        }
        for request in batch {
            request.answer(committed.as_ref().err(), &name);
        }
    }
}

fn commit(db: &mut Connection, batch: &mut [Box<dyn Request>]) -> Outcome<()> {
    let mut transaction = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    for request in batch {
        request.run(&mut transaction)?;
        // Some errors (disk full) make SQLite roll everything back by itself.
        if transaction.is_autocommit() {
            return Err(Fault::Sqlite(rusqlite::Error::SqliteFailure(
                rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_FULL),
                Some("the transaction was rolled back".to_owned()),
            )));
        }
    }
    Ok(transaction.commit()?)
}

trait Request: Send {
    /// Runs in a savepoint and keeps the outcome. An error here is one of the whole transaction.
    fn run(&mut self, transaction: &mut Transaction<'_>) -> Outcome<()>;
    /// Tells the asker how it went.
    fn answer(self: Box<Self>, uncommitted: Option<&Fault>, folder: &str);
}

struct Pending<F, T> {
    work: Option<F>,
    outcome: Option<Outcome<T>>,
    reply: oneshot::Sender<Result<T, Error>>,
}

impl<T, F> Request for Pending<F, T>
where
    T: Send,
    F: FnOnce(&Connection) -> Outcome<T> + Send,
{
    fn run(&mut self, transaction: &mut Transaction<'_>) -> Outcome<()> {
        let Some(work) = self.work.take() else { return Ok(()) };
        let savepoint = transaction.savepoint()?;
        let outcome = catch_unwind(AssertUnwindSafe(|| work(&savepoint)))
            .unwrap_or_else(|panic| Err(Fault::Panicked(words(panic.as_ref()))));
        if outcome.is_ok() {
            savepoint.commit()?;
        } else if !savepoint.is_autocommit() {
            savepoint.finish()?;
        }
        self.outcome = Some(outcome);
        Ok(())
    }

    fn answer(self: Box<Self>, uncommitted: Option<&Fault>, folder: &str) {
        let outcome = match (self.outcome, uncommitted) {
            (Some(Err(fault)), _) => Err(fault.explain(folder)),
            (_, Some(fault)) => Err(fault.explain(folder)),
            (Some(Ok(value)), None) => Ok(value),
            (None, None) => Err(stopped()),
        };
        // An asker who no longer waits is no trouble: the write stands.
        let _ = self.reply.send(outcome);
    }
}

fn words(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "no message".to_owned())
}
