//! Copies of messages and the judgements of their bytes.

use jiff::Timestamp;
use message::{Address, Digest, Direction};
use rusqlite::{Connection, OptionalExtension, Row, named_params, params};
use signal::Correspondence;
use verdict::{ItemId, MailboxId, Place, Target, TenantId, Verdict};

use super::fault::Outcome;
use super::row::{self, all, one, run, us};
use super::shape::{self, JudgementShape, ObservationsShape, PlaceShape};
use crate::{Arrival, Case, Delivery, DeliveryId, JudgedCase};

/// What [`read`] reads.
pub(super) const COLUMNS: &str = "
    d.id AS id, d.tenant AS tenant, d.mailbox AS mailbox, d.item AS item, d.digest AS digest,
    d.size_bytes AS size_bytes, d.received AS received, d.fetched AS fetched, d.direction AS direction,
    d.subject AS subject, d.from_name AS from_name, d.from_address AS from_address, d.recipients AS recipients,
    d.message_id AS message_id, d.verdict AS verdict, d.place AS place, d.place_on_arrival AS place_on_arrival";

/// A delivery from a row with [`COLUMNS`].
pub(super) fn read(found: &Row<'_>) -> Outcome<Delivery> {
    let verdict: Option<String> = found.get("verdict")?;
    Ok(Delivery {
        id: DeliveryId(row::uuid(found.get("id")?)),
        arrival: read_arrival(found)?,
        verdict: verdict.as_deref().map(row::verdict_named).transpose()?,
        place: read_place(found, "place")?,
    })
}

fn read_arrival(found: &Row<'_>) -> Outcome<Arrival> {
    Ok(Arrival {
        target: read_target(found)?,
        digest: row::digest(found, "digest")?,
        size_bytes: row::count(found.get("size_bytes")?)?,
        place: read_place(found, "place_on_arrival")?,
        received: row::time(found.get("received")?)?,
        fetched: row::time(found.get("fetched")?)?,
        direction: row::direction_named(&found.get::<_, String>("direction")?)?,
        subject: found.get("subject")?,
        from_name: found.get("from_name")?,
        from_address: found.get("from_address")?,
        recipients: shape::read(&found.get::<_, String>("recipients")?)?,
        internet_message_id: found.get("message_id")?,
    })
}

/// The three columns that name a copy.
pub(super) fn read_target(found: &Row<'_>) -> Outcome<Target> {
    Ok(Target {
        tenant: TenantId::new(found.get::<_, String>("tenant")?),
        mailbox: MailboxId::new(found.get::<_, String>("mailbox")?),
        item: ItemId::new(found.get::<_, String>("item")?),
    })
}

fn read_place(found: &Row<'_>, column: &str) -> Outcome<Place> {
    shape::read::<PlaceShape>(&found.get::<_, String>(column)?)?.try_into()
}

/// Puts a copy on record, or finds it there.
pub(super) fn arrive(db: &Connection, arrival: &Arrival) -> Outcome<Delivery> {
    if insert(db, arrival)? && arrival.direction == Direction::Outbound {
        note_recipients(db, arrival)?;
    }
    let delivery = find(db, &arrival.target)?;
    delivery.ok_or_else(|| rusqlite::Error::QueryReturnedNoRows.into())
}

