//! Every route in one list, with who may use it. What is not `Open` here is behind [`session::require`].

use axum::extract::DefaultBodyLimit;
use axum::http::Method;
use axum::middleware;
use axum::routing::{MethodRouter, get, post};
use tower_http::compression::CompressionLayer;

use crate::desk::Console;
use crate::{api, assets, headers, live, notices, pages, session};

/// Who may use a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Anybody: a short list, each with its reason.
    Open,
    /// Those signed in.
    Session,
}

/// A route as the access table lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RouteInfo {
    pub method: Method,
    /// axum's notation, `/messages/{digest}`.
    pub path: &'static str,
    pub access: Access,
}

struct Route {
    info: RouteInfo,
    handler: MethodRouter<Console>,
}

/// The list that the router is made of, for the test that knocks on every door.
pub fn access_table() -> Vec<RouteInfo> {
    routes().into_iter().map(|route| route.info).collect()
}

fn routes() -> Vec<Route> {
    use pages::{audit, health, message, messages, overview, quarantine, setup, sign_in};
    vec![
        // Open: needed before there is a session, or asked by machines that never have one.
        open(Method::GET, "/assets/{stamp}/{*file}", get(assets::file)),
        open(Method::GET, "/healthz", get(alive)),
        open(Method::GET, "/sign-in", get(sign_in::show)),
        open(Method::POST, "/sign-in", post(sign_in::enter)),
        open(Method::GET, "/setup", get(setup::show)),
        open(Method::POST, "/setup", post(setup::create)),
        open(Method::POST, "/notices/{provider}", posted(notices::changes)),
        open(Method::POST, "/notices/{provider}/lifecycle", posted(notices::lifecycle)),
        // Pages.
        signed(Method::GET, "/", get(overview::show)),
        signed(Method::GET, "/messages", get(messages::show)),
        signed(Method::GET, "/messages/{digest}", get(message::show)),
        signed(Method::GET, "/messages/{digest}/preview", get(message::preview::show)),
        signed(Method::GET, "/messages/{digest}/original.eml", get(message::original::download)),
        signed(Method::GET, "/quarantine", get(quarantine::show)),
        signed(Method::GET, "/health", get(health::show)),
        signed(Method::POST, "/health/verify", post(health::verify)),
        signed(Method::GET, "/audit", get(audit::show)),
        signed(Method::POST, "/actions", post(pages::act)),
        signed(Method::POST, "/sign-out", post(sign_in::leave)),
        signed(Method::GET, "/live", get(live::events)),
        // Data.
        signed(Method::GET, "/api/v1/session", get(api::session::show)),
        signed(Method::GET, "/api/v1/messages", get(api::messages::list)),
        signed(Method::GET, "/api/v1/messages/{digest}", get(api::message::show)),
        signed(Method::POST, "/api/v1/actions", post(api::actions::carry_out)),
        signed(Method::GET, "/api/v1/counts", get(api::counts::show)),
        signed(Method::GET, "/api/v1/health", get(api::health::show)),
    ]
}

fn open(method: Method, path: &'static str, handler: MethodRouter<Console>) -> Route {
    Route { info: RouteInfo { method, path, access: Access::Open }, handler }
}

fn signed(method: Method, path: &'static str, handler: MethodRouter<Console>) -> Route {
    Route { info: RouteInfo { method, path, access: Access::Session }, handler }
}

fn posted<H, T>(handler: H) -> MethodRouter<Console>
where
    H: axum::handler::Handler<T, Console>,
    T: 'static,
{
    post(handler).layer(DefaultBodyLimit::max(notices::BYTES_MAX))
}

async fn alive() -> &'static str {
    "ok\n"
}

pub(crate) fn router(console: Console) -> axum::Router {
    let secure = console.settings().secure_cookies;
    let mut router = axum::Router::new();
    for Route { info, handler } in routes() {
        let handler = match info.access {
            Access::Open => handler,
            Access::Session => {
                handler.layer(middleware::from_fn_with_state(console.clone(), session::require))
            }
        };
        router = router.route(info.path, handler);
    }
    router
        .fallback(pages::nowhere)
        .layer(CompressionLayer::new())
        .layer(middleware::from_fn(move |request, next| headers::protect(secure, request, next)))
        .with_state(console)
}
