//! Starting and stopping a tenant.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum_server::Handle;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::entra::Keys;
use crate::faults::Faults;
use crate::notices::{self, Notices};
use crate::settings::Tenant;
use crate::tls::{self, Authority, Issued};
use crate::world::World;
use crate::{server, smtp};

/// How long requests under way may take to end after [`Running::stop`].
const GRACE: Duration = Duration::from_millis(500);

/// Why a tenant could not be started.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error(
        "port {port} for {what} is taken; stop what listens there, or choose another port (0 takes any free one)"
    )]
    PortTaken { what: &'static str, port: u16, source: io::Error },
    #[error("cannot listen on port {port} for {what}")]
    Listen { what: &'static str, port: u16, source: io::Error },
    #[error(
        "cannot write the certificate authority to {path}; choose a folder that exists and can be written"
    )]
    WriteCa { path: PathBuf, source: io::Error },
    #[error("cannot make the tenant's keys and certificates: {0}")]
    Keys(String),
    #[error("the tenant's settings are wrong: {0}")]
    Settings(String),
}

/// Entry point.
#[derive(Debug)]
pub struct Sandbox;

/// A tenant at work. Dropping it stops it.
#[derive(Debug)]
pub struct Running {
    /// `https://127.0.0.1:port`: sign-in at `/{tenant}/…`, Graph at `/v1.0/…`, control at `/sandbox/…`.
    pub https_url: String,
    pub smtp_addr: SocketAddr,
    /// The certificate authority to trust.
    pub ca_pem: String,
    world: Arc<World>,
    handle: Handle<SocketAddr>,
    stop: CancellationToken,
    tasks: JoinSet<()>,
}

impl Sandbox {
    /// Starts a tenant on loopback.
    pub async fn start(settings: Tenant) -> Result<Running, StartError> {
        check(&settings)?;
        let https = listen("HTTPS", settings.ports.https)?;
        let smtp = listen("SMTP", settings.ports.smtp)?;
        let keys_failed = |error: &dyn std::fmt::Display| StartError::Keys(error.to_string());
        let authority = Authority::new().map_err(|error| keys_failed(&error))?;
        let ca_pem = authority.pem();
        let own = authority.issue(&settings.host_names).map_err(|error| keys_failed(&error))?;
        let https_tls = tls::server(&own, &[b"h2", b"http/1.1"]).map_err(|error| keys_failed(&error))?;
        let smtp_tls = tls::server(&own, &[]).map_err(|error| keys_failed(&error))?;
        let (notices, queue) = Notices::new(notice_client(&ca_pem)?);
        if let Some(path) = &settings.ca_pem_path {
            std::fs::write(path, &ca_pem)
                .map_err(|source| StartError::WriteCa { path: path.clone(), source })?;
        }
        let keys = Keys::new().map_err(|error| keys_failed(&error))?;
        let world = Arc::new(World::new(settings, authority, keys, notices));
        let bound = |listener: &TcpListener, what| {
            listener.local_addr().map_err(|source| StartError::Listen { what, port: 0, source })
        };
        let (https_addr, smtp_addr) = (bound(&https, "HTTPS")?, bound(&smtp, "SMTP")?);
        let smtp = tokio::net::TcpListener::from_std(smtp).map_err(|source| StartError::Listen {
            what: "SMTP",
            port: smtp_addr.port(),
            source,
        })?;
        let (handle, stop, mut tasks) = (Handle::new(), CancellationToken::new(), JoinSet::new());
        let serving = server::serve(https, https_tls, server::router(Arc::clone(&world)), handle.clone());
        tasks.spawn(async move {
            if let Err(error) = serving.await {
                tracing::error!(%error, "the sandbox's HTTPS listener ended");
            }
        });
        tasks.spawn(smtp::serve(Arc::clone(&world), smtp, smtp_tls, stop.clone()));
        tasks.spawn(notices::run(Arc::clone(&world), queue, stop.clone()));
        Ok(Running {
            https_url: format!("https://{https_addr}"),
            smtp_addr,
            ca_pem,
            world,
            handle,
            stop,
            tasks,
        })
    }
}

impl Running {
    /// Sets what goes wrong from now on.
    pub fn set_faults(&self, faults: Faults) {
        self.world.faults.set(faults);
    }

    /// A server certificate of the sandbox's authority, for a receiver of notices.
    pub fn certificate(&self, names: &[String]) -> Result<Issued, StartError> {
        self.world.authority.issue(names).map_err(|error| StartError::Keys(error.to_string()))
    }

    /// The address an administrator opens to consent to an app.
    pub fn consent_url(&self, client_id: uuid::Uuid, redirect_uri: &str, state: &str) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.append_pair("client_id", &client_id.to_string());
        query.append_pair("redirect_uri", redirect_uri).append_pair("state", state);
        format!("{}/{}/adminconsent?{}", self.https_url, self.world.settings.id, query.finish())
    }

    pub fn tenant_id(&self) -> uuid::Uuid {
        self.world.settings.id
    }

    /// Stops listening and ends what is under way.
    pub async fn stop(mut self) {
        self.stop.cancel();
        self.handle.graceful_shutdown(Some(GRACE));
        while self.tasks.join_next().await.is_some() {}
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop.cancel();
        self.handle.shutdown();
    }
}

fn check(settings: &Tenant) -> Result<(), StartError> {
    if settings.domains.is_empty() {
        return Err(StartError::Settings("give the tenant at least one domain".to_owned()));
    }
    let foreign = |address: &&str| {
        let domain = address.rsplit_once('@').map_or("", |(_, domain)| domain);
        !settings.domains.iter().any(|own| own.eq_ignore_ascii_case(domain))
    };
    match settings.people.iter().map(|person| person.address.as_str()).find(foreign) {
        Some(address) => Err(StartError::Settings(format!("'{address}' is in none of the tenant's domains"))),
        None => Ok(()),
    }
}

fn listen(what: &'static str, port: u16) -> Result<TcpListener, StartError> {
    let failed = |source: io::Error| match source.kind() {
        io::ErrorKind::AddrInUse => StartError::PortTaken { what, port, source },
        _ => StartError::Listen { what, port, source },
    };
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map_err(failed)?;
    listener.set_nonblocking(true).map_err(failed)?;
    Ok(listener)
}

/// Trusts the sandbox's own authority and nothing else; follows no redirect, as Microsoft does not.
fn notice_client(ca_pem: &str) -> Result<reqwest::Client, StartError> {
    let failed = |error: reqwest::Error| StartError::Keys(error.to_string());
    let authority = reqwest::Certificate::from_pem(ca_pem.as_bytes()).map_err(failed)?;
    reqwest::Client::builder()
        .tls_certs_only([authority])
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .build()
        .map_err(failed)
}
