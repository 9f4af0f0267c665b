//! The worker: claims jobs, runs each within its lease, and decides what happens to those that fail.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use jiff::SignedDuration;
use store::{Job, Recorded, Task};
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use verdict::TenantId;

use crate::{Journey, Trouble, sweep};

/// How long a job may take before another worker may have it. Longer than fetching the largest message at 20 Mbit/s.
const LEASE: SignedDuration = SignedDuration::from_secs(120);

/// A job stops itself this much before its lease ends, so that two workers never have it.
const LEASE_MARGIN: Duration = Duration::from_secs(10);

/// Jobs in one claim; also how many plans one provider batch carries (Graph: 20).
const CLAIM: usize = 20;

/// Without news, look for due jobs this often.
const IDLE: Duration = Duration::from_millis(500);

/// Tries of a doubtful job before it is set aside.
const DOUBTFUL_TRIES_MAX: u32 = 8;

/// Longest wait between two tries.
const BACKOFF_MAX: Duration = Duration::from_secs(300);

/// Drives the journey with jobs until it is told to stop.
#[derive(Clone, Debug)]
pub struct Worker {
    journey: Arc<Journey>,
    news: Arc<Notify>,
    /// Jobs under way at once.
    width: usize,
}

impl Worker {
    /// A worker that runs up to `width` jobs at once and looks up when `news` says there are more.
    pub fn new(journey: Arc<Journey>, news: Arc<Notify>, width: usize) -> Self {
        Self { journey, news, width: width.max(1) }
    }

    /// Runs until `stop`; jobs under way are finished first.
    pub async fn run(&self, stop: CancellationToken) {
        let mut running = JoinSet::new();
        while !stop.is_cancelled() {
            while running.len() >= self.width {
                running.join_next().await;
            }
            let claimed = self.claim().await;
            if claimed.is_empty() {
                self.wait(&stop, &mut running).await;
                continue;
            }
            self.start(claimed, &mut running);
        }
        while running.join_next().await.is_some() {}
    }

    async fn claim(&self) -> Vec<Job> {
        let now = self.journey.clock.now();
        match self.journey.store.claim(now, now + LEASE, CLAIM).await {
            Ok(jobs) => jobs,
            Err(error) => {
                tracing::error!(error = &error as &dyn std::error::Error, "jobs cannot be claimed");
                Vec::new()
            }
        }
    }

    async fn wait(&self, stop: &CancellationToken, running: &mut JoinSet<()>) {
        tokio::select! {
            () = stop.cancelled() => {}
            () = self.news.notified() => {}
            () = tokio::time::sleep(IDLE) => {}
            Some(_) = running.join_next(), if !running.is_empty() => {}
        }
    }

    /// Plans go together, everything else by itself; a panic ends with its job.
    fn start(&self, jobs: Vec<Job>, running: &mut JoinSet<()>) {
        let (plans, others): (Vec<Job>, Vec<Job>) =
            jobs.into_iter().partition(|job| matches!(job.task, Task::Act(_)));
        for job in others {
            let worker = self.clone();
            running.spawn(async move { worker.run_one(job).await });
        }
        if !plans.is_empty() {
            let worker = self.clone();
            running.spawn(async move { worker.act(plans).await });
        }
    }

    async fn run_one(&self, job: Job) {
        let (journey, task, attempts) = (self.journey.clone(), job.task.clone(), job.attempts);
        let work = tokio::spawn(async move { run_task(&journey, &task, attempts).await });
        let outcome = within_lease(work).await;
        self.settle(&job, outcome).await;
        self.news.notify_one();
    }

    async fn act(&self, jobs: Vec<Job>) {
        let plans = join_all(jobs.iter().map(|job| self.plan_of(job))).await;
        let mut by_tenant: BTreeMap<TenantId, Vec<(Job, Recorded)>> = BTreeMap::new();
        for (job, plan) in jobs.into_iter().zip(plans) {
            match plan {
                Ok(plan) => {
                    by_tenant.entry(plan.intention().target.tenant.clone()).or_default().push((job, plan))
                }
                Err(trouble) => self.settle(&job, Err(trouble)).await,
            }
        }
        for (tenant, batch) in by_tenant {
            let (jobs, plans): (Vec<Job>, Vec<Recorded>) = batch.into_iter().unzip();
            let journey = self.journey.clone();
            let work = tokio::spawn(async move { Ok(journey.act(&tenant, &plans).await) });
            match within_lease(work).await {
                Ok(answers) => {
                    for (job, answer) in jobs.iter().zip(answers) {
                        self.settle(job, answer).await;
                    }
                }
                Err(trouble) => {
                    let why = trouble.to_string();
                    for job in &jobs {
                        self.settle(job, Err(Trouble::Doubtful { why: why.clone() })).await;
                    }
                }
            }
        }
    }

