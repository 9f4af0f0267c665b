//! `innerward demo`: the main job, on a sandbox organisation, in one process.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context as _;
use clap::Args;
use jiff::SignedDuration;
use message::Address;
use pipeline::schedule::Beat;
use pipeline::{Clock as _, SystemClock};
use provider::{Cloud, Credential, MicrosoftSettings};
use secrecy::SecretString;
use tokio_util::sync::CancellationToken;
use verdict::Mode;

use crate::commands::sandbox::{self, DemoApp};
use crate::commands::serve;
use crate::demo::corpus::{self, Organisation};
use crate::demo::{post::Post, stream};
use crate::exit::{Ending, misuse};
use crate::listener::{self, Listener};
use crate::ward::{self, Ward, WardSettings};

/// The seeded week lies within this.
const WEEK: SignedDuration = SignedDuration::from_hours(24 * 9);

/// Example: innerward demo --mail ~/Mail/archive.mbox
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Where the console listens.
    #[arg(long, default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// A data folder to keep; a temporary one, removed at the end, when not given.
    #[arg(long)]
    data: Option<PathBuf>,
    /// Your own mail to stream instead of the invented week: .eml, folders, mbox, maildir, .tar.zst.
    #[arg(long, value_name = "PATH")]
    mail: Vec<PathBuf>,
    /// Do not open a browser.
    #[arg(long)]
    no_browser: bool,
}

/// Runs until interrupted.
pub(crate) fn run(arguments: Arguments) -> anyhow::Result<Ending> {
    if let Some(absent) = arguments.mail.iter().find(|path| !path.exists()) {
        return misuse(format!("--mail {}: no such file or folder", absent.display()));
    }
    tokio::runtime::Runtime::new()?.block_on(demo(arguments))
}

async fn demo(arguments: Arguments) -> anyhow::Result<Ending> {
    let organisation = corpus::organisation()?;
    let temporary = if arguments.data.is_none() { Some(tempfile::tempdir()?) } else { None };
    let data = arguments.data.clone().or_else(|| temporary.as_ref().map(|folder| folder.path().to_owned()));
    let store = ward::open_store(&data.context("no data folder")?)?;
    // The notice address has to be known before anything listens.
    let address = listener::free(arguments.listen)?;
    let app = DemoApp::new();
    let tenant = sandbox::start(sandbox::tenant(&organisation, &app)?).await?;
    let post = Post::new(&tenant.https_url, &tenant.ca_pem)?;
    let seeded = if arguments.mail.is_empty() { corpus::week()? } else { Vec::new() };
    let delivered = stream::seed(&post, &seeded, SystemClock.now()).await?;

    let url = format!("http://{address}");
    let key = ward::installation_key(&*store).await?;
    let running = ward::start(WardSettings {
        store,
        listeners: vec![Listener { address, tls: None }],
        public_url: None,
        secure_cookies: false,
        authentication: None,
        tenants: vec![ward(&organisation, &app, &tenant, &url, key)?],
        beat: Beat {
            sweep: Duration::from_secs(15),
            watches: Duration::from_secs(60),
            reconcile: Duration::from_secs(60),
        },
        look_back: Some(WEEK),
    })
    .await?;
    let door = running
        .setup_token
        .as_ref()
        .map_or_else(|| url.clone(), |token| format!("{url}/setup?token={token}"));
    let stopped = serve::stopped()?;
    announce(&organisation, &tenant, delivered, &door)?;
    if !arguments.no_browser {
        open_browser(&door);
    }
    let stop = CancellationToken::new();
    let streaming = match arguments.mail.is_empty() {
        true => tokio::spawn(stream::week(post, seeded, stop.clone())),
        false => tokio::spawn(stream::files(post, arguments.mail, organisation, stop.clone())),
    };
    stopped.await;
    stop.cancel();
    streaming.await?;
    running.stop().await;
    tenant.stop().await;
    Ok(Ending::Fine)
}

fn ward(
    organisation: &Organisation,
    app: &DemoApp,
    tenant: &::sandbox::Running,
    url: &str,
    installation_key: Vec<u8>,
) -> anyhow::Result<Ward> {
    let settings = MicrosoftSettings {
        tenant: organisation.tenant_id.clone(),
        client_id: app.client_id.to_string(),
        credential: Credential::Secret(SecretString::from(app.secret.clone())),
        cloud: Cloud::Custom { login: tenant.https_url.clone(), graph: tenant.https_url.clone() },
        notice_url: Some(format!("{url}/notices/microsoft")),
        lifecycle_url: Some(format!("{url}/notices/microsoft/lifecycle")),
        installation_key,
        ca_pem: Some(tenant.ca_pem.clone().into_bytes()),
        clock: ward::provider_clock(),
        patience: Default::default(),
    };
    let vips = organisation.people.iter().filter(|person| person.vip);
    Ok(Ward {
        provider_name: "microsoft",
        provider: provider::open(provider::Settings::Microsoft(settings))?,
        organisation: message::Organisation::default(),
        vips: vips.filter_map(|person| Address::parse(&person.address)).collect::<BTreeSet<_>>(),
        mode: Mode::Remediate,
    })
}

fn announce(
    organisation: &Organisation,
    tenant: &::sandbox::Running,
    delivered: usize,
    door: &str,
) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "{} has {} people and {delivered} messages of last week.",
        organisation.name,
        organisation.people.len()
    )?;
    writeln!(
        out,
        "Its sandbox tenant answers at {} (Graph) and {} (SMTP).",
        tenant.https_url, tenant.smtp_addr
    )?;
    writeln!(out, "\nOpen the console:  {door}\n\nCtrl-C ends it.")?;
    Ok(out.flush()?)
}

/// A convenience: where it does not work, the address stands on the terminal.
fn open_browser(url: &str) {
    let opener = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };
    let quiet = std::process::Stdio::null;
    let _ = std::process::Command::new(opener).arg(url).stdout(quiet()).stderr(quiet()).spawn();
}
