//! The door: no session, no page; and no POST without its token, from any other site.

use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::header::{CONTENT_TYPE, HOST, ORIGIN};
use axum::http::{HeaderMap, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use store::LoginSession;

use super::{Session, Theme, Token, cookie, cookie_name, equal};
use crate::desk::Console;
use crate::form::Fields;
use crate::refusal::Refusal;

/// Forms of ours are small; a page of selected messages is some 50 KB.
const FORM_BYTES_MAX: usize = 256 * 1024;

/// Lets those through who are signed in, with their [`Session`] on the request.
pub(crate) async fn require(State(console): State<Console>, request: Request, next: Next) -> Response {
    let api = wants_data(request.uri().path());
    match admit(&console, request).await {
        Ok(request) => next.run(request).await,
        Err(refusal) if api => refusal.as_json(),
        Err(refusal) => refusal.into_response(),
    }
}

async fn admit(console: &Console, request: Request) -> Result<Request, Refusal> {
    let Some((session, token)) = find(console, request.headers()).await? else {
        return Err(Refusal::SignIn { back: back(&request) });
    };
    let mut request = if request.method() == Method::GET || request.method() == Method::HEAD {
        request
    } else {
        checked_post(console, &session, request).await?
    };
    let theme = Theme::of(request.headers());
    request.extensions_mut().insert(Session {
        account: session.account,
        csrf: session.csrf,
        expires: session.expires,
        theme,
        token_hash: token.hash(),
    });
    Ok(request)
}

async fn find(console: &Console, headers: &HeaderMap) -> Result<Option<(LoginSession, Token)>, Refusal> {
    let Some(value) = cookie(headers, cookie_name(console.settings().secure_cookies)) else {
        return Ok(None);
    };
    let token = Token::given(value);
    let session = console.store().session(&token.hash()).await?;
    let alive = session.filter(|session| session.expires > console.now());
    Ok(alive.map(|session| (session, token)))
}

/// Checks `Origin` and the token (header, or field of the form), and hands the body on.
async fn checked_post(
    console: &Console,
    session: &LoginSession,
    request: Request,
) -> Result<Request, Refusal> {
    same_origin(console, request.headers())?;
    let (parts, body) = request.into_parts();
    let bytes = axum::body::to_bytes(body, FORM_BYTES_MAX).await.map_err(|_| Refusal::TooLarge)?;
    let given = given_token(&parts.headers, &bytes);
    if !equal(&given, &session.csrf) {
        return Err(Refusal::Forged(
            "The form was not one of this session: load the page again and repeat. Programs send the `csrf` of \
             /api/v1/session as X-CSRF-Token."
                .into(),
        ));
    }
    Ok(Request::from_parts(parts, Body::from(bytes)))
}

fn given_token(headers: &HeaderMap, body: &Bytes) -> String {
    if let Some(token) = headers.get("x-csrf-token") {
        return token.to_str().unwrap_or_default().to_owned();
    }
    let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if content_type.starts_with("application/x-www-form-urlencoded") {
        return Fields::parse(body).exact("csrf").to_owned();
    }
    String::new()
}

/// Refuses what a page of another site sent. Browsers name the origin of every POST; programs that name none are
/// left to the token.
pub(crate) fn same_origin(console: &Console, headers: &HeaderMap) -> Result<(), Refusal> {
    let Some(origin) = headers.get(ORIGIN) else { return Ok(()) };
    let origin = origin.to_str().unwrap_or("null");
    let ours = match &console.settings().public_url {
        Some(public) => origin == public.trim_end_matches('/'),
        None => {
            let host = headers.get(HOST).and_then(|host| host.to_str().ok());
            host.is_some() && origin.split_once("://").map(|(_, host)| host) == host
        }
    };
    if ours {
        return Ok(());
    }
    Err(Refusal::Forged(
        "The request came from a page of another address: open the console under its own address. Behind a proxy, \
         set the public URL to what browsers use."
            .into(),
    ))
}

fn wants_data(path: &str) -> bool {
    path.starts_with("/api/") || path == "/live"
}

/// Where to go on after signing in: only pages can be gone back to.
fn back(request: &Request) -> Option<String> {
    let page = request.method() == Method::GET;
    page.then(|| request.uri().path_and_query().map(|path| path.as_str().to_owned())).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_api_and_live_get_data_refusals() {
        for (path, data) in
            [("/api/v1/messages", true), ("/live", true), ("/messages", false), ("/apis", false)]
        {
            assert_eq!(wants_data(path), data, "{path}");
        }
    }

    #[test]
    fn the_token_is_read_from_header_or_form() {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, "application/x-www-form-urlencoded".parse().expect("a value"));
        let body = Bytes::from_static(b"csrf=from-form");
        assert_eq!(given_token(&headers, &body), "from-form");
        headers.insert("x-csrf-token", "from-header".parse().expect("a value"));
        assert_eq!(given_token(&headers, &body), "from-header");
        assert_eq!(given_token(&HeaderMap::new(), &body), "");
    }
}
