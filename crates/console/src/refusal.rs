//! Why a request is not answered as asked: one page or one JSON object, with what to do about it.

use askama::Template;
use axum::Json;
use axum::http::header::{LOCATION, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use jiff::SignedDuration;

use crate::assets;

/// Trouble of a request.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// Nobody is signed in; `back` is where the visitor wanted to go.
    SignIn {
        back: Option<String>,
    },
    /// Another site, or a form that is not this session's.
    Forged(String),
    NotFound(String),
    /// Something has to end first.
    Busy(String),
    /// The request makes no sense; the text says what would.
    Bad(String),
    TooLarge,
    TooOften(SignedDuration),
    /// Ours or the database's trouble; logged here, not shown.
    Broken(store::Error),
    Unrenderable(askama::Error),
    Unwritable(String),
}

impl From<store::Error> for Refusal {
    fn from(error: store::Error) -> Self {
        Self::Broken(error)
    }
}

impl From<askama::Error> for Refusal {
    fn from(error: askama::Error) -> Self {
        Self::Unrenderable(error)
    }
}

struct Told {
    status: StatusCode,
    title: &'static str,
    text: String,
}

impl Refusal {
    fn told(&self) -> Told {
        let (status, title, text) = match self {
            Self::SignIn { .. } => {
                (StatusCode::UNAUTHORIZED, "Signed out", "Sign in at /sign-in and repeat.".to_owned())
            }
            Self::Forged(text) => (StatusCode::FORBIDDEN, "Refused", text.clone()),
            Self::NotFound(text) => (StatusCode::NOT_FOUND, "Not here", text.clone()),
            Self::Busy(text) => (StatusCode::CONFLICT, "Not yet", text.clone()),
            Self::Bad(text) => (StatusCode::BAD_REQUEST, "That does not work", text.clone()),
            Self::TooLarge => (
                StatusCode::PAYLOAD_TOO_LARGE,
                "Too large",
                "The request is larger than any form of ours: select fewer messages.".to_owned(),
            ),
            Self::TooOften(wait) => (
                StatusCode::TOO_MANY_REQUESTS,
                "Too many tries",
                format!("Wait {} minutes, then try again.", wait.as_secs().div_euclid(60) + 1),
            ),
            Self::Broken(_) | Self::Unrenderable(_) | Self::Unwritable(_) => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "Trouble here",
                "The server could not answer; its log says why. Nothing was changed.".to_owned(),
            ),
        };
        Told { status, title, text }
    }

    /// The same as data, for programs.
    pub(crate) fn as_json(&self) -> Response {
        self.log();
        let told = self.told();
        let body = serde_json::json!({ "error": { "title": told.title, "text": told.text } });
        self.finish((told.status, Json(body)).into_response())
    }

    fn log(&self) {
        match self {
            Self::Broken(error) => tracing::error!(error = %chain(error), "request failed"),
            Self::Unrenderable(error) => tracing::error!(%error, "page could not be rendered"),
            Self::Unwritable(error) => tracing::error!(%error, "answer could not be written"),
            Self::SignIn { .. }
            | Self::Forged(_)
            | Self::NotFound(_)
            | Self::Busy(_)
            | Self::Bad(_)
            | Self::TooLarge
            | Self::TooOften(_) => {}
        }
    }

    fn finish(&self, mut response: Response) -> Response {
        if let Self::TooOften(wait) = self {
            response
                .headers_mut()
                .insert(RETRY_AFTER, HeaderValue::from(wait.as_secs().max(1).unsigned_abs()));
        }
        response
    }
}

fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}

#[derive(Template)]
#[template(path = "refusal.html")]
struct RefusalPage {
    stamp: &'static str,
    title: &'static str,
    text: String,
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        self.log();
        if let Self::SignIn { back } = &self {
            return to_sign_in(back.as_deref());
        }
        let told = self.told();
        let page = RefusalPage { stamp: assets::stamp(), title: told.title, text: told.text };
        let html = page.render().unwrap_or_else(|_| told.title.to_owned());
        self.finish((told.status, Html(html)).into_response())
    }
}

/// A page asked for: to the door, and back afterwards. A form posted: just the door.
fn to_sign_in(back: Option<&str>) -> Response {
    let query = match back {
        None | Some("/") => String::new(),
        Some(back) => {
            let encoded: String = url::form_urlencoded::byte_serialize(back.as_bytes()).collect();
            format!("?next={encoded}")
        }
    };
    (StatusCode::SEE_OTHER, [(LOCATION, format!("/sign-in{query}"))]).into_response()
}
