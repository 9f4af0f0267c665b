//! How much we may ask, and of whom: seats per mailbox, requests per span per mailbox, and an app-wide number of calls
//! under way that shrinks when the provider throttles us. What a provider allows is in its own folder; this counts.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;
use verdict::MailboxId;

use crate::usage::{Ended, Usage};

/// What a provider allows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// Requests under way at once in one mailbox.
    pub(crate) mailbox_concurrency: u32,
    /// Requests to one mailbox within `mailbox_span`.
    pub(crate) mailbox_requests: u32,
    pub(crate) mailbox_span: Duration,
    /// Bounds of the app-wide number of requests under way.
    pub(crate) app_concurrency_min: u32,
    pub(crate) app_concurrency_max: u32,
}

/// Idle mailboxes are forgotten above this many, so that a big tenant does not stay in memory.
const MAILBOXES_KEPT_MAX: usize = 4096;

/// After being throttled, the app-wide number is not cut again for this long: one storm is one lesson.
const CUT_PAUSE: Duration = Duration::from_secs(2);

/// The budget of one app in one tenant.
#[derive(Debug)]
pub(crate) struct Budget {
    limits: Limits,
    app: Arc<Semaphore>,
    state: Arc<Mutex<State>>,
}

#[derive(Debug)]
struct State {
    mailboxes: HashMap<MailboxId, Mailbox>,
    usage: Usage,
    app_cap: u32,
    /// Seats to take away as soon as they come back.
    app_debt: u32,
    /// Answers since the cap last grew.
    quiet: u32,
    cut_last: Option<Instant>,
}

#[derive(Debug)]
struct Mailbox {
    seats: Arc<Semaphore>,
    recent: Window,
    paused_until: Option<Instant>,
}

/// Leave to send one HTTP request; given back when dropped.
#[derive(Debug)]
pub(crate) struct Permit {
    _mailboxes: Vec<OwnedSemaphorePermit>,
    app: Option<OwnedSemaphorePermit>,
    state: Arc<Mutex<State>>,
}

impl Drop for Permit {
    fn drop(&mut self) {
        let mut state = locked(&self.state);
        if state.app_debt > 0
            && let Some(seat) = self.app.take()
        {
            state.app_debt -= 1;
            seat.forget();
        }
    }
}

impl Budget {
    pub(crate) fn new(limits: Limits) -> Self {
        let state = State {
            mailboxes: HashMap::new(),
            usage: Usage::default(),
            app_cap: limits.app_concurrency_max,
            app_debt: 0,
            quiet: 0,
            cut_last: None,
        };
        Self {
            limits,
            app: Arc::new(Semaphore::new(limits.app_concurrency_max as usize)),
            state: Arc::new(Mutex::new(state)),
        }
    }

    /// Waits for leave to send one request that costs each mailbox of `load` so many requests (a batch counts each of
    /// its items). `Err` says how long the budget is spent when that is beyond `deadline`.
    pub(crate) async fn admit(
        &self,
        load: &[(MailboxId, u32)],
        deadline: Instant,
    ) -> Result<Permit, Duration> {
        // One order for everybody, or two batches could each hold what the other waits for.
        let mut load: Vec<_> = load.iter().collect();
        load.sort();
        let mut seats = Vec::with_capacity(load.len());
        for (mailbox, requests) in load {
            seats.push(self.seat(mailbox, *requests, deadline).await?);
        }
        let app = tokio::time::timeout_at(deadline, Arc::clone(&self.app).acquire_owned()).await;
        match app {
            Ok(Ok(app)) => Ok(Permit { _mailboxes: seats, app: Some(app), state: Arc::clone(&self.state) }),
            _ => Err(CUT_PAUSE),
        }
    }

    async fn seat(
        &self,
        mailbox: &MailboxId,
        requests: u32,
        deadline: Instant,
    ) -> Result<OwnedSemaphorePermit, Duration> {
        loop {
            let (seats, wait) = self.book(mailbox, requests);
            match wait {
                Some(wait) if Instant::now() + wait >= deadline => return Err(wait),
                Some(wait) => tokio::time::sleep(wait).await,
                None => {
                    let wanted = requests.min(self.limits.mailbox_concurrency);
                    let seat = tokio::time::timeout_at(deadline, seats.acquire_many_owned(wanted)).await;
                    return seat.ok().and_then(Result::ok).ok_or(CUT_PAUSE);
                }
            }
        }
    }

