//! Signing in and out.

use askama::Template;
use axum::extract::State;
use axum::http::header::{LOCATION, SET_COOKIE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{Html, IntoResponse as _, Response};
use jiff::SignedDuration;
use store::{Account, Actor, Event};

use super::local;
use crate::assets;
use crate::desk::Console;
use crate::form::{Fields, Posted};
use crate::refusal::Refusal;
use crate::session::{self, Session, Source, Theme, Token, cookie, cookie_name, equal, set_cookie};

/// The cookie whose value the sign-in form repeats, so that no other site can sign somebody in.
pub(crate) const DOOR: &str = "innerward-door";

/// An hour to fill in a form.
const DOOR_LIFE: SignedDuration = SignedDuration::from_hours(1);

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignInPage {
    stamp: &'static str,
    theme: Theme,
    csrf: String,
    next: String,
    name: String,
    trouble: Option<String>,
    /// No account yet, so nobody can sign in.
    fresh: bool,
}

pub(crate) async fn show(
    State(console): State<Console>,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, Refusal> {
    let next = local(fields.exact("next")).to_owned();
    page(&console, &headers, next, String::new(), None, StatusCode::OK).await
}

async fn page(
    console: &Console,
    headers: &HeaderMap,
    next: String,
    name: String,
    trouble: Option<String>,
    status: StatusCode,
) -> Result<Response, Refusal> {
    let door = Door::of(headers);
    let fresh = console.store().accounts().await?.is_empty();
    let theme = Theme::of(headers);
    let page =
        SignInPage { stamp: assets::stamp(), theme, csrf: door.csrf.clone(), next, name, trouble, fresh };
    Ok((status, door.cookie(console), Html(page.render()?)).into_response())
}

/// The double-submit token of forms before there is a session.
pub(crate) struct Door {
    pub(crate) csrf: String,
}

impl Door {
    /// The visitor's, kept when there is one so that two open tabs both work.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let kept = cookie(headers, DOOR).filter(|value| value.len() == 43);
        Self { csrf: kept.map_or_else(|| Token::fresh().to_string(), str::to_owned) }
    }

    pub(crate) fn cookie(&self, console: &Console) -> [(axum::http::HeaderName, String); 1] {
        let secure = console.settings().secure_cookies;
        [(SET_COOKIE, set_cookie(DOOR, &self.csrf, DOOR_LIFE, secure))]
    }

    /// Whether `form` came from a page of ours.
    pub(crate) fn check(console: &Console, headers: &HeaderMap, form: &Fields) -> Result<(), Refusal> {
        session::same_origin(console, headers)?;
        if equal(form.exact("csrf"), cookie(headers, DOOR).unwrap_or_default()) {
            return Ok(());
        }
        Err(Refusal::Forged(
            "The form is too old: load the page again and repeat. Cookies must be allowed.".into(),
        ))
    }
}

pub(crate) async fn enter(
    State(console): State<Console>,
    source: Source,
    headers: HeaderMap,
    Posted(form): Posted,
) -> Result<Response, Refusal> {
    Door::check(&console, &headers, &form)?;
    let name = form.text("name").unwrap_or_default();
    let now = console.now();
    if let Some(wait) = console.attempts.wait(name, source, now) {
        return Err(Refusal::TooOften(wait));
    }
    let account = console.store().accounts().await?.into_iter().find(|account| account.name == name);
    let kept = account.as_ref().map(|account| account.password_hash.clone());
    let right = console.hashing.verify(form.exact("password").to_owned(), kept).await;
    match account.filter(|_| right) {
        Some(account) => {
            console.attempts.succeeded(name);
            welcome(&console, &account, local(form.exact("next"))).await
        }
        None => {
            console.attempts.failed(name, source, now);
            note(&console, "sign-in-refused", Actor::System, "a sign-in with a wrong name or password")
                .await?;
            let trouble = Some("Name or password is wrong.".to_owned());
            let next = local(form.exact("next")).to_owned();
            page(&console, &headers, next, name.to_owned(), trouble, StatusCode::UNAUTHORIZED).await
        }
    }
}

/// Begins a session and goes on to `next`.
pub(crate) async fn welcome(console: &Console, account: &Account, next: &str) -> Result<Response, Refusal> {
    let cookie = session::begin(console, account).await?;
    note(console, "signed-in", Actor::Person(account.name.clone()), "signed in").await?;
    Ok((StatusCode::SEE_OTHER, [(SET_COOKIE, cookie), (LOCATION, next.to_owned())]).into_response())
}

pub(crate) async fn leave(State(console): State<Console>, session: Session) -> Result<Response, Refusal> {
    session.end(&console).await?;
    note(&console, "signed-out", Actor::Person(session.account.clone()), "signed out").await?;
    let secure = console.settings().secure_cookies;
    let gone = set_cookie(cookie_name(secure), "", SignedDuration::ZERO, secure);
    let headers = [(SET_COOKIE, gone), (LOCATION, "/sign-in".to_owned())];
    Ok((StatusCode::SEE_OTHER, headers).into_response())
}

/// Puts who came and went on record.
pub(crate) async fn note(console: &Console, kind: &str, actor: Actor, text: &str) -> Result<(), Refusal> {
    let event = Event { kind: kind.into(), delivery: None, plan: None, text: text.into() };
    Ok(console.store().audit(&event, &actor, console.now()).await?)
}
