//! The console on a temporary store full of mail, for looking at it and for the browser tests.
//!
//! `cargo run -p console --example desk -- 127.0.0.1:8080 [--stream]` prints the address for making the first account. With
//! `--stream` another message arrives every few seconds. Plans are carried out against nothing.

#![allow(clippy::print_stdout)] // It prints where to go.

#[path = "../../tests/common/mod.rs"]
mod common;
mod corpus;
mod hostile;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use common::seed;
use console::{
    AbandonedJob, Desk, Health, HealthReport, MailboxSync, NoticeCounts, ProviderUsage, Reconciliation,
    Settings, SyncState, VersionOf,
};
use jiff::{SignedDuration, Timestamp};
use store::Store;
use verdict::MailboxId;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let address = arguments.first().map_or("127.0.0.1:8080", String::as_str);
    let folder = tempfile::tempdir()?;
    let store = store::open_sqlite(folder.path())?;
    let mailboxes = corpus::people(&*store).await?;
    let week = corpus::week()?;
    corpus::fill(&*store, &week, now()).await?;
    hostile::fill(&*store, now()).await;

    let listener = tokio::net::TcpListener::bind(address).await?;
    println!("http://{}/setup?token={}", listener.local_addr()?, common::SETUP_TOKEN);
    let desk = Desk {
        store: store.clone(),
        tenants: vec![common::tenant()],
        notices: Arc::new(common::Notices::default()),
        health: Arc::new(Report { mailboxes, started: now() }),
        clock: Arc::new(now),
        settings: Settings {
            secure_cookies: false,
            public_url: None,
            setup_token: Some(common::SETUP_TOKEN.into()),
        },
    };
    let stream = arguments.iter().any(|argument| argument == "--stream");
    let worker = tokio::spawn(live(store, stream));
    let service = console::router(desk).into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, service).await?;
    worker.abort();
    Ok(())
}

#[allow(clippy::disallowed_methods)] // An example is its own program: here the time begins.
fn now() -> Timestamp {
    Timestamp::now()
}

/// Does what the pipeline would do, and lets mail come.
async fn live(store: Arc<dyn Store>, stream: bool) {
    for number in 0_u32.. {
        tokio::time::sleep(Duration::from_millis(500)).await;
        seed::work(&*store, now()).await;
        if stream && number % 8 == 0 {
            hostile::arrive(&*store, number / 8, now()).await;
        }
    }
}

struct Report {
    mailboxes: Vec<MailboxId>,
    started: Timestamp,
}

#[async_trait::async_trait]
impl Health for Report {
    async fn report(&self) -> HealthReport {
        let now = now();
        let ago = |seconds| now - SignedDuration::from_secs(seconds);
        let tenant = common::tenant().id;
        let sync = |(index, mailbox): (usize, &MailboxId)| MailboxSync {
            tenant: tenant.clone(),
            mailbox: mailbox.clone(),
            state: if index == 7 { SyncState::Reading } else { SyncState::Following },
            folders: 6 + index % 5,
            last_sweep: Some(ago(20 + index as i64)),
            last_notice: Some(ago(60 * (1 + index as i64))),
        };
        HealthReport {
            started: Some(self.started - SignedDuration::from_hours(53)),
            mailboxes: self.mailboxes.iter().enumerate().map(sync).collect(),
            providers: vec![ProviderUsage {
                tenant: tenant.clone(),
                name: "Microsoft 365".into(),
                requests_last_hour: 4_812,
                throttled_last_hour: 3,
                failed_last_hour: 0,
                paused_until: None,
                missing_rights: vec![],
            }],
            last_sweep: Some(ago(21)),
            lag_ms: Some(640),
            abandoned: vec![AbandonedJob {
                what: "fetch one message of Jenna Curnow".into(),
                why: "the message is gone".into(),
                at: ago(8_000),
            }],
            reconciliations: vec![Reconciliation {
                tenant,
                since: ago(86_400),
                until: ago(300),
                arrived: 1_204,
                judged: 1_204,
            }],
            notices: NoticeCounts { believed: 1_187, refused: 2 },
            versions: vec![
                VersionOf { what: "innerward".into(), version: "0.1.0".into() },
                VersionOf { what: "rules".into(), version: "1".into() },
                VersionOf { what: "schema".into(), version: "1".into() },
            ],
        }
    }
}
