//! Each copy of the message, where it is and what was done to it.

use std::collections::HashMap;

use jiff::Timestamp;
use store::{Delivery, Mailbox};
use verdict::MailboxId;

use crate::actions::{self, CopyName, opposite};
use crate::desk::Console;
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

async fn mailboxes(console: &Console) -> Result<HashMap<MailboxId, Mailbox>, Refusal> {
    let mut mailboxes = HashMap::new();
    for tenant in &console.desk.tenants {
        let kept = console.store().mailboxes(&tenant.id).await?;
        mailboxes.extend(kept.into_iter().map(|mailbox| (mailbox.id.clone(), mailbox)));
    }
    Ok(mailboxes)
}

async fn copy(
    console: &Console,
    delivery: &Delivery,
    mailboxes: &HashMap<MailboxId, Mailbox>,
    now: Timestamp,
) -> Result<CopyView, Refusal> {
    let id = &delivery.arrival.target.mailbox;
    let mailbox = mailboxes.get(id);
    let address = mailbox.and_then(|mailbox| mailbox.addresses.first());
    let last = actions::last_change(console, &delivery.id).await?;
    let history = console.store().history(&delivery.id).await?;
    Ok(CopyView {
        copy: CopyName { digest: delivery.arrival.digest, delivery: delivery.id }.to_string(),
        mailbox: mailbox.map_or_else(|| id.to_string(), |mailbox| view::name(&mailbox.name)),
        address: address.map(ToString::to_string).unwrap_or_default(),
        place: view::place_label(&delivery.place),
        quarantined: delivery.place.quarantined,
        read: if delivery.place.read { "read" } else { "unread" },
        received: view::moment(delivery.arrival.received, now),
        undo: last.as_ref().and_then(opposite).map(|action| view::action_label(&action)),
        history: history.iter().map(|each| record(each, now)).collect(),
    })
}
