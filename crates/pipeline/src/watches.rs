//! Watches: one running subscription a mailbox, made, renewed before it ends, made again when it is gone.

use futures_util::future::join_all;
use jiff::SignedDuration;
use store::{Mailbox, Watch};
use verdict::TenantId;

use crate::journey::Tenant;
use crate::{Journey, Trouble};

/// Renewed when less than this is left. Graph gives at most 4,230 minutes; a third of that survives a weekend outage of
/// ours by a day.
const RENEW_BEFORE: SignedDuration = SignedDuration::from_hours(23);

/// Subscriptions made at once. Each makes the provider call us back.
const AT_ONCE: usize = 4;

/// How the watches stand after a round.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    pub watched: usize,
    /// Mailboxes without notices now; the sweep finds their mail.
    pub unwatched: usize,
}

/// One round over all mailboxes of a tenant.
pub async fn renew(journey: &Journey, id: &TenantId) -> Result<Standing, Trouble> {
    let tenant = journey.tenant(id)?;
    let mailboxes = journey.store.mailboxes(id).await?;
    let watches = journey.store.watches().await?;
    let active: Vec<&Mailbox> = mailboxes.iter().filter(|mailbox| mailbox.active).collect();
    let mut standing = Standing::default();
    for some in active.chunks(AT_ONCE) {
        let renewed = some.iter().map(|mailbox| {
            let existing = watches.iter().find(|watch| watch.mailbox == mailbox.id);
            renew_one(journey, tenant, mailbox, existing)
        });
        let watched = join_all(renewed).await.into_iter().filter(|&watched| watched).count();
        standing.watched += watched;
        standing.unwatched += some.len() - watched;
    }
    Ok(standing)
}

/// Whether the mailbox is watched afterwards. Trouble here is no trouble for mail: the sweep finds it.
async fn renew_one(journey: &Journey, tenant: &Tenant, mailbox: &Mailbox, existing: Option<&Watch>) -> bool {
    let now = journey.clock.now();
    if existing.is_some_and(|watch| watch.expires > now + RENEW_BEFORE) {
        return true;
    }
    let alive = existing.map(|watch| provider::Watch {
        id: watch.id.clone(),
        mailbox: watch.mailbox.clone(),
        expires: watch.expires,
    });
    match keep(journey, tenant, mailbox, alive.as_ref()).await {
        Ok(()) => true,
        Err(trouble) => {
            tracing::warn!(mailbox = %mailbox.id, why = %trouble, "a mailbox is not watched; the sweep finds its mail");
            existing.is_some_and(|watch| watch.expires > now)
        }
    }
}

async fn keep(
    journey: &Journey,
    tenant: &Tenant,
    mailbox: &Mailbox,
    existing: Option<&provider::Watch>,
) -> Result<(), Trouble> {
    let watch = tenant.provider.watch(&mailbox.id, existing).await?;
    if let Some(old) = existing.filter(|old| old.id != watch.id) {
        journey.store.forget_watch(&old.id).await?;
    }
    let kept = Watch { id: watch.id, mailbox: watch.mailbox, expires: watch.expires };
    journey.store.save_watch(&kept).await?;
    Ok(())
}
