//! Several calls in one request (`POST /$batch`): each answered, throttled and repeated by itself
//! (Graph documentation, `concepts/json-batching.md`).

use std::collections::HashMap;
use std::time::Duration;

use futures_util::{StreamExt as _, stream};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::time::Instant;
use verdict::MailboxId;

use super::http::{Call, Graph, IMMUTABLE};
use super::rights::Kind;
use super::trouble;
use super::wire::{BatchBody, BatchItem, ErrorBody};
use crate::Error;
use crate::http::Errand;
use crate::retry::{Attempts, Repeat, Trouble, asked_wait};

/// Graph refuses larger batches.
const ITEMS_MAX: usize = 20;

/// Outlook works on so many requests of one mailbox at once.
pub(super) const MAILBOX_ITEMS_MAX: u32 = 4;

/// Batches under way at once for one list of items.
const BATCHES_AT_ONCE: usize = 4;

/// One call of a batch.
#[derive(Clone, Debug)]
pub(super) struct Item {
    pub(super) kind: Kind,
    pub(super) mailbox: MailboxId,
    method: &'static str,
    path: String,
    body: Option<Value>,
    if_match: Option<String>,
    repeat: Repeat,
}

impl Item {
    pub(super) fn get(kind: Kind, mailbox: &MailboxId, path: String) -> Self {
        let mailbox = mailbox.clone();
        Self { kind, mailbox, method: "GET", path, body: None, if_match: None, repeat: Repeat::Safe }
    }

    /// For what acts each time it is sent.
    pub(super) fn post(kind: Kind, mailbox: &MailboxId, path: String, body: Value) -> Self {
        let repeat = Repeat::Careful;
        Self { method: "POST", body: Some(body), repeat, ..Self::get(kind, mailbox, path) }
    }

    /// `if_match`: only when it is still as we saw it.
    pub(super) fn patch(
        kind: Kind,
        mailbox: &MailboxId,
        path: String,
        body: Value,
        if_match: Option<String>,
    ) -> Self {
        Self { method: "PATCH", body: Some(body), if_match, ..Self::get(kind, mailbox, path) }
    }

    fn request(&self, id: usize) -> Value {
        let mut headers = json!({ "Prefer": IMMUTABLE });
        if let Some(etag) = &self.if_match {
            headers["If-Match"] = etag.as_str().into();
        }
        let mut request = json!({ "id": id.to_string(), "method": self.method, "url": self.path });
        if let Some(body) = &self.body {
            headers["Content-Type"] = "application/json".into();
            request["body"] = body.clone();
        }
        request["headers"] = headers;
        request
    }
}

/// Reads what an item was answered.
pub(super) fn read<T: DeserializeOwned>(answer: Result<Value, Error>) -> Result<T, Error> {
    serde_json::from_value(answer?).map_err(|source| Error::Broken {
        what: "an answer in a batch is not of the shape we know".into(),
        source: Some(source.into()),
    })
}

/// An item still to be answered.
struct Waiting {
    place: usize,
    not_before: Instant,
    attempts: Attempts,
}

/// What one sending of an item led to.
enum Outcome {
    Final(Result<Value, Error>),
    Again { error: Error, asked: Option<Duration> },
}

/// Sends all items, in as many batches as that takes; one answer an item, in order.
pub(super) async fn run(graph: &Graph, items: &[Item]) -> Vec<Result<Value, Error>> {
    let mut answers: Vec<Option<Result<Value, Error>>> = items.iter().map(|_| None).collect();
    let now = Instant::now();
    let attempts = Attempts::new(graph.http.patience);
    let mut waiting: Vec<_> =
        (0..items.len()).map(|place| Waiting { place, not_before: now, attempts }).collect();
    while let Some(next) = waiting.iter().map(|item| item.not_before).min() {
        tokio::time::sleep_until(next).await;
        let now = Instant::now();
        let (due, later): (Vec<_>, Vec<_>) = waiting.into_iter().partition(|item| item.not_before <= now);
        waiting = later;
        // A mailbox that wants to be left alone holds up no other.
        let pauses = |item: &Waiting| graph.http.budget.pause(&items[item.place].mailbox);
        let (paused, due): (Vec<_>, Vec<_>) = due.into_iter().partition(|item| pauses(item).is_some());
        let leave = |item: Waiting| {
            let asked = pauses(&item);
            (item, Outcome::Again { error: left_alone(asked), asked })
        };
        let paused: Vec<_> = paused.into_iter().map(leave).collect();
        let sent: Vec<_> = stream::iter(chunks(items, due))
            .map(|chunk| send(graph, items, chunk))
            .buffer_unordered(BATCHES_AT_ONCE)
            .concat()
            .await;
        for (mut item, outcome) in paused.into_iter().chain(sent) {
            match outcome {
                Outcome::Final(answer) => answers[item.place] = Some(answer),
                Outcome::Again { error, asked } => match item.attempts.next_wait(asked) {
                    Some(wait) => {
                        item.not_before = Instant::now() + wait;
                        waiting.push(item);
                    }
                    None => answers[item.place] = Some(Err(error)),
                },
            }
        }
    }
    answers.into_iter().map(|answer| answer.unwrap_or_else(|| Err(unanswered()))).collect()
}

