//! What the console asks of the rest of the program: notices handed on, health reported.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use console::{HealthReport, MailboxSync, NoticeCounts, ProviderUsage, Reconciliation, SyncState, VersionOf};
use jiff::{SignedDuration, Timestamp};
use pipeline::notices::Answer;
use pipeline::schedule::Schedule;
use pipeline::{Journey, Trouble};

use provider::{NoticeReply, NoticeRequest};
use tokio::sync::Notify;

use crate::usage_log::UsageLog;

/// How many notices came, and how many of them were believed.
#[derive(Debug, Default)]
pub(crate) struct NoticeLog {
    believed: AtomicU64,
    refused: AtomicU64,
}

impl NoticeLog {
    fn note(&self, believed: usize, refused: usize) {
        self.believed.fetch_add(believed as u64, Ordering::Relaxed);
        self.refused.fetch_add(refused as u64, Ordering::Relaxed);
    }

    fn counts(&self) -> NoticeCounts {
        NoticeCounts {
            believed: self.believed.load(Ordering::Relaxed),
            refused: self.refused.load(Ordering::Relaxed),
        }
    }
}

/// Hands posted notices to the journey and wakes the workers.
pub(crate) struct Notices {
    journey: Arc<Journey>,
    news: Arc<Notify>,
    log: Arc<NoticeLog>,
}

impl Notices {
    pub(crate) fn new(journey: Arc<Journey>, news: Arc<Notify>, log: Arc<NoticeLog>) -> Self {
        Self { journey, news, log }
    }
}

#[async_trait::async_trait]
impl console::NoticeDesk for Notices {
    /// One address serves all tenants of a provider: each says whether a notice is its own.
    async fn receive(
        &self,
        provider: &str,
        _lifecycle: bool,
        request: &NoticeRequest<'_>,
    ) -> Option<Result<NoticeReply, provider::Error>> {
        let (mut came, mut believed, mut trouble) = (None, 0, None);
        let tenants = self.journey.tenants.iter().filter(|(_, tenant)| tenant.provider_name == provider);
        for (id, _) in tenants {
            match pipeline::notices::take(&self.journey, id, request).await {
                Ok(Answer::Echo(token)) => return Some(Ok(NoticeReply::Echo(token))),
                Ok(Answer::Accepted { queued, believed: ours, refused }) => {
                    tracing::debug!(queued, refused, "notices taken");
                    believed += ours;
                    came = Some(ours + refused);
                }
                Err(error) => trouble = Some(as_provider_error(error)),
            }
        }
        self.news.notify_one();
        match (came, trouble) {
            (_, Some(error)) => {
                self.log.note(believed, 1);
                Some(Err(error))
            }
            (Some(came), None) => {
                self.log.note(believed, came.saturating_sub(believed));
                Some(Ok(NoticeReply::Accepted { notices: Vec::new(), refused: Vec::new() }))
            }
            (None, None) => None,
        }
    }

    fn turned_away(&self, provider: &str) {
        tracing::warn!(provider, "something too large was posted to the notice address");
        self.log.note(0, 1);
    }
}

/// The provider sends a notice again when we answer with an error, and the sweep finds the mail in any case.
fn as_provider_error(trouble: Trouble) -> provider::Error {
    match trouble {
        Trouble::Later { why, after } => provider::Error::Retry { what: why, after: Some(after) },
        Trouble::Doubtful { why } => provider::Error::Misused(why),
        Trouble::Store(error) => provider::Error::Retry { what: error.to_string(), after: None },
    }
}

/// Reports how everything runs.
pub(crate) struct Pulse {
    journey: Arc<Journey>,
    schedule: Schedule,
    started: Timestamp,
    usage: Arc<UsageLog>,
    notices: Arc<NoticeLog>,
}

impl Pulse {
    pub(crate) fn new(
        journey: Arc<Journey>,
        schedule: Schedule,
        started: Timestamp,
        usage: Arc<UsageLog>,
        notices: Arc<NoticeLog>,
    ) -> Self {
        Self { journey, schedule, started, usage, notices }
    }

    async fn mailboxes(&self) -> Vec<MailboxSync> {
        let mut synced = Vec::new();
        for tenant in self.journey.tenants.keys() {
            let mailboxes = self.journey.store.mailboxes(tenant).await.unwrap_or_default();
            synced.extend(mailboxes.into_iter().filter(|mailbox| mailbox.active).map(|mailbox| {
                let sweep = self.journey.sweeps.of(&mailbox.id);
                MailboxSync {
                    tenant: tenant.clone(),
                    mailbox: mailbox.id,
                    state: state(&sweep),
                    folders: sweep.folders,
                    last_sweep: sweep.ended,
                    last_notice: sweep.noticed,
                }
            }));
        }
        synced
    }

    fn providers(&self) -> Vec<ProviderUsage> {
        let usage_of = |(id, tenant): (&verdict::TenantId, &pipeline::Tenant)| {
            let used = self.usage.last_hour(id, tenant.provider.usage().total);
            ProviderUsage {
                tenant: id.clone(),
                name: title(tenant.provider_name).to_owned(),
                requests_last_hour: used.calls,
                throttled_last_hour: used.throttled,
                failed_last_hour: used.failed,
                paused_until: None,
                missing_rights: Vec::new(),
            }
        };
        self.journey.tenants.iter().map(usage_of).collect()
    }
}

fn title(provider_name: &str) -> &str {
    match provider_name {
        "microsoft" => "Microsoft 365",
        other => other,
    }
}

fn state(sweep: &pipeline::progress::Progress) -> SyncState {
    match (&sweep.trouble, sweep.ended) {
        (Some(why), _) => SyncState::Failing(why.clone()),
        (None, Some(_)) => SyncState::Following,
        (None, None) if sweep.begun => SyncState::Reading,
        (None, None) => SyncState::Waiting,
    }
}

#[async_trait::async_trait]
impl console::Health for Pulse {
    async fn report(&self) -> HealthReport {
        let pulse = self.schedule.pulse();
        let backlog = self.journey.store.backlog().await.unwrap_or_default();
        let now = self.journey.clock.now();
        let lag = backlog.oldest_due.map(|due| now.duration_since(due).max(SignedDuration::ZERO).as_millis());
        HealthReport {
            started: Some(self.started),
            mailboxes: self.mailboxes().await,
            providers: self.providers(),
            last_sweep: pulse.swept,
            lag_ms: lag.and_then(|lag| u64::try_from(lag).ok()),
            abandoned: Vec::new(),
            reconciliations: pulse
                .totals
                .into_iter()
                .map(|(tenant, total)| Reconciliation {
                    tenant,
                    since: total.since,
                    until: total.until,
                    arrived: total.balance.arrived,
                    judged: total.balance.judged,
                })
                .collect(),
            notices: self.notices.counts(),
            versions: versions(&self.journey),
        }
    }
}

fn versions(journey: &Journey) -> Vec<VersionOf> {
    let scoring = journey.tenants.values().next().map(|tenant| tenant.policy.scoring().version());
    let own = VersionOf { what: "innerward".into(), version: env!("CARGO_PKG_VERSION").into() };
    std::iter::once(own).chain(scoring.map(|version| VersionOf { what: "scoring".into(), version })).collect()
}
