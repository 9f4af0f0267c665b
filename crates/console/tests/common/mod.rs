//! A console on a store of its own, with stand-ins at the ports: a notice desk, a health report, a clock.

#![allow(dead_code, unreachable_pub, clippy::unwrap_used)] // Every test and the example take what they need of this.

pub mod browser;
pub mod seed;

use std::sync::{Arc, Mutex};

use console::{Desk, Health, HealthReport, NoticeDesk, Settings, Tenant};
use jiff::{SignedDuration, Timestamp};
use provider::{NoticeReply, NoticeRequest};
use store::Store;
use tempfile::TempDir;
use verdict::TenantId;

pub const SETUP_TOKEN: &str = "token-for-tests";
pub const NAME: &str = "ann";
pub const PASSWORD: &str = "four words will do";

/// Everything behind one console.
pub struct World {
    pub store: Arc<dyn Store>,
    pub clock: TestClock,
    pub notices: Arc<Notices>,
    pub router: axum::Router,
    _folder: TempDir,
}

/// A console over an empty store, on plain HTTP.
pub fn world() -> World {
    world_with(Settings { secure_cookies: false, public_url: None, setup_token: Some(SETUP_TOKEN.into()) })
}

pub fn world_with(settings: Settings) -> World {
    let folder = tempfile::tempdir().unwrap();
    let store = store::open_sqlite(folder.path()).unwrap();
    let clock = TestClock::at(Timestamp::from_second(1_800_000_000).unwrap());
    let notices = Arc::new(Notices::default());
    let router = console::router(Desk {
        store: store.clone(),
        tenants: vec![tenant()],
        notices: notices.clone(),
        health: Arc::new(Well),
        clock: clock.as_clock(),
        settings,
    });
    World { store, clock, notices, router, _folder: folder }
}

pub fn tenant() -> Tenant {
    Tenant {
        id: TenantId::new("tenant-1"),
        name: "Tidewright Instruments".into(),
        domains: vec![message::Domain::parse("tidewright.example").unwrap()],
    }
}

/// A clock that tests move.
#[derive(Clone)]
pub struct TestClock(Arc<Mutex<Timestamp>>);

impl TestClock {
    pub fn at(now: Timestamp) -> Self {
        Self(Arc::new(Mutex::new(now)))
    }

    pub fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }

    pub fn pass(&self, span: SignedDuration) {
        *self.0.lock().unwrap() += span;
    }

    pub fn as_clock(&self) -> console::Clock {
        let clock = self.clone();
        Arc::new(move || clock.now())
    }
}

/// Echoes validation tokens, believes what carries the right word, keeps what it got.
#[derive(Default)]
pub struct Notices {
    pub received: Mutex<Vec<(String, bool, Vec<u8>)>>,
}

#[async_trait::async_trait]
impl NoticeDesk for Notices {
    async fn receive(
        &self,
        provider: &str,
        lifecycle: bool,
        request: &NoticeRequest<'_>,
    ) -> Option<Result<NoticeReply, provider::Error>> {
        if provider != "microsoft" {
            return None;
        }
        if let Some((_, token)) = request.query.iter().find(|(name, _)| name == "validationToken") {
            return Some(Ok(NoticeReply::Echo(token.clone())));
        }
        if !request.body.starts_with(b"{\"value\"") {
            return Some(Err(provider::Error::Misused("no notice".into())));
        }
        self.received.lock().unwrap().push((provider.into(), lifecycle, request.body.to_vec()));
        Some(Ok(NoticeReply::Accepted { notices: vec![], refused: vec![] }))
    }
}

struct Well;

#[async_trait::async_trait]
impl Health for Well {
    async fn report(&self) -> HealthReport {
        HealthReport::default()
    }
}
