//! The audit log, newest first.

use askama::Template;
use axum::extract::State;
use store::{Actor, AuditRecord};

use super::{Page, page};
use crate::desk::Console;
use crate::form::Fields;
use crate::refusal::Refusal;
use crate::session::Session;
use crate::view::{self, Frame, Here, Moment};

/// Records of a page.
const RECORDS: usize = 100;

#[derive(Template)]
#[template(path = "audit.html")]
struct AuditPage {
    frame: Frame,
    records: Vec<RecordView>,
    older: Option<u64>,
    newest: bool,
}

/// One record as a line.
pub(crate) struct RecordView {
    pub(crate) number: u64,
    pub(crate) at: Moment,
    pub(crate) actor: String,
    pub(crate) person: bool,
    pub(crate) kind: String,
    pub(crate) label: String,
    pub(crate) text: String,
    pub(crate) hash: String,
    pub(crate) hash_short: String,
}

pub(crate) fn record(record: &AuditRecord, now: jiff::Timestamp) -> RecordView {
    let hash = record.hash.to_string();
    let (actor, person) = match &record.actor {
        Actor::Policy => ("policy".to_owned(), false),
        Actor::System => ("system".to_owned(), false),
        Actor::Person(name) => (view::name(name), true),
    };
    RecordView {
        number: record.number,
        at: view::moment(record.at, now),
        actor,
        person,
        kind: record.event.kind.clone(),
        label: view::words(&record.event.kind),
        text: view::one_line(&record.event.text, 400),
        hash_short: hash[..12].to_owned(),
        hash,
    }
}

pub(crate) async fn show(State(console): State<Console>, session: Session, fields: Fields) -> Page {
    let before = fields.text("before").map(number).transpose()?;
    let records = console.store().audit_page(before, RECORDS).await?;
    let now = console.now();
    let oldest = records.last().map(|record| record.number);
    page(&AuditPage {
        frame: Frame::new(&session, Here::Audit, "Audit log"),
        records: records.iter().map(|each| record(each, now)).collect(),
        older: oldest.filter(|number| *number > 1),
        newest: before.is_some(),
    })
}

fn number(text: &str) -> Result<u64, Refusal> {
    text.parse().map_err(|_| Refusal::Bad("`before` is the number of an audit record.".into()))
}
