//! When to ask again, and how long to wait first. No IO here.

use std::time::Duration;

use jiff::Timestamp;
use rand::Rng as _;
use tokio::time::Instant;

/// How long a call goes on trying before it gives back [`crate::Error::Retry`] and leaves the rest to the job queue.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// Requests for one call, the first included.
    pub attempts_max: u32,
    /// For one call with all its waits.
    pub deadline: Duration,
    /// Before the second attempt; doubled each time.
    pub wait_first: Duration,
    /// The longest wait we choose ourselves.
    pub wait_max: Duration,
}

impl Default for Patience {
    /// Five attempts within a minute: longer troubles belong to the job queue, which survives a restart.
    fn default() -> Self {
        Self {
            attempts_max: 5,
            deadline: Duration::from_secs(60),
            wait_first: Duration::from_millis(500),
            wait_max: Duration::from_secs(20),
        }
    }
}

/// Whether a request may be sent twice without looking in between.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Repeat {
    /// Asking twice changes nothing.
    Safe,
    /// It acts: only repeated when the first one surely was not carried out.
    Careful,
}

/// What an HTTP status says about asking again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// Too much from us; surely not carried out.
    Throttled,
    /// Not now; not carried out.
    Unavailable,
    /// Nobody knows whether it was carried out.
    Unclear,
}

impl Trouble {
    /// The trouble behind `status`; `None` for answers worth reading.
    pub(crate) fn of(status: u16) -> Option<Self> {
        match status {
            429 | 509 => Some(Self::Throttled),
            503 => Some(Self::Unavailable),
            408 | 500 | 502 | 504 => Some(Self::Unclear),
            _ => None,
        }
    }

    pub(crate) fn may_repeat(self, repeat: Repeat) -> bool {
        match self {
            Self::Throttled | Self::Unavailable => true,
            Self::Unclear => repeat == Repeat::Safe,
        }
    }
}

/// The attempts of one call.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Attempts {
    patience: Patience,
    started: Instant,
    made: u32,
}

impl Attempts {
    pub(crate) fn new(patience: Patience) -> Self {
        Self { patience, started: Instant::now(), made: 1 }
    }

    /// The end of our patience.
    pub(crate) fn deadline(&self) -> Instant {
        self.started + self.patience.deadline
    }

    /// How long to wait before the next attempt, never less than `asked`; `None` when we give up.
    pub(crate) fn next_wait(&mut self, asked: Option<Duration>) -> Option<Duration> {
        if self.made >= self.patience.attempts_max {
            return None;
        }
        let doubled = self.patience.wait_first.saturating_mul(1 << (self.made - 1).min(16));
        let wait = match asked {
            Some(asked) => asked + jitter(self.patience.wait_first.min(asked / 10)),
            None => {
                let half = doubled.min(self.patience.wait_max) / 2;
                half + jitter(half)
            }
        };
        self.made += 1;
        (Instant::now() + wait < self.deadline()).then_some(wait)
    }
}

/// Anything from nothing to `most`, so that callers refused together do not come back together.
fn jitter(most: Duration) -> Duration {
    most.mul_f64(rand::rng().random::<f64>())
}

/// Reads `Retry-After` (RFC 9110 §10.2.3): seconds, or a date. What cannot be read is `None`; more than a day is a day.
pub(crate) fn asked_wait(header: Option<&str>, now: Timestamp) -> Option<Duration> {
    const WAIT_MAX: Duration = Duration::from_secs(24 * 3600);
    let text = header?.trim();
    let wait = match text.parse::<u64>() {
        Ok(seconds) => Duration::from_secs(seconds),
        Err(_) => {
            let date = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(text).ok()?;
            Duration::try_from(date.duration_since(now)).unwrap_or_default()
        }
    };
    Some(wait.min(WAIT_MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_after_is_read_in_both_forms() {
        let now: Timestamp = "2026-11-24T08:00:00Z".parse().unwrap();
        for (header, seconds) in [
            (Some("7"), Some(7)),
            (Some(" 7 "), Some(7)),
            (Some("0"), Some(0)),
            (Some("Tue, 24 Nov 2026 08:00:30 GMT"), Some(30)),
            (Some("Tue, 24 Nov 2026 07:00:00 GMT"), Some(0)),
            (Some("999999999"), Some(24 * 3600)),
            (Some("soon"), None),
            (Some("-1"), None),
            (None, None),
        ] {
            assert_eq!(asked_wait(header, now), seconds.map(Duration::from_secs), "{header:?}");
        }
    }

    #[test]
    fn what_acts_is_repeated_only_when_it_surely_was_not_carried_out() {
        for (status, safe, careful) in
            [(429, true, true), (503, true, true), (504, true, false), (500, true, false), (502, true, false)]
        {
            let trouble = Trouble::of(status).unwrap();
            assert_eq!(trouble.may_repeat(Repeat::Safe), safe, "{status}");
            assert_eq!(trouble.may_repeat(Repeat::Careful), careful, "{status}");
        }
        assert_eq!(Trouble::of(404), None);
    }

    #[test]
    fn waits_double_and_end() {
        let patience = Patience { attempts_max: 4, ..Patience::default() };
        let mut attempts = Attempts::new(patience);
        for doubled_ms in [500, 1000, 2000] {
            let wait = attempts.next_wait(None).unwrap();
            let range = Duration::from_millis(doubled_ms / 2)..=Duration::from_millis(doubled_ms);
            assert!(range.contains(&wait), "{wait:?}");
        }
        assert_eq!(attempts.next_wait(None), None);
    }

    #[test]
    fn the_providers_wish_is_a_lower_bound_and_the_deadline_an_upper_one() {
        let mut attempts = Attempts::new(Patience::default());
        assert!(attempts.next_wait(Some(Duration::from_secs(7))).unwrap() >= Duration::from_secs(7));
        assert_eq!(attempts.next_wait(Some(Duration::from_secs(90))), None);
    }
}
