//! One message: the verdict and why, the way it came, what each layer said, what is in it, where its copies are.

mod contents;
mod copies;
mod layers;
pub(crate) mod original;
pub(crate) mod preview;
pub(crate) mod reading;
mod reasons;
mod way;

use askama::Template;
use axum::extract::{Path, State};
use message::Digest;
use store::{Delivery, JudgedCase};

use super::{Page, note, page};
use crate::desk::Console;
use crate::form::Fields;
use crate::refusal::Refusal;
use crate::session::Session;
use crate::view::{self, Chip, Frame, Here, Moment};

use contents::Contents;
use copies::CopyView;
use layers::{AuthenticationRow, Layer};
use reading::Reading;
use reasons::Reasons;
use way::Way;

#[derive(Template)]
#[template(path = "message.html")]
struct MessagePage {
    frame: Frame,
    head: Head,
    reasons: Option<Reasons>,
    copies: Vec<CopyView>,
    actions: Actions,
    /// What reading the original bytes gave; `None` when they are not kept.
    read: Option<Read>,
    back: String,
}

/// The lines at the top.
struct Head {
    digest: String,
    chip: Chip,
    score: String,
    subject: String,
    from_name: String,
    from_address: String,
    recipients: Vec<String>,
    direction: &'static str,
    received: Moment,
    size: String,
    message_id: String,
    judged: Option<Moment>,
    version: String,
}

/// Copies by what can be done with them.
struct Actions {
    releasable: Vec<String>,
    quarantinable: Vec<String>,
    undoable: Vec<String>,
}

struct Read {
    way: Way,
    layers: Vec<Layer>,
    authentication: Vec<AuthenticationRow>,
    contents: Contents,
}

pub(crate) async fn show(
    State(console): State<Console>,
    session: Session,
    Path(digest): Path<String>,
    fields: Fields,
) -> Page {
    let digest = named(&digest)?;
    let deliveries = console.store().copies(&digest).await?;
    let Some(first) = deliveries.first() else { return Err(unknown()) };
    let judged = console.store().message(&digest).await?;
    let now = console.now();
    let head = head(first, judged.as_ref(), now);
    let copies = copies::copies(&console, &deliveries, now).await?;
    let read = reading::read(&console, &digest).await?.map(|reading| show_read(&reading, judged.as_ref()));
    page(&MessagePage {
        frame: Frame::new(&session, Here::Messages, head.subject.clone())
            .noting(note(&fields))
            .live("/live".into()),
        back: format!("/messages/{digest}"),
        actions: actions(&copies),
        reasons: judged.as_ref().map(|judged| reasons::reasons(&judged.judgement)),
        head,
        copies,
        read,
    })
}

/// The digest in the path.
pub(crate) fn named(digest: &str) -> Result<Digest, Refusal> {
    Digest::parse(digest).ok_or_else(unknown)
}

pub(crate) fn unknown() -> Refusal {
    Refusal::NotFound("This message is not on record: search for it under Messages.".into())
}

fn head(first: &Delivery, judged: Option<&JudgedCase>, now: jiff::Timestamp) -> Head {
    let arrival = &first.arrival;
    Head {
        digest: arrival.digest.to_string(),
        chip: view::chip(judged.map(|judged| judged.judgement.verdict)),
        score: judged.map(|judged| view::score(judged.judgement.score)).unwrap_or_default(),
        subject: view::subject(&arrival.subject),
        from_name: view::name(&arrival.from_name),
        from_address: view::name(&arrival.from_address),
        recipients: arrival.recipients.iter().map(|recipient| view::name(recipient)).collect(),
        direction: view::direction_label(arrival.direction),
        received: view::moment(arrival.received, now),
        size: view::size(arrival.size_bytes),
        message_id: view::one_line(&arrival.internet_message_id, 200),
        judged: judged.map(|judged| view::moment(judged.case.judged, now)),
        version: judged.map(|judged| judged.judgement.version.clone()).unwrap_or_default(),
    }
}

fn actions(copies: &[CopyView]) -> Actions {
    let names = |wanted: fn(&&CopyView) -> bool| {
        copies.iter().filter(wanted).map(|copy| copy.copy.clone()).collect::<Vec<_>>()
    };
    Actions {
        releasable: names(|copy| copy.quarantined),
        quarantinable: names(|copy| !copy.quarantined),
        undoable: names(|copy| copy.undo.is_some()),
    }
}

fn show_read(reading: &Reading, judged: Option<&JudgedCase>) -> Read {
    Read {
        way: way::way(&reading.route),
        layers: layers::layers(reading, judged),
        authentication: layers::authentication(reading, judged),
        contents: contents::contents(reading),
    }
}
