//! What a sandbox tenant is made of: the organisation, its people, the apps it knows, limits and times.
//! Nothing here does anything; [`crate::Sandbox::start`] does.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::Clock;

/// One Microsoft 365 organisation.
#[derive(Clone, Debug)]
pub struct Tenant {
    /// Shown by `GET /organization` and on the consent page.
    pub name: String,
    pub id: Uuid,
    /// Accepted domains; the first is the default one.
    pub domains: Vec<String>,
    pub people: Vec<Person>,
    pub apps: Vec<App>,
    pub ports: Ports,
    pub limits: Limits,
    pub notices: NoticeTimes,
    /// Where the PEM of the sandbox's own certificate authority is written at start.
    pub ca_pem_path: Option<PathBuf>,
    /// Further host names the HTTPS certificate is good for, besides `localhost` and the loopback addresses.
    pub host_names: Vec<String>,
    pub clock: Clock,
    /// Seed of everything random: faults and made-up header values.
    pub seed: u64,
}

impl Tenant {
    /// An organisation without people or apps, on free ports, with Microsoft's limits.
    pub fn new(name: &str, domain: &str) -> Self {
        Self {
            name: name.to_owned(),
            id: Uuid::new_v4(),
            domains: vec![domain.to_lowercase()],
            people: Vec::new(),
            apps: Vec::new(),
            ports: Ports::default(),
            limits: Limits::default(),
            notices: NoticeTimes::default(),
            ca_pem_path: None,
            host_names: Vec::new(),
            clock: Clock::system(),
            seed: 1,
        }
    }

    /// Adds a person with a mailbox; `address` is also the sign-in name.
    pub fn person(mut self, name: &str, address: &str) -> Self {
        self.people.push(Person::new(name, address));
        self
    }

    /// Adds an app registration.
    pub fn app(mut self, app: App) -> Self {
        self.apps.push(app);
        self
    }
}

/// Loopback ports; 0 means any free one.
#[derive(Clone, Copy, Debug, Default)]
pub struct Ports {
    pub https: u16,
    pub smtp: u16,
}

/// A directory user.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Person {
    #[serde(default = "Uuid::new_v4")]
    pub id: Uuid,
    pub name: String,
    /// Primary address and user principal name.
    pub address: String,
    #[serde(default)]
    pub aliases: Vec<String>,
    /// Whether there is an Exchange mailbox behind it.
    #[serde(default = "yes")]
    pub has_mailbox: bool,
    #[serde(default = "yes")]
    pub enabled: bool,
    /// `userPurpose` of the mailbox settings: user, shared, room, equipment, …
    #[serde(default = "user_purpose")]
    pub purpose: String,
    #[serde(default)]
    pub job_title: Option<String>,
    #[serde(default)]
    pub department: Option<String>,
}

impl Person {
    /// An enabled user with a mailbox and a random id.
    pub fn new(name: &str, address: &str) -> Self {
        Self {
            id: Uuid::new_v4(),
            name: name.to_owned(),
            address: address.to_lowercase(),
            aliases: Vec::new(),
            has_mailbox: true,
            enabled: true,
            purpose: user_purpose(),
            job_title: None,
            department: None,
        }
    }
}

fn yes() -> bool {
    true
}

fn user_purpose() -> String {
    "user".to_owned()
}

/// An app registration and what the administrator has granted it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct App {
    pub client_id: Uuid,
    pub name: String,
    #[serde(default)]
    pub secret: Option<String>,
    /// PEM of the certificate whose key signs client assertions.
    #[serde(default)]
    pub certificate_pem: Option<String>,
    /// Application permissions the registration asks for; a consent grants exactly these.
    pub roles: Vec<String>,
    /// Whether an administrator has consented already.
    #[serde(default)]
    pub consented: bool,
    /// Where the consent page may send the administrator back to; empty allows any address.
    #[serde(default)]
    pub redirect_uris: Vec<String>,
}

impl App {
    /// A registration with a client secret, not consented yet.
    pub fn with_secret(client_id: Uuid, name: &str, secret: &str, roles: &[&str]) -> Self {
        Self {
            client_id,
            name: name.to_owned(),
            secret: Some(secret.to_owned()),
            certificate_pem: None,
            roles: roles.iter().map(|role| (*role).to_owned()).collect(),
            consented: false,
            redirect_uris: Vec::new(),
        }
    }

    /// The same, with consent given.
    pub fn consented(mut self) -> Self {
        self.consented = true;
        self
    }
}

/// Service limits, Microsoft's by default (provider-apis A5, A9, A10).
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Requests in flight per app and mailbox.
    pub mailbox_concurrency: u32,
    /// Requests per app and mailbox in one window.
    pub mailbox_requests: u32,
    pub mailbox_window_s: i64,
    /// `Retry-After` of an answer over a limit.
    pub retry_after_s: u64,
    pub subscription_minutes_min: i64,
    pub subscription_minutes_max: i64,
    pub subscriptions_per_mailbox: usize,
    pub batch_requests: usize,
    /// Access token life.
    pub token_s: i64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            mailbox_concurrency: 4,
            mailbox_requests: 10_000,
            mailbox_window_s: 600,
            retry_after_s: 2,
            subscription_minutes_min: 45,
            subscription_minutes_max: 4230,
            subscriptions_per_mailbox: 1000,
            batch_requests: 20,
            token_s: 3599,
        }
    }
}

/// How change notices travel. Microsoft's retry horizon of four hours is scaled down to seconds.
#[derive(Clone, Copy, Debug)]
pub struct NoticeTimes {
    /// From the change to the first POST.
    pub latency_ms: u64,
    /// The receiver must answer 2xx within this.
    pub ack_ms: u64,
    pub retry_first_ms: u64,
    pub retry_factor: u64,
    /// After this many attempts the notice is given up and `missed` is sent.
    pub attempts_max: u32,
    /// Several notices to one address share a POST, at most this many.
    pub per_post: usize,
    pub posts_in_flight_per_address: usize,
    pub handshake_ms: u64,
    /// `reauthorizationRequired` is sent this long before a subscription ends.
    pub reauthorize_before_s: i64,
}

impl Default for NoticeTimes {
    fn default() -> Self {
        Self {
            latency_ms: 5,
            ack_ms: 3_000,
            retry_first_ms: 200,
            retry_factor: 3,
            attempts_max: 5,
            per_post: 20,
            posts_in_flight_per_address: 4,
            handshake_ms: 10_000,
            reauthorize_before_s: 900,
        }
    }
}
