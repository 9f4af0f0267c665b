//! A few reading connections, each used by one query at a time on the blocking pool.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::Connection;
use tokio::sync::Semaphore;

use super::fault::{Fault, Outcome};
use crate::Error;

/// More would wait for the same disk and processors.
const READERS: usize = 4;

/// The pool.
#[derive(Clone, Debug)]
pub(super) struct Readers {
    database: PathBuf,
    folder: String,
    idle: Arc<Mutex<Vec<Connection>>>,
    turns: Arc<Semaphore>,
}

impl Readers {
    pub(super) fn new(database: &Path, folder: String) -> Self {
        let turns = Arc::new(Semaphore::new(READERS));
        Self { database: database.to_owned(), folder, idle: Arc::default(), turns }
    }

    /// Runs `work` on a snapshot: everything it reads is of one moment.
    pub(super) async fn read<T, F>(&self, work: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Outcome<T> + Send + 'static,
    {
        let closed = |_| Error::Database("the readers are closed".into());
        let turn = self.turns.clone().acquire_owned().await.map_err(closed)?;
        let pool = self.clone();
        let done = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            pool.read_now(work).map_err(|fault| fault.explain(&pool.folder))
        });
        done.await.unwrap_or_else(|panic| Err(Fault::Panicked(panic.to_string()).explain(&self.folder)))
    }

    fn read_now<T>(&self, work: impl FnOnce(&Connection) -> Outcome<T>) -> Outcome<T> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let db = idle.map_or_else(|| open(&self.database), Ok)?;
        let snapshot = db.unchecked_transaction()?;
        let found = work(&snapshot);
        snapshot.finish()?;
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(db);
        found
    }
}

fn open(database: &Path) -> Outcome<Connection> {
    let db = Connection::open(database)?;
    db.pragma_update(None, "query_only", true)?;
    db.pragma_update(None, "mmap_size", super::MMAP_BYTES)?;
    db.busy_timeout(super::BUSY)?;
    db.set_prepared_statement_cache_capacity(64);
    Ok(db)
}
