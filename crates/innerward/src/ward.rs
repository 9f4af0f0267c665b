//! The product, put together and running: store, journey, workers, beats, console.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use jiff::{SignedDuration, Timestamp};
use message::Organisation;
use observer::Panel;
use pipeline::schedule::{Beat, Schedule};
use pipeline::{Clock, Gatherer, Journey, SystemClock, Worker, history::History};
use provider::Provider;
use rand::RngCore as _;
use signal::Observer;
use store::Store;
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use verdict::{Mode, Policy, TenantId};

use crate::desk;
use crate::listener::{self, Listener};
use crate::usage_log::UsageLog;

/// Mail that came this long before the first start is judged too.
const LOOK_BACK: SignedDuration = SignedDuration::from_hours(24);

/// For all answers from outside about one message.
const ANSWERS_DEADLINE: Duration = Duration::from_secs(5);

/// Jobs under way at once: they mostly wait for the provider.
const WIDTH: usize = 32;

/// What it takes to start.
pub(crate) struct WardSettings {
    pub(crate) store: Arc<dyn Store>,
    /// Where the console is served; notices too.
    pub(crate) listeners: Vec<Listener>,
    pub(crate) public_url: Option<String>,
    pub(crate) secure_cookies: bool,
    /// Who answers about authentication; nobody when offline.
    pub(crate) authentication: Option<Arc<dyn Observer>>,
    pub(crate) tenants: Vec<Ward>,
    pub(crate) beat: Beat,
    /// How far before the first start mail is judged.
    pub(crate) look_back: Option<SignedDuration>,
}

/// One organisation to protect.
pub(crate) struct Ward {
    /// The word for the provider in addresses: `microsoft`.
    pub(crate) provider_name: &'static str,
    pub(crate) provider: Arc<dyn Provider>,
    /// Besides the domains that the provider names.
    pub(crate) organisation: Organisation,
    pub(crate) vips: std::collections::BTreeSet<message::Address>,
    pub(crate) mode: Mode,
}

/// Running, until [`Running::stop`].
pub(crate) struct Running {
    pub(crate) addresses: Vec<SocketAddr>,
    /// For making the first account; `None` once there is one.
    pub(crate) setup_token: Option<String>,
    stop: CancellationToken,
    tasks: Vec<JoinHandle<()>>,
}

impl Running {
    /// Finishes the jobs under way and stops.
    pub(crate) async fn stop(self) {
        self.stop.cancel();
        for task in self.tasks {
            // A task that panicked has been reported already; the others must still be waited for.
            let _ = task.await;
        }
    }
}

/// Signs in, then starts everything. What is wrong with settings or consent is said here, before anything runs.
pub(crate) async fn start(settings: WardSettings) -> anyhow::Result<Running> {
    let store = settings.store;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let look_back = settings.look_back.unwrap_or(LOOK_BACK);
    let mut tenants = BTreeMap::new();
    let mut shown = Vec::new();
    for ward in settings.tenants {
        let (id, name, tenant) = sign_in(ward, &*store, clock.now() - look_back).await?;
        shown.push(console::Tenant {
            id: id.clone(),
            name,
            domains: tenant.setting().organisation.domains.clone(),
        });
        tenants.insert(id, tenant);
    }
    let mut observers: Vec<Arc<dyn Observer>> = vec![Arc::new(History::new(store.clone()))];
    observers.extend(settings.authentication);
    let gatherer = Gatherer::new(Arc::new(Panel::new(observers)), ANSWERS_DEADLINE);
    let journey = Arc::new(Journey::new(store.clone(), tenants, gatherer, clock.clone()));

    let news = Arc::new(Notify::new());
    let schedule = Schedule::new(journey.clone(), settings.beat);
    let usage = Arc::new(UsageLog::default());
    let notices = Arc::new(desk::NoticeLog::default());
    let setup_token = setup_token(&*store).await?;
    let desk = console::Desk {
        store: store.clone(),
        tenants: shown,
        notices: Arc::new(desk::Notices::new(journey.clone(), news.clone(), notices.clone())),
        health: Arc::new(desk::Pulse::new(
            journey.clone(),
            schedule.clone(),
            clock.now(),
            usage.clone(),
            notices,
        )),
        clock: Arc::new(move || clock.now()),
        settings: console::Settings {
            secure_cookies: settings.secure_cookies,
            public_url: settings.public_url,
            setup_token: setup_token.clone(),
        },
    };
    let stop = CancellationToken::new();
    let router = console::router(desk);
    let (addresses, mut tasks) = listener::serve(settings.listeners, &router, &stop).await?;
    let worker = Worker::new(journey.clone(), news, WIDTH);
    tasks.push(tokio::spawn({
        let stop = stop.clone();
        async move { worker.run(stop).await }
    }));
    tasks.push(tokio::spawn({
        let stop = stop.clone();
        async move { schedule.run(stop).await }
    }));
    tasks.push(tokio::spawn({
        let (journey, stop) = (journey.clone(), stop.clone());
        async move { usage.keep(&journey, &stop).await }
    }));
    Ok(Running { addresses, setup_token, stop, tasks })
}

