//! Listening for browsers and notices, with and without TLS.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

use anyhow::Context as _;
use axum::Router;
use axum_server::tls_rustls::RustlsConfig;
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::exit::misuse;

/// An address to listen at.
#[derive(Debug)]
pub(crate) struct Listener {
    pub(crate) address: SocketAddr,
    /// Certificate chain and key, PEM; plain HTTP without.
    pub(crate) tls: Option<(Vec<u8>, Vec<u8>)>,
}

/// Binds all of them before serving any, so that a port that is taken stops everything.
pub(crate) async fn serve(
    listeners: Vec<Listener>,
    router: &Router,
    stop: &CancellationToken,
) -> anyhow::Result<(Vec<SocketAddr>, Vec<JoinHandle<()>>)> {
    let mut bound = Vec::new();
    for listener in listeners {
        bound
            .push((bind(listener.address)?, listener.tls.map(|(chain, key)| tls(&chain, &key)).transpose()?));
    }
    let addresses = bound.iter().map(|(socket, _)| socket.local_addr()).collect::<Result<_, _>>()?;
    let tasks =
        bound.into_iter().map(|(socket, tls)| start(socket, tls, router.clone(), stop.clone())).collect();
    Ok((addresses, tasks))
}

/// `address` with the port it really gets: a free one for port 0.
pub(crate) fn free(address: SocketAddr) -> anyhow::Result<SocketAddr> {
    Ok(bind(address)?.local_addr()?)
}

fn bind(address: SocketAddr) -> anyhow::Result<TcpListener> {
    match TcpListener::bind(address) {
        Ok(socket) => {
            socket.set_nonblocking(true)?;
            Ok(socket)
        }
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => {
            misuse(format!("port {} is taken: stop who has it, or give another address", address.port()))
        }
        Err(error) if error.kind() == std::io::ErrorKind::PermissionDenied => misuse(format!(
            "port {} may not be opened by this user: give one above 1023, or the right to bind it",
            address.port()
        )),
        Err(error) => Err(error).with_context(|| format!("cannot listen at {address}")),
    }
}

fn tls(chain: &[u8], key: &[u8]) -> anyhow::Result<RustlsConfig> {
    let chain = CertificateDer::pem_slice_iter(chain).collect::<Result<Vec<_>, _>>();
    let chain = chain.context("the certificate is no PEM file")?;
    let key = PrivateKeyDer::from_pem_slice(key).context("the key is no PEM file")?;
    let mut config = rustls::ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .context("certificate and key do not belong together")?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(RustlsConfig::from_config(Arc::new(config)))
}

/// For requests under way when we stop.
const GRACE: std::time::Duration = std::time::Duration::from_secs(2);

fn start(
    socket: TcpListener,
    tls: Option<RustlsConfig>,
    router: Router,
    stop: CancellationToken,
) -> JoinHandle<()> {
    let handle = axum_server::Handle::new();
    let stopping = handle.clone();
    tokio::spawn(async move {
        stop.cancelled().await;
        stopping.graceful_shutdown(Some(GRACE));
    });
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async move {
        let served = match tls {
            Some(tls) => match axum_server::from_tcp_rustls(socket, tls) {
                Ok(server) => server.handle(handle).serve(service).await,
                Err(error) => Err(error),
            },
            None => match axum_server::from_tcp(socket) {
                Ok(server) => server.handle(handle).serve(service).await,
                Err(error) => Err(error),
            },
        };
        if let Err(error) = served {
            tracing::error!(error = &error as &dyn std::error::Error, "a listener stopped");
        }
    })
}
