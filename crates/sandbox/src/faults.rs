//! What goes wrong on demand. Everything random comes from one seeded generator, so a run can be repeated.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use serde::{Deserialize, Serialize};

/// The faults in force; all off by default. Probabilities are between 0 and 1.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Faults {
    /// Starts the random generator anew.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seed: Option<u64>,
    pub notices: NoticeFaults,
    /// For this long after its arrival a message is announced but cannot be read (404).
    pub unreadable_ms: u64,
    pub storms: Vec<Storm>,
    pub slow: Slow,
    /// Probability that a Graph answer ends in the middle of its body.
    pub cut: f64,
    /// Probability that the SMTP edge answers 451 to a mail.
    pub smtp_temporary: f64,
}

/// What happens to change notices on their way.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NoticeFaults {
    /// Probability of being lost without a trace.
    pub drop: f64,
    /// Probability of coming twice.
    pub duplicate: f64,
    /// Probability of being late by `late_ms`.
    pub late: f64,
    /// From and to.
    pub late_ms: [u64; 2],
    /// Probability of being overtaken by those behind it.
    pub reorder: f64,
}

/// A time of refusals.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Storm {
    /// 429, 503, 504, or any other.
    pub status: u16,
    #[serde(default = "always")]
    pub probability: f64,
    #[serde(default)]
    pub retry_after_s: Option<u64>,
    /// From the moment it is set; without it, until the faults are set anew.
    #[serde(default)]
    pub for_ms: Option<u64>,
    /// Only requests for this mailbox (object id or address as written in the request path).
    #[serde(default)]
    pub mailbox: Option<String>,
    /// Only requests whose path contains this.
    #[serde(default)]
    pub path: Option<String>,
}

fn always() -> f64 {
    1.0
}

/// Slow answers.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Slow {
    pub probability: f64,
    /// From and to.
    pub ms: [u64; 2],
}

/// A refusal drawn from a storm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    pub(crate) retry_after_s: Option<u64>,
}

/// How one notice fares: one delay for each copy that is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fate {
    pub(crate) copies: Vec<Duration>,
    pub(crate) late: bool,
}

/// How long an overtaken notice is held back.
const REORDER_MS: std::ops::Range<u64> = 100..800;

#[derive(Debug)]
pub(crate) struct FaultBox {
    inner: Mutex<Inner>,
}

#[derive(Debug)]
struct Inner {
    faults: Faults,
    set_at: Instant,
    random: StdRng,
}

impl FaultBox {
    pub(crate) fn new(seed: u64) -> Self {
        let inner =
            Inner { faults: Faults::default(), set_at: Instant::now(), random: StdRng::seed_from_u64(seed) };
        Self { inner: Mutex::new(inner) }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    pub(crate) fn set(&self, faults: Faults) {
        let mut inner = self.lock();
        if let Some(seed) = faults.seed {
            inner.random = StdRng::seed_from_u64(seed);
        }
        inner.set_at = Instant::now();
        inner.faults = faults;
    }

    pub(crate) fn faults(&self) -> Faults {
        self.lock().faults.clone()
    }

    /// Whether a request for `path` is refused.
    pub(crate) fn refusal(&self, path: &str) -> Option<Refusal> {
        let mut inner = self.lock();
        let elapsed_ms = inner.set_at.elapsed().as_millis();
        let Inner { faults, random, .. } = &mut *inner;
        let applies = |storm: &Storm| {
            let in_time = storm.for_ms.is_none_or(|for_ms| elapsed_ms < u128::from(for_ms));
            let named = |part: &Option<String>| part.as_ref().is_none_or(|part| path.contains(part.as_str()));
            in_time && named(&storm.mailbox) && named(&storm.path)
        };
        let storm = faults
            .storms
            .iter()
            .filter(|storm| applies(storm))
            .find(|storm| happens(random, storm.probability))?;
        Some(Refusal { status: storm.status, retry_after_s: storm.retry_after_s })
    }

    /// How long to wait before answering.
    pub(crate) fn slowness(&self) -> Option<Duration> {
        let mut inner = self.lock();
        let Inner { faults, random, .. } = &mut *inner;
        happens(random, faults.slow.probability).then(|| between(random, faults.slow.ms))
    }

    pub(crate) fn cuts(&self) -> bool {
        let mut inner = self.lock();
        let Inner { faults, random, .. } = &mut *inner;
        happens(random, faults.cut)
    }

    pub(crate) fn smtp_refuses(&self) -> bool {
        let mut inner = self.lock();
        let Inner { faults, random, .. } = &mut *inner;
        happens(random, faults.smtp_temporary)
    }

    pub(crate) fn unreadable(&self) -> Option<Duration> {
        let for_ms = self.lock().faults.unreadable_ms;
        (for_ms > 0).then(|| Duration::from_millis(for_ms))
    }

    /// Draws what becomes of a notice.
    pub(crate) fn fate(&self) -> Fate {
        let mut inner = self.lock();
        let Inner { faults, random, .. } = &mut *inner;
        let faults = &faults.notices;
        if happens(random, faults.drop) {
            return Fate { copies: Vec::new(), late: false };
        }
        let late = happens(random, faults.late);
        let mut delay = if late { between(random, faults.late_ms) } else { Duration::ZERO };
        if happens(random, faults.reorder) {
            delay += Duration::from_millis(random.random_range(REORDER_MS));
        }
        let copies = if happens(random, faults.duplicate) {
            vec![delay, delay + Duration::from_millis(random.random_range(REORDER_MS))]
        } else {
            vec![delay]
        };
        Fate { copies, late }
    }

    pub(crate) fn number(&self) -> u64 {
        self.lock().random.random()
    }
}

fn happens(random: &mut StdRng, probability: f64) -> bool {
    probability > 0.0 && random.random_bool(probability.clamp(0.0, 1.0))
}

fn between(random: &mut StdRng, [from, to]: [u64; 2]) -> Duration {
    Duration::from_millis(if to > from { random.random_range(from..=to) } else { from })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_draws_the_same_fates() {
        let draw = || {
            let faults = FaultBox::new(1);
            let notices =
                NoticeFaults { drop: 0.3, duplicate: 0.2, late: 0.2, late_ms: [1, 9], reorder: 0.1 };
            faults.set(Faults { seed: Some(7), notices, ..Faults::default() });
            (0..200).map(|_| faults.fate()).collect::<Vec<_>>()
        };
        assert_eq!(draw(), draw());
        let dropped = draw().iter().filter(|fate| fate.copies.is_empty()).count();
        assert!((30..90).contains(&dropped), "{dropped} of 200 dropped at 30 %");
    }

    #[test]
    fn a_storm_may_be_for_one_mailbox_and_for_a_time() {
        let faults = FaultBox::new(1);
        let storm = Storm {
            status: 429,
            probability: 1.0,
            retry_after_s: Some(3),
            for_ms: Some(3_600_000),
            mailbox: Some("ann@tenant.example".into()),
            path: None,
        };
        faults.set(Faults { storms: vec![storm.clone()], ..Faults::default() });
        assert_eq!(
            faults.refusal("users/ann@tenant.example/messages").map(|refusal| refusal.status),
            Some(429)
        );
        assert_eq!(faults.refusal("users/bo@tenant.example/messages"), None);
        faults.set(Faults { storms: vec![Storm { for_ms: Some(0), ..storm }], ..Faults::default() });
        assert_eq!(faults.refusal("users/ann@tenant.example/messages"), None);
    }
}
