//! An observer with a fixed table, for tests and for judging without a network.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use jiff::Timestamp;
use signal::{Observation, Observations, Observer, Question};

/// Answers what is in its table and nothing else.
#[derive(Debug, Default)]
pub struct Fake {
    table: Observations,
    delay: Duration,
}

impl Fake {
    /// With these answers.
    pub fn new(table: impl IntoIterator<Item = (Question, Observation)>) -> Self {
        let mut kept = Observations::default();
        for (question, observation) in table {
            kept.keep(question, observation);
        }
        Self { table: kept, delay: Duration::ZERO }
    }

    /// The same, but every answer takes this long.
    #[must_use]
    pub fn slow(self, delay: Duration) -> Self {
        Self { delay, ..self }
    }
}

impl Observer for Fake {
    fn name(&self) -> &'static str {
        "fake"
    }

    fn answers(&self, question: &Question) -> bool {
        self.table.find(question).is_some()
    }

    fn observe<'a>(
        &'a self,
        question: &'a Question,
        _bytes: &'a [u8],
        _as_of: Timestamp,
    ) -> Pin<Box<dyn Future<Output = Observation> + Send + 'a>> {
        Box::pin(async move {
            if !self.delay.is_zero() {
                tokio::time::sleep(self.delay).await;
            }
            let nobody = Observation::Unavailable(signal::Unavailable::NoObserver);
            self.table.find(question).cloned().unwrap_or(nobody)
        })
    }
}