/// Cuts what is due into batches: no more items in one than Graph takes, no more of one mailbox than Outlook does.
fn chunks(items: &[Item], due: Vec<Waiting>) -> Vec<Vec<Waiting>> {
    let mut chunks: Vec<Vec<Waiting>> = Vec::new();
    let mut first_with_room: HashMap<&MailboxId, (usize, u32)> = HashMap::new();
    for item in due {
        let (chunk, used) = first_with_room.entry(&items[item.place].mailbox).or_default();
        if *used == MAILBOX_ITEMS_MAX {
            (*chunk, *used) = (*chunk + 1, 0);
        }
        while chunks.get(*chunk).is_some_and(|chunk| chunk.len() >= ITEMS_MAX) {
            (*chunk, *used) = (*chunk + 1, 0);
        }
        *used += 1;
        if chunks.len() <= *chunk {
            chunks.resize_with(*chunk + 1, Vec::new);
        }
        chunks[*chunk].push(item);
    }
    chunks.retain(|chunk| !chunk.is_empty());
    chunks
}

async fn send(graph: &Graph, items: &[Item], chunk: Vec<Waiting>) -> Vec<(Waiting, Outcome)> {
    let requests: Vec<_> = chunk.iter().map(|item| items[item.place].request(item.place)).collect();
    let body = json!({ "requests": requests });
    let call = Call::post(Kind::Batch, "/$batch", &body).costing(load(items, &chunk));
    let mut responses = match graph.json::<BatchBody>(call).await {
        Ok(body) => body.responses.into_iter().map(|item| (item.id.clone(), item)).collect::<HashMap<_, _>>(),
        Err(error) => return failed(error, chunk),
    };
    let outcome = |item: Waiting| {
        let response = responses.remove(&item.place.to_string());
        let outcome = match response {
            Some(response) => read_item(graph, &items[item.place], response),
            None => Outcome::Final(Err(unanswered())),
        };
        (item, outcome)
    };
    chunk.into_iter().map(outcome).collect()
}

/// The batch as a whole was not answered, so none of its items was.
fn failed(error: Error, chunk: Vec<Waiting>) -> Vec<(Waiting, Outcome)> {
    let each = |item| (item, Outcome::Final(Err(error.copy())));
    chunk.into_iter().map(each).collect()
}

fn load(items: &[Item], chunk: &[Waiting]) -> Vec<(MailboxId, u32)> {
    let mut load: HashMap<&MailboxId, u32> = HashMap::new();
    for item in chunk {
        *load.entry(&items[item.place].mailbox).or_default() += 1;
    }
    load.into_iter().map(|(mailbox, requests)| (mailbox.clone(), requests)).collect()
}

fn read_item(graph: &Graph, item: &Item, response: BatchItem) -> Outcome {
    if let 200..=299 = response.status {
        return Outcome::Final(Ok(response.body));
    }
    if let Some(trouble) = Trouble::of(response.status) {
        let asked = asked_wait(retry_after(&response).as_deref(), graph.http.clock().now());
        let load = [(item.mailbox.clone(), 1)];
        let errand = Errand { kind: item.kind.name(), load: &load, repeat: item.repeat };
        graph.http.note_trouble(errand, trouble, asked);
        let error = Error::Retry {
            what: format!("{} was answered {}", item.kind.name(), response.status),
            after: asked,
        };
        return match trouble.may_repeat(item.repeat) {
            true => Outcome::Again { error, asked },
            false => Outcome::Final(Err(error)),
        };
    }
    let detail = serde_json::from_value::<ErrorBody>(response.body).unwrap_or_default().error;
    Outcome::Final(Err(trouble::error(item.kind, response.status, &detail)))
}

/// Header names are written as the server likes, values as text or number.
fn retry_after(response: &BatchItem) -> Option<String> {
    let (_, value) = response.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("retry-after"))?;
    Some(value.as_str().map_or_else(|| value.to_string(), str::to_owned))
}

fn left_alone(wait: Option<Duration>) -> Error {
    Error::Retry { what: "the mailbox was busy just now".into(), after: wait }
}

fn unanswered() -> Error {
    Error::Retry { what: "an item of a batch was left unanswered".into(), after: None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::retry::Patience;

    #[tokio::test]
    async fn batches_respect_both_limits_and_lose_nothing() {
        for (mailboxes, each, batches) in
            [(1, 4, 1), (1, 5, 2), (1, 20, 5), (5, 4, 1), (6, 4, 2), (50, 1, 3), (0, 0, 0)]
        {
            let item = |m: usize| Item::get(Kind::Message, &MailboxId::new(format!("m{m}")), "/x".into());
            let items: Vec<_> = (0..mailboxes).flat_map(|m| std::iter::repeat_n(m, each)).map(item).collect();
            let (not_before, attempts) = (Instant::now(), Attempts::new(Patience::default()));
            let due = (0..items.len()).map(|place| Waiting { place, not_before, attempts }).collect();
            let chunks = chunks(&items, due);
            assert_eq!(chunks.len(), batches, "{mailboxes} × {each}");
            assert_eq!(chunks.iter().map(Vec::len).sum::<usize>(), items.len());
            for chunk in &chunks {
                assert!(chunk.len() <= ITEMS_MAX);
                assert!(load(&items, chunk).iter().all(|(_, requests)| *requests <= MAILBOX_ITEMS_MAX));
            }
        }
    }
}
