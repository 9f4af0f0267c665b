//! Who is signed in. A [`Session`] is made by [`require`] alone, so a handler that asks for one cannot be reached
//! without signing in.

mod attempts;
mod cookie;
mod password;
mod require;
mod token;

use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;
use jiff::{SignedDuration, Timestamp};
use message::Digest;
use store::{Account, LoginSession};

use crate::desk::Console;
use crate::refusal::Refusal;

pub(crate) use attempts::{Attempts, Source};
pub(crate) use cookie::{Theme, cookie, cookie_name, set_cookie};
pub(crate) use password::{Hashing, PASSWORD_CHARS_MIN, acceptable};
pub(crate) use require::{require, same_origin};
pub(crate) use token::{Token, equal};

/// One working day and a bit: long enough not to interrupt a shift, short enough for a forgotten browser.
pub(crate) const LIFE: SignedDuration = SignedDuration::from_hours(12);

/// Proof that the request came from someone signed in.
#[derive(Clone, Debug)]
pub(crate) struct Session {
    pub(crate) account: String,
    /// What every POST of this session has to carry.
    pub(crate) csrf: String,
    pub(crate) expires: Timestamp,
    pub(crate) theme: Theme,
    token_hash: Digest,
}

impl Session {
    /// Ends it: the cookie is worth nothing from now on.
    pub(crate) async fn end(&self, console: &Console) -> Result<(), Refusal> {
        Ok(console.store().forget_session(&self.token_hash).await?)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Session {
    type Rejection = StatusCode;

    /// Fails only on a route that is listed as open but asks for a session: a mistake of ours, not of the visitor.
    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Self::Rejection> {
        parts.extensions.get::<Session>().cloned().ok_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

/// Signs `account` in: keeps the hash of a new token and gives the cookie that carries it.
pub(crate) async fn begin(console: &Console, account: &Account) -> Result<String, Refusal> {
    let token = Token::fresh();
    let now = console.now();
    let session = LoginSession {
        token_hash: token.hash(),
        account: account.name.clone(),
        csrf: Token::fresh().to_string(),
        created: now,
        expires: now + LIFE,
    };
    console.store().save_session(&session).await?;
    let secure = console.settings().secure_cookies;
    Ok(set_cookie(cookie_name(secure), &token.to_string(), LIFE, secure))
}
