//! `innerward serve`: the product.

use std::io::Write as _;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context as _;
use clap::Args;
use message::Organisation;
use observer::Source;
use pipeline::schedule::Beat;
use provider::{Cloud, Credential, MicrosoftSettings};
use secrecy::SecretString;

use crate::config::{CloudName, Config, ProviderName, TenantConfig, Tls};
use crate::exit::{Ending, misuse};
use crate::listener::Listener;
use crate::observers;
use crate::ward::{self, Ward, WardSettings};

/// Example: innerward serve --config /etc/innerward.toml
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The settings file (see docs/settings.md).
    #[arg(long, env = "INNERWARD_CONFIG", default_value = "innerward.toml")]
    config: PathBuf,
}

/// Runs until interrupted.
pub(crate) fn run(arguments: Arguments) -> anyhow::Result<Ending> {
    let config = Config::read(&arguments.config)?;
    tokio::runtime::Runtime::new()?.block_on(serve(config))
}

async fn serve(config: Config) -> anyhow::Result<Ending> {
    let store = ward::open_store(&config.data)?;
    let key = ward::installation_key(&*store).await?;
    let tenants = config
        .tenants
        .iter()
        .map(|tenant| protected(&config, tenant, &key))
        .collect::<anyhow::Result<_>>()?;
    let running = ward::start(WardSettings {
        store,
        listeners: vec![Listener {
            address: config.listen,
            tls: config.tls.as_ref().map(read_tls).transpose()?,
        }],
        public_url: config.public_url.clone(),
        secure_cookies: config.public_url.is_some() || config.tls.is_some(),
        authentication: observers::authentication(config.dns, None, Source::Rebuilt)?,
        tenants,
        beat: Beat { sweep: Duration::from_secs(config.sweep_s), ..Beat::default() },
        look_back: None,
    })
    .await?;
    let stopped = stopped()?;
    announce(&config, &running)?;
    stopped.await;
    running.stop().await;
    Ok(Ending::Fine)
}

fn announce(config: &Config, running: &ward::Running) -> anyhow::Result<()> {
    let scheme = if config.tls.is_some() { "https" } else { "http" };
    let url = config.public_url.clone().unwrap_or_else(|| format!("{scheme}://{}", running.addresses[0]));
    let mut out = std::io::stdout().lock();
    writeln!(out, "Innerward is running: {url}")?;
    if let Some(token) = &running.setup_token {
        writeln!(out, "Make the first account at {url}/setup?token={token}")?;
    }
    if config.notices_at().is_none() {
        writeln!(
            out,
            "No public_url is set: the provider cannot send notices, and mail is found by the sweep alone."
        )?;
    }
    Ok(out.flush()?)
}

fn read_tls(tls: &Tls) -> anyhow::Result<(Vec<u8>, Vec<u8>)> {
    Ok((read(&tls.certificate)?, read(&tls.key)?))
}

fn read(path: &PathBuf) -> anyhow::Result<Vec<u8>> {
    std::fs::read(path).or_else(|error| {
        misuse(format!("the settings name {}, which cannot be read: {error}", path.display()))
    })
}

fn protected(config: &Config, tenant: &TenantConfig, key: &[u8]) -> anyhow::Result<Ward> {
    let ProviderName::Microsoft = tenant.provider;
    let provider = provider::open(provider::Settings::Microsoft(microsoft(config, tenant, key)?))?;
    Ok(Ward {
        provider_name: "microsoft",
        provider,
        organisation: Organisation {
            domains: tenant.domains()?.into_iter().collect(),
            gateways: tenant.gateways()?,
            gateway_hosts: tenant.gateway_hosts()?.into_iter().collect(),
        },
        vips: tenant.vips()?,
        mode: tenant.mode.into(),
    })
}

fn microsoft(config: &Config, tenant: &TenantConfig, key: &[u8]) -> anyhow::Result<MicrosoftSettings> {
    Ok(MicrosoftSettings {
        tenant: tenant.tenant.clone(),
        client_id: tenant.client_id.clone(),
        credential: credential(tenant)?,
        cloud: cloud(tenant)?,
        notice_url: config.notices_at().map(|url| format!("{url}/notices/microsoft")),
        lifecycle_url: config.notices_at().map(|url| format!("{url}/notices/microsoft/lifecycle")),
        installation_key: key.to_vec(),
        ca_pem: tenant.ca.as_ref().map(read).transpose()?,
        clock: ward::provider_clock(),
        patience: Default::default(),
    })
}

fn credential(tenant: &TenantConfig) -> anyhow::Result<Credential> {
    match (tenant.secret()?, &tenant.client_certificate, &tenant.client_key) {
        (Some(secret), None, None) => Ok(Credential::Secret(secret)),
        (None, Some(certificate), Some(key)) => Ok(Credential::Certificate {
            certificate_pem: read(certificate)?,
            key_pem: SecretString::from(String::from_utf8(read(key)?).context("client_key is no PEM file")?),
        }),
        _ => misuse(format!(
            "tenant {}: give either client_secret_file, or client_certificate and client_key",
            tenant.tenant
        )),
    }
}

fn cloud(tenant: &TenantConfig) -> anyhow::Result<Cloud> {
    match (&tenant.login_url, &tenant.graph_url) {
        (Some(login), Some(graph)) => Ok(Cloud::Custom { login: login.clone(), graph: graph.clone() }),
        (None, None) => Ok(match tenant.cloud {
            CloudName::Global => Cloud::Global,
            CloudName::UsGovL4 => Cloud::UsGov,
            CloudName::UsGovL5 => Cloud::UsGovDod,
            CloudName::China => Cloud::China,
        }),
        _ => misuse(format!("tenant {}: login_url and graph_url go together", tenant.tenant)),
    }
}

/// Listens for Ctrl-C and SIGTERM from now on; wait for what it gives. To be called before the program says that it runs: who
/// is told so may stop it at once.
#[cfg(unix)]
pub(crate) fn stopped() -> anyhow::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut interrupted, mut terminated) =
        (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    Ok(async move {
        tokio::select! {
            _ = interrupted.recv() => {}
            _ = terminated.recv() => {}
        }
    })
}

/// Listens for Ctrl-C.
#[cfg(not(unix))]
pub(crate) fn stopped() -> anyhow::Result<impl Future<Output = ()>> {
    Ok(async {
        // Without a handler there is nothing to wait for but the end of the process.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    })
}
