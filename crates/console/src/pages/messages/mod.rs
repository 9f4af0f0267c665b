//! The list of messages: filters in the URL, pages by key, newest first.

use askama::Template;
use axum::extract::State;
use store::MessagePage;

use super::{Page, note, page};
use crate::browse::{self, SPANS};
use crate::desk::Console;
use crate::form::Fields;
use crate::session::Session;
use crate::view::{self, Chip, DIRECTIONS, Frame, Here, Row, VERDICTS};

#[derive(Template)]
#[template(path = "messages.html")]
struct MessagesPage {
    frame: Frame,
    sought: Sought,
    rows: Vec<Row>,
    /// The address of the next page.
    older: Option<String>,
    /// The address of the first page, when this is a later one.
    newest: Option<String>,
    back: String,
}

/// The filter as the form shows it.
struct Sought {
    anything: String,
    sender: String,
    recipient: String,
    subject: String,
    message_id: String,
    verdicts: Vec<Choice>,
    directions: Vec<Choice>,
    spans: Vec<Choice>,
    quarantined: bool,
    /// Whether one of the fields behind "More" is in use.
    detailed: bool,
    narrowed: bool,
}

/// Something to tick or pick.
struct Choice {
    value: &'static str,
    label: &'static str,
    chosen: bool,
}

pub(crate) async fn show(State(console): State<Console>, session: Session, fields: Fields) -> Page {
    let filter = browse::filter(&fields, console.now())?;
    let found = console.store().search(&filter).await?;
    let rows = view::rows(&console, &found.rows).await?;
    page(&assemble(&session, &fields, &found, rows))
}

fn assemble(session: &Session, fields: &Fields, found: &MessagePage, rows: Vec<Row>) -> MessagesPage {
    let query = browse::query(fields);
    let later_page = fields.text("before").is_some();
    let newest = found.rows.first().map(|row| row.delivery.id.0.to_string()).unwrap_or_default();
    let frame = Frame::new(session, Here::Messages, "Messages")
        .noting(note(fields))
        .searching(fields.text("anything").unwrap_or_default());
    let frame = if later_page { frame } else { frame.live(format!("/live?{query}&after={newest}")) };
    MessagesPage {
        frame,
        sought: sought(fields),
        older: found.next.map(|next| format!("/messages?{}", joined(&query, &format!("before={}", next.0)))),
        newest: later_page.then(|| format!("/messages?{query}")),
        back: format!("/messages?{query}"),
        rows,
    }
}

fn joined(query: &str, more: &str) -> String {
    if query.is_empty() { more.to_owned() } else { format!("{query}&{more}") }
}

fn sought(fields: &Fields) -> Sought {
    let text = |name: &str| fields.text(name).unwrap_or_default().to_owned();
    let detailed =
        ["sender", "recipient", "subject", "message_id"].iter().any(|name| fields.text(name).is_some());
    Sought {
        anything: text("anything"),
        sender: text("sender"),
        recipient: text("recipient"),
        subject: text("subject"),
        message_id: text("message_id"),
        verdicts: VERDICTS.map(|verdict| verdict_choice(fields, verdict)).into(),
        directions: DIRECTIONS.map(|direction| direction_choice(fields, direction)).into(),
        spans: SPANS.map(|(word, label, _)| choice(fields, "since", word, label)).into(),
        quarantined: fields.text("quarantined").is_some_and(|word| word != "false" && word != "0"),
        detailed,
        narrowed: !browse::query(fields).is_empty(),
    }
}

fn verdict_choice(fields: &Fields, verdict: verdict::Verdict) -> Choice {
    let Chip { class, label } = view::chip(Some(verdict));
    choice(fields, "verdict", class, label)
}

fn direction_choice(fields: &Fields, direction: message::Direction) -> Choice {
    choice(fields, "direction", direction.as_str(), view::direction_label(direction))
}

fn choice(fields: &Fields, name: &str, value: &'static str, label: &'static str) -> Choice {
    let chosen = fields.all(name).any(|given| given == value);
    Choice { value, label, chosen }
}
