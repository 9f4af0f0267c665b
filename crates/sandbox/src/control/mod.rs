//! The control API under `/sandbox`: what tests and demos do to the tenant from outside. See the crate's own page
//! for the list.

mod inspect;
mod mail;
mod people;
mod tenant;

use std::sync::Arc;

use axum::Json;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde_json::json;
use uuid::Uuid;

use crate::world::World;

/// A mail of 150 MB in base64, and a little around it.
const BODY_BYTES_MAX: usize = 210 * 1024 * 1024;

pub(crate) fn routes() -> Router<Arc<World>> {
    let below = Router::new()
        .route("/", get(tenant::show))
        .route("/ca.pem", get(tenant::ca))
        .route("/certificate", post(tenant::certificate))
        .route("/clock", get(tenant::clock).post(tenant::advance))
        .route("/faults", get(tenant::faults).put(tenant::set_faults).delete(tenant::clear_faults))
        .route("/consent", post(tenant::consent))
        .route("/apps", post(tenant::put_app))
        .route("/delta/lose", post(tenant::lose_delta))
        .route("/subscriptions", get(tenant::subscriptions))
        .route("/subscriptions/expire", post(tenant::expire_subscriptions))
        .route("/lifecycle", post(tenant::lifecycle))
        .route("/counters", get(tenant::counters).delete(tenant::reset_counters))
        .route("/sign-ins", post(tenant::sign_ins))
        .route("/mail", post(mail::deliver))
        .route("/outbound", get(mail::outbound))
        .route("/people", post(people::put))
        .route("/people/{who}", axum::routing::delete(people::remove))
        .route("/people/{who}/move", post(people::relocate))
        .route("/people/{who}/delete", post(people::delete))
        .route("/people/{who}/mark", post(people::mark))
        .route("/people/{who}/folder", post(people::folder))
        .route("/people/{who}/send", post(people::send))
        .route("/mailboxes", get(inspect::all))
        .route("/mailboxes/{who}", get(inspect::tree))
        .route("/mailboxes/{who}/items", get(inspect::items))
        .route("/mailboxes/{who}/history", get(inspect::history))
        .route("/mailboxes/{who}/mime", get(inspect::mime))
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX));
    Router::new().nest("/sandbox", below).route("/sandbox/", get(tenant::show))
}

/// A refusal with what to do about it.
#[derive(Debug)]
pub(crate) struct Refused(StatusCode, String);

impl Refused {
    fn missing(what: impl Into<String>) -> Self {
        Self(StatusCode::NOT_FOUND, what.into())
    }

    fn wrong(what: impl Into<String>) -> Self {
        Self(StatusCode::BAD_REQUEST, what.into())
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        (self.0, Json(json!({ "error": self.1 }))).into_response()
    }
}

type Answered = Result<Response, Refused>;

fn ok(body: serde_json::Value) -> Answered {
    Ok(Json(body).into_response())
}

/// The mailbox of a person named by id or address.
fn owner(world: &World, who: &str) -> Result<Uuid, Refused> {
    let missing = || Refused::missing(format!("Nobody here has the address or id '{who}' and a mailbox."));
    world.recipient(who).ok_or_else(missing)
}
