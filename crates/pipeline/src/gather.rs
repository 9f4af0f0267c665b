//! Gather: judge, ask what the judgement wants to know, judge again.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use message::Digest;
use observer::Panel;
use signal::{Evidence, Observations, Setting};
use store::{Case, Delivery, JudgedCase};
use tokio::sync::{OwnedMutexGuard, Semaphore};
use verdict::{Judgement, Outcome, Policy, ROUNDS_MAX};

use crate::Trouble;
use crate::intake::{self, Read};
use crate::journey::Tenant;

/// Reads and judges, on a bounded number of processors, and asks the panel.
#[derive(Clone, Debug)]
pub struct Gatherer {
    panel: Arc<Panel>,
    deadline: Duration,
    /// Reading and judging cost CPU: as many at a time as there are processors, off the async workers.
    processors: Arc<Semaphore>,
}

impl Gatherer {
    /// Asks `panel`, and gives all answers of one round together `deadline`.
    pub fn new(panel: Arc<Panel>, deadline: Duration) -> Self {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        Self { panel, deadline, processors: Arc::new(Semaphore::new(processors)) }
    }

    /// Reads bytes as mail of the organisation.
    pub async fn read(&self, bytes: &[u8], setting: &Arc<Setting>) -> Result<Read, Trouble> {
        let (bytes, setting) = (bytes.to_vec(), setting.clone());
        self.compute(move || intake::read(&bytes, &setting)).await
    }

    /// Judges the message of `delivery`, as of when it was received, so that judging it again gives the same.
    pub(crate) async fn judge(
        &self,
        read: &Read,
        bytes: &[u8],
        delivery: &Delivery,
        setting: &Arc<Setting>,
        tenant: &Tenant,
        now: Timestamp,
    ) -> Result<JudgedCase, Trouble> {
        let as_of = delivery.arrival.received;
        let (judgement, observations) = self.judge_as_of(read, bytes, setting, &tenant.policy, as_of).await?;
        let case = Case { digest: delivery.arrival.digest, observations, judged: now };
        Ok(JudgedCase { case, judgement })
    }

    /// Judges one message in a bounded number of rounds, whatever the observers do: what is not answered by then is
    /// undecided.
    pub async fn judge_as_of(
        &self,
        read: &Read,
        bytes: &[u8],
        setting: &Arc<Setting>,
        policy: &Arc<Policy>,
        as_of: Timestamp,
    ) -> Result<(Judgement, Observations), Trouble> {
        let mut evidence =
            Evidence::new(read.message.clone(), read.route.clone(), read.direction, setting.clone(), as_of);
        for _ in 0..ROUNDS_MAX {
            let (outcome, judged) = self.judge_once(evidence, policy.clone()).await?;
            evidence = judged;
            let questions = match outcome {
                Outcome::Done(judgement) => return Ok((judgement, evidence.observations)),
                Outcome::Ask(questions) => questions,
            };
            let answers = self.panel.answer(&questions, bytes, as_of, self.deadline).await;
            answers.into_iter().for_each(|(question, answer)| evidence.observations.keep(question, answer));
        }
        let policy = policy.clone();
        self.compute(move || (verdict::conclude(&evidence, &policy), evidence.observations)).await
    }

    async fn judge_once(
        &self,
        evidence: Evidence,
        policy: Arc<Policy>,
    ) -> Result<(Outcome, Evidence), Trouble> {
        self.compute(move || (verdict::judge(&evidence, &policy), evidence)).await
    }

    /// Runs `work` on a processor of its own. A panic in it is this message's trouble and nobody else's.
    async fn compute<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Trouble> {
        let _processor = self.processors.acquire().await.map_err(|_| stopped())?;
        tokio::task::spawn_blocking(work).await.map_err(|_| stopped())
    }
}

fn stopped() -> Trouble {
    Trouble::Doubtful { why: "reading or judging this message stopped unexpectedly".into() }
}

/// Sees to it that the same bytes are judged by one job at a time: a message to the whole organisation arrives in every
/// mailbox at once, and the first judgement serves all.
#[derive(Debug, Default)]
pub(crate) struct Judging(Mutex<HashMap<Digest, Arc<tokio::sync::Mutex<()>>>>);

impl Judging {
    /// Waits until nobody else judges these bytes; others wait while the guard lives.
    pub(crate) async fn alone(&self, digest: Digest) -> OwnedMutexGuard<()> {
        let turn = {
            let mut turns = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            turns.retain(|_, turn| Arc::strong_count(turn) > 1);
            turns.entry(digest).or_default().clone()
        };
        turn.lock_owned().await
    }
}
