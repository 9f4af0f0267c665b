//! `GET /api/v1/messages/{digest}`: one message, in the shape of `innerward explain --json`, with its copies.

use axum::Json;
use axum::extract::{Path, State};
use serde_json::{Value, json};
use store::JudgedCase;

use super::{Answer, messages};
use crate::desk::Console;
use crate::explained::{Explained, Subject};
use crate::pages::message::reading::{self, Reading};
use crate::pages::message::{named, unknown};
use crate::refusal::Refusal;
use crate::session::Session;

pub(crate) async fn show(
    State(console): State<Console>,
    _session: Session,
    Path(digest): Path<String>,
) -> Answer {
    let digest = named(&digest)?;
    let copies = console.store().copies(&digest).await?;
    let Some(first) = copies.first() else { return Err(unknown().into()) };
    let judged = console.store().message(&digest).await?;
    let reading = reading::read(&console, &digest).await?;
    let direction = first.arrival.direction;
    let mut value = match (&judged, &reading) {
        (Some(judged), Some(reading)) => explained(format!("{digest}.eml"), reading, direction, judged)?,
        // Not judged yet, or the original is gone: only what lists show.
        (Some(_), None) | (None, _) => json!({ "file": format!("{digest}.eml"), "verdict": null }),
    };
    value["digest"] = json!(digest.to_string());
    value["direction"] = json!(direction.as_str());
    value["judged"] = json!(judged.map(|judged| judged.case.judged.to_string()));
    value["copies"] = copies.iter().map(messages::delivery).collect();
    Ok(Json(value))
}

fn explained(
    file: String,
    reading: &Reading,
    direction: message::Direction,
    judged: &JudgedCase,
) -> Result<Value, Refusal> {
    let subject = Subject { message: &reading.message, route: &reading.route, direction };
    let explained = Explained::new(file, subject, &judged.case.observations, &judged.judgement);
    serde_json::to_value(explained).map_err(|error| Refusal::Unwritable(error.to_string()))
}
