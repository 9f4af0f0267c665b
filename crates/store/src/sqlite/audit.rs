//! The audit log: numbered records, each holding the hash of the one before.

use jiff::Timestamp;
use message::Digest;
use rusqlite::{Connection, Row, params};

use super::fault::{Fault, Outcome};
use super::row::{self, all, one, run, us};
use crate::{Actor, AuditRecord, DeliveryId, Event, PlanId};

/// Number and hash of the newest record; 0 and zeros before the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) number: u64,
    pub(super) hash: Digest,
}

impl Head {
    /// Before the first record.
    pub(super) fn origin() -> Self {
        Self { number: 0, hash: Digest::from_bytes([0; 32]) }
    }
}

/// The head as it was written with the newest record.
pub(super) fn head(db: &Connection) -> Outcome<Head> {
    one(db, "SELECT number, hash FROM audit_head", [], |found| {
        Ok(Head { number: row::count(found.get(0)?)?, hash: row::digest(found, "hash")? })
    })?
    .ok_or_else(|| Fault::Damaged("the head of the audit log is missing".to_owned()))
}

/// Adds a record and moves the head.
pub(super) fn append(db: &Connection, event: &Event, actor: &Actor, at: Timestamp) -> Outcome<()> {
    let Head { number, hash: previous } = head(db)?;
    let number = number + 1;
    let hash = hash(&previous, number, us(at), actor, event);
    let (actor, actor_name) = row::actor_columns(actor);
    run(
        db,
        "INSERT INTO audit (number, at, actor, actor_name, kind, delivery, plan, text, previous, hash)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        params![
            row::stored_count(number),
            us(at),
            actor,
            actor_name,
            event.kind,
            event.delivery.as_ref().map(|id| id.0.as_bytes()),
            event.plan.as_ref().map(|id| id.0.as_bytes()),
            event.text,
            previous.as_bytes(),
            hash.as_bytes(),
        ],
    )?;
    run(
        db,
        "UPDATE audit_head SET number = ?1, hash = ?2",
        params![row::stored_count(number), hash.as_bytes()],
    )?;
    Ok(())
}

/// The hash a record must have: over every field, each with its length before it, so that no two records read the same.
pub(super) fn hash(previous: &Digest, number: u64, at_us: i64, actor: &Actor, event: &Event) -> Digest {
    let (actor, actor_name) = row::actor_columns(actor);
    let mut content = Vec::with_capacity(256);
    let mut field = |bytes: &[u8]| {
        content.extend_from_slice(&(bytes.len() as u64).to_be_bytes());
        content.extend_from_slice(bytes);
    };
    field(b"innerward audit 1");
    field(previous.as_bytes());
    field(&number.to_be_bytes());
    field(&at_us.to_be_bytes());
    field(actor.as_bytes());
    field(actor_name.as_bytes());
    field(event.kind.as_bytes());
    field(event.delivery.as_ref().map_or(&[], |id| id.0.as_bytes()));
    field(event.plan.as_ref().map_or(&[], |id| id.0.as_bytes()));
    field(event.text.as_bytes());
    Digest::of(&content)
}

pub(super) const RECORD: &str =
    "SELECT number, at, actor, actor_name, kind, delivery, plan, text, previous, hash FROM audit";

pub(super) fn read(found: &Row<'_>) -> Outcome<AuditRecord> {
    let delivery: Option<[u8; 16]> = found.get("delivery")?;
    let plan: Option<[u8; 16]> = found.get("plan")?;
    Ok(AuditRecord {
        number: row::count(found.get("number")?)?,
        at: row::time(found.get("at")?)?,
        actor: row::actor(&found.get::<_, String>("actor")?, found.get("actor_name")?)?,
        event: Event {
            kind: found.get("kind")?,
            delivery: delivery.map(|id| DeliveryId(row::uuid(id))),
            plan: plan.map(|id| PlanId(row::uuid(id))),
            text: found.get("text")?,
        },
        previous: row::digest(found, "previous")?,
        hash: row::digest(found, "hash")?,
    })
}

/// Newest first.
pub(super) fn page(db: &Connection, before: Option<u64>, limit: usize) -> Outcome<Vec<AuditRecord>> {
    all(
        db,
        &format!("{RECORD} WHERE number < ?1 ORDER BY number DESC LIMIT ?2"),
        params![before.map_or(i64::MAX, row::stored_count), row::stored_limit(limit)],
        read,
    )
}

/// Of one delivery, oldest first.
pub(super) fn history(db: &Connection, delivery: DeliveryId) -> Outcome<Vec<AuditRecord>> {
    all(db, &format!("{RECORD} WHERE delivery = ?1 ORDER BY number"), [delivery.0.as_bytes()], read)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(kind: &str, text: &str) -> Event {
        Event { kind: kind.to_owned(), delivery: None, plan: None, text: text.to_owned() }
    }

    #[test]
    fn moving_a_letter_between_fields_changes_the_hash() {
        let hashed = |event: &Event| hash(&Digest::of(b""), 1, 0, &Actor::System, event);
        assert_ne!(hashed(&event("done", "it")), hashed(&event("don", "eit")));
    }

    #[test]
    fn the_hash_is_the_same_in_every_version() {
        let person = Actor::Person("ann".to_owned());
        let hash =
            hash(&Digest::from_bytes([0; 32]), 1, 1_000_000, &person, &event("signed-in", "from 192.0.2.1"));
        assert_eq!(hash.to_string(), "e5eb5fa76acc12791521f3eff9c901c1578746bc27424b492e45860ba56fb531");
    }
}
