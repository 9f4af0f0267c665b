//! What happens by itself: sweeps, renewals, reconciliation, each on its own beat.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use store::Task;
use tokio_util::sync::CancellationToken;
use verdict::TenantId;

use crate::reconcile::{self, Balance};
use crate::watches::{self, Standing};
use crate::{Journey, Trouble};

/// How often. The sweep is what finds mail when notices fail, so it decides how late the worst case is.
#[derive(Clone, Copy, Debug)]
pub struct Beat {
    pub sweep: Duration,
    pub watches: Duration,
    pub reconcile: Duration,
}

impl Default for Beat {
    fn default() -> Self {
        Self {
            sweep: Duration::from_secs(120),
            watches: Duration::from_secs(300),
            reconcile: Duration::from_secs(900),
        }
    }
}

/// What the last rounds found, for the health page.
#[derive(Clone, Debug, Default)]
pub struct Pulse {
    pub swept: Option<Timestamp>,
    pub watches: BTreeMap<TenantId, Standing>,
    pub totals: BTreeMap<TenantId, Total>,
    /// The latest trouble of a round, until one goes well.
    pub trouble: Option<String>,
}

/// The last reconciliation of a tenant, all mailboxes together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Total {
    pub since: Timestamp,
    pub until: Timestamp,
    pub balance: Balance,
}

/// Runs the beats until told to stop.
#[derive(Clone, Debug)]
pub struct Schedule {
    journey: Arc<Journey>,
    beat: Beat,
    pulse: Arc<Mutex<Pulse>>,
}

impl Schedule {
    /// Nothing happens before [`Schedule::run`].
    pub fn new(journey: Arc<Journey>, beat: Beat) -> Self {
        Self { journey, beat, pulse: Arc::default() }
    }

    /// What the last rounds found.
    pub fn pulse(&self) -> Pulse {
        self.pulse.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Runs until `stop`.
    pub async fn run(&self, stop: CancellationToken) {
        let mut sweep = tokio::time::interval(self.beat.sweep);
        let mut watches = tokio::time::interval(self.beat.watches);
        let mut reconcile = tokio::time::interval(self.beat.reconcile);
        for beat in [&mut sweep, &mut watches, &mut reconcile] {
            beat.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        }
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                _ = sweep.tick() => self.sweep().await,
                _ = watches.tick() => self.renew().await,
                () = self.journey.watches_changed.notified() => self.renew().await,
                _ = reconcile.tick() => self.reconcile().await,
            }
        }
    }

    /// Queues a sweep of every tenant.
    async fn sweep(&self) {
        let tasks: Vec<Task> = self.journey.tenants.keys().cloned().map(Task::SweepTenant).collect();
        let now = self.journey.clock.now();
        match self.journey.store.enqueue(&tasks, now).await {
            Ok(_) => self.note(|pulse| pulse.swept = Some(now)),
            Err(error) => self.trouble(&error.into()),
        }
    }

    async fn renew(&self) {
        for tenant in self.journey.tenants.keys() {
            match watches::renew(&self.journey, tenant).await {
                Ok(standing) => self.note(|pulse| {
                    pulse.watches.insert(tenant.clone(), standing);
                    pulse.trouble = None;
                }),
                Err(trouble) => self.trouble(&trouble),
            }
        }
    }

    /// Balances the last two spans, without the last minute: that mail is still on its way.
    async fn reconcile(&self) {
        let until = self.journey.clock.now() - SignedDuration::from_mins(1);
        let span = SignedDuration::try_from(self.beat.reconcile * 2).unwrap_or(SignedDuration::from_hours(1));
        for (id, tenant) in &self.journey.tenants {
            let since = (until - span).max(tenant.protected_since);
            match reconcile::tenant(&self.journey, id, since, until).await {
                Ok(balance) => self.note(|pulse| {
                    pulse.totals.insert(id.clone(), Total { since, until, balance });
                }),
                Err(trouble) => self.trouble(&trouble),
            }
        }
    }

    fn note(&self, change: impl FnOnce(&mut Pulse)) {
        change(&mut self.pulse.lock().unwrap_or_else(PoisonError::into_inner));
    }

    fn trouble(&self, trouble: &Trouble) {
        tracing::warn!(why = %trouble, "a round did not go through");
        self.note(|pulse| pulse.trouble = Some(trouble.to_string()));
    }
}
