//! What the console works on: the ports the binary hands over, and the few things handlers share.

use std::sync::Arc;

use jiff::Timestamp;
use message::{Domain, Organisation};
use provider::{NoticeReply, NoticeRequest};
use store::Store;
use verdict::TenantId;

use crate::health::Health;
use crate::live::Pulse;
use crate::session::Attempts;

/// Where the time comes from.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// Everything the console needs from the program around it.
#[derive(Clone)]
pub struct Desk {
    pub store: Arc<dyn Store>,
    /// The organisations protected, in the order they are shown.
    pub tenants: Vec<Tenant>,
    pub notices: Arc<dyn NoticeDesk>,
    pub health: Arc<dyn Health>,
    pub clock: Clock,
    pub settings: Settings,
}

impl std::fmt::Debug for Desk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Desk").field("tenants", &self.tenants.len()).finish_non_exhaustive()
    }
}

/// An organisation under protection.
#[derive(Clone, Debug)]
pub struct Tenant {
    pub id: TenantId,
    pub name: String,
    pub domains: Vec<Domain>,
}

/// What depends on where the console is served.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Whether browsers reach us over HTTPS: cookies are then `Secure` and carry the `__Host-` prefix.
    pub secure_cookies: bool,
    /// Scheme, host and port under which browsers reach us (`https://ward.example.com`). `Origin` is compared with
    /// it; when absent, with the `Host` of the request.
    pub public_url: Option<String>,
    /// The one-time token for creating the first account, printed by the program at its first start. `None` refuses
    /// first-run setup altogether.
    pub setup_token: Option<String>,
}

/// Takes what is posted to the notice address. Implemented by the binary, which knows the providers. It has to
/// answer within the provider's patience (seconds), so it queues and returns.
#[async_trait::async_trait]
pub trait NoticeDesk: Send + Sync {
    /// `provider` is the word in the path (`microsoft`, `google`); `lifecycle` tells the two addresses of Microsoft apart.
    /// `None` means no such provider is connected.
    async fn receive(
        &self,
        provider: &str,
        lifecycle: bool,
        request: &NoticeRequest<'_>,
    ) -> Option<Result<NoticeReply, provider::Error>>;

    /// Something was posted there that was not even read, being too large or broken off.
    fn turned_away(&self, _provider: &str) {}
}

/// The desk with what handlers share among themselves.
#[derive(Clone)]
pub(crate) struct Console(Arc<Shared>);

pub(crate) struct Shared {
    pub(crate) desk: Desk,
    pub(crate) attempts: Attempts,
    pub(crate) hashing: crate::session::Hashing,
    /// Held while the first account is made, so that two requests cannot both find none.
    pub(crate) setup: tokio::sync::Mutex<()>,
    pub(crate) pulse: Pulse,
    /// Sanitising somebody's HTML costs CPU: two at a time.
    pub(crate) previews: tokio::sync::Semaphore,
    pub(crate) mailboxes: crate::mailboxes::Kept,
    pub(crate) layers: moka::sync::Cache<i64, crate::pages::overview::Layers>,
}

/// Previews made at the same time; each may take a core for a moment.
const PREVIEWS_MAX: usize = 2;

impl Console {
    pub(crate) fn new(desk: Desk) -> Self {
        Self(Arc::new(Shared {
            desk,
            attempts: Attempts::default(),
            hashing: crate::session::Hashing::default(),
            setup: tokio::sync::Mutex::new(()),
            pulse: Pulse::default(),
            previews: tokio::sync::Semaphore::new(PREVIEWS_MAX),
            mailboxes: crate::mailboxes::kept(),
            layers: crate::pages::overview::layers_cache(),
        }))
    }

    pub(crate) fn store(&self) -> &dyn Store {
        &*self.0.desk.store
    }

    pub(crate) fn now(&self) -> Timestamp {
        (self.0.desk.clock)()
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.0.desk.settings
    }

    /// All domains of all tenants: what tells inside from outside when a message is read for a page.
    pub(crate) fn organisation(&self) -> Organisation {
        let domains = self.0.desk.tenants.iter().flat_map(|tenant| tenant.domains.iter().cloned());
        Organisation { domains: domains.collect(), ..Organisation::default() }
    }
}

impl std::ops::Deref for Console {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}
