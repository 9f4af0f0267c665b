//! Where this crate gets the time of day from: its caller.

use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;

/// The time of day, asked of whoever opened the provider. Needed where a provider wants a date from us: the life of a
/// sign-in assertion, the end of a watch, a `Retry-After` given as a date.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> Timestamp + Send + Sync>);

impl Clock {
    /// A clock that asks `now`.
    pub fn new(now: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    /// A clock that stands still.
    pub fn fixed(now: Timestamp) -> Self {
        Self::new(move || now)
    }

    /// What time it is.
    pub fn now(&self) -> Timestamp {
        (self.0)()
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Clock")
    }
}
