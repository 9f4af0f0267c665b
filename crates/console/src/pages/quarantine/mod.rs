//! What is in quarantine now, to be released one by one or together.

use askama::Template;
use axum::extract::State;
use store::Filter;

use super::{Page, note, page};
use crate::browse;
use crate::desk::Console;
use crate::form::Fields;
use crate::session::Session;
use crate::view::{self, Frame, Here, Row};

#[derive(Template)]
#[template(path = "quarantine.html")]
struct QuarantinePage {
    frame: Frame,
    rows: Vec<Row>,
    older: Option<String>,
    newest: bool,
    back: &'static str,
}

pub(crate) async fn show(State(console): State<Console>, session: Session, fields: Fields) -> Page {
    let filter = Filter { quarantined: true, ..browse::filter(&fields, console.now())? };
    let found = console.store().search(&filter).await?;
    let first_page = filter.before.is_none();
    let frame = Frame::new(&session, Here::Quarantine, "Quarantine").noting(note(&fields));
    page(&QuarantinePage {
        frame: if first_page { frame.live("/live?quarantined=true".into()) } else { frame },
        rows: view::rows(&console, &found.rows).await?,
        older: found.next.map(|next| format!("/quarantine?before={}", next.0)),
        newest: !first_page,
        back: "/quarantine",
    })
}
