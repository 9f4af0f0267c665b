//! Delivering mail, and what left the organisation.

use std::net::IpAddr;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Answered, Refused, ok};
use crate::delivery::{Arrival, Filed};
use crate::id;
use crate::world::World;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Mail {
    #[serde(default)]
    raw: Option<String>,
    #[serde(default)]
    raw_base64: Option<String>,
    /// Envelope sender.
    #[serde(default)]
    from: String,
    to: Vec<String>,
    #[serde(default)]
    ip: Option<IpAddr>,
    #[serde(default)]
    helo: Option<String>,
    /// As in the control field: `SCL=5;SFV=SPM;…` or `keep`.
    #[serde(default)]
    verdict: Option<String>,
    #[serde(default)]
    received: Option<Timestamp>,
}

pub(super) async fn deliver(State(world): State<Arc<World>>, Json(mail): Json<Mail>) -> Answered {
    let bytes = match (mail.raw, mail.raw_base64) {
        (Some(raw), None) => raw.into_bytes(),
        (None, Some(code)) => {
            STANDARD.decode(code).map_err(|_| Refused::wrong("raw_base64 is not base64."))?
        }
        _ => return Err(Refused::wrong("Give the message as either raw or raw_base64.")),
    };
    let unknown: Vec<&String> = mail.to.iter().filter(|to| world.recipient(to).is_none()).collect();
    if !unknown.is_empty() {
        return Err(Refused::missing(format!(
            "Nobody here has the address {unknown:?}; nothing was delivered."
        )));
    }
    let default = Arrival::default();
    let arrival = Arrival {
        from: mail.from,
        to: mail.to,
        bytes,
        client_ip: mail.ip.unwrap_or(default.client_ip),
        helo: mail.helo.unwrap_or(default.helo),
        verdict: mail.verdict,
        received: mail.received,
    };
    let filed = world.deliver(arrival);
    ok(json!({ "filed": filed.iter().map(|copy| view(&world, copy)).collect::<Vec<_>>() }))
}

pub(super) fn view(world: &World, copy: &Filed) -> Value {
    let folder = world
        .change(copy.mailbox, |mailbox| mailbox.find_folder(copy.folder).map(|folder| folder.name.clone()));
    json!({
        "recipient": copy.recipient,
        "mailbox": copy.mailbox,
        "id": copy.rest_id,
        "immutable_id": copy.immutable_id,
        "folder": folder.flatten(),
        "folder_id": id::folder_id(copy.mailbox, copy.folder),
    })
}

pub(super) async fn outbound(State(world): State<Arc<World>>) -> Answered {
    let rows: Vec<Value> = world.outbound().iter().map(|mail| {
        json!({"at": mail.at, "from": mail.from, "to": mail.to, "raw_base64": STANDARD.encode(&mail.bytes)})
    }).collect();
    ok(json!({ "outbound": rows }))
}
