//! Reconciliation: counts what arrived at the provider against what was judged, and takes what is missing.

use std::collections::BTreeSet;

use jiff::Timestamp;
use store::Task;
use verdict::{ItemId, MailboxId, Target, TenantId};

use crate::{Journey, Trouble};

/// What the count came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Balance {
    /// Messages the provider shows in the span.
    pub arrived: u64,
    /// Of those, how many are judged.
    pub judged: u64,
    /// Of those, how many were not known and are queued now.
    pub missing: u64,
}

/// Compares every mailbox of a tenant, one after the other.
pub async fn tenant(
    journey: &Journey,
    tenant: &TenantId,
    since: Timestamp,
    until: Timestamp,
) -> Result<Balance, Trouble> {
    let mut total = Balance::default();
    for each in journey.store.mailboxes(tenant).await?.into_iter().filter(|mailbox| mailbox.active) {
        let balance = mailbox(journey, tenant, &each.id, since, until).await?;
        total.arrived += balance.arrived;
        total.judged += balance.judged;
        total.missing += balance.missing;
    }
    Ok(total)
}

/// Compares one mailbox over one span. Leave the last minute out of the span: its mail is still on its way.
pub async fn mailbox(
    journey: &Journey,
    tenant: &TenantId,
    mailbox: &MailboxId,
    since: Timestamp,
    until: Timestamp,
) -> Result<Balance, Trouble> {
    let there = journey.tenant(tenant)?.provider.arrived(mailbox, since, until).await?;
    let known = journey.store.received(mailbox, since, until).await?;
    let judged: BTreeSet<ItemId> =
        known.into_iter().filter(|d| d.verdict.is_some()).map(|d| d.arrival.target.item).collect();
    let missing: Vec<Task> = there
        .iter()
        .filter(|(item, _)| !judged.contains(item))
        .map(|(item, _)| {
            Task::Take(Target { tenant: tenant.clone(), mailbox: mailbox.clone(), item: item.clone() })
        })
        .collect();
    let missing_count = missing.len() as u64;
    if missing_count > 0 {
        tracing::warn!(%mailbox, missing = missing_count, "mail arrived that is not judged: taking it");
        journey.store.enqueue(&missing, journey.clock.now()).await?;
    }
    let arrived = there.len() as u64;
    Ok(Balance { arrived, judged: arrived - missing_count, missing: missing_count })
}