    /// Books `requests` in the mailbox's span, or says how long it is shut.
    fn book(&self, name: &MailboxId, requests: u32) -> (Arc<Semaphore>, Option<Duration>) {
        let now = Instant::now();
        let mut state = locked(&self.state);
        if state.mailboxes.len() > MAILBOXES_KEPT_MAX {
            let (seats, span) = (self.limits.mailbox_concurrency as usize, self.limits.mailbox_span);
            state.mailboxes.retain(|_, mailbox| !mailbox.is_idle(seats, span, now));
        }
        let mailbox = state.mailboxes.entry(name.clone()).or_insert_with(|| Mailbox {
            seats: Arc::new(Semaphore::new(self.limits.mailbox_concurrency as usize)),
            recent: Window::default(),
            paused_until: None,
        });
        let paused = mailbox.paused_until.and_then(|until| until.checked_duration_since(now));
        let wait = paused.filter(|wait| !wait.is_zero()).or_else(|| {
            mailbox.recent.book(now, requests, self.limits.mailbox_requests, self.limits.mailbox_span).err()
        });
        (Arc::clone(&mailbox.seats), wait)
    }

    /// Counts an answer; a quiet stretch lets the app-wide number grow by one.
    pub(crate) fn ended(&self, kind: &'static str, ended: Ended) {
        let mut state = locked(&self.state);
        state.usage.count(kind, ended);
        if ended != Ended::Answered {
            return;
        }
        state.quiet += 1;
        if state.quiet >= state.app_cap && state.app_cap < self.limits.app_concurrency_max {
            state.quiet = 0;
            state.app_cap += 1;
            match state.app_debt {
                0 => self.app.add_permits(1),
                _ => state.app_debt -= 1,
            }
        }
    }

    /// The provider asked us to slow down: leave these mailboxes alone for so long, and halve the app-wide number.
    pub(crate) fn slow_down(&self, load: &[(MailboxId, u32)], wait: Option<Duration>) {
        let now = Instant::now();
        let mut state = locked(&self.state);
        for (name, _) in load {
            if let (Some(mailbox), Some(wait)) = (state.mailboxes.get_mut(name), wait) {
                mailbox.paused_until = mailbox.paused_until.max(Some(now + wait));
            }
        }
        let just_cut = state.cut_last.is_some_and(|last| now.duration_since(last) < CUT_PAUSE);
        if just_cut {
            return;
        }
        let cap = (state.app_cap / 2).max(self.limits.app_concurrency_min);
        state.app_debt += state.app_cap.saturating_sub(cap);
        state.app_cap = cap;
        state.quiet = 0;
        state.cut_last = Some(now);
        // Free seats pay the debt at once; the rest is paid as permits come back.
        let paid = self.app.forget_permits(state.app_debt as usize);
        state.app_debt = state.app_debt.saturating_sub(paid.try_into().unwrap_or(u32::MAX));
    }

    /// How long the provider asked us to leave `mailbox` alone, counted from now.
    pub(crate) fn pause(&self, mailbox: &MailboxId) -> Option<Duration> {
        let until = locked(&self.state).mailboxes.get(mailbox)?.paused_until?;
        until.checked_duration_since(Instant::now()).filter(|wait| !wait.is_zero())
    }

    pub(crate) fn usage(&self) -> Usage {
        let now = Instant::now();
        let state = locked(&self.state);
        let paused = state.mailboxes.values().filter(|m| m.paused_until.is_some_and(|until| until > now));
        Usage {
            concurrency_max: state.app_cap,
            mailboxes_paused: paused.count().try_into().unwrap_or(u32::MAX),
            ..state.usage.clone()
        }
    }
}

impl Mailbox {
    fn is_idle(&self, seats: usize, span: Duration, now: Instant) -> bool {
        let unpaused = self.paused_until.is_none_or(|until| until <= now);
        unpaused && self.seats.available_permits() == seats && self.recent.is_empty(now, span)
    }
}

/// Requests of the last span, in slices.
#[derive(Debug, Default)]
struct Window {
    slices: VecDeque<(Instant, u32)>,
    total: u32,
}

/// A span is counted in so many slices; the sum is wrong by at most one of them, on the careful side.
const SLICES: u32 = 20;

