//! Intake: the original bytes of a copy, kept before anything else happens, and the copy put on record.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use message::{Direction, Message};
use provider::{Fetched, Provider};
use signal::Setting;
use store::{Arrival, Delivery, Store};
use verdict::Target;

use crate::Trouble;

/// What is longer is judged by its first bytes.
const MESSAGE_BYTES_MAX: u64 = message::bounds::MESSAGE_BYTES_MAX as u64;

/// How often a notice may come before its message can be read (Graph answers 404 for up to half a minute).
const UNREADABLE_TRIES_MAX: u32 = 6;

/// What became of fetching a copy.
#[derive(Debug)]
pub enum Taken {
    /// Here it is.
    Copy(Box<Fetched>),
    /// Nothing to judge: a draft, deleted before we came, or older than our protection.
    Nothing(&'static str),
}

/// Fetches one copy. `attempts` is how often this has been tried before.
pub async fn fetch(
    provider: &dyn Provider,
    target: &Target,
    attempts: u32,
    protected_since: Timestamp,
) -> Result<Taken, Trouble> {
    match provider.fetch(target, MESSAGE_BYTES_MAX).await {
        Ok(copy) if copy.draft => Ok(Taken::Nothing("a draft")),
        Ok(copy) if copy.place.received.is_some_and(|received| received < protected_since) => {
            Ok(Taken::Nothing("older than the protection of this tenant"))
        }
        Ok(copy) => Ok(Taken::Copy(Box::new(copy))),
        Err(provider::Error::Gone { .. }) if attempts >= UNREADABLE_TRIES_MAX => {
            Ok(Taken::Nothing("deleted before it could be read"))
        }
        Err(provider::Error::Gone { what }) => {
            let after = Duration::from_millis(500 << attempts.min(6));
            Err(Trouble::Later { why: format!("{what} cannot be read yet"), after })
        }
        Err(error) => Err(error.into()),
    }
}

/// Keeps the bytes, then puts the copy on record.
pub async fn arrive(
    store: &dyn Store,
    target: &Target,
    copy: &Fetched,
    read: &Read,
    now: Timestamp,
) -> Result<Delivery, Trouble> {
    let digest = store.keep_blob(&copy.bytes).await?;
    let message = &read.message;
    let author = message.from.first();
    let arrival = Arrival {
        target: target.clone(),
        digest,
        size_bytes: copy.bytes.len() as u64,
        place: copy.place.clone(),
        received: copy.place.received.unwrap_or(now).min(now + CLOCK_SKEW_MAX),
        fetched: now,
        direction: read.direction,
        subject: message.subject.clone(),
        from_name: author.map(|from| from.name.clone()).unwrap_or_default(),
        from_address: author.map(shown_address).unwrap_or_default(),
        recipients: recipients(message),
        internet_message_id: message.message_id.clone().unwrap_or_default(),
    };
    Ok(store.arrive(&arrival).await?)
}

/// A provider's clock may run ahead of ours by this much before we trust our own.
const CLOCK_SKEW_MAX: SignedDuration = SignedDuration::from_mins(5);

/// Recipients shown and searched for; more than this many is a mailing, and its list says nothing.
const RECIPIENTS_KEPT_MAX: usize = 200;

/// What reading the bytes gave, before any question is asked.
#[derive(Clone, Debug)]
pub struct Read {
    pub message: std::sync::Arc<Message>,
    pub route: message::Route,
    pub direction: Direction,
}

/// Reads bytes as mail of the organisation in `setting`. Costs CPU: call it off the async workers.
pub fn read(bytes: &[u8], setting: &Setting) -> Read {
    let message = message::parse(bytes);
    let route = message::route::trace(&message, &setting.organisation);
    let direction = Direction::of(&message, &route, &setting.organisation);
    Read { message: std::sync::Arc::new(message), route, direction }
}

fn recipients(message: &Message) -> Vec<String> {
    let all = message.to.iter().chain(&message.cc).chain(&message.bcc);
    all.map(shown_address).take(RECIPIENTS_KEPT_MAX).collect()
}

fn shown_address(named: &message::NamedAddress) -> String {
    named.address.as_ref().map_or_else(|| named.written.clone(), ToString::to_string)
}