fn insert(db: &Connection, arrival: &Arrival) -> Outcome<bool> {
    let place = shape::write(&PlaceShape::from(&arrival.place))?;
    let inserted = run(
        db,
        "INSERT INTO delivery (id, received, direction, quarantined, sender_folded, subject_folded, recipients_folded,
                               message_id, tenant, mailbox, item, digest, size_bytes, fetched, subject, from_name,
                               from_address, recipients, place, place_on_arrival)
         VALUES (:id, :received, :direction, :quarantined, :sender_folded, :subject_folded, :recipients_folded,
                 :message_id, :tenant, :mailbox, :item, :digest, :size_bytes, :fetched, :subject, :from_name,
                 :from_address, :recipients, :place, :place)
         ON CONFLICT (tenant, mailbox, item) DO NOTHING",
        named_params! {
            ":id": row::fresh_id(arrival.fetched).as_bytes(),
            ":received": us(arrival.received),
            ":direction": arrival.direction.as_str(),
            ":quarantined": arrival.place.quarantined,
            ":sender_folded": fold(&format!("{}\n{}", arrival.from_name, arrival.from_address)),
            ":subject_folded": fold(&arrival.subject),
            ":recipients_folded": fold(&arrival.recipients.join("\n")),
            ":message_id": bare_message_id(&arrival.internet_message_id),
            ":tenant": arrival.target.tenant.as_str(),
            ":mailbox": arrival.target.mailbox.as_str(),
            ":item": arrival.target.item.as_str(),
            ":digest": arrival.digest.as_bytes(),
            ":size_bytes": row::stored_count(arrival.size_bytes),
            ":fetched": us(arrival.fetched),
            ":subject": arrival.subject,
            ":from_name": arrival.from_name,
            ":from_address": arrival.from_address,
            ":recipients": shape::write(&arrival.recipients)?,
            ":place": place,
        },
    )?;
    Ok(inserted == 1)
}

/// As searches compare: lower case, without the one character SQLite's functions stop at.
pub(super) fn fold(text: &str) -> String {
    text.to_lowercase().replace('\0', " ")
}

/// Without angle brackets.
pub(super) fn bare_message_id(text: &str) -> &str {
    text.trim().trim_start_matches('<').trim_end_matches('>')
}

fn note_recipients(db: &Connection, arrival: &Arrival) -> Outcome<()> {
    let number = db.last_insert_rowid();
    for recipient in &arrival.recipients {
        run(
            db,
            "INSERT OR IGNORE INTO sent (address, received, delivery) VALUES (?1, ?2, ?3)",
            params![recipient, us(arrival.received), number],
        )?;
    }
    Ok(())
}

pub(super) fn find(db: &Connection, target: &Target) -> Outcome<Option<Delivery>> {
    one(
        db,
        &format!("SELECT {COLUMNS} FROM delivery d WHERE tenant = ?1 AND mailbox = ?2 AND item = ?3"),
        [target.tenant.as_str(), target.mailbox.as_str(), target.item.as_str()],
        read,
    )
}

pub(super) fn by_id(db: &Connection, id: DeliveryId) -> Outcome<Option<Delivery>> {
    one(db, &format!("SELECT {COLUMNS} FROM delivery d WHERE id = ?1"), [id.0.as_bytes()], read)
}

/// All copies of the same bytes, oldest first.
pub(super) fn copies(db: &Connection, digest: &Digest) -> Outcome<Vec<Delivery>> {
    all(
        db,
        &format!("SELECT {COLUMNS} FROM delivery d WHERE digest = ?1 ORDER BY received, id"),
        [digest.as_bytes()],
        read,
    )
}

/// Copies of one mailbox received in the span, oldest first.
pub(super) fn received(
    db: &Connection,
    mailbox: &MailboxId,
    since: Timestamp,
    until: Timestamp,
) -> Outcome<Vec<Delivery>> {
    all(
        db,
        &format!(
            "SELECT {COLUMNS} FROM delivery d
             WHERE mailbox = ?1 AND received >= ?2 AND received < ?3 ORDER BY received, id"
        ),
        params![mailbox.as_str(), us(since), us(until)],
        read,
    )
}

/// A copy is elsewhere now.
pub(super) fn moved(db: &Connection, id: DeliveryId, place: &Place) -> Outcome<()> {
    run(
        db,
        "UPDATE delivery SET place = ?2, quarantined = ?3 WHERE id = ?1",
        params![id.0.as_bytes(), shape::write(&PlaceShape::from(place))?, place.quarantined],
    )?;
    Ok(())
}

