//! Each copy of the message, where it is and what was done to it.

use jiff::Timestamp;
use store::Delivery;

use crate::actions::{self, CopyName, LastChange, opposite};
use crate::desk::Console;
use crate::mailboxes::{Mailboxes, mailboxes};
use crate::pages::audit::{RecordView, record};
use crate::refusal::Refusal;
use crate::view::{self, Moment};

/// One copy.
pub(crate) struct CopyView {
    pub(crate) copy: String,
    pub(crate) mailbox: String,
    pub(crate) address: String,
    pub(crate) place: &'static str,
    pub(crate) quarantined: bool,
    pub(crate) read: &'static str,
    pub(crate) received: Moment,
    /// What undoing the last action would do.
    pub(crate) undo: Option<String>,
    pub(crate) history: Vec<RecordView>,
}

/// Copies shown with their history; a mail to everybody may have thousands.
const COPIES_MAX: usize = 50;

pub(crate) async fn copies(
    console: &Console,
    deliveries: &[Delivery],
    now: Timestamp,
) -> Result<Vec<CopyView>, Refusal> {
    let mailboxes = mailboxes(console).await?;
    let mut copies = Vec::with_capacity(deliveries.len().min(COPIES_MAX));
    for delivery in deliveries.iter().take(COPIES_MAX) {
        copies.push(copy(console, delivery, &mailboxes, now).await?);
    }
    Ok(copies)
}

/// What undoing would do.
fn undo(last: &LastChange) -> Option<String> {
    match last {
        LastChange::Done(step) => opposite(step).map(|action| view::action_label(&action)),
        LastChange::Nothing | LastChange::Open => None,
    }
}

async fn copy(
    console: &Console,
    delivery: &Delivery,
    mailboxes: &Mailboxes,
    now: Timestamp,
) -> Result<CopyView, Refusal> {
    let id = &delivery.arrival.target.mailbox;
    let last = actions::last_change(console, &delivery.id).await?;
    let history = console.store().history(&delivery.id).await?;
    Ok(CopyView {
        copy: CopyName { digest: delivery.arrival.digest, delivery: delivery.id }.to_string(),
        mailbox: mailboxes.name(id),
        address: mailboxes.address(id),
        place: view::place_label(&delivery.place),
        quarantined: delivery.place.quarantined,
        read: if delivery.place.read { "read" } else { "unread" },
        received: view::moment(delivery.arrival.received, now),
        undo: undo(&last),
        history: history.iter().map(|each| record(each, now)).collect(),
    })
}
