//! HTTP for every provider: one client, budgets, retries, bounded bodies. It knows no provider's words: what a status
//! other than "come back later" means is the adapter's to say.

use std::error::Error as StdError;
use std::sync::Arc;
use std::time::Duration;

use reqwest::{Client, Request, Response};
use rustls::RootCertStore;
use rustls_pki_types::{CertificateDer, pem::PemObject as _};
use verdict::MailboxId;

use crate::budget::{Budget, Permit};
use crate::retry::{Attempts, Patience, Repeat, Trouble, asked_wait};
use crate::usage::Ended;
use crate::{Clock, Error};

/// Answers we read whole are JSON about mail, never mail: a batch of twenty moved messages with their bodies is the
/// largest.
const ANSWER_BYTES_MAX: usize = 64 * 1024 * 1024;

/// Without a byte for this long, a connection is dead.
const SILENCE_MAX: Duration = Duration::from_secs(30);

const CONNECT_MAX: Duration = Duration::from_secs(10);

/// Sends requests within the budget, again when that helps.
#[derive(Debug)]
pub(crate) struct Http {
    client: Client,
    pub(crate) budget: Budget,
    pub(crate) patience: Patience,
    clock: Clock,
}

/// What a request is for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Errand<'a> {
    /// For the counters and the log.
    pub(crate) kind: &'static str,
    /// The mailboxes it costs, and how many requests each.
    pub(crate) load: &'a [(MailboxId, u32)],
    pub(crate) repeat: Repeat,
}

/// An answer read whole.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Vec<u8>,
}

/// An answer whose body is still to come; holds its place in the budget until dropped.
#[derive(Debug)]
pub(crate) struct Incoming {
    pub(crate) response: Response,
    _permit: Permit,
}

