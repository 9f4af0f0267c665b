//! `GET /api/v1/messages`: the list, with the filters of the page.

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};
use store::{Delivery, DeliveryRow};

use super::Answer;
use crate::actions::CopyName;
use crate::browse;
use crate::desk::Console;
use crate::form::Fields;
use crate::session::Session;
use crate::view;

pub(crate) async fn list(State(console): State<Console>, _session: Session, fields: Fields) -> Answer {
    let page = console.store().search(&browse::filter(&fields, console.now())?).await?;
    Ok(Json(json!({
        "messages": page.rows.iter().map(row).collect::<Vec<_>>(),
        "next": page.next.map(|next| next.0.to_string()),
    })))
}

fn row(row: &DeliveryRow) -> Value {
    let mut value = delivery(&row.delivery);
    value["score"] = json!(row.score);
    value["reason"] = json!(row.reason);
    value
}

/// One copy.
pub(crate) fn delivery(delivery: &Delivery) -> Value {
    let arrival = &delivery.arrival;
    json!({
        "copy": CopyName { digest: arrival.digest, delivery: delivery.id }.to_string(),
        "delivery": delivery.id.0.to_string(),
        "digest": arrival.digest.to_string(),
        "tenant": arrival.target.tenant.as_str(),
        "mailbox": arrival.target.mailbox.as_str(),
        "item": arrival.target.item.as_str(),
        "verdict": delivery.verdict.map(verdict::Verdict::as_str),
        "direction": arrival.direction.as_str(),
        "subject": arrival.subject,
        "from": { "name": arrival.from_name, "address": arrival.from_address },
        "recipients": arrival.recipients,
        "message_id": arrival.internet_message_id,
        "size_bytes": arrival.size_bytes,
        "received": arrival.received.to_string(),
        "fetched": arrival.fetched.to_string(),
        "quarantined": delivery.place.quarantined,
        "place": view::place_label(&delivery.place),
        "read": delivery.place.read,
    })
}
