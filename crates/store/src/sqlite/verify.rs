//! Is everything as we wrote it? The audit chain, the blobs, the deliveries, the database file itself.

use std::collections::BTreeSet;

use message::Digest;
use rusqlite::Connection;

use super::audit::{self, Head};
use super::blobs::Blobs;
use super::deliveries;
use super::fault::Outcome;
use super::row::{self, all, scalar};
use super::shape::{self, TaskShape};
use crate::{AuditRecord, Task, VerifyReport};

/// Lines in a report; a wholly broken log would otherwise fill the memory.
const PROBLEMS_MAX: usize = 1000;

/// What is wrong, with a bound.
#[derive(Default)]
struct Problems {
    lines: Vec<String>,
    unsaid: u64,
}

impl Problems {
    fn add(&mut self, line: String) {
        if self.lines.len() < PROBLEMS_MAX {
            self.lines.push(line);
        } else {
            self.unsaid += 1;
        }
    }

    fn into_lines(mut self) -> Vec<String> {
        if self.unsaid > 0 {
            self.lines.push(format!("and {} more problems", self.unsaid));
        }
        self.lines
    }
}

/// Checks everything, on one snapshot.
pub(super) fn verify(db: &Connection, blobs: &Blobs) -> Outcome<VerifyReport> {
    let mut problems = Problems::default();
    check_file(db, &mut problems)?;
    let audit_records = check_chain(db, &mut problems)?;
    check_plans(db, &mut problems)?;
    let blobs = check_blobs(db, blobs, &mut problems)?;
    let deliveries = count(db, "SELECT count(*) FROM delivery")?;
    let unjudged = check_judged(db, &mut problems)?;
    Ok(VerifyReport { audit_records, blobs, deliveries, unjudged, problems: problems.into_lines() })
}

fn count(db: &Connection, sql: &str) -> Outcome<u64> {
    row::count(scalar(db, sql, [])?.unwrap_or(0))
}

fn check_file(db: &Connection, problems: &mut Problems) -> Outcome<()> {
    for line in all(db, "PRAGMA quick_check(20)", [], |found| Ok(found.get::<_, String>(0)?))? {
        if line != "ok" {
            problems.add(format!("the database file is damaged: {line}"));
        }
    }
    Ok(())
}

fn check_chain(db: &Connection, problems: &mut Problems) -> Outcome<u64> {
    let mut last = Head::origin();
    let mut statement = db.prepare(&format!("{} ORDER BY number", audit::RECORD))?;
    let mut rows = statement.query([])?;
    let mut records = 0;
    while let Some(found) = rows.next()? {
        records += 1;
        match audit::read(found) {
            Ok(record) => last = check_record(&record, last, problems),
            Err(fault) => {
                // Its successor will be told as not following; the number keeps gaps from being invented.
                last.number += 1;
                problems.add(format!("audit record {} cannot be read: {fault}", last.number));
            }
        }
    }
    check_head(last, audit::head(db), problems);
    Ok(records)
}

fn check_record(record: &AuditRecord, last: Head, problems: &mut Problems) -> Head {
    let number = record.number;
    match number.saturating_sub(last.number) {
        1 => {}
        2 => problems.add(format!("audit record {} is missing", number - 1)),
        _ => problems.add(format!("audit records {} to {} are missing", last.number + 1, number - 1)),
    }
    if number == last.number + 1 && record.previous != last.hash {
        problems.add(format!("audit record {number} does not follow the one before it"));
    }
    let at_us = row::us(record.at);
    if audit::hash(&record.previous, number, at_us, &record.actor, &record.event) != record.hash {
        problems.add(format!("audit record {number} was changed after it was written"));
    }
    Head { number, hash: record.hash }
}

fn check_head(last: Head, head: Outcome<Head>, problems: &mut Problems) {
    match head {
        Ok(head) if head == last => {}
        Ok(head) if head.number > last.number => problems.add(format!(
            "the audit log was cut off: it ends with record {} and had {}",
            last.number, head.number
        )),
        Ok(head) => problems.add(format!(
            "the audit log ends with record {} but its head was written for record {}",
            last.number, head.number
        )),
        Err(fault) => problems.add(fault.to_string()),
    }
}

/// Every plan was intended on record, and every finished step has its record.
fn check_plans(db: &Connection, problems: &mut Problems) -> Outcome<()> {
    let unrecorded = count(
        db,
        "SELECT count(*) FROM plan p WHERE NOT EXISTS
             (SELECT 1 FROM audit a WHERE a.delivery = p.delivery AND a.plan = p.id AND a.kind = 'intended')",
    )?;
    if unrecorded > 0 {
        problems.add(format!("{unrecorded} plans have no audit record of their intention"));
    }
    let unfinished = count(
        db,
        "SELECT count(*) FROM plan p
         WHERE (SELECT count(*) FROM step s WHERE s.plan = p.number AND s.state <> 0 AND s.kind <> 'deliver')
            <> (SELECT count(*) FROM audit a
                WHERE a.delivery = p.delivery AND a.plan = p.id AND a.kind IN ('done', 'failed'))",
    )?;
    if unfinished > 0 {
        problems.add(format!("{unfinished} plans have other outcomes than their audit records say"));
    }
    Ok(())
}

/// Every file is what its name says, and every delivery has its file.
fn check_blobs(db: &Connection, blobs: &Blobs, problems: &mut Problems) -> Outcome<u64> {
    let (files, strangers) = match blobs.list() {
        Ok(listed) => listed,
        Err(error) => {
            problems.add(format!("the blobs cannot be listed: {error}"));
            return Ok(0);
        }
    };
    for name in strangers {
        problems.add(format!("blobs/{name} is not ours"));
    }
    for digest in &files {
        match blobs.read(digest) {
            Ok(Some(_)) => {}
            Ok(None) => problems.add(format!("blob {digest} vanished while it was checked")),
            Err(error) => problems.add(error.to_string()),
        }
    }
    let kept: BTreeSet<&Digest> = files.iter().collect();
    let needed = all(db, "SELECT DISTINCT digest FROM delivery", [], |found| row::digest(found, "digest"))?;
    for digest in needed.iter().filter(|digest| !kept.contains(digest)) {
        problems.add(format!("blob {digest} is missing"));
    }
    Ok(files.len() as u64)
}

/// How many copies have no judgement. One that nobody is going to judge is a problem.
fn check_judged(db: &Connection, problems: &mut Problems) -> Outcome<u64> {
    let unjudged = all(
        db,
        &format!("SELECT {} FROM delivery d WHERE verdict IS NULL ORDER BY number", deliveries::COLUMNS),
        [],
        deliveries::read_target,
    )?;
    let number = unjudged.len() as u64;
    let mut forgotten = 0_u64;
    for target in unjudged {
        let task = shape::write(&TaskShape::from(&Task::Take(target)))?;
        let waits = scalar::<i64>(db, "SELECT 1 FROM job WHERE task = ?1 AND state < 3", [task])?;
        forgotten += u64::from(waits.is_none());
    }
    if forgotten > 0 {
        problems.add(format!("{forgotten} deliveries are not judged and no job is going to"));
    }
    Ok(number)
}
