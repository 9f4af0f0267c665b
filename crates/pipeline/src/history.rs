//! The organisation's own past as an observer: what has been exchanged with an address before.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use jiff::Timestamp;
use signal::{Observation, Observer, Question, Unavailable};
use store::Store;

/// Answers [`Question::Correspondence`] from the store.
#[derive(Clone, Debug)]
pub struct History(Arc<dyn Store>);

impl History {
    /// Reads the past from `store`.
    pub fn new(store: Arc<dyn Store>) -> Self {
        Self(store)
    }
}

impl Observer for History {
    fn name(&self) -> &'static str {
        "history"
    }

    fn answers(&self, question: &Question) -> bool {
        matches!(question, Question::Correspondence { .. })
    }

    fn observe<'a>(
        &'a self,
        question: &'a Question,
        _bytes: &'a [u8],
        as_of: Timestamp,
    ) -> Pin<Box<dyn Future<Output = Observation> + Send + 'a>> {
        Box::pin(async move {
            let Question::Correspondence { address } = question else {
                return Observation::Unavailable(Unavailable::NoObserver);
            };
            match self.0.correspondence(address, as_of).await {
                Ok(correspondence) => Observation::Correspondence(correspondence),
                Err(error) => Observation::Unavailable(Unavailable::Failed(error.to_string())),
            }
        })
    }
}
