//! `POST /{tenant}/oauth2/v2.0/token`: app-only tokens for a client secret or a signed assertion, and Entra's own
//! refusals (provider-apis A1).

use std::sync::Arc;

use axum::Json;
use axum::extract::{Form, Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use super::discovery::unknown_tenant;
use super::is_this_tenant;
use super::keys::{Claims, GRAPH};
use crate::server::base_url;
use crate::world::{Registration, World};

const ASSERTION: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/// How far a client's clock may be off.
const SKEW_S: f64 = 300.0;

#[derive(Debug, Default, Deserialize)]
pub(super) struct TokenForm {
    client_id: Option<String>,
    client_secret: Option<String>,
    client_assertion: Option<String>,
    client_assertion_type: Option<String>,
    #[serde(default)]
    scope: String,
    #[serde(default)]
    grant_type: String,
}

/// A refusal: status, OAuth error, AADSTS number, text.
struct Refused(StatusCode, &'static str, u32, String);

pub(super) async fn issue(
    State(world): State<Arc<World>>,
    Path(tenant): Path<String>,
    headers: HeaderMap,
    Form(form): Form<TokenForm>,
) -> Response {
    if let Some(refusal) = world.faults.refusal("oauth2/token") {
        world.counters.one("token.refused_by_fault");
        let status = StatusCode::from_u16(refusal.status).unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
        return entra_error(
            &world,
            status,
            "temporarily_unavailable",
            90033,
            "A transient error has occurred. Please try again.",
        );
    }
    if !is_this_tenant(&world, &tenant) {
        return unknown_tenant(&world, &tenant);
    }
    match grant(&world, &tenant, &headers, with_basic(form, &headers)) {
        Ok(token) => {
            world.counters.one("token.issued");
            let life_s = world.limits().token_s;
            let body = json!({"token_type": "Bearer", "expires_in": life_s, "ext_expires_in": life_s, "access_token": token});
            ([(header::CACHE_CONTROL, "no-store")], Json(body)).into_response()
        }
        Err(Refused(status, error, code, text)) => {
            world.counters.one("token.refused");
            entra_error(&world, status, error, code, &text)
        }
    }
}

/// Client id and secret may also come as HTTP Basic.
fn with_basic(mut form: TokenForm, headers: &HeaderMap) -> TokenForm {
    let basic = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let decoded =
        basic.and_then(|value| value.strip_prefix("Basic ")).and_then(|code| STANDARD.decode(code).ok());
    if let Some((id, secret)) =
        decoded.as_deref().and_then(|pair| std::str::from_utf8(pair).ok()?.split_once(':'))
    {
        form.client_id.get_or_insert_with(|| id.to_owned());
        form.client_secret.get_or_insert_with(|| secret.to_owned());
    }
    form
}

fn grant(world: &World, tenant: &str, headers: &HeaderMap, form: TokenForm) -> Result<String, Refused> {
    let bad = |error, code, text: &str| Refused(StatusCode::BAD_REQUEST, error, code, text.to_owned());
    if form.grant_type != "client_credentials" {
        return Err(bad("unsupported_grant_type", 70003, "The app requested an unsupported grant type."));
    }
    let client_id = form.client_id.as_deref().unwrap_or_default();
    let missing = || {
        bad("invalid_request", 900_144, "The request body must contain the following parameter: 'client_id'.")
    };
    if client_id.is_empty() {
        return Err(missing());
    }
    let unknown = || {
        let name = &world.settings.name;
        bad(
            "unauthorized_client",
            700_016,
            &format!(
                "Application with identifier '{client_id}' was not found in the directory '{name}'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant."
            ),
        )
    };
    let registration = Uuid::parse_str(client_id).ok().and_then(|id| world.app(id)).ok_or_else(unknown)?;
    check_scope(&form.scope)?;
    authenticate(world, tenant, headers, &form, &registration)?;
    let roles = registration.granted.clone().ok_or_else(unknown)?;
    let now = world.now().as_second();
    let claims = Claims {
        aud: GRAPH.to_owned(),
        iss: format!("https://sts.windows.net/{}/", world.settings.id),
        iat: now,
        nbf: now,
        exp: now + world.limits().token_s,
        appid: registration.app.client_id.to_string(),
        app_displayname: registration.app.name.clone(),
        idtyp: "app".to_owned(),
        oid: registration.object_id.to_string(),
        sub: registration.object_id.to_string(),
        tid: world.settings.id.to_string(),
        ver: "1.0".to_owned(),
        roles,
    };
    world
        .keys
        .sign(&claims)
        .map_err(|error| Refused(StatusCode::INTERNAL_SERVER_ERROR, "server_error", 90033, error.to_string()))
}

/// Exactly one `/.default` scope of Graph, whatever the host it was reached by.
fn check_scope(scope: &str) -> Result<(), Refused> {
    let one = !scope.trim().contains(' ');
    if one && scope.trim().ends_with("/.default") {
        return Ok(());
    }
    let text = format!(
        "The provided request must include a 'scope' input parameter. The provided value for the input parameter 'scope' is not valid. The scope {scope} is not valid."
    );
    Err(Refused(
        StatusCode::BAD_REQUEST,
        "invalid_scope",
        if scope.is_empty() { 900_144 } else { 70011 },
        text,
    ))
}

fn authenticate(
    world: &World,
    tenant: &str,
    headers: &HeaderMap,
    form: &TokenForm,
    registration: &Registration,
) -> Result<(), Refused> {
    let refused = |code, text: String| Refused(StatusCode::UNAUTHORIZED, "invalid_client", code, text);
    match (&form.client_assertion, &form.client_secret) {
        (Some(assertion), _) => {
            if form.client_assertion_type.as_deref() != Some(ASSERTION) {
                return Err(refused(50_027, "The client_assertion_type is not valid.".to_owned()));
            }
            let base = base_url(headers);
            check_assertion(world, tenant, &base, assertion, registration)
                .map_err(|why| refused(700_027, format!("The certificate with identifier used to sign the client assertion is not registered on application, or the assertion is not valid. [Reason - {why}]")))
        }
        (None, Some(secret)) if registration.app.secret.as_deref() == Some(secret) => Ok(()),
        (None, Some(_)) => Err(refused(
            7_000_215,
            format!(
                "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '{}'.",
                registration.app.client_id
            ),
        )),
        (None, None) => Err(refused(
            7_000_218,
            "The request body must contain the following parameter: 'client_assertion' or 'client_secret'."
                .to_owned(),
        )),
    }
}

#[derive(Deserialize)]
struct AssertionClaims {
    aud: String,
    iss: String,
    sub: String,
    /// `NumericDate` may have a fraction (RFC 7519 §2), and the vendor's Python client writes one.
    exp: f64,
    #[serde(default)]
    nbf: f64,
}

fn check_assertion(
    world: &World,
    tenant: &str,
    base: &str,
    assertion: &str,
    registration: &Registration,
) -> Result<(), String> {
    let certificate = registration.app.certificate_pem.as_deref().ok_or("The app has no certificate.")?;
    let key = DecodingKey::from_rsa_pem(certificate.as_bytes()).map_err(|error| error.to_string())?;
    let mut validation = Validation::new(Algorithm::PS256);
    validation.algorithms = vec![Algorithm::PS256, Algorithm::RS256];
    validation.validate_exp = false;
    validation.validate_aud = false;
    let token = jsonwebtoken::decode::<AssertionClaims>(assertion, &key, &validation)
        .map_err(|error| format!("The key was not found or the signature does not verify: {error}."))?;
    let claims = token.claims;
    if token.header.x5t.is_none() && token.header.x5t_s256.is_none() {
        return Err("The header has neither x5t nor x5t#S256.".to_owned());
    }
    let client_id = registration.app.client_id.to_string();
    if claims.iss != client_id || claims.sub != client_id {
        return Err("Issuer and subject must be the client id.".to_owned());
    }
    let tenants = [tenant.to_owned(), world.settings.id.to_string()];
    let audience = |tenant: &String| {
        claims.aud == format!("{base}/{tenant}/oauth2/v2.0/token")
            || claims.aud == format!("{base}/{tenant}/v2.0")
    };
    if !tenants.iter().any(audience) {
        return Err(format!("The audience '{}' is not the token endpoint.", claims.aud));
    }
    let now = world.now().as_second() as f64;
    if claims.exp + SKEW_S < now || claims.nbf - SKEW_S > now {
        return Err("The assertion is not within its valid time range.".to_owned());
    }
    Ok(())
}

/// An error body as Entra writes it.
pub(super) fn entra_error(world: &World, status: StatusCode, error: &str, code: u32, text: &str) -> Response {
    let (trace, correlation) = (Uuid::new_v4(), Uuid::new_v4());
    let timestamp = world.now().strftime("%Y-%m-%d %H:%M:%SZ").to_string();
    let body = json!({
        "error": error,
        "error_description": format!("AADSTS{code}: {text} Trace ID: {trace} Correlation ID: {correlation} Timestamp: {timestamp}"),
        "error_codes": [code],
        "timestamp": timestamp,
        "trace_id": trace,
        "correlation_id": correlation,
        "error_uri": format!("https://login.microsoftonline.com/error?code={code}"),
    });
    (status, Json(body)).into_response()
}
