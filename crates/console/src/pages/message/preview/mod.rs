//! The HTML body as the reader would have seen it, made harmless: sanitised, links inert with their real targets as
//! tooltips, nothing loaded from anywhere. The answer carries a policy that sandboxes it besides.

mod depth;
mod inert;
mod sanitise;

use std::time::Duration;

use axum::extract::{Path, State};
use axum::http::header::{CONTENT_SECURITY_POLICY, X_FRAME_OPTIONS};
use axum::response::{Html, IntoResponse as _, Response};

use super::{named, reading, unknown};
use crate::desk::Console;
use crate::headers::PREVIEW_POLICY;
use crate::refusal::Refusal;
use crate::session::Session;

/// A body that takes longer is shown as text only.
const PATIENCE: Duration = Duration::from_secs(10);

pub(crate) async fn show(
    State(console): State<Console>,
    _session: Session,
    Path(digest): Path<String>,
) -> Result<Response, Refusal> {
    let digest = named(&digest)?;
    let Some(reading) = reading::read(&console, &digest).await? else { return Err(unknown()) };
    let _turn = console.previews.acquire().await.expect("the semaphore is never closed");
    let rendering = tokio::task::spawn_blocking(move || sanitise::document(&reading.message));
    let html = match tokio::time::timeout(PATIENCE, rendering).await {
        Ok(Ok(html)) => html,
        Ok(Err(_)) | Err(_) => sanitise::unshowable("This body could not be made safe to show."),
    };
    let headers = [(CONTENT_SECURITY_POLICY, PREVIEW_POLICY), (X_FRAME_OPTIONS, "SAMEORIGIN")];
    Ok((headers, Html(html)).into_response())
}
