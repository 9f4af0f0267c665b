//! Everyone who can be asked.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::join_all;
use jiff::Timestamp;
use signal::{Observation, Observer, Question, Unavailable};
use tokio::time::{Instant, timeout_at};

/// Observers, in the order they are asked.
#[derive(Clone, Debug, Default)]
pub struct Panel {
    observers: Vec<Arc<dyn Observer>>,
}

impl Panel {
    /// Of these. Where two answer the same question, the second is asked when the first has no answer.
    pub fn new(observers: impl IntoIterator<Item = Arc<dyn Observer>>) -> Self {
        Self { observers: observers.into_iter().collect() }
    }

    /// Asks all questions at once. Each has an answer when this returns, `deadline` from now at the latest; what came too
    /// late is [`Unavailable::Late`], what nobody here knows [`Unavailable::NoObserver`].
    pub async fn answer(
        &self,
        questions: &[Question],
        bytes: &[u8],
        as_of: Timestamp,
        deadline: Duration,
    ) -> Vec<(Question, Observation)> {
        let end = Instant::now() + deadline;
        join_all(questions.iter().map(|question| self.answer_one(question, bytes, as_of, end))).await
    }

    async fn answer_one(
        &self,
        question: &Question,
        bytes: &[u8],
        as_of: Timestamp,
        end: Instant,
    ) -> (Question, Observation) {
        let mut found = Observation::Unavailable(Unavailable::NoObserver);
        for observer in self.observers.iter().filter(|observer| observer.answers(question)) {
            found = ask(observer.as_ref(), question, bytes, as_of, end).await;
            match &found {
                Observation::Unavailable(why) => {
                    tracing::warn!(observer = observer.name(), ?why, "an observer has no answer");
                }
                Observation::Authentication(_) | Observation::Correspondence(_) => break,
            }
        }
        (question.clone(), found)
    }
}

/// One observer's answer. A panic ends here: one bad message cannot stop the next.
async fn ask(
    observer: &dyn Observer,
    question: &Question,
    bytes: &[u8],
    as_of: Timestamp,
    end: Instant,
) -> Observation {
    let answer = AssertUnwindSafe(observer.observe(question, bytes, as_of)).catch_unwind();
    match timeout_at(end, answer).await {
        Ok(Ok(found)) => found,
        Ok(Err(_panic)) => {
            Observation::Unavailable(Unavailable::Failed(format!("observer {} panicked", observer.name())))
        }
        Err(_elapsed) => Observation::Unavailable(Unavailable::Late),
    }
}

#[cfg(test)]
mod tests {
    use std::pin::Pin;

    use message::Address;
    use signal::Correspondence;

    use super::*;
    use crate::Fake;

    const AS_OF: Timestamp = Timestamp::UNIX_EPOCH;

    fn about(name: &str) -> Question {
        Question::Correspondence { address: Address::parse(&format!("{name}@example.org")).unwrap() }
    }

    fn seen(received: u64) -> Observation {
        Observation::Correspondence(Correspondence { received, ..Correspondence::default() })
    }

    fn unavailable(why: Unavailable) -> Observation {
        Observation::Unavailable(why)
    }

    fn fake(name: &str, answer: Observation) -> Fake {
        Fake::new([(about(name), answer)])
    }

    async fn ask_for(observers: Vec<Arc<dyn Observer>>, names: &[&str]) -> Vec<Observation> {
        let questions: Vec<Question> = names.iter().map(|name| about(name)).collect();
        let answers = Panel::new(observers).answer(&questions, b"", AS_OF, Duration::from_secs(5)).await;
        assert!(answers.iter().map(|(question, _)| question).eq(&questions));
        answers.into_iter().map(|(_, answer)| answer).collect()
    }

    #[tokio::test]
    async fn each_question_goes_to_who_can_answer() {
        let panel: Vec<Arc<dyn Observer>> =
            vec![Arc::new(fake("ann", seen(1))), Arc::new(fake("bob", seen(2)))];
        let found = ask_for(panel, &["bob", "ann", "carol"]).await;
        assert_eq!(found, [seen(2), seen(1), unavailable(Unavailable::NoObserver)]);
    }

    #[tokio::test]
    async fn who_has_no_answer_is_followed_by_the_next() {
        let failed = || unavailable(Unavailable::Failed("no route".to_owned()));
        let panel: Vec<Arc<dyn Observer>> =
            vec![Arc::new(fake("ann", failed())), Arc::new(fake("ann", seen(2)))];
        assert_eq!(ask_for(panel, &["ann"]).await, [seen(2)]);
        assert_eq!(ask_for(vec![Arc::new(fake("ann", failed()))], &["ann"]).await, [failed()]);
    }

    /// All of them wait together, not one after the other.
    #[tokio::test(start_paused = true)]
    async fn one_deadline_holds_for_all() {
        let slow = |name, seconds| -> Arc<dyn Observer> {
            Arc::new(fake(name, seen(1)).slow(Duration::from_secs(seconds)))
        };
        let begun = Instant::now();
        let found =
            ask_for(vec![slow("ann", 4), slow("bob", 4), slow("carol", 60)], &["ann", "bob", "carol"]).await;
        assert_eq!(found, [seen(1), seen(1), unavailable(Unavailable::Late)]);
        assert_eq!(begun.elapsed().as_secs(), 5);
    }

    #[derive(Debug)]
    struct Broken;

    impl Observer for Broken {
        fn name(&self) -> &'static str {
            "broken"
        }

        fn answers(&self, _question: &Question) -> bool {
            true
        }

        fn observe<'a>(
            &'a self,
            _question: &'a Question,
            _bytes: &'a [u8],
            _as_of: Timestamp,
        ) -> Pin<Box<dyn Future<Output = Observation> + Send + 'a>> {
            Box::pin(async { panic!("no") })
        }
    }

    #[tokio::test]
    async fn a_panic_is_an_answer() {
        let found = ask_for(vec![Arc::new(Broken)], &["ann"]).await;
        assert_eq!(found, [unavailable(Unavailable::Failed("observer broken panicked".to_owned()))]);
    }
}
