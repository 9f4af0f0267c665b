//! Discovery documents that the vendor's sign-in libraries read before asking for a token.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::is_this_tenant;
use super::token::entra_error;
use crate::server::base_url;
use crate::world::World;

/// `GET /{tenant}/v2.0/.well-known/openid-configuration`
pub(super) async fn openid_configuration(
    State(world): State<Arc<World>>,
    Path(tenant): Path<String>,
    headers: HeaderMap,
) -> Response {
    if !is_this_tenant(&world, &tenant) {
        return unknown_tenant(&world, &tenant);
    }
    let base = base_url(&headers);
    let id = world.settings.id;
    Json(json!({
        "token_endpoint": format!("{base}/{id}/oauth2/v2.0/token"),
        "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt", "client_secret_basic"],
        "jwks_uri": format!("{base}/{id}/discovery/v2.0/keys"),
        "response_modes_supported": ["query", "fragment", "form_post"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "response_types_supported": ["code"],
        "scopes_supported": ["openid", "profile", "email", "offline_access"],
        "issuer": format!("{base}/{id}/v2.0"),
        "authorization_endpoint": format!("{base}/{id}/oauth2/v2.0/authorize"),
        "device_authorization_endpoint": format!("{base}/{id}/oauth2/v2.0/devicecode"),
        "end_session_endpoint": format!("{base}/{id}/oauth2/v2.0/logout"),
        "tenant_region_scope": "EU",
        "cloud_instance_name": "microsoftonline.com",
        "msgraph_host": "graph.microsoft.com",
    }))
    .into_response()
}

pub(super) fn unknown_tenant(world: &World, tenant: &str) -> Response {
    let text = format!("Tenant '{tenant}' not found. Check to make sure you have the correct tenant ID.");
    entra_error(world, StatusCode::BAD_REQUEST, "invalid_request", 90002, &text)
}

/// `GET /{tenant}/discovery/v2.0/keys`
pub(super) async fn keys(State(world): State<Arc<World>>) -> Response {
    Json(world.keys.jwks()).into_response()
}

/// `GET /common/discovery/instance`
pub(super) async fn instance(State(world): State<Arc<World>>, headers: HeaderMap) -> Response {
    let base = base_url(&headers);
    let host = base.trim_start_matches("https://");
    Json(json!({
        "tenant_discovery_endpoint": format!("{base}/{}/v2.0/.well-known/openid-configuration", world.settings.id),
        "api-version": "1.1",
        "metadata": [{"preferred_network": host, "preferred_cache": host, "aliases": [host]}],
    }))
    .into_response()
}
