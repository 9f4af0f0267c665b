//! The first page: what came, what it was, what was done, and whether everything is well.

mod layers;
mod view;

use askama::Template;
use axum::extract::State;
use jiff::SignedDuration;
use store::Filter;

use super::health::{Pulse, pulse};
use super::{Page, note, page};
use crate::browse::{SPANS, span};
use crate::desk::Console;
use crate::form::Fields;
use crate::plot::timeline::{Timeline, timeline};
use crate::session::Session;
use crate::view::{self as shared, Frame, Here, Row};

pub(crate) use layers::{Layers, layers_cache};
use view::{Figure, Share};

/// Buckets of the plot: 48 halves of an hour over a day.
const BUCKETS: usize = 48;

/// Rows of the two short lists.
const LATEST: usize = 12;
const HELD: usize = 6;

#[derive(Template)]
#[template(path = "overview.html")]
struct OverviewPage {
    frame: Frame,
    spans: Vec<SpanChoice>,
    span_label: &'static str,
    since: &'static str,
    pulse: Pulse,
    figures: Vec<Figure>,
    shares: Vec<Share>,
    plot: Timeline,
    layers: Layers,
    latest: Vec<Row>,
    held: Vec<Row>,
}

struct SpanChoice {
    word: &'static str,
    label: &'static str,
    current: &'static str,
}

pub(crate) async fn show(State(console): State<Console>, session: Session, fields: Fields) -> Page {
    let now = console.now();
    let given = fields.text("span").unwrap_or("24h");
    let (since_word, span_label, length) =
        SPANS.into_iter().find(|(word, _, _)| *word == given).unwrap_or(SPANS[1]);
    let since = now - length;
    let counts = console.store().counts(since).await?;
    let series = console.store().series(since, now, BUCKETS).await?;
    let latest = console.store().search(&Filter { limit: LATEST, ..Filter::default() }).await?;
    let held = Filter { limit: HELD, quarantined: true, ..Filter::default() };
    let held = console.store().search(&held).await?;
    let report = console.desk.health.report().await;
    let pulse = pulse(&report, console.store().backlog().await?, &console.store().watches().await?, now);
    page(&OverviewPage {
        frame: Frame::new(&session, Here::Overview, "Overview").noting(note(&fields)).live("/live".into()),
        spans: spans(since_word),
        span_label,
        since: since_word,
        pulse,
        figures: view::figures(&counts),
        shares: view::shares(&counts),
        plot: timeline(&series, since, length),
        layers: layers::layers(&console, since_word).await?,
        latest: shared::rows(&console, &latest.rows).await?,
        held: shared::rows(&console, &held.rows).await?,
    })
}

fn spans(chosen: &str) -> Vec<SpanChoice> {
    let current = |word| if word == chosen { "true" } else { "false" };
    SPANS.map(|(word, label, _)| SpanChoice { word, label, current: current(word) }).into()
}

/// The length of a span by its word; a day when there is none such.
fn length(word: &str) -> SignedDuration {
    span(word).unwrap_or(SignedDuration::from_hours(24))
}
