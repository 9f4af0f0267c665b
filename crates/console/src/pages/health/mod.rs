//! How everything that runs is doing, and the button that checks the audit chain.

mod view;

use askama::Template;
use axum::extract::State;
use store::VerifyReport;

use super::{Page, page};
use crate::desk::Console;
use crate::refusal::Refusal;
use crate::session::Session;
use crate::view::{Frame, Here};

pub(crate) use view::{Pulse, Vitals, pulse};

#[derive(Template)]
#[template(path = "health.html")]
struct HealthPage {
    frame: Frame,
    vitals: Vitals,
    verified: Option<VerifyReport>,
}

pub(crate) async fn show(State(console): State<Console>, session: Session) -> Page {
    let frame = Frame::new(&session, Here::Health, "Health").live("/live".into());
    page(&HealthPage { frame, vitals: vitals(&console).await?, verified: None })
}

/// `POST /health/verify`: checks the audit chain and every blob, which may take a while.
pub(crate) async fn verify(State(console): State<Console>, session: Session) -> Page {
    let verified = Some(console.store().verify().await?);
    let frame = Frame::new(&session, Here::Health, "Health");
    page(&HealthPage { frame, vitals: vitals(&console).await?, verified })
}

async fn vitals(console: &Console) -> Result<Vitals, Refusal> {
    let report = console.desk.health.report().await;
    let backlog = console.store().backlog().await?;
    let watches = console.store().watches().await?;
    let mut mailboxes = Vec::new();
    for tenant in &console.desk.tenants {
        mailboxes.push((tenant, console.store().mailboxes(&tenant.id).await?));
    }
    Ok(view::vitals(&report, backlog, &watches, &mailboxes, console.now()))
}
