//! Exchange's per-mailbox budget: requests in flight and requests per window, for each app and mailbox.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use jiff::Timestamp;
use uuid::Uuid;

use crate::settings::Limits;

#[derive(Debug, Default)]
pub(crate) struct Throttle {
    gauges: Mutex<HashMap<(Uuid, Uuid), Gauge>>,
}

#[derive(Debug, Default)]
struct Gauge {
    in_flight: u32,
    window_start_s: i64,
    in_window: u32,
}

/// Which limit was met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Over {
    Concurrency,
    Window { seconds_left: i64 },
}

/// One request in flight; it ends when this is dropped.
#[derive(Debug)]
pub(crate) struct Permit {
    throttle: Arc<Throttle>,
    key: (Uuid, Uuid),
}

impl Throttle {
    fn gauges(&self) -> std::sync::MutexGuard<'_, HashMap<(Uuid, Uuid), Gauge>> {
        self.gauges.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Counts a request in, refused ones too: they count against the window as at Microsoft.
    pub(crate) fn enter(
        self: &Arc<Self>,
        app: Uuid,
        mailbox: Uuid,
        limits: &Limits,
        now: Timestamp,
    ) -> Result<Permit, Over> {
        let key = (app, mailbox);
        let mut gauges = self.gauges();
        let gauge = gauges.entry(key).or_default();
        let age_s = now.as_second() - gauge.window_start_s;
        if !(0..limits.mailbox_window_s).contains(&age_s) {
            (gauge.window_start_s, gauge.in_window) = (now.as_second(), 0);
        }
        gauge.in_window = gauge.in_window.saturating_add(1);
        if gauge.in_window > limits.mailbox_requests {
            let age_s = now.as_second() - gauge.window_start_s;
            return Err(Over::Window { seconds_left: (limits.mailbox_window_s - age_s).max(1) });
        }
        if gauge.in_flight >= limits.mailbox_concurrency {
            return Err(Over::Concurrency);
        }
        gauge.in_flight += 1;
        Ok(Permit { throttle: Arc::clone(self), key })
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        if let Some(gauge) = self.throttle.gauges().get_mut(&self.key) {
            gauge.in_flight = gauge.in_flight.saturating_sub(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fifth_request_in_flight_is_refused() {
        let throttle = Arc::new(Throttle::default());
        let enter = || throttle.enter(Uuid::nil(), Uuid::nil(), &Limits::default(), Timestamp::UNIX_EPOCH);
        let held: Vec<_> = (0..4).map(|_| enter().unwrap()).collect();
        assert_eq!(enter().unwrap_err(), Over::Concurrency);
        drop(held);
        assert!(enter().is_ok());
    }

    #[test]
    fn a_window_fills_and_opens_again() {
        let throttle = Arc::new(Throttle::default());
        let limits = Limits { mailbox_requests: 2, ..Limits::default() };
        let at = |second| {
            throttle.enter(Uuid::nil(), Uuid::nil(), &limits, Timestamp::from_second(second).unwrap())
        };
        assert!(at(1000).is_ok() && at(1001).is_ok());
        assert_eq!(at(1010).unwrap_err(), Over::Window { seconds_left: 590 });
        assert!(at(1600).is_ok());
    }
}
