//! `GET /api/v1/counts?since=24h`: the figures of the overview.

use axum::Json;
use axum::extract::State;
use serde_json::{Map, Value, json};

use super::Answer;
use crate::browse;
use crate::desk::Console;
use crate::form::Fields;
use crate::session::Session;

pub(crate) async fn show(State(console): State<Console>, _session: Session, fields: Fields) -> Answer {
    let now = console.now();
    let since = browse::filter(&fields, now)?.since.unwrap_or(now - jiff::SignedDuration::from_hours(24));
    let counts = console.store().counts(since).await?;
    let verdicts = counts.by_verdict.iter().map(|(verdict, count)| (verdict.as_str(), *count));
    let directions = counts.by_direction.iter().map(|(direction, count)| (direction.as_str(), *count));
    Ok(Json(json!({
        "since": since.to_string(),
        "arrived": counts.arrived,
        "judged": counts.judged,
        "by_verdict": named(verdicts),
        "by_direction": named(directions),
        "quarantined": counts.quarantined,
        "restored": counts.restored,
        "actions_failed": counts.actions_failed,
        "judged_after_ms": counts.judged_after_ms.map(|(p50, p99)| json!({ "p50": p50, "p99": p99 })),
    })))
}

fn named<'a>(counts: impl Iterator<Item = (&'a str, u64)>) -> Map<String, Value> {
    counts.map(|(name, count)| (name.to_owned(), json!(count))).collect()
}
