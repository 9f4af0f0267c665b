//! `GET /api/v1/session`: who is signed in, and the token for changing anything.

use axum::Json;

use super::Answer;
use crate::session::Session;

pub(crate) async fn show(session: Session) -> Answer {
    Ok(Json(serde_json::json!({
        "account": session.account,
        "csrf": session.csrf,
        "expires": session.expires.to_string(),
    })))
}
