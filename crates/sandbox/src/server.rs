//! The HTTPS side: one listener for Entra, Graph and the control API.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::routing::any;
use axum_server::Handle;
use axum_server::tls_rustls::RustlsConfig;
use rustls::ServerConfig;

use crate::world::World;
use crate::{control, entra, graph};

/// The address the caller used for this server.
pub(crate) fn base_url(headers: &HeaderMap) -> String {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost");
    format!("https://{host}")
}

pub(crate) fn router(world: Arc<World>) -> Router {
    Router::new()
        .route("/v1.0", any(graph::serve))
        .route("/v1.0/{*path}", any(graph::serve))
        .merge(control::routes())
        .merge(entra::routes())
        .layer(middleware::from_fn(with_host))
        .with_state(world)
}

/// HTTP/2 names the host in `:authority`; everything behind reads `Host`.
async fn with_host(mut request: Request, next: Next) -> Response {
    let authority = request.uri().authority().map(ToString::to_string);
    if let Some(Ok(value)) = authority.map(|authority| HeaderValue::from_str(&authority)) {
        request.headers_mut().entry(header::HOST).or_insert(value);
    }
    next.run(request).await
}

/// Serves until the handle says stop.
pub(crate) async fn serve(
    listener: TcpListener,
    tls: Arc<ServerConfig>,
    router: Router,
    handle: Handle<SocketAddr>,
) -> std::io::Result<()> {
    let config = RustlsConfig::from_config(tls);
    axum_server::from_tcp_rustls(listener, config)?.handle(handle).serve(router.into_make_service()).await
}
