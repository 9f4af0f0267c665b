//! Lists of deliveries, newest first, paged by key.

use rusqlite::types::Value;
use rusqlite::{Connection, Row, params_from_iter};

use super::deliveries::{self, bare_message_id, fold};
use super::fault::{Fault, Outcome};
use super::row::{self, all, one, us};
use crate::query::{PAGE_ROWS, PAGE_ROWS_MAX};
use crate::{DeliveryId, DeliveryRow, Filter, MessagePage};

/// One page.
pub(super) fn search(db: &Connection, filter: &Filter) -> Outcome<MessagePage> {
    let limit = if filter.limit == 0 { PAGE_ROWS } else { filter.limit.min(PAGE_ROWS_MAX) };
    let (sql, values) = query(&Conditions::of(db, filter)?, limit + 1);
    let mut rows = all(db, &sql, params_from_iter(values), read)?;
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows.last().filter(|_| more).map(|row| row.delivery.id);
    Ok(MessagePage { rows, next })
}

fn query(conditions: &Conditions, limit: usize) -> (String, Vec<Value>) {
    let sql = format!(
        "SELECT {}, j.score AS score, j.reason AS reason
         FROM delivery d LEFT JOIN judgement j ON j.digest = d.digest AND j.version = d.version
         WHERE {} ORDER BY d.received DESC, d.id DESC LIMIT {limit}",
        deliveries::COLUMNS,
        conditions.sql()
    );
    (sql, conditions.values.clone())
}

fn read(found: &Row<'_>) -> Outcome<DeliveryRow> {
    Ok(DeliveryRow {
        delivery: deliveries::read(found)?,
        score: found.get("score")?,
        reason: found.get("reason")?,
    })
}

/// What every row must fulfil, with the values in the order of their question marks.
#[derive(Default)]
struct Conditions {
    texts: Vec<String>,
    values: Vec<Value>,
}

impl Conditions {
    fn of(db: &Connection, filter: &Filter) -> Outcome<Self> {
        let mut wanted = Self::default();
        wanted.contains("d.sender_folded", filter.sender.as_deref());
        wanted.contains("d.subject_folded", filter.subject.as_deref());
        wanted.contains("d.recipients_folded", filter.recipient.as_deref());
        if let Some(id) = &filter.message_id {
            // The second half lets the partial index be used.
            wanted.add("d.message_id = ? AND d.message_id <> ''", [text(bare_message_id(id))]);
        }
        if let Some(words) = &filter.anything {
            let folded = text(&fold(words));
            wanted.add(
                "(instr(d.subject_folded, ?) OR instr(d.sender_folded, ?) OR instr(d.recipients_folded, ?)
                  OR d.message_id = ?)",
                [folded.clone(), folded.clone(), folded, text(bare_message_id(words))],
            );
        }
        if !filter.verdicts.is_empty() {
            let marks = vec!["?"; filter.verdicts.len()].join(", ");
            let names = filter.verdicts.iter().map(|verdict| text(row::verdict_name(*verdict)));
            wanted.add(&format!("d.verdict IN ({marks})"), names);
        }
        if let Some(direction) = filter.direction {
            wanted.add("d.direction = ?", [text(direction.as_str())]);
        }
        if filter.quarantined {
            wanted.add("d.quarantined = 1", []);
        }
        if let Some(since) = filter.since {
            wanted.add("d.received >= ?", [Value::Integer(us(since))]);
        }
        if let Some(before) = filter.before {
            let received = Value::Integer(received(db, before)?);
            wanted.add("(d.received, d.id) < (?, ?)", [received, Value::Blob(before.0.as_bytes().to_vec())]);
        }
        Ok(wanted)
    }

    fn add(&mut self, sql: &str, values: impl IntoIterator<Item = Value>) {
        self.texts.push(sql.to_owned());
        self.values.extend(values);
    }

    fn contains(&mut self, column: &str, words: Option<&str>) {
        if let Some(words) = words {
            self.add(&format!("instr({column}, ?)"), [text(&fold(words))]);
        }
    }

    fn sql(&self) -> String {
        if self.texts.is_empty() { "true".to_owned() } else { self.texts.join(" AND ") }
    }
}

fn text(words: &str) -> Value {
    Value::Text(words.to_owned())
}

fn received(db: &Connection, id: DeliveryId) -> Outcome<i64> {
    one(db, "SELECT received FROM delivery WHERE id = ?1", [id.0.as_bytes()], |found| Ok(found.get(0)?))?
        .ok_or_else(|| Fault::Misused(format!("there is no delivery {} to go on from", id.0)))
}

/// How a list is read.
#[cfg(test)]
pub(super) fn explain(db: &Connection, filter: &Filter) -> Outcome<Vec<String>> {
    row::explain(db, &query(&Conditions::of(db, filter)?, PAGE_ROWS).0)
}
