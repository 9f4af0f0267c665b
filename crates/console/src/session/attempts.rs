//! Failed sign-ins, counted per account and per address, so that guessing stops being worth it.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Mutex;

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use jiff::{SignedDuration, Timestamp};

/// How long a failure counts.
const WINDOW: SignedDuration = SignedDuration::from_mins(15);

/// Failures in the window after which an account is not tried any more.
const PER_ACCOUNT_MAX: usize = 10;

/// The same for one address, whatever the accounts.
const PER_ADDRESS_MAX: usize = 20;

/// Names remembered; beyond, stale ones go, then all, rather than memory filled by made-up names.
const NAMES_MAX: usize = 10_000;

/// Where a request comes from, when the server tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Source(pub(crate) Option<IpAddr>);

impl<S: Send + Sync> FromRequestParts<S> for Source {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Self::Rejection> {
        let address = parts.extensions.get::<ConnectInfo<std::net::SocketAddr>>();
        Ok(Self(address.map(|ConnectInfo(address)| address.ip())))
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Key {
    Account(String),
    Address(IpAddr),
}

/// The failures of the last [`WINDOW`].
#[derive(Default)]
pub(crate) struct Attempts(Mutex<HashMap<Key, Vec<Timestamp>>>);

impl Attempts {
    /// How long to wait before another try; `None` when one is allowed.
    pub(crate) fn wait(&self, account: &str, source: Source, now: Timestamp) -> Option<SignedDuration> {
        let failures = self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        keys(account, source)
            .filter_map(|(key, max)| {
                let recent: Vec<_> = recent(failures.get(&key)?, now).collect();
                let oldest_counting = recent.len().checked_sub(max).map(|index| recent[index])?;
                Some(oldest_counting.duration_since(now) + WINDOW)
            })
            .max()
    }

    pub(crate) fn failed(&self, account: &str, source: Source, now: Timestamp) {
        let mut failures = self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        if failures.len() >= NAMES_MAX {
            failures.retain(|_, times| recent(times, now).next().is_some());
        }
        if failures.len() >= NAMES_MAX {
            failures.clear();
        }
        for (key, max) in keys(account, source) {
            let times = failures.entry(key).or_default();
            *times = recent(times, now).collect();
            times.push(now);
            times.drain(..times.len().saturating_sub(max));
        }
    }

    pub(crate) fn succeeded(&self, account: &str) {
        let mut failures = self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        failures.remove(&Key::Account(folded(account)));
    }
}

fn keys(account: &str, source: Source) -> impl Iterator<Item = (Key, usize)> {
    let account = (Key::Account(folded(account)), PER_ACCOUNT_MAX);
    let address = source.0.map(|ip| (Key::Address(ip), PER_ADDRESS_MAX));
    std::iter::once(account).chain(address)
}

/// Names as typed may be long and in any case.
fn folded(account: &str) -> String {
    account.trim().to_lowercase().chars().take(100).collect()
}

fn recent(times: &[Timestamp], now: Timestamp) -> impl Iterator<Item = Timestamp> {
    times.iter().copied().filter(move |at| now.duration_since(*at) < WINDOW)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    #[test]
    fn an_account_rests_after_too_many_failures_and_is_free_again_later() {
        let attempts = Attempts::default();
        for _ in 0..PER_ACCOUNT_MAX {
            assert_eq!(attempts.wait("Ann", Source(None), NOW), None);
            attempts.failed("ann", Source(None), NOW);
        }
        assert_eq!(attempts.wait("ANN ", Source(None), NOW), Some(WINDOW));
        assert_eq!(attempts.wait("bo", Source(None), NOW), None);
        assert_eq!(attempts.wait("ann", Source(None), NOW + WINDOW), None);
    }

    #[test]
    fn an_address_cannot_go_through_names() {
        let attempts = Attempts::default();
        let source = Source(Some(IpAddr::from([192, 0, 2, 1])));
        for number in 0..PER_ADDRESS_MAX {
            attempts.failed(&format!("name-{number}"), source, NOW);
        }
        assert!(attempts.wait("fresh", source, NOW).is_some());
        assert_eq!(attempts.wait("fresh", Source(Some(IpAddr::from([192, 0, 2, 2]))), NOW), None);
    }

    #[test]
    fn success_clears_the_account() {
        let attempts = Attempts::default();
        for _ in 0..PER_ACCOUNT_MAX {
            attempts.failed("ann", Source(None), NOW);
        }
        attempts.succeeded("ann");
        assert_eq!(attempts.wait("ann", Source(None), NOW), None);
    }
}
