//! The port through which questions are answered.

use std::future::Future;
use std::pin::Pin;

use crate::{Observation, Question};

/// Someone who answers questions. Implemented above this floor; this crate only says the shape.
pub trait Observer: Send + Sync + std::fmt::Debug {
    /// The name for logs and for the evidence.
    fn name(&self) -> &'static str;

    /// Whether it answers this kind of question at all.
    fn answers(&self, question: &Question) -> bool;

    /// The answer, about the message whose original bytes are `bytes`. Trouble is an answer too
    /// ([`crate::Unavailable`]).
    fn observe<'a>(
        &'a self,
        question: &'a Question,
        bytes: &'a [u8],
        as_of: jiff::Timestamp,
    ) -> Pin<Box<dyn Future<Output = Observation> + Send + 'a>>;
}
