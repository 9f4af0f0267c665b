//! First run: the first account, made by whoever holds the one-time token the program printed.

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{Html, IntoResponse as _, Redirect, Response};
use store::{Account, Actor};

use super::sign_in::{Door, note, welcome};
use crate::assets;
use crate::desk::Console;
use crate::form::{Fields, Posted};
use crate::refusal::Refusal;
use crate::session::{PASSWORD_CHARS_MIN, Theme, acceptable, equal};

/// Names go into the audit log and page corners.
const NAME_CHARS_MAX: usize = 64;

#[derive(Template)]
#[template(path = "setup.html")]
struct SetupPage {
    stamp: &'static str,
    theme: Theme,
    csrf: String,
    token: String,
    name: String,
    password_chars_min: usize,
    trouble: Option<String>,
}

pub(crate) async fn show(
    State(console): State<Console>,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, Refusal> {
    if has_accounts(&console).await? {
        return Ok(Redirect::to("/sign-in").into_response());
    }
    check_token(&console, &fields)?;
    page(&console, &headers, &fields, None)
}

pub(crate) async fn create(
    State(console): State<Console>,
    headers: HeaderMap,
    Posted(form): Posted,
) -> Result<Response, Refusal> {
    Door::check(&console, &headers, &form)?;
    check_token(&console, &form)?;
    let name = form.text("name").unwrap_or_default();
    let password = form.exact("password");
    if let Err(trouble) = acceptable_name(name).and_then(|()| acceptable(name, password)) {
        return page(&console, &headers, &form, Some(trouble));
    }
    if password != form.exact("again") {
        return page(
            &console,
            &headers,
            &form,
            Some("The two passwords differ: type the same twice.".into()),
        );
    }
    let Some(password_hash) = console.hashing.hash(password.to_owned()).await else {
        return page(&console, &headers, &form, Some("This password cannot be kept: take another.".into()));
    };
    let _turn = console.setup.lock().await;
    if has_accounts(&console).await? {
        return Ok(Redirect::to("/sign-in").into_response());
    }
    let account = Account { name: name.to_owned(), password_hash, created: console.now() };
    console.store().save_account(&account).await?;
    note(&console, "account-created", Actor::System, "the first account was created").await?;
    welcome(&console, &account, "/").await
}

async fn has_accounts(console: &Console) -> Result<bool, Refusal> {
    Ok(!console.store().accounts().await?.is_empty())
}

fn check_token(console: &Console, fields: &Fields) -> Result<(), Refusal> {
    let expected = console.settings().setup_token.as_deref().unwrap_or_default();
    if equal(fields.exact("token"), expected) {
        return Ok(());
    }
    Err(Refusal::Forged(
        "The first account is made under the address that the program prints when it starts: open that one."
            .into(),
    ))
}

fn acceptable_name(name: &str) -> Result<(), String> {
    let chars = name.chars().count();
    if chars == 0 || chars > NAME_CHARS_MAX || name.chars().any(char::is_control) {
        return Err(format!("Give a name of 1 to {NAME_CHARS_MAX} characters."));
    }
    Ok(())
}

fn page(
    console: &Console,
    headers: &HeaderMap,
    fields: &Fields,
    trouble: Option<String>,
) -> Result<Response, Refusal> {
    let door = Door::of(headers);
    let status = if trouble.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let page = SetupPage {
        stamp: assets::stamp(),
        theme: Theme::of(headers),
        csrf: door.csrf.clone(),
        token: fields.exact("token").to_owned(),
        name: fields.text("name").unwrap_or("admin").to_owned(),
        password_chars_min: PASSWORD_CHARS_MIN,
        trouble,
    };
    Ok((status, door.cookie(console), Html(page.render()?)).into_response())
}
