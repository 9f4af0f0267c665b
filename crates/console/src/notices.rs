//! `POST /notices/{provider}` and `/notices/{provider}/lifecycle`: where providers post that something came. Open to
//! the world, so it believes nothing: whoever implements [`crate::NoticeDesk`] checks, and what is refused gets a 4xx without
//! a word about why.

use axum::extract::rejection::BytesRejection;
use axum::extract::{Path, RawQuery, State};
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use provider::{NoticeReply, NoticeRequest};

use crate::desk::Console;

/// Notices are a few hundred bytes each and come a few hundred at a time at most.
pub(crate) const BYTES_MAX: usize = 1_000_000;

pub(crate) async fn changes(
    State(console): State<Console>,
    Path(provider): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Result<axum::body::Bytes, BytesRejection>,
) -> Response {
    answer(&console, &provider, false, query, &headers, body).await
}

pub(crate) async fn lifecycle(
    State(console): State<Console>,
    Path(provider): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Result<axum::body::Bytes, BytesRejection>,
) -> Response {
    answer(&console, &provider, true, query, &headers, body).await
}

async fn answer(
    console: &Console,
    provider: &str,
    lifecycle: bool,
    query: Option<String>,
    headers: &HeaderMap,
    body: Result<axum::body::Bytes, BytesRejection>,
) -> Response {
    let body = match body {
        Ok(body) => body,
        Err(rejection) => {
            console.desk.notices.turned_away(provider);
            return rejection.status().into_response();
        }
    };
    let query: Vec<_> =
        url::form_urlencoded::parse(query.unwrap_or_default().as_bytes()).into_owned().collect();
    let authorization = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let request = NoticeRequest { query: &query, body: &body, authorization };
    match console.desk.notices.receive(provider, lifecycle, &request).await {
        // axum answers a String as `text/plain; charset=utf-8`, which is what Graph's handshake wants.
        Some(Ok(NoticeReply::Echo(text))) => (StatusCode::OK, text).into_response(),
        Some(Ok(NoticeReply::Accepted { .. })) => StatusCode::ACCEPTED.into_response(),
        Some(Err(error)) => status(&error).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// What to say to whoever posted. `Retry` is ours to repeat (we could not queue), so the provider may post again.
fn status(error: &provider::Error) -> StatusCode {
    match error {
        provider::Error::Retry { .. } => StatusCode::SERVICE_UNAVAILABLE,
        provider::Error::Denied(_) => StatusCode::FORBIDDEN,
        provider::Error::Gone { .. }
        | provider::Error::CursorLost
        | provider::Error::Misused(_)
        | provider::Error::Broken { .. } => StatusCode::BAD_REQUEST,
    }
}