    async fn plan_of(&self, job: &Job) -> Result<Recorded, Trouble> {
        let Task::Act(id) = &job.task else {
            return Err(Trouble::Doubtful { why: "the job names no plan".into() });
        };
        let plan = self.journey.store.plan(id).await?;
        plan.ok_or_else(|| Trouble::Doubtful { why: "the plan is not on record".into() })
    }

    /// Done, again later, or set aside for a person to see.
    async fn settle(&self, job: &Job, outcome: Result<(), Trouble>) {
        let now = self.journey.clock.now();
        let store = &self.journey.store;
        let settled = match outcome {
            Ok(()) => store.finish(&job.id).await,
            Err(Trouble::Doubtful { why }) if job.attempts + 1 >= DOUBTFUL_TRIES_MAX => {
                tracing::error!(job = ?job.id, why, "a job is set aside");
                store.abandon(&job.id, &why, now).await
            }
            Err(trouble) => {
                let due = now + wait_before_next(&trouble, job.attempts);
                tracing::info!(job = ?job.id, attempts = job.attempts, why = %trouble, "a job is tried again");
                store.postpone(&job.id, due, &trouble.to_string()).await
            }
        };
        if let Err(error) = settled {
            // The lease runs out and the job is done again, which is harmless.
            tracing::error!(error = &error as &dyn std::error::Error, "a job's end is not on record");
        }
    }
}

async fn run_task(journey: &Journey, task: &Task, attempts: u32) -> Result<(), Trouble> {
    match task {
        Task::Take(target) => journey.take(target, attempts).await,
        Task::SweepTenant(tenant) => sweep::tenant(journey, tenant).await,
        Task::SweepMailbox(tenant, mailbox) => sweep::mailbox(journey, tenant, mailbox).await,
        Task::SweepFolder(tenant, mailbox, folder) => sweep::folder(journey, tenant, mailbox, folder).await,
        Task::Act(_) => Err(Trouble::Doubtful { why: "plans are carried out together".into() }),
    }
}

/// Waits for work no longer than the lease allows; a panic or an overrun is this job's trouble.
async fn within_lease<T>(mut work: tokio::task::JoinHandle<Result<T, Trouble>>) -> Result<T, Trouble> {
    let limit = LEASE.unsigned_abs().saturating_sub(LEASE_MARGIN);
    match tokio::time::timeout(limit, &mut work).await {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(_panic)) => Err(Trouble::Doubtful { why: "the job stopped unexpectedly".into() }),
        Err(_late) => {
            work.abort();
            Err(Trouble::Doubtful { why: "the job took longer than its lease".into() })
        }
    }
}

fn wait_before_next(trouble: &Trouble, attempts: u32) -> SignedDuration {
    let wait = match trouble {
        Trouble::Later { after, .. } => *after,
        Trouble::Doubtful { .. } | Trouble::Store(_) => Duration::from_millis(500 << attempts.min(12)),
    };
    SignedDuration::try_from(wait.min(BACKOFF_MAX)).unwrap_or(SignedDuration::from_secs(300))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_and_end_and_the_provider_has_its_wish() {
        let doubtful = Trouble::Doubtful { why: String::new() };
        let waits: Vec<i128> =
            (0..20).map(|attempts| wait_before_next(&doubtful, attempts).as_millis()).collect();
        assert!(waits.windows(2).all(|pair| pair[0] <= pair[1]), "{waits:?}");
        assert_eq!(waits.last(), Some(&300_000));
        let asked = Trouble::Later { why: String::new(), after: Duration::from_secs(17) };
        assert_eq!(wait_before_next(&asked, 9).as_secs(), 17);
    }
}
