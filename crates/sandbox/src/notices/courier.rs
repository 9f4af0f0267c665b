//! The courier: carries notices when they are due, several to one address in one POST, waits for the
//! acknowledgement and tries again.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::Notice;
use crate::settings::NoticeTimes;
use crate::world::World;

/// How often subscriptions are looked at for expiry.
const TEND: Duration = Duration::from_millis(250);

/// What waits, by due time, and what is under way, by address.
struct Round {
    waiting: BTreeMap<(Instant, u64), Notice>,
    in_flight: HashMap<String, usize>,
    posts: JoinSet<Outcome>,
    sequence: u64,
    times: NoticeTimes,
}

struct Outcome {
    url: String,
    notices: Vec<Notice>,
    acknowledged: bool,
}

/// Runs until `stop`.
pub(crate) async fn run(world: Arc<World>, mut queue: UnboundedReceiver<Notice>, stop: CancellationToken) {
    let mut round = Round {
        waiting: BTreeMap::new(),
        in_flight: HashMap::new(),
        posts: JoinSet::new(),
        sequence: 0,
        times: world.settings.notices,
    };
    let mut tend = tokio::time::interval(TEND);
    loop {
        let next_due = round.next_due();
        tokio::select! {
            () = stop.cancelled() => return,
            Some(notice) = queue.recv() => round.wait(notice),
            Some(done) = round.posts.join_next() => {
                if let Ok(outcome) = done { round.settle(&world, outcome) }
            }
            () = tokio::time::sleep_until(next_due.unwrap_or_else(|| Instant::now() + TEND)), if next_due.is_some() => {}
            _ = tend.tick() => world.notices.tend(&world),
        }
        round.dispatch(&world);
    }
}

impl Round {
    fn wait(&mut self, notice: Notice) {
        self.sequence += 1;
        self.waiting.insert((Instant::now() + notice.delay, self.sequence), notice);
    }

    /// When the next notice is due that its address has room for.
    fn next_due(&self) -> Option<Instant> {
        self.waiting.iter().find(|(_, notice)| self.has_room(&notice.url)).map(|((due, _), _)| *due)
    }

    fn has_room(&self, url: &str) -> bool {
        self.in_flight.get(url).copied().unwrap_or(0) < self.times.posts_in_flight_per_address
    }

    /// Sends everything that is due.
    fn dispatch(&mut self, world: &Arc<World>) {
        let now = Instant::now();
        loop {
            let ready = self.waiting.range(..=(now, u64::MAX));
            let Some(url) = ready.map(|(_, notice)| &notice.url).find(|url| self.has_room(url)).cloned()
            else {
                return;
            };
            let due = self.waiting.range(..=(now, u64::MAX)).filter(|(_, notice)| notice.url == url);
            let keys: Vec<_> = due.take(self.times.per_post).map(|(key, _)| *key).collect();
            let notices: Vec<Notice> = keys.iter().filter_map(|key| self.waiting.remove(key)).collect();
            *self.in_flight.entry(url.clone()).or_default() += 1;
            self.posts.spawn(post(Arc::clone(world), url, notices, Duration::from_millis(self.times.ack_ms)));
        }
    }

    fn settle(&mut self, world: &World, outcome: Outcome) {
        if let Some(count) = self.in_flight.get_mut(&outcome.url) {
            *count = count.saturating_sub(1);
        }
        let count = outcome.notices.len() as u64;
        if outcome.acknowledged {
            world.counters.add("notices.acknowledged", count);
            return;
        }
        world.counters.add("notices.unacknowledged", count);
        for mut notice in outcome.notices {
            notice.attempts += 1;
            if notice.attempts >= self.times.attempts_max {
                world.notices.gave_up(world, &notice);
            } else {
                let factor = self.times.retry_factor.saturating_pow(notice.attempts - 1);
                notice.delay = Duration::from_millis(self.times.retry_first_ms.saturating_mul(factor));
                self.wait(notice);
            }
        }
    }
}

async fn post(world: Arc<World>, url: String, notices: Vec<Notice>, ack: Duration) -> Outcome {
    let bodies: Vec<_> = notices.iter().map(|notice| &notice.body).collect();
    world.counters.one("notices.posts");
    let answer = world.notices.http.post(&url).json(&json!({ "value": bodies })).timeout(ack).send().await;
    let acknowledged = answer.is_ok_and(|answer| answer.status().is_success());
    Outcome { url, notices, acknowledged }
}
