//! `innerward sandbox`: the tenant alone, for trying clients and faults.

use std::io::Write as _;
use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;
use sandbox::{App, Person, Ports, Running, Sandbox, StartError, Tenant};
use uuid::Uuid;

use crate::commands::serve;
use crate::demo::corpus::{self, Organisation};
use crate::exit::{Ending, misuse};
use crate::ward;

/// What the product asks an administrator for.
const ROLES: &[&str] =
    &["Mail.Read", "Mail.ReadWrite", "User.Read.All", "MailboxSettings.Read", "Organization.Read.All"];

/// Example: innerward sandbox --https-port 8443 --smtp-port 2525 --ca sandbox-ca.pem
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Port of Entra, Graph and the control API (0: any free one).
    #[arg(long, default_value_t = 8443)]
    https_port: u16,
    /// Port of the SMTP edge (0: any free one).
    #[arg(long, default_value_t = 2525)]
    smtp_port: u16,
    /// Where to write the certificate authority to trust.
    #[arg(long, default_value = "sandbox-ca.pem")]
    ca: PathBuf,
    /// The secret of the app registration; a random one when not given.
    #[arg(long, env = "INNERWARD_SANDBOX_SECRET", hide_env_values = true)]
    secret: Option<String>,
    /// Leave consent to the consent page.
    #[arg(long)]
    no_consent: bool,
}

/// The app registration of the demo.
pub(crate) struct DemoApp {
    pub(crate) client_id: Uuid,
    pub(crate) secret: String,
}

impl DemoApp {
    pub(crate) fn new() -> Self {
        Self { client_id: Uuid::new_v4(), secret: ward::random_token() }
    }
}

/// Runs until interrupted.
pub(crate) fn run(arguments: Arguments) -> anyhow::Result<Ending> {
    tokio::runtime::Runtime::new()?.block_on(serve_alone(arguments))
}

async fn serve_alone(arguments: Arguments) -> anyhow::Result<Ending> {
    let mut app = DemoApp::new();
    app.secret = arguments.secret.unwrap_or(app.secret);
    let mut settings = tenant(&corpus::organisation()?, &app)?;
    settings.ports = Ports { https: arguments.https_port, smtp: arguments.smtp_port };
    settings.ca_pem_path = Some(arguments.ca.clone());
    for registration in &mut settings.apps {
        registration.consented = !arguments.no_consent;
    }
    let (id, people) = (settings.id, settings.people.len());
    let running = start(settings).await?;
    let stopped = serve::stopped()?;
    let mut out = std::io::stdout().lock();
    writeln!(out, "tenant         {id} ({people} people)")?;
    writeln!(out, "Entra, Graph   {}", running.https_url)?;
    writeln!(out, "control API    {}/sandbox/", running.https_url)?;
    writeln!(out, "SMTP           {}", running.smtp_addr)?;
    writeln!(out, "trust          {}", arguments.ca.display())?;
    writeln!(out, "client id      {}", app.client_id)?;
    writeln!(out, "client secret  {}", app.secret)?;
    out.flush()?;
    drop(out);
    stopped.await;
    running.stop().await;
    Ok(Ending::Fine)
}

/// Starts a tenant; a port that is taken is the command line's mistake.
pub(crate) async fn start(settings: Tenant) -> anyhow::Result<Running> {
    match Sandbox::start(settings).await {
        Ok(running) => Ok(running),
        Err(
            error @ (StartError::PortTaken { .. } | StartError::Settings(_) | StartError::WriteCa { .. }),
        ) => misuse(error.to_string()),
        Err(error) => Err(error).context("the sandbox cannot be started"),
    }
}

/// The organisation of the corpus as a tenant, its app registered and consented to.
pub(crate) fn tenant(organisation: &Organisation, app: &DemoApp) -> anyhow::Result<Tenant> {
    let first = organisation.domains.first().context("the organisation has no domain")?;
    let mut tenant = Tenant::new(&organisation.name, first);
    tenant.id = organisation.tenant_id.parse().context("the organisation's tenant id is no GUID")?;
    tenant.domains = organisation.domains.clone();
    tenant.people = organisation
        .people
        .iter()
        .map(|person| Person {
            aliases: person.aliases.clone(),
            job_title: person.title.clone(),
            department: person.department.clone(),
            ..Person::new(&person.name, &person.address)
        })
        .collect();
    let registration = App::with_secret(app.client_id, "Innerward", &app.secret, ROLES);
    tenant.apps = vec![registration.consented()];
    Ok(tenant)
}
