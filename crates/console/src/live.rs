//! Word of changes over server-sent events. An event carries no mail, only that something is new; the page then fetches
//! its regions again, so there is one way to render a row.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::{Stream, stream};
use jiff::Timestamp;
use store::{DeliveryId, Filter};
use uuid::Uuid;

use crate::browse;
use crate::desk::Console;
use crate::form::Fields;
use crate::refusal::Refusal;
use crate::session::Session;

/// How often the store is asked. Mail takes seconds to judge; faster would only cost.
const EVERY: Duration = Duration::from_secs(2);

/// New rows counted for the bar; beyond it says `100+`.
const NEW_MAX: usize = 100;

/// What changed last, shared so that many browsers ask the store once.
pub(crate) struct Pulse(moka::sync::Cache<(), Stamp>);

impl Default for Pulse {
    fn default() -> Self {
        Self(moka::sync::Cache::builder().max_capacity(1).time_to_live(EVERY / 2).build())
    }
}

/// Differs when anything a page shows has changed.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Stamp(String);

async fn stamp(console: &Console) -> Result<Stamp, Refusal> {
    if let Some(stamp) = console.pulse.0.get(&()) {
        return Ok(stamp);
    }
    let newest = console.store().search(&Filter { limit: 1, ..Filter::default() }).await?;
    let newest = newest.rows.first().map(|row| (row.delivery.id.0, row.delivery.verdict.is_some()));
    let counts = console.store().counts(console.now() - jiff::SignedDuration::from_hours(1)).await?;
    let figures = (counts.judged, counts.quarantined, counts.restored, counts.actions_failed);
    let audit = console.store().audit_page(None, 1).await?.first().map(|record| record.number);
    let stamp = Stamp(format!("{newest:?} {figures:?} {audit:?}"));
    console.pulse.0.insert((), stamp.clone());
    Ok(stamp)
}

struct Listener {
    console: Console,
    expires: Timestamp,
    filter: Filter,
    after: Option<DeliveryId>,
    seen: Option<Stamp>,
}

/// `GET /live?after=…&<filter>`: an event whenever something changed, with how many rows of that filter are new since
/// `after`. Ends with the session.
pub(crate) async fn events(
    State(console): State<Console>,
    session: Session,
    fields: Fields,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Refusal> {
    let filter = Filter { before: None, limit: NEW_MAX, ..browse::filter(&fields, console.now())? };
    let after = fields.text("after").and_then(|text| Uuid::parse_str(text).ok()).map(DeliveryId);
    let listener = Listener { console, expires: session.expires, filter, after, seen: None };
    let events = stream::unfold(listener, |mut listener| async move {
        let event = listener.next().await?;
        Some((Ok(event), listener))
    });
    Ok(Sse::new(events).keep_alive(KeepAlive::default()))
}

impl Listener {
    /// Waits for the next change. A store that does not answer is asked again: the page shows what it has.
    async fn next(&mut self) -> Option<Event> {
        loop {
            if self.seen.is_some() {
                tokio::time::sleep(EVERY).await;
            }
            if self.console.now() >= self.expires {
                return None;
            }
            let Ok(stamp) = stamp(&self.console).await else {
                tokio::time::sleep(EVERY).await;
                continue;
            };
            if self.seen.as_ref() == Some(&stamp) {
                continue;
            }
            let first = self.seen.replace(stamp).is_none();
            let new = if first && self.after.is_none() { 0 } else { self.new_rows().await };
            let data = serde_json::json!({ "first": first, "new": new, "more": new >= NEW_MAX });
            return Some(Event::default().event("pulse").data(data.to_string()));
        }
    }

    async fn new_rows(&self) -> usize {
        let Ok(page) = self.console.store().search(&self.filter).await else { return 0 };
        page.rows.iter().take_while(|row| Some(row.delivery.id) != self.after).count()
    }
}
