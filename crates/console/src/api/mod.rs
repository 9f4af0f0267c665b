//! The same as data, under `/api/v1`: read with a session, changed with its token in `X-CSRF-Token`. Every error is
//! `{"error": {"title", "text"}}`, and the text says what to do.

pub(crate) mod actions;
pub(crate) mod counts;
pub(crate) mod health;
pub(crate) mod message;
pub(crate) mod messages;
pub(crate) mod session;

use axum::Json;
use axum::response::{IntoResponse, Response};
use serde_json::Value;

use crate::refusal::Refusal;

/// What an API handler answers.
type Answer = Result<Json<Value>, Trouble>;

/// A refusal told as data.
pub(crate) struct Trouble(Refusal);

impl<E: Into<Refusal>> From<E> for Trouble {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl IntoResponse for Trouble {
    fn into_response(self) -> Response {
        self.0.as_json()
    }
}
