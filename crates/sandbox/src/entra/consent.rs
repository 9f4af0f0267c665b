//! Admin consent: the page with Accept and Cancel, and the redirects Microsoft answers with in its two forms.

use std::sync::Arc;

use axum::extract::{Form, OriginalUri, Path, Query, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde::Deserialize;
use url::Url;
use uuid::Uuid;

use super::is_this_tenant;
use crate::world::{Registration, World};

#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Ask {
    #[serde(default)]
    client_id: String,
    #[serde(default)]
    redirect_uri: String,
    #[serde(default)]
    state: Option<String>,
    #[serde(default)]
    scope: Option<String>,
    /// Only in the answer of the page: `accept` or `cancel`.
    #[serde(default)]
    decision: Option<String>,
}

pub(super) async fn page_v1(
    State(world): State<Arc<World>>,
    Path(tenant): Path<String>,
    uri: OriginalUri,
    Query(ask): Query<Ask>,
) -> Response {
    page(&world, &tenant, &uri, &ask)
}

pub(super) async fn page_v2(
    State(world): State<Arc<World>>,
    Path(tenant): Path<String>,
    uri: OriginalUri,
    Query(ask): Query<Ask>,
) -> Response {
    if tenant.eq_ignore_ascii_case("common") {
        return refusal(
            "AADSTS90133: The v2.0 admin consent page takes a tenant or 'organizations', not 'common'.",
        );
    }
    if ask.scope.as_deref().is_none_or(|scope| !scope.ends_with("/.default")) {
        return refusal(
            "AADSTS70011: The 'scope' must be the resource's /.default for application permissions.",
        );
    }
    page(&world, &tenant, &uri, &ask)
}

fn page(world: &World, tenant: &str, uri: &OriginalUri, ask: &Ask) -> Response {
    match check(world, tenant, ask) {
        Ok((registration, _)) => Html(consent_html(world, uri, ask, &registration)).into_response(),
        Err(text) => refusal(&text),
    }
}

fn check(world: &World, tenant: &str, ask: &Ask) -> Result<(Registration, Url), String> {
    if !is_this_tenant(world, tenant) {
        return Err(format!("AADSTS90002: Tenant '{tenant}' not found."));
    }
    let registration = Uuid::parse_str(&ask.client_id).ok().and_then(|id| world.app(id));
    let registration = registration.ok_or_else(|| {
        format!(
            "AADSTS700016: Application with identifier '{}' was not found in the directory.",
            ask.client_id
        )
    })?;
    let redirect =
        Url::parse(&ask.redirect_uri).map_err(|_| "AADSTS900971: No reply address provided.".to_owned())?;
    let allowed = &registration.app.redirect_uris;
    if !allowed.is_empty() && !allowed.contains(&ask.redirect_uri) {
        return Err(format!(
            "AADSTS50011: The redirect URI '{}' specified in the request does not match the redirect URIs configured for the application.",
            ask.redirect_uri
        ));
    }
    Ok((registration, redirect))
}

/// The administrator pressed a button.
pub(super) async fn decide(
    State(world): State<Arc<World>>,
    Path(tenant): Path<String>,
    Form(ask): Form<Ask>,
) -> Response {
    let (registration, mut redirect) = match check(&world, &tenant, &ask) {
        Ok(checked) => checked,
        Err(text) => return refusal(&text),
    };
    let accepted = ask.decision.as_deref() == Some("accept");
    if accepted {
        world.grant(registration.app.client_id, Some(registration.app.roles.clone()));
        world.counters.one("consent.accepted");
    }
    let mut answer = redirect.query_pairs_mut();
    match (accepted, &ask.scope) {
        (true, _) => {
            answer.append_pair("admin_consent", "True").append_pair("tenant", &world.settings.id.to_string());
        }
        (false, None) => {
            answer.append_pair("error", "permission_denied");
            answer.append_pair("error_description", "AADSTS65004: The admin canceled the request.");
        }
        (false, Some(_)) => {
            answer.append_pair("admin_consent", "True").append_pair("error", "consent_required");
            answer.append_pair(
                "error_description",
                "AADSTS65004: The resource owner or authorization server denied the request.",
            );
        }
    }
    if let Some(scope) = ask.scope.as_ref().filter(|_| accepted) {
        answer.append_pair("scope", scope);
    }
    if let Some(state) = &ask.state {
        answer.append_pair("state", state);
    }
    drop(answer);
    Redirect::to(redirect.as_str()).into_response()
}

fn refusal(text: &str) -> Response {
    let page = format!(
        "<!doctype html><meta charset=utf-8><title>Sign in</title><h1>Sorry, but we’re having trouble signing you in.</h1><p>{}</p>",
        escape(text)
    );
    (StatusCode::BAD_REQUEST, Html(page)).into_response()
}

fn consent_html(world: &World, uri: &OriginalUri, ask: &Ask, registration: &Registration) -> String {
    let roles: String =
        registration.app.roles.iter().map(|role| format!("<li>{}</li>", escape(role))).collect();
    let hidden =
        |name: &str, value: &str| format!("<input type=hidden name={name} value=\"{}\">", escape(value));
    let mut fields = hidden("client_id", &ask.client_id) + &hidden("redirect_uri", &ask.redirect_uri);
    if let Some(state) = &ask.state {
        fields += &hidden("state", state);
    }
    if let Some(scope) = &ask.scope {
        fields += &hidden("scope", scope);
    }
    format!(
        "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content=\"width=device-width\">\
         <title>Permissions requested</title>\
         <style>body{{font:16px/1.5 system-ui;max-width:28rem;margin:4rem auto;padding:0 1rem}}\
         button{{font:inherit;padding:.4rem 1.6rem;margin-right:.6rem}}</style>\
         <p>admin@{domain}</p><h1>Permissions requested</h1><p>Review for your organisation <b>{tenant}</b></p>\
         <h2>{app}</h2><p>This application wants, for every mailbox and without a signed-in user:</p><ul>{roles}</ul>\
         <p>If you accept, this app gets these permissions for all people of your organisation.</p>\
         <form method=post action=\"{action}\">{fields}\
         <button name=decision value=accept>Accept</button><button name=decision value=cancel>Cancel</button></form></html>",
        domain = escape(world.settings.domains.first().map_or("", String::as_str)),
        tenant = escape(&world.settings.name),
        app = escape(&registration.app.name),
        action = escape(uri.path()),
    )
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}