/// A copy has a verdict.
pub(super) fn judged(
    db: &Connection,
    id: DeliveryId,
    verdict: Verdict,
    version: &str,
    at: Timestamp,
) -> Outcome<()> {
    run(
        db,
        "UPDATE delivery SET verdict = ?2, version = ?3, judged = ifnull(judged, ?4) WHERE id = ?1",
        params![id.0.as_bytes(), row::verdict_name(verdict), version, us(at)],
    )?;
    Ok(())
}

/// Keeps a judgement; the first of these bytes under a version stays. Gives back the one that is kept.
pub(super) fn keep_judgement(db: &Connection, judged: &JudgedCase) -> Outcome<JudgedCase> {
    let (case, judgement) = (&judged.case, &judged.judgement);
    run(
        db,
        "INSERT INTO judgement (digest, version, judged, verdict, score, reason, observations, judgement)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (digest, version) DO NOTHING",
        params![
            case.digest.as_bytes(),
            judgement.version,
            us(case.judged),
            row::verdict_name(judgement.verdict),
            judgement.score,
            judgement.reasons.first().map(|reason| &reason.name),
            shape::write(&ObservationsShape::from(&case.observations))?,
            shape::write(&JudgementShape::from(judgement))?,
        ],
    )?;
    Ok(case_of(db, &case.digest, &judgement.version)?.unwrap_or_else(|| judged.clone()))
}

pub(super) fn case_of(db: &Connection, digest: &Digest, version: &str) -> Outcome<Option<JudgedCase>> {
    one(
        db,
        "SELECT digest, judged, observations, judgement FROM judgement WHERE digest = ?1 AND version = ?2",
        params![digest.as_bytes(), version],
        read_case,
    )
}

/// The newest judgement of these bytes.
pub(super) fn latest_case(db: &Connection, digest: &Digest) -> Outcome<Option<JudgedCase>> {
    one(
        db,
        "SELECT digest, judged, observations, judgement FROM judgement WHERE digest = ?1
         ORDER BY judged DESC, number DESC LIMIT 1",
        [digest.as_bytes()],
        read_case,
    )
}

fn read_case(found: &Row<'_>) -> Outcome<JudgedCase> {
    let observations: ObservationsShape = shape::read(&found.get::<_, String>("observations")?)?;
    let judgement: JudgementShape = shape::read(&found.get::<_, String>("judgement")?)?;
    Ok(JudgedCase {
        case: Case {
            digest: row::digest(found, "digest")?,
            observations: observations.try_into()?,
            judged: row::time(found.get("judged")?)?,
        },
        judgement: judgement.try_into()?,
    })
}

/// What was exchanged with an address strictly before a moment.
pub(super) fn correspondence(
    db: &Connection,
    address: &Address,
    before: Timestamp,
) -> Outcome<Correspondence> {
    let address = address.to_string();
    let exchange = |sql| -> Outcome<(u64, Option<i64>)> {
        let (number, first) = db
            .prepare_cached(sql)?
            .query_row(params![address, us(before)], |found| Ok((found.get(0)?, found.get(1)?)))?;
        Ok((row::count(number)?, first))
    };
    let (received, first_received) = exchange(
        "SELECT count(*), min(received) FROM delivery
         WHERE from_address = ?1 AND direction = 'inbound' AND received < ?2",
    )?;
    let (sent, first_sent) =
        exchange("SELECT count(*), min(received) FROM sent WHERE address = ?1 AND received < ?2")?;
    let earliest: Option<i64> = db
        .prepare_cached("SELECT min(received) FROM delivery")?
        .query_row([], |found| found.get(0))
        .optional()?
        .flatten();
    Ok(Correspondence {
        received,
        sent,
        first_seen: row::maybe_time([first_received, first_sent].into_iter().flatten().min())?,
        known_since: row::maybe_time(earliest)?,
    })
}
