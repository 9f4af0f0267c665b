//! The native filter beside us: who stopped what, over the latest mail of the span.

use std::time::Duration;

use jiff::Timestamp;
use message::Direction;
use store::{Delivery, Filter};
use verdict::FolderRole;

use super::length;
use crate::desk::Console;
use crate::refusal::Refusal;
use crate::view;

/// Counts of inbound copies by who stopped them. The native filter's word is the folder the copy arrived in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Layers {
    /// Junked by the provider, a threat or spam to us too.
    pub(crate) both: u64,
    /// Delivered to the inbox, stopped by us.
    pub(crate) alone: u64,
    /// Junked by the provider, clean or graymail to us.
    pub(crate) native: u64,
    pub(crate) neither: u64,
    /// Whether only the latest were counted.
    pub(crate) partly: bool,
}

/// Copies looked at for one answer.
const LOOKED_AT_MAX: usize = 2_000;
const AT_ONCE: usize = 500;

/// How long an answer is good for.
const FRESH: Duration = Duration::from_secs(15);

/// Answers by the length of their span.
pub(crate) fn layers_cache() -> moka::sync::Cache<i64, Layers> {
    moka::sync::Cache::builder().max_capacity(16).time_to_live(FRESH).build()
}

pub(super) async fn layers(console: &Console, span: &str) -> Result<Layers, Refusal> {
    let key = length(span).as_secs();
    if let Some(layers) = console.layers.get(&key) {
        return Ok(layers);
    }
    let layers = count(console, console.now() - length(span)).await?;
    console.layers.insert(key, layers.clone());
    Ok(layers)
}

async fn count(console: &Console, since: Timestamp) -> Result<Layers, Refusal> {
    let mut layers = Layers::default();
    let mut filter = Filter {
        direction: Some(Direction::Inbound),
        since: Some(since),
        limit: AT_ONCE,
        ..Filter::default()
    };
    for _ in 0..LOOKED_AT_MAX / AT_ONCE {
        let page = console.store().search(&filter).await?;
        page.rows.iter().for_each(|row| layers.add(&row.delivery));
        match page.next {
            Some(next) => filter.before = Some(next),
            None => return Ok(layers),
        }
    }
    Ok(Layers { partly: true, ..layers })
}

impl Layers {
    fn add(&mut self, delivery: &Delivery) {
        let Some(verdict) = delivery.verdict else { return };
        let native = delivery.arrival.place.role == FolderRole::Junk;
        let ours = view::is_threat(verdict) || verdict == verdict::Verdict::Spam;
        match (native, ours) {
            (true, true) => self.both += 1,
            (true, false) => self.native += 1,
            (false, true) => self.alone += 1,
            (false, false) => self.neither += 1,
        }
    }
}
