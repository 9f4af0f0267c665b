//! `POST /api/v1/actions`: `{"action": "release" | "quarantine" | "undo", "copies": [...], "because": "..."}`.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use serde::Deserialize;
use serde_json::json;

use super::Answer;
use crate::actions::{self, CopyName, Deed};
use crate::desk::Console;
use crate::refusal::Refusal;
use crate::session::Session;

#[derive(Deserialize)]
struct Order {
    action: String,
    copies: Vec<String>,
    because: Option<String>,
}

pub(crate) async fn carry_out(State(console): State<Console>, session: Session, body: Bytes) -> Answer {
    let order: Order = serde_json::from_slice(&body).map_err(|error| {
        Refusal::Bad(format!(
            "The body is JSON like {{\"action\": \"release\", \"copies\": [\"…\"]}}; {error}."
        ))
    })?;
    let deed = Deed::called(&order.action)?;
    let copies = order.copies.iter().map(|copy| CopyName::parse(copy)).collect::<Result<Vec<_>, _>>()?;
    let because = order.because.as_deref().map(str::trim).filter(|because| !because.is_empty());
    let deeds = actions::carry_out(&console, &session.account, deed, &copies, because).await?;
    Ok(Json(json!({ "recorded": deeds.recorded, "unchanged": deeds.unchanged })))
}
