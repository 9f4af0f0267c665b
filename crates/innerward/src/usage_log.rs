//! What was asked of each provider in the last hour, from counters that only grow.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use pipeline::Journey;
use provider::Count;
use tokio_util::sync::CancellationToken;
use verdict::TenantId;

/// Between two looks at the counters.
const EVERY: Duration = Duration::from_secs(60);

/// Looks that make an hour.
const LOOKS: usize = 60;

/// The counters as they stood, minute by minute.
#[derive(Debug, Default)]
pub(crate) struct UsageLog(Mutex<BTreeMap<TenantId, VecDeque<Count>>>);

impl UsageLog {
    /// Looks every minute until `stop`.
    pub(crate) async fn keep(&self, journey: &Journey, stop: &CancellationToken) {
        loop {
            for (id, tenant) in &journey.tenants {
                self.look(id, tenant.provider.usage().total);
            }
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(EVERY) => {}
            }
        }
    }

    fn look(&self, tenant: &TenantId, count: Count) {
        let mut logs = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let log = logs.entry(tenant.clone()).or_default();
        log.push_back(count);
        if log.len() > LOOKS {
            log.pop_front();
        }
    }

    /// What was added to `now` within the last hour, or since the start when that is shorter ago.
    pub(crate) fn last_hour(&self, tenant: &TenantId, now: Count) -> Count {
        let logs = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let then = logs.get(tenant).filter(|log| log.len() == LOOKS).and_then(|log| log.front().copied());
        let then = then.unwrap_or_default();
        Count {
            calls: now.calls - then.calls,
            throttled: now.throttled - then.throttled,
            failed: now.failed - then.failed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_last_hour_counts() {
        let log = UsageLog::default();
        let tenant = TenantId::new("t");
        let at = |calls| Count { calls, ..Count::default() };
        log.look(&tenant, at(0));
        assert_eq!(log.last_hour(&tenant, at(7)).calls, 7);
        for minute in 1..=60 {
            log.look(&tenant, at(minute * 10));
        }
        assert_eq!(log.last_hour(&tenant, at(605)).calls, 595);
    }
}
