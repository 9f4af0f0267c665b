//! Columns and rows, by hand: what a value looks like in the database.

use jiff::Timestamp;
use message::{Digest, Direction};
use rusqlite::{CachedStatement, Connection, OptionalExtension, Params, Row};
use uuid::Uuid;
use verdict::{Action, ActionKind, Verdict};

use super::fault::{Fault, Outcome};
use crate::Actor;

/// The time as it is kept: whole microseconds.
pub(super) fn us(time: Timestamp) -> i64 {
    time.as_microsecond()
}

/// A time column.
pub(super) fn time(us: i64) -> Outcome<Timestamp> {
    Timestamp::from_microsecond(us).map_err(|_| Fault::Damaged(format!("{us} is no time")))
}

/// A time column that may be empty.
pub(super) fn maybe_time(us: Option<i64>) -> Outcome<Option<Timestamp>> {
    us.map(time).transpose()
}

/// An id column.
pub(super) fn uuid(bytes: [u8; 16]) -> Uuid {
    Uuid::from_bytes(bytes)
}

/// A fresh id whose order is the order of `at`: near rows lie near each other in the index.
pub(super) fn fresh_id(at: Timestamp) -> Uuid {
    let seconds = u64::try_from(at.as_second()).unwrap_or(0);
    let nanoseconds = u32::try_from(at.subsec_nanosecond()).unwrap_or(0);
    Uuid::new_v7(uuid::Timestamp::from_unix(uuid::NoContext, seconds, nanoseconds))
}

/// A count column.
pub(super) fn count(number: i64) -> Outcome<u64> {
    u64::try_from(number).map_err(|_| Fault::Damaged(format!("{number} is no count")))
}

/// A count as it is kept.
pub(super) fn stored_count(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// A limit as SQL takes it.
pub(super) fn stored_limit(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// A digest column.
pub(super) fn digest(row: &Row<'_>, column: &str) -> Outcome<Digest> {
    Ok(Digest::from_bytes(row.get(column)?))
}

/// One row, mapped.
pub(super) fn one<T>(
    db: &Connection,
    sql: &str,
    params: impl Params,
    map: impl FnOnce(&Row<'_>) -> Outcome<T>,
) -> Outcome<Option<T>> {
    let mut statement = db.prepare_cached(sql)?;
    let mut rows = statement.query(params)?;
    rows.next()?.map(map).transpose()
}

/// All rows, mapped.
pub(super) fn all<T>(
    db: &Connection,
    sql: &str,
    params: impl Params,
    map: impl FnMut(&Row<'_>) -> Outcome<T>,
) -> Outcome<Vec<T>> {
    collect(db.prepare_cached(sql)?, params, map)
}

fn collect<T>(
    mut statement: CachedStatement<'_>,
    params: impl Params,
    mut map: impl FnMut(&Row<'_>) -> Outcome<T>,
) -> Outcome<Vec<T>> {
    let mut rows = statement.query(params)?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(map(row)?);
    }
    Ok(found)
}

/// The first column of the only row there can be.
pub(super) fn scalar<T: rusqlite::types::FromSql>(
    db: &Connection,
    sql: &str,
    params: impl Params,
) -> Outcome<Option<T>> {
    Ok(db.prepare_cached(sql)?.query_row(params, |row| row.get(0)).optional()?)
}

/// Runs a change; how many rows it touched.
pub(super) fn run(db: &Connection, sql: &str, params: impl Params) -> Outcome<usize> {
    Ok(db.prepare_cached(sql)?.execute(params)?)
}

/// How SQLite would go about a query, step by step.
#[cfg(test)]
pub(super) fn explain(db: &Connection, sql: &str) -> Outcome<Vec<String>> {
    let mut statement = db.prepare(&format!("EXPLAIN QUERY PLAN {sql}"))?;
    let mut rows = statement.raw_query();
    let mut steps = Vec::new();
    while let Some(row) = rows.next()? {
        steps.push(row.get("detail")?);
    }
    Ok(steps)
}

// Names of our enums.

pub(super) const VERDICTS: [Verdict; 7] = [
    Verdict::Clean,
    Verdict::Graymail,
    Verdict::Spam,
    Verdict::Suspicious,
    Verdict::Impersonation,
    Verdict::Phishing,
    Verdict::Malware,
];

pub(super) fn verdict_name(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Clean => "clean",
        Verdict::Graymail => "graymail",
        Verdict::Spam => "spam",
        Verdict::Suspicious => "suspicious",
        Verdict::Impersonation => "impersonation",
        Verdict::Phishing => "phishing",
        Verdict::Malware => "malware",
    }
}

pub(super) fn verdict_named(name: &str) -> Outcome<Verdict> {
    let found = VERDICTS.into_iter().find(|verdict| verdict_name(*verdict) == name);
    found.ok_or_else(|| Fault::Damaged(format!("{name:?} is no verdict")))
}

pub(super) const DIRECTIONS: [Direction; 3] = [Direction::Inbound, Direction::Outbound, Direction::Internal];

pub(super) fn direction_named(name: &str) -> Outcome<Direction> {
    let found = DIRECTIONS.into_iter().find(|direction| direction.as_str() == name);
    found.ok_or_else(|| Fault::Damaged(format!("{name:?} is no direction")))
}

pub(super) fn kind(action: &Action) -> ActionKind {
    match action {
        Action::Deliver => ActionKind::Deliver,
        Action::Quarantine => ActionKind::Quarantine,
        Action::Junk => ActionKind::Junk,
        Action::Mark(_) => ActionKind::Mark,
        Action::Restore => ActionKind::Restore,
        Action::Unmark(_) => ActionKind::Unmark,
    }
}

pub(super) fn kind_name(kind: ActionKind) -> &'static str {
    match kind {
        ActionKind::Deliver => "deliver",
        ActionKind::Quarantine => "quarantine",
        ActionKind::Junk => "junk",
        ActionKind::Mark => "mark",
        ActionKind::Restore => "restore",
        ActionKind::Unmark => "unmark",
    }
}

/// Two columns: what kind of actor, and the name where there is one.
pub(super) fn actor_columns(actor: &Actor) -> (&'static str, &str) {
    match actor {
        Actor::Policy => ("policy", ""),
        Actor::Person(name) => ("person", name),
        Actor::System => ("system", ""),
    }
}

pub(super) fn actor(kind: &str, name: String) -> Outcome<Actor> {
    match kind {
        "policy" => Ok(Actor::Policy),
        "person" => Ok(Actor::Person(name)),
        "system" => Ok(Actor::System),
        _ => Err(Fault::Damaged(format!("{kind:?} is no actor"))),
    }
}
