//! `POST /$batch`: up to twenty requests in one, each throttled and refused on its own, four at a time
//! (provider-apis A9).

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use futures_util::{StreamExt, stream};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::call::{Answer, Call, Content};
use super::error::GraphError;
use crate::world::World;

const PARALLEL: usize = 4;

struct Part {
    id: String,
    depends_on: Vec<String>,
    call: Call,
}

pub(super) async fn serve(world: &Arc<World>, call: Call) -> Answer {
    world.counters.one("graph.batches");
    match parts(world, &call) {
        Ok(parts) => Answer::ok(json!({ "responses": run(world, parts).await })),
        Err(error) => error.into(),
    }
}

fn parts(world: &World, call: &Call) -> Result<Vec<Part>, GraphError> {
    if call.method != Method::POST {
        return Err(GraphError::new(StatusCode::METHOD_NOT_ALLOWED, "BadRequest", "$batch takes POST only."));
    }
    let body = call.json()?;
    let requests = body["requests"].as_array().filter(|requests| !requests.is_empty());
    let requests =
        requests.ok_or_else(|| GraphError::bad_request("BadRequest", "Invalid batch payload format."))?;
    let most = world.limits().batch_requests;
    if requests.len() > most {
        return Err(GraphError::bad_request(
            "BadRequest",
            format!("Number of batch request steps exceeds the max value of {most}."),
        ));
    }
    let parts = requests.iter().map(|request| part(call, request)).collect::<Result<Vec<_>, _>>()?;
    let mut seen = HashSet::new();
    for part in &parts {
        if part.depends_on.iter().any(|id| !seen.contains(id.as_str())) {
            return Err(GraphError::bad_request(
                "BadRequest",
                "A batch request depends on one that does not stand before it.",
            ));
        }
        if !seen.insert(part.id.as_str()) {
            return Err(GraphError::bad_request(
                "BadRequest",
                format!("Request id '{}' is not unique within the batch.", part.id),
            ));
        }
    }
    Ok(parts)
}

fn part(outer: &Call, request: &Value) -> Result<Part, GraphError> {
    let wrong = || GraphError::bad_request("BadRequest", "Invalid batch payload format.");
    let id = request["id"]
        .as_str()
        .map(str::to_owned)
        .or_else(|| request["id"].as_i64().map(|id| id.to_string()))
        .ok_or_else(wrong)?;
    let method = request["method"]
        .as_str()
        .and_then(|method| Method::from_bytes(method.to_ascii_uppercase().as_bytes()).ok())
        .ok_or_else(wrong)?;
    let url = request["url"].as_str().ok_or_else(wrong)?;
    let (path, query) = url.split_once('?').unwrap_or((url, ""));
    let path = relative(path);
    if path.to_ascii_lowercase().starts_with("/$batch") {
        return Err(GraphError::bad_request("BadRequest", "Batches do not nest."));
    }
    let headers = headers(outer, request);
    let body = match &request["body"] {
        Value::Null => Bytes::new(),
        // A body that is not JSON comes in base64; Graph's own MIME posts are base64 already.
        Value::String(text) => Bytes::from(text.clone()),
        json => Bytes::from(json.to_string()),
    };
    if !body.is_empty() && !headers.contains_key(header::CONTENT_TYPE) {
        return Err(GraphError::bad_request(
            "BadRequest",
            "Write request in a batch with a body needs a Content-Type header.",
        ));
    }
    let depends_on = request["dependsOn"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect();
    Ok(Part { id, depends_on, call: Call::new(method, &path, query, headers, body, outer.base.clone()) })
}

/// Paths are relative to the version; the vendor's Python client writes whole addresses, which Graph takes too.
fn relative(path: &str) -> String {
    let after_host =
        path.strip_prefix("https://").map(|rest| rest.split_once('/').map_or("", |(_, path)| path));
    let path = after_host.unwrap_or(path).trim_start_matches('/');
    format!("/{}", path.strip_prefix("v1.0/").unwrap_or(path))
}

/// The part's own headers, with the batch's token.
fn headers(outer: &Call, request: &Value) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in request["headers"].as_object().into_iter().flatten() {
        let name = HeaderName::from_bytes(name.to_ascii_lowercase().as_bytes());
        let value = value.as_str().map(HeaderValue::from_str);
        if let (Ok(name), Some(Ok(value))) = (name, value) {
            headers.append(name, value);
        }
    }
    if let Some(token) = outer.headers.get(header::AUTHORIZATION) {
        headers.insert(header::AUTHORIZATION, token.clone());
    }
    headers
}

/// Runs what may run, wave by wave; what depends on a failure fails with it.
async fn run(world: &Arc<World>, mut waiting: Vec<Part>) -> Vec<Value> {
    let mut done: HashMap<String, bool> = HashMap::new();
    let mut responses = Vec::with_capacity(waiting.len());
    while !waiting.is_empty() {
        let (ready, later): (Vec<Part>, Vec<Part>) =
            waiting.into_iter().partition(|part| part.depends_on.iter().all(|id| done.contains_key(id)));
        waiting = later;
        let (failed, ready): (Vec<Part>, Vec<Part>) =
            ready.into_iter().partition(|part| part.depends_on.iter().any(|id| done.get(id) == Some(&false)));
        let failed = failed.into_iter().map(|part| {
            let message = "The request could not be completed because a request it depends on failed.";
            (
                part.id,
                Answer::from(GraphError::new(StatusCode::FAILED_DEPENDENCY, "FailedDependency", message)),
            )
        });
        let ran: Vec<(String, Answer)> = stream::iter(ready)
            .map(|part| async move {
                world.counters.one("graph.batch_items");
                (part.id, super::one(world, part.call).await)
            })
            .buffer_unordered(PARALLEL)
            .collect()
            .await;
        for (id, answer) in failed.chain(ran).collect::<Vec<_>>() {
            done.insert(id.clone(), answer.status.is_success());
            responses.push(response(world, &id, answer));
        }
    }
    responses
}

fn response(world: &World, id: &str, answer: Answer) -> Value {
    let request_id = Uuid::new_v4().to_string();
    let mut headers: Map<String, Value> = Map::new();
    for (name, value) in &answer.headers {
        let name = if name == "retry-after" { "Retry-After".to_owned() } else { name.to_string() };
        headers.insert(name, value.to_str().unwrap_or_default().into());
    }
    let body = match &answer.content {
        Content::Bytes(media_type, bytes) => {
            headers.insert("Content-Type".into(), (*media_type).into());
            Some(STANDARD.encode(bytes).into())
        }
        _ => answer.body_json(&request_id, world.now()),
    };
    let mut response = json!({"id": id, "status": answer.status.as_u16()});
    if let Some(body) = body {
        headers.entry("Content-Type").or_insert_with(|| "application/json".into());
        response["body"] = body;
    }
    response["headers"] = Value::Object(headers);
    response
}
