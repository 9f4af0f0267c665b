//! Any function as an observer: for answers that lie in a crate this one may not know, such as the store's history.

use std::fmt;
use std::future::Future;
use std::pin::Pin;

use jiff::Timestamp;
use signal::{Observation, Observer, Question};

type Answer = Pin<Box<dyn Future<Output = Observation> + Send>>;

/// An observer made of two functions: which questions, and what answer.
pub struct Lookup {
    name: &'static str,
    answers: fn(&Question) -> bool,
    observe: Box<dyn Fn(Question, Timestamp) -> Answer + Send + Sync>,
}

impl Lookup {
    /// `answers` says which questions `observe` is asked; it gets the question and the time of judging.
    pub fn new<F, A>(name: &'static str, answers: fn(&Question) -> bool, observe: F) -> Self
    where
        F: Fn(Question, Timestamp) -> A + Send + Sync + 'static,
        A: Future<Output = Observation> + Send + 'static,
    {
        Self { name, answers, observe: Box::new(move |question, as_of| Box::pin(observe(question, as_of))) }
    }
}

impl fmt::Debug for Lookup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Lookup({})", self.name)
    }
}

impl Observer for Lookup {
    fn name(&self) -> &'static str {
        self.name
    }

    fn answers(&self, question: &Question) -> bool {
        (self.answers)(question)
    }

    fn observe<'a>(
        &'a self,
        question: &'a Question,
        _bytes: &'a [u8],
        as_of: Timestamp,
    ) -> Pin<Box<dyn Future<Output = Observation> + Send + 'a>> {
        (self.observe)(question.clone(), as_of)
    }
}
