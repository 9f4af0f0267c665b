//! Whose mailbox it is: names for the ids that copies carry.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use store::Mailbox;
use verdict::MailboxId;

use crate::desk::Console;
use crate::refusal::Refusal;
use crate::view;

/// How long names are good for; people are renamed rarely.
const FRESH: Duration = Duration::from_secs(30);

/// All mailboxes of all tenants, by their ids.
#[derive(Default)]
pub(crate) struct Mailboxes(HashMap<MailboxId, Mailbox>);

/// Names read lately.
pub(crate) type Kept = moka::sync::Cache<(), Arc<Mailboxes>>;

pub(crate) fn kept() -> Kept {
    moka::sync::Cache::builder().max_capacity(1).time_to_live(FRESH).build()
}

pub(crate) async fn mailboxes(console: &Console) -> Result<Arc<Mailboxes>, Refusal> {
    if let Some(mailboxes) = console.mailboxes.get(&()) {
        return Ok(mailboxes);
    }
    let mut mailboxes = HashMap::new();
    for tenant in &console.desk.tenants {
        let read = console.store().mailboxes(&tenant.id).await?;
        mailboxes.extend(read.into_iter().map(|mailbox| (mailbox.id.clone(), mailbox)));
    }
    let mailboxes = Arc::new(Mailboxes(mailboxes));
    console.mailboxes.insert((), mailboxes.clone());
    Ok(mailboxes)
}

impl Mailboxes {
    /// The name of its owner, or the provider's id while we have not heard of it.
    pub(crate) fn name(&self, id: &MailboxId) -> String {
        self.0.get(id).map_or_else(|| view::name(id.as_str()), |mailbox| view::name(&mailbox.name))
    }

    /// The primary address; empty when not known.
    pub(crate) fn address(&self, id: &MailboxId) -> String {
        let address = self.0.get(id).and_then(|mailbox| mailbox.addresses.first());
        address.map(ToString::to_string).unwrap_or_default()
    }
}
