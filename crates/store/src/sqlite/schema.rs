//! Migrations: forward only, embedded, each checked against what was applied.

use message::Digest;
use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};

use super::fault::{Fault, Outcome};
use crate::Error;

/// In order; number = place in the list, from 1. Never edit one that was released: add another.
const MIGRATIONS: &[(&str, &str)] = &[("first", include_str!("migrations/0001-first.sql"))];

/// The newest version this program knows.
pub(super) const KNOWN: u32 = MIGRATIONS.len() as u32;

/// Brings the database up to [`KNOWN`]. A newer one is refused, an altered history too.
pub(super) fn migrate(db: &mut Connection, folder: &str) -> Result<(), Error> {
    let found = version(db).map_err(|fault| fault.explain(folder))?;
    if found > KNOWN {
        return Err(Error::Newer { folder: folder.to_owned(), found, known: KNOWN });
    }
    apply_all(db, found).map_err(|fault| fault.explain(folder))
}

fn version(db: &Connection) -> Outcome<u32> {
    Ok(db.pragma_query_value(None, "user_version", |row| row.get(0))?)
}

fn apply_all(db: &mut Connection, found: u32) -> Outcome<()> {
    for (number, (name, sql)) in (1..).zip(MIGRATIONS) {
        if number <= found {
            check(db, number, sql)?;
        } else {
            apply(db, number, name, sql)?;
        }
    }
    // Into the main file, where an older program looks before it touches anything.
    if found < KNOWN {
        db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
    }
    Ok(())
}

fn check(db: &Connection, number: u32, sql: &str) -> Outcome<()> {
    let applied: Option<Vec<u8>> = db
        .query_row("SELECT checksum FROM migration WHERE number = ?1", [number], |row| row.get(0))
        .optional()?;
    if applied.as_deref() == Some(Digest::of(sql.as_bytes()).as_bytes()) {
        return Ok(());
    }
    Err(Fault::Damaged(format!("migration {number} is not the one this program knows")))
}

fn apply(db: &mut Connection, number: u32, name: &str, sql: &str) -> Outcome<()> {
    let change = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    change.execute_batch(
        "CREATE TABLE IF NOT EXISTS migration (
            number INTEGER PRIMARY KEY, name TEXT NOT NULL, checksum BLOB NOT NULL
        ) STRICT",
    )?;
    change.execute_batch(sql)?;
    change.execute(
        "INSERT INTO migration (number, name, checksum) VALUES (?1, ?2, ?3)",
        params![number, name, Digest::of(sql.as_bytes()).as_bytes()],
    )?;
    change.pragma_update(None, "user_version", number)?;
    Ok(change.commit()?)
}