impl Http {
    pub(crate) fn new(client: Client, budget: Budget, patience: Patience, clock: Clock) -> Self {
        Self { client, budget, patience, clock }
    }

    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    pub(crate) fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Sends `request` and reads the whole answer.
    pub(crate) async fn ask(&self, errand: Errand<'_>, request: &Request) -> Result<Answer, Error> {
        let mut attempts = Attempts::new(self.patience);
        loop {
            let incoming = self.send(errand, request, &mut attempts).await?;
            match incoming.read_all(ANSWER_BYTES_MAX).await {
                Ok(answer) => return Ok(answer),
                Err(error) if errand.repeat == Repeat::Safe && error.is_retry() => {
                    match attempts.next_wait(None) {
                        Some(wait) => tokio::time::sleep(wait).await,
                        None => return Err(error),
                    }
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Sends `request` until it is answered with anything but "later"; the body is left to the caller.
    pub(crate) async fn send(
        &self,
        errand: Errand<'_>,
        request: &Request,
        attempts: &mut Attempts,
    ) -> Result<Incoming, Error> {
        loop {
            let permit = self.budget.admit(errand.load, attempts.deadline()).await.map_err(|wait| {
                let what = format!("our own budget for {} is spent", errand.kind);
                Error::Retry { what, after: Some(wait) }
            })?;
            let (error, asked) = match self.send_once(errand, request).await {
                Sent::Answered(response) => return Ok(Incoming { response, _permit: permit }),
                Sent::GiveUp(error) => return Err(error),
                Sent::Again { error, asked } => (error, asked),
            };
            drop(permit);
            match attempts.next_wait(asked) {
                Some(wait) => tokio::time::sleep(wait).await,
                None => return Err(error),
            }
        }
    }

    async fn send_once(&self, errand: Errand<'_>, request: &Request) -> Sent {
        let Some(copy) = request.try_clone() else {
            return Sent::GiveUp(Error::Misused("a streamed request cannot be sent again".into()));
        };
        let response = match self.client.execute(copy).await {
            Ok(response) => response,
            Err(error) => {
                self.budget.ended(errand.kind, Ended::Failed);
                return Sent::unsent(errand, error);
            }
        };
        let status = response.status().as_u16();
        let Some(trouble) = Trouble::of(status) else {
            self.budget.ended(errand.kind, Ended::Answered);
            tracing::trace!(kind = errand.kind, status, "asked the provider");
            return Sent::Answered(response);
        };
        let header = response.headers().get("retry-after").and_then(|value| value.to_str().ok());
        let asked = asked_wait(header, self.clock.now());
        self.note_trouble(errand, trouble, asked);
        let error = Error::Retry { what: format!("{} was answered {status}", errand.kind), after: asked };
        match trouble.may_repeat(errand.repeat) {
            true => Sent::Again { error, asked },
            false => Sent::GiveUp(error),
        }
    }

    /// Counts trouble and slows down where that was asked.
    pub(crate) fn note_trouble(&self, errand: Errand<'_>, trouble: Trouble, asked: Option<Duration>) {
        let wait_s = asked.map(|wait| wait.as_secs());
        tracing::debug!(kind = errand.kind, ?trouble, wait_s, "the provider asks to come back later");
        match trouble {
            Trouble::Throttled => {
                self.budget.ended(errand.kind, Ended::Throttled);
                self.budget.slow_down(errand.load, asked);
            }
            Trouble::Unavailable | Trouble::Unclear => self.budget.ended(errand.kind, Ended::Failed),
        }
    }
}

/// How one request went.
enum Sent {
    Answered(Response),
    Again { error: Error, asked: Option<Duration> },
    GiveUp(Error),
}

impl Sent {
    fn unsent(errand: Errand<'_>, error: reqwest::Error) -> Self {
        // The address may name a mailbox: not for logs.
        let error = error.without_url();
        if is_untrusted(&error) {
            return Self::GiveUp(Error::Denied(
                "the provider's certificate is not trusted: install the system's CA certificates (package \
                 ca-certificates), or give the CA of your TLS-inspecting proxy or sandbox in the settings"
                    .into(),
            ));
        }
        let surely_not_carried_out = error.is_connect();
        let root = causes(&error).last().map(ToString::to_string).unwrap_or_default();
        let what = format!("{} could not be asked: {root}", errand.kind);
        let error = Error::Retry { what, after: None };
        match surely_not_carried_out || errand.repeat == Repeat::Safe {
            true => Self::Again { error, asked: None },
            false => Self::GiveUp(error),
        }
    }
}

impl Incoming {
    pub(crate) fn status(&self) -> u16 {
        self.response.status().as_u16()
    }

    pub(crate) async fn read_all(self, size_bytes_max: usize) -> Result<Answer, Error> {
        let status = self.status();
        let (body, truncated) = self.read_up_to(size_bytes_max).await?;
        match truncated {
            false => Ok(Answer { status, body }),
            true => Err(Error::Broken { what: format!("over {size_bytes_max} bytes"), source: None }),
        }
    }

    /// Reads the body, but never holds more than `size_bytes_max` of it; the flag says whether there was more.
    pub(crate) async fn read_up_to(mut self, size_bytes_max: usize) -> Result<(Vec<u8>, bool), Error> {
        let told = usize::try_from(self.response.content_length().unwrap_or(0)).unwrap_or(usize::MAX);
        // A told length is a claim: it may spare us copies, not make us reserve what never comes.
        let mut body = Vec::with_capacity(told.min(size_bytes_max).min(1024 * 1024));
        loop {
            let chunk = self.response.chunk().await.map_err(|error| {
                let what = format!("the answer broke off: {}", error.without_url());
                Error::Retry { what, after: None }
            })?;
            let Some(chunk) = chunk else { return Ok((body, false)) };
            let room = size_bytes_max - body.len();
            body.extend_from_slice(&chunk[..chunk.len().min(room)]);
            if chunk.len() > room {
                return Ok((body, true));
            }
        }
    }
}

/// Builds the client: the system's CA certificates, and `ca_pem` beside them. Images without a CA store get the
/// Mozilla list compiled in.
pub(crate) fn client(ca_pem: Option<&[u8]>) -> Result<Client, Error> {
    let own = own_authorities(ca_pem)?;
    let certificates = own.iter().map(|der| reqwest::Certificate::from_der(der));
    let certificates: Vec<_> = certificates.collect::<Result<_, _>>().map_err(not_a_certificate)?;
    let built = base().tls_certs_merge(certificates).build();
    built.or_else(|error| {
        tracing::warn!(%error, "no usable CA store on this system: using the one compiled in");
        base()
            .tls_backend_preconfigured(compiled_in(&own)?)
            .build()
            .map_err(|error| Error::Broken { what: "no HTTP client".into(), source: Some(error.into()) })
    })
}

fn base() -> reqwest::ClientBuilder {
    Client::builder()
        .user_agent(concat!("innerward/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(CONNECT_MAX)
        .read_timeout(SILENCE_MAX)
        // A redirect would carry our token to wherever it points.
        .redirect(reqwest::redirect::Policy::none())
}

fn own_authorities(ca_pem: Option<&[u8]>) -> Result<Vec<CertificateDer<'static>>, Error> {
    let Some(pem) = ca_pem else { return Ok(Vec::new()) };
    let found =
        CertificateDer::pem_slice_iter(pem).collect::<Result<Vec<_>, _>>().map_err(not_a_certificate)?;
    match found.is_empty() {
        true => {
            Err(Error::Misused("the CA file holds no PEM certificate: give the CA's own certificate".into()))
        }
        false => Ok(found),
    }
}

fn not_a_certificate(error: impl std::fmt::Display) -> Error {
    Error::Misused(format!("the CA file cannot be read ({error}): give PEM certificates"))
}

fn compiled_in(own: &[CertificateDer<'static>]) -> Result<rustls::ClientConfig, Error> {
    let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    for authority in own {
        roots.add(authority.clone()).map_err(not_a_certificate)?;
    }
    let crypto = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = rustls::ClientConfig::builder_with_provider(crypto)
        .with_safe_default_protocol_versions()
        .map_err(|error| Error::Broken { what: "no TLS".into(), source: Some(error.into()) })?;
    let mut config = builder.with_root_certificates(roots).with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

/// Whether the other side's certificate was refused: no wait will mend that.
fn is_untrusted(error: &reqwest::Error) -> bool {
    causes(error).any(|cause| {
        matches!(cause.downcast_ref::<rustls::Error>(), Some(rustls::Error::InvalidCertificate(_)))
    })
}

/// The error and what caused it, down to the root. An IO error hides what it wraps from `source()`.
fn causes(error: &reqwest::Error) -> impl Iterator<Item = &(dyn StdError + 'static)> {
    let first: &(dyn StdError + 'static) = error;
    std::iter::successors(Some(first), |&error| {
        match error.downcast_ref::<std::io::Error>().and_then(|io| io.get_ref()) {
            Some(wrapped) => Some(wrapped as &(dyn StdError + 'static)),
            None => error.source(),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_is_built_with_and_without_a_system_store() {
        assert!(client(None).is_ok());
        let config = compiled_in(&[]).unwrap();
        assert!(base().tls_backend_preconfigured(config).build().is_ok());
    }

    #[test]
    fn a_ca_file_without_certificates_is_refused() {
        for bad in ["", "hello", "-----BEGIN CERTIFICATE-----\n!!\n-----END CERTIFICATE-----\n"] {
            let error = client(Some(bad.as_bytes())).unwrap_err().to_string();
            assert!(error.contains("CA file"), "{error}");
        }
    }
}