/// Proves that we may do what we need, and takes over what the provider says of the organisation.
async fn sign_in(
    ward: Ward,
    store: &dyn Store,
    protected_since: Timestamp,
) -> anyhow::Result<(TenantId, String, pipeline::Tenant)> {
    let id = ward.provider.tenant().clone();
    let checks = ward.provider.check().await.with_context(|| format!("cannot protect tenant {id}"))?;
    if !checks.missing.is_empty() {
        anyhow::bail!(
            "tenant {id} has not granted {}: grant it to the app in the Entra admin center (API permissions, application) \
             and give admin consent again",
            checks.missing.join(", ")
        );
    }
    let mut organisation = ward.organisation;
    let named = checks.domains.into_iter().filter(|domain| !organisation.domains.contains(domain));
    organisation.domains.extend(named.collect::<Vec<_>>());
    let since = protected_since_on_record(store, &id, protected_since).await?;
    let policy = Policy::everybody(ward.mode);
    let tenant =
        pipeline::Tenant::new(ward.provider_name, ward.provider, policy, organisation, since, ward.vips);
    tenant.learn_people(&store.mailboxes(&id).await?);
    Ok((id, checks.tenant_name, tenant))
}

/// The first start decides, and later ones keep to it.
async fn protected_since_on_record(
    store: &dyn Store,
    id: &TenantId,
    first: Timestamp,
) -> anyhow::Result<Timestamp> {
    let name = format!("protected-since:{id}");
    if let Some(kept) = store.setting(&name).await? {
        return kept.parse().context("the start of protection on record is no time");
    }
    store.save_setting(&name, &first.to_string()).await?;
    Ok(first)
}

/// A key of this installation, made at the first start and kept with the data.
pub(crate) async fn installation_key(store: &dyn Store) -> anyhow::Result<Vec<u8>> {
    const NAME: &str = "installation-key";
    if let Some(kept) = store.setting(NAME).await? {
        return Ok(kept.into_bytes());
    }
    let made = random_token();
    store.save_setting(NAME, &made).await?;
    Ok(made.into_bytes())
}

async fn setup_token(store: &dyn Store) -> anyhow::Result<Option<String>> {
    Ok(if store.accounts().await?.is_empty() { Some(random_token()) } else { None })
}

/// 32 random bytes as hex digits.
pub(crate) fn random_token() -> String {
    let mut bytes = [0_u8; 32];
    rand::rng().fill_bytes(&mut bytes);
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Opens the data folder, making it when needed.
pub(crate) fn open_store(data: &PathBuf) -> anyhow::Result<Arc<dyn Store>> {
    std::fs::create_dir_all(data)
        .with_context(|| format!("cannot make the data folder {}", data.display()))?;
    Ok(store::open_sqlite(data)?)
}

/// The machine's clock, for the provider's tokens and budgets.
pub(crate) fn provider_clock() -> provider::Clock {
    provider::Clock::new(|| SystemClock.now())
}
