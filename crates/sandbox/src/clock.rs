//! The sandbox's own clock: the world's time, which a test may push forward.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

/// Where the tenant reads the time. Clones share one clock.
#[derive(Clone)]
pub struct Clock {
    source: Arc<dyn Fn() -> Timestamp + Send + Sync>,
    offset_ms: Arc<AtomicI64>,
}

impl Clock {
    /// The machine's time. The sandbox plays the world outside, so it may look at the wall itself.
    #[expect(
        clippy::disallowed_methods,
        reason = "the tenant is the outside world, and its time is the world's"
    )]
    pub fn system() -> Self {
        Self::new(Timestamp::now)
    }

    /// Any other source, for repeatable runs.
    pub fn new(source: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        Self { source: Arc::new(source), offset_ms: Arc::new(AtomicI64::new(0)) }
    }

    /// The time now.
    pub fn now(&self) -> Timestamp {
        let offset = SignedDuration::from_millis(self.offset_ms.load(Ordering::Relaxed));
        (self.source)().saturating_add(offset).unwrap_or(Timestamp::MAX)
    }

    /// Pushes the clock forward: tokens and subscriptions grow old at once.
    pub fn advance(&self, by: Duration) {
        let by_ms = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
        self.offset_ms.fetch_add(by_ms, Ordering::Relaxed);
    }
}

impl std::fmt::Debug for Clock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Clock({})", self.now())
    }
}