impl Window {
    fn book(&mut self, now: Instant, requests: u32, most: u32, span: Duration) -> Result<(), Duration> {
        self.forget(now, span);
        if self.total + requests > most
            && let Some((oldest, _)) = self.slices.front()
        {
            return Err((*oldest + span).duration_since(now).max(Duration::from_millis(1)));
        }
        match self.slices.back_mut() {
            Some((start, count)) if now.duration_since(*start) < span / SLICES => *count += requests,
            _ => self.slices.push_back((now, requests)),
        }
        self.total += requests;
        Ok(())
    }

    fn forget(&mut self, now: Instant, span: Duration) {
        while let Some((start, count)) = self.slices.front()
            && now.duration_since(*start) >= span + span / SLICES
        {
            self.total -= count;
            self.slices.pop_front();
        }
    }

    fn is_empty(&self, now: Instant, span: Duration) -> bool {
        self.slices.back().is_none_or(|(start, _)| now.duration_since(*start) >= span + span / SLICES)
    }
}

/// Nothing panics while a lock is held; should it, the numbers are still good enough.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits {
        mailbox_concurrency: 2,
        mailbox_requests: 10,
        mailbox_span: Duration::from_secs(600),
        app_concurrency_min: 1,
        app_concurrency_max: 8,
    };

    fn load(mailbox: &str, requests: u32) -> Vec<(MailboxId, u32)> {
        vec![(MailboxId::new(mailbox), requests)]
    }

    fn soon() -> Instant {
        Instant::now() + Duration::from_secs(1)
    }

    #[tokio::test(start_paused = true)]
    async fn a_mailbox_has_so_many_seats_and_others_do_not_wait_for_it() {
        let budget = Budget::new(LIMITS);
        let first = budget.admit(&load("a", 1), soon()).await.unwrap();
        let _second = budget.admit(&load("a", 1), soon()).await.unwrap();
        assert!(budget.admit(&load("a", 1), soon()).await.is_err());
        assert!(budget.admit(&load("b", 1), soon()).await.is_ok());
        drop(first);
        assert!(budget.admit(&load("a", 1), soon()).await.is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn a_spent_span_says_how_long_it_is_spent() {
        let budget = Budget::new(LIMITS);
        for _ in 0..5 {
            budget.admit(&load("a", 2), soon()).await.unwrap();
        }
        let wait = budget.admit(&load("a", 1), soon()).await.unwrap_err();
        assert!(wait > Duration::from_secs(590), "{wait:?}");
        tokio::time::advance(Duration::from_secs(631)).await;
        assert!(budget.admit(&load("a", 1), soon()).await.is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn a_throttled_mailbox_is_left_alone_for_as_long_as_asked() {
        let budget = Budget::new(LIMITS);
        drop(budget.admit(&load("a", 1), soon()).await.unwrap());
        budget.slow_down(&load("a", 1), Some(Duration::from_secs(30)));
        assert_eq!(budget.usage().mailboxes_paused, 1);
        assert_eq!(budget.pause(&MailboxId::new("a")), Some(Duration::from_secs(30)));
        assert_eq!(budget.pause(&MailboxId::new("b")), None);
        assert!(budget.admit(&load("a", 1), soon()).await.is_err());
        assert!(budget.admit(&load("b", 1), soon()).await.is_ok());
        let before = Instant::now();
        budget.admit(&load("a", 1), before + Duration::from_secs(60)).await.unwrap();
        assert!(before.elapsed() >= Duration::from_secs(30));
    }

    #[tokio::test(start_paused = true)]
    async fn a_storm_halves_the_app_once_and_quiet_lets_it_grow_back() {
        let budget = Budget::new(LIMITS);
        let held = budget.admit(&[], soon()).await.unwrap();
        budget.slow_down(&[], None);
        budget.slow_down(&[], None);
        assert_eq!(budget.usage().concurrency_max, 4);
        drop(held);
        let mut held = Vec::new();
        while let Ok(permit) = budget.admit(&[], soon()).await {
            held.push(permit);
        }
        assert_eq!(held.len(), 4);
        for _ in 0..4 {
            budget.ended("changes", Ended::Answered);
        }
        assert_eq!(budget.usage().concurrency_max, 5);
        assert!(budget.admit(&[], soon()).await.is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn a_full_storm_pays_its_debt_as_permits_come_back() {
        let budget = Budget::new(LIMITS);
        let mut held = Vec::new();
        for _ in 0..8 {
            held.push(budget.admit(&[], soon()).await.unwrap());
        }
        budget.slow_down(&[], None);
        held.truncate(4);
        assert!(budget.admit(&[], soon()).await.is_err());
        held.pop();
        assert!(budget.admit(&[], soon()).await.is_ok());
    }
}
