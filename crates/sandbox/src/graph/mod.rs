//! Microsoft Graph: one road for every request, alone or inside a batch. Token, faults, throttling, then the
//! resource; the answer gets the headers Graph gives it.

mod attachments;
mod audit;
mod batch;
mod call;
mod delta;
mod draft;
mod error;
pub(crate) mod filter;
mod folders;
mod gate;
mod item;
mod messages;
mod odata;
mod organization;
mod route;
mod rules;
mod send;
mod subscriptions;
mod trace;
mod users;
pub(crate) mod view;

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use futures_util::{StreamExt, stream};
use uuid::Uuid;

use crate::world::World;
pub(crate) use call::{Answer, Call};
pub(crate) use draft::mime as draft_mime;
pub(crate) use error::GraphError;

/// Graph takes larger uploads only in sessions; MIME posts go up to the mailbox's own limit.
const BODY_BYTES_MAX: usize = 160 * 1024 * 1024;
const CUT_AFTER: Duration = Duration::from_millis(30);

/// Everything under `/v1.0`.
pub(crate) async fn serve(State(world): State<Arc<World>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let request_id = Uuid::new_v4();
    let client_id = parts.headers.get("client-request-id").cloned();
    let answer = match axum::body::to_bytes(body, BODY_BYTES_MAX).await {
        Err(_) => GraphError::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "RequestEntityTooLarge",
            "The request is too large.",
        )
        .into(),
        Ok(body) => {
            let path = parts.uri.path().strip_prefix("/v1.0").unwrap_or_default();
            let query = parts.uri.query().unwrap_or_default();
            let base = crate::server::base_url(&parts.headers);
            let call = Call::new(parts.method, path, query, parts.headers, body, base);
            answer(&world, call).await
        }
    };
    let mut response = finish(&world, answer, request_id);
    let headers = response.headers_mut();
    let id = HeaderValue::from_str(&request_id.to_string()).unwrap_or(HeaderValue::from_static(""));
    headers.insert("client-request-id", client_id.unwrap_or_else(|| id.clone()));
    headers.insert("request-id", id);
    headers.insert(
        "x-ms-ags-diagnostic",
        HeaderValue::from_static("{\"ServerInfo\":{\"DataCenter\":\"Sandbox\"}}"),
    );
    response
}

/// Answers one request; a batch answers each of its own in turn.
async fn answer(world: &Arc<World>, call: Call) -> Answer {
    world.counters.one("graph.requests");
    let is_batch = matches!(call.segments().as_slice(), ["$batch"]);
    let answer = if is_batch { batch::serve(world, call).await } else { one(world, call).await };
    world.counters.one(&format!("graph.status.{}", answer.status.as_u16()));
    answer
}

/// One request that is not a batch. Its permit is held while a fault makes it slow, as a busy mailbox would.
async fn one(world: &Arc<World>, call: Call) -> Answer {
    let (caller, _permit) = match gate::pass(world, &call) {
        Ok(passed) => passed,
        Err(refused) => return refused.into(),
    };
    if let Some(slowness) = world.faults.slowness() {
        tokio::time::sleep(slowness).await;
    }
    route::dispatch(world, &caller, &call).await.unwrap_or_else(Answer::from)
}

/// Turns an answer into HTTP, cut short in its body where a fault says so.
fn finish(world: &World, answer: Answer, request_id: Uuid) -> Response {
    let (status, headers, bytes) = answer.into_parts(&request_id.to_string(), world.now());
    let length = bytes.len();
    let cut = length > 1 && world.faults.cuts();
    let body = if cut { cut_body(&bytes) } else { Body::from(bytes) };
    let mut response = Response::new(body);
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    if cut {
        world.counters.one("graph.cut");
        response.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    }
    response
}

fn cut_body(bytes: &Bytes) -> Body {
    let half = bytes.slice(..bytes.len() / 2);
    let broken = async {
        // The first half has to be on its way, or the stream is reset before its headers.
        tokio::time::sleep(CUT_AFTER).await;
        Err(std::io::Error::new(std::io::ErrorKind::ConnectionReset, "connection cut by a fault"))
    };
    Body::from_stream(stream::once(async { Ok(half) }).chain(stream::once(broken)))
}
