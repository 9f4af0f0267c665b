//! `GET /api/v1/messages/{digest}`: one message, with the keys of `innerward explain --json` and its copies.

use axum::Json;
use axum::extract::{Path, State};
use serde_json::{Value, json};
use store::JudgedCase;

use super::{Answer, messages};
use crate::desk::Console;
use crate::pages::message::{named, reading, unknown};
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
    let mut value = judged.as_ref().map_or(json!({ "verdict": null }), judgement);
    value["file"] = json!(format!("{digest}.eml"));
    value["digest"] = json!(digest.to_string());
    value["direction"] = json!(first.arrival.direction.as_str());
    value["copies"] = copies.iter().map(messages::delivery).collect();
    if let Some(reading) = &reading {
        value["route"] = route(&reading.route);
        value["defects"] = reading.message.defects.iter().map(ToString::to_string).collect();
    }
    Ok(Json(value))
}

fn judgement(judged: &JudgedCase) -> Value {
    let judgement = &judged.judgement;
    let reasons = judgement.reasons.iter();
    let undecided = judgement.undecided.iter();
    json!({
        "verdict": judgement.verdict.as_str(),
        "score": judgement.score,
        "version": judgement.version,
        "judged": judged.case.judged.to_string(),
        "reasons": reasons
            .map(|each| json!({ "name": each.name, "weight": each.weight, "evidence": each.evidence }))
            .collect::<Vec<_>>(),
        "undecided": undecided.map(|each| json!({ "name": each.name, "why": each.why })).collect::<Vec<_>>(),
    })
}

fn route(route: &message::Route) -> Value {
    let origin = route.origin.as_ref();
    let host = origin.and_then(|origin| origin.reverse.as_ref().or(origin.helo.as_ref()));
    let gateways = route.gateways.iter();
    json!({
        "true_ip": origin.map(|origin| origin.ip.to_string()),
        "true_host": host,
        "source": origin.map(|origin| origin.source.as_str()),
        "gateways": gateways
            .map(|passage| crate::pages::message::gateway_name(passage.gateway))
            .collect::<Vec<_>>(),
        "hops": route.hops.iter().map(hop).collect::<Vec<_>>(),
    })
}

fn hop(hop: &message::Hop) -> Value {
    json!({
        "from": hop.reverse.as_ref().or(hop.helo.as_ref()),
        "ip": hop.ip.map(|ip| ip.to_string()),
        "by": hop.by,
        "protocol": hop.protocol,
        "at": hop.at.map(|at| at.to_string()),
        "delay_s": hop.delay_s,
    })
}
