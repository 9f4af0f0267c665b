//! The queue. A job waits until due, is ready, runs under a lease, and is gone when finished.

use jiff::Timestamp;
use rusqlite::{Connection, params};

use super::fault::{Fault, Outcome};
use super::row::{self, all, run, scalar, us};
use super::shape::{self, TaskShape};
use crate::jobs::Backlog;
use crate::{Job, JobId, Lease, Task};

/// Queues tasks. One that waits already may come forward; a sweep that runs already runs once more afterwards, because it
/// may have passed the news.
pub(super) fn enqueue(db: &Connection, tasks: &[Task], due: Timestamp) -> Outcome<usize> {
    let mut new = 0;
    for task in tasks {
        new += usize::from(enqueue_one(db, task, due)?);
    }
    Ok(new)
}

fn enqueue_one(db: &Connection, task: &Task, due: Timestamp) -> Outcome<bool> {
    let text = shape::write(&TaskShape::from(task))?;
    let inserted = run(
        db,
        "INSERT INTO job (id, task, state, priority, urgency, due) VALUES (?1, ?2, 0, ?3, ?4, ?5)
         ON CONFLICT (task) WHERE state < 3 DO NOTHING",
        params![row::fresh_id(due).as_bytes(), text, priority(task), urgency(task, due), us(due)],
    )?;
    if inserted == 0 {
        hurry(db, task, &text, due)?;
    }
    Ok(inserted == 1)
}

// The plus signs keep SQLite on the index of tasks; `state < 3` is what that index asks for.
fn hurry(db: &Connection, task: &Task, text: &str, due: Timestamp) -> Outcome<()> {
    run(
        db,
        "UPDATE job SET due = ?2 WHERE task = ?1 AND state < 3 AND +state = 0 AND +due > ?2",
        params![text, us(due)],
    )?;
    match task {
        Task::Take(_) | Task::Act(_) => {}
        Task::SweepFolder(..) | Task::SweepMailbox(..) | Task::SweepTenant(..) => {
            run(
                db,
                "UPDATE job SET again = min(ifnull(again, ?2), ?2) WHERE task = ?1 AND state < 3 AND +state = 2",
                params![text, us(due)],
            )?;
        }
    }
    Ok(())
}

/// Smaller is first: what is decided is carried out before more is decided, and mail goes before looking for mail.
fn priority(task: &Task) -> i64 {
    match task {
        Task::Act(_) => 0,
        Task::Take(_) => 1,
        Task::SweepFolder(..) => 2,
        Task::SweepMailbox(..) => 3,
        Task::SweepTenant(_) => 4,
    }
}

/// Mail newest first, so that a backlog does not delay what arrives now; everything else in turn.
fn urgency(task: &Task, due: Timestamp) -> i64 {
    match task {
        Task::Take(_) => -us(due),
        Task::Act(_) | Task::SweepFolder(..) | Task::SweepMailbox(..) | Task::SweepTenant(_) => us(due),
    }
}

/// Leases up to `limit` jobs. What became due, or was leased to a worker that died, is made ready first.
pub(super) fn claim(db: &Connection, now: Timestamp, until: Timestamp, limit: usize) -> Outcome<Vec<Job>> {
    run(db, "UPDATE job SET state = 1 WHERE state = 0 AND due <= ?1", [us(now)])?;
    run(db, "UPDATE job SET state = 1, until = NULL WHERE state = 2 AND until <= ?1", [us(now)])?;
    let ready = all(
        db,
        "SELECT number, id, task, claims FROM job WHERE state = 1 ORDER BY priority, urgency, number LIMIT ?1",
        [row::stored_limit(limit)],
        |found| Ok((found.get(0)?, row::uuid(found.get(1)?), found.get(2)?, found.get(3)?)),
    )?;
    ready
        .into_iter()
        .map(|(number, id, task, claims)| lease(db, number, JobId(id), task, claims, until))
        .collect()
}

fn lease(
    db: &Connection,
    number: i64,
    id: JobId,
    task: String,
    claims: u32,
    until: Timestamp,
) -> Outcome<Job> {
    run(
        db,
        "UPDATE job SET state = 2, until = ?2, claims = claims + 1 WHERE number = ?1",
        params![number, us(until)],
    )?;
    let until = row::time(us(until))?;
    Ok(Job { id, task: shape::read::<TaskShape>(&task)?.into(), attempts: claims, lease: Lease { until } })
}

/// Done: gone, or waiting again if it was asked for once more meanwhile.
pub(super) fn finish(db: &Connection, job: JobId) -> Outcome<()> {
    let repeated = run(
        db,
        "UPDATE job SET state = 0, due = again, again = NULL, until = NULL, claims = 0, why = NULL
         WHERE id = ?1 AND again IS NOT NULL",
        [job.0.as_bytes()],
    )?;
    if repeated == 0 {
        run(db, "DELETE FROM job WHERE id = ?1 AND state < 3", [job.0.as_bytes()])?;
    }
    Ok(())
}

/// Not now.
pub(super) fn postpone(db: &Connection, job: JobId, due: Timestamp, why: &str) -> Outcome<()> {
    run(
        db,
        "UPDATE job SET state = 0, due = min(?2, ifnull(again, ?2)), again = NULL, until = NULL, why = ?3
         WHERE id = ?1 AND state < 3",
        params![job.0.as_bytes(), us(due), why],
    )?;
    Ok(())
}

/// Never, unless it is asked for again.
pub(super) fn abandon(db: &Connection, job: JobId, why: &str, now: Timestamp) -> Outcome<()> {
    let abandoned = run(
        db,
        "UPDATE job SET state = 3, due = ?2, again = NULL, until = NULL, why = ?3 WHERE id = ?1 AND state < 3",
        params![job.0.as_bytes(), us(now), why],
    )?;
    if abandoned == 0 && scalar::<i64>(db, "SELECT 1 FROM job WHERE id = ?1", [job.0.as_bytes()])?.is_none() {
        return Err(Fault::Misused(format!("there is no job {}", job.0)));
    }
    Ok(())
}

/// How much waits. Running jobs whose lease ran out still count as running until someone claims.
pub(super) fn backlog(db: &Connection) -> Outcome<Backlog> {
    let number = |sql| row::count(scalar(db, sql, [])?.unwrap_or(0));
    let oldest = scalar(
        db,
        "SELECT min(due) FROM (SELECT min(due) AS due FROM job WHERE state = 0
                               UNION ALL SELECT min(due) FROM job WHERE state = 1)",
        [],
    )?;
    Ok(Backlog {
        waiting: number(
            "SELECT (SELECT count(*) FROM job WHERE state = 0) + (SELECT count(*) FROM job WHERE state = 1)",
        )?,
        running: number("SELECT count(*) FROM job WHERE state = 2")?,
        abandoned: number("SELECT count(*) FROM job WHERE state = 3")?,
        oldest_due: row::maybe_time(oldest.flatten())?,
    })
}
