//! Entra: the tenant's sign-in service. Tokens for apps, discovery documents, and the page where an administrator
//! consents.

mod consent;
mod discovery;
mod keys;
mod token;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};

use crate::world::World;

pub(crate) use keys::Keys;

/// The `{tenant}` of a path: the tenant's id, one of its domains, or a word for any tenant.
fn is_this_tenant(world: &World, tenant: &str) -> bool {
    let any = ["common", "organizations"].iter().any(|word| tenant.eq_ignore_ascii_case(word));
    let own_id = tenant.eq_ignore_ascii_case(&world.settings.id.to_string());
    any || own_id || world.settings.domains.iter().any(|domain| domain.eq_ignore_ascii_case(tenant))
}

pub(crate) fn routes() -> Router<Arc<World>> {
    Router::new()
        .route("/{tenant}/oauth2/v2.0/token", post(token::issue))
        .route("/{tenant}/v2.0/.well-known/openid-configuration", get(discovery::openid_configuration))
        .route("/{tenant}/.well-known/openid-configuration", get(discovery::openid_configuration))
        .route("/{tenant}/discovery/v2.0/keys", get(discovery::keys))
        .route("/{tenant}/discovery/instance", get(discovery::instance))
        .route("/{tenant}/adminconsent", get(consent::page_v1).post(consent::decide))
        .route("/{tenant}/v2.0/adminconsent", get(consent::page_v2).post(consent::decide))
}
