//! SPF, DKIM and DMARC (RFC 7208, 6376, 9989) evaluated again, as they would have come out at the true boundary.
//!
//! The question says who connected there and what they claimed; DNS says what is true of that. Today's DNS: keys that
//! were taken down since make an old message fail, so this is asked when mail arrives and its answer is kept.

mod answers;
mod bounds;
mod evaluate;
mod relaxed;
mod resolver;

#[cfg(test)]
mod tests;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use jiff::Timestamp;
use signal::{Observation, Observer, Question, Unavailable};

pub use answers::Answers;
use evaluate::Envelope;
pub use resolver::Resolver;

/// Where the bytes come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// As they were on the wire (Gmail, SMTP, files from a gateway).
    Original,
    /// Put together again by Exchange (`$value`): a body hash that differs proves nothing.
    Rebuilt,
}

/// The observer.
#[derive(Debug)]
pub struct Authentication {
    resolver: Arc<Resolver>,
    source: Source,
}

impl Authentication {
    /// Asks `resolver`; `source` says how far the bytes can be trusted.
    pub fn new(resolver: Resolver, source: Source) -> Self {
        Self { resolver: Arc::new(resolver), source }
    }
}

impl Observer for Authentication {
    fn name(&self) -> &'static str {
        "authentication"
    }

    fn answers(&self, question: &Question) -> bool {
        match question {
            Question::Authentication { .. } => true,
            Question::Correspondence { .. } => false,
        }
    }

    fn observe<'a>(
        &'a self,
        question: &'a Question,
        bytes: &'a [u8],
        as_of: Timestamp,
    ) -> Pin<Box<dyn Future<Output = Observation> + Send + 'a>> {
        let Some(envelope) = Envelope::of(question) else {
            return Box::pin(async { Observation::Unavailable(Unavailable::NoObserver) });
        };
        let (resolver, source, bytes) = (Arc::clone(&self.resolver), self.source, bytes.to_vec());
        Box::pin(async move { evaluate_apart(resolver, source, envelope, bytes, as_of).await })
    }
}

/// On the blocking pool, because hashing 100 MB is work, and because a panic in the library ends there.
async fn evaluate_apart(
    resolver: Arc<Resolver>,
    source: Source,
    envelope: Envelope,
    bytes: Vec<u8>,
    as_of: Timestamp,
) -> Observation {
    let runtime = tokio::runtime::Handle::current();
    let work = tokio::task::spawn_blocking(move || {
        runtime.block_on(evaluate::evaluate(&resolver, source, &envelope, &bytes, as_of))
    });
    let failed = |why: String| Observation::Unavailable(Unavailable::Failed(why));
    match tokio::time::timeout(bounds::EVALUATION, work).await {
        Ok(Ok(Ok(found))) => Observation::Authentication(found),
        Ok(Ok(Err(why))) => failed(why),
        Ok(Err(_panic)) => failed("the message could not be evaluated (a defect of the program)".to_owned()),
        Err(_elapsed) => Observation::Unavailable(Unavailable::Late),
    }
}
