//! The original bytes, as a file to save; never shown by the browser.

use axum::extract::{Path, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};
use store::{Actor, Event};

use super::{named, unknown};
use crate::desk::Console;
use crate::refusal::Refusal;
use crate::session::Session;

pub(crate) async fn download(
    State(console): State<Console>,
    session: Session,
    Path(digest): Path<String>,
) -> Result<Response, Refusal> {
    let digest = named(&digest)?;
    let Some(bytes) = console.store().blob(&digest).await? else { return Err(unknown()) };
    let short = digest.to_string()[..12].to_owned();
    let text = format!("downloaded the original of message {short}");
    let event = Event { kind: "downloaded".into(), delivery: None, plan: None, text };
    console.store().audit(&event, &Actor::Person(session.account), console.now()).await?;
    // Not message/rfc822: some browsers would open that.
    let headers = [
        (CONTENT_TYPE, "application/octet-stream".to_owned()),
        (CONTENT_DISPOSITION, format!("attachment; filename=\"{short}.eml\"")),
    ];
    Ok((headers, bytes).into_response())
}
