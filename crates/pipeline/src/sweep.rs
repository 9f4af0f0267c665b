//! The sweep: finds by the provider's change log what notices may have missed. Cursor and work are kept in one
//! transaction, so that dying in between loses nothing.

use jiff::Timestamp;
use provider::{Cursor, FolderChange, FolderInfo, FolderRole, ItemChange, MailboxChange};
use store::{CursorKey, Mailbox, Task};
use verdict::{FolderId, MailboxId, Target, TenantId};

use crate::journey::Tenant;
use crate::{Journey, Trouble};

/// Looks for people who came and went, takes over what is known of them, and sweeps each mailbox.
pub async fn tenant(journey: &Journey, id: &TenantId) -> Result<(), Trouble> {
    let swept = every_mailbox(journey, id).await;
    if let Err(trouble) = &swept {
        tracing::warn!(tenant = %id, why = %trouble, "a tenant cannot be swept");
        for mailbox in active(&journey.store.mailboxes(id).await?) {
            journey.sweeps.note(&mailbox.id, |progress| progress.trouble = Some(trouble.to_string()));
        }
    }
    swept
}

async fn every_mailbox(journey: &Journey, id: &TenantId) -> Result<(), Trouble> {
    let tenant = journey.tenant(id)?;
    let key = CursorKey::Mailboxes(id.clone());
    let mut since = journey.store.cursor(&key).await?.map(Cursor);
    loop {
        let page = match tenant.provider.mailboxes(since.as_ref()).await {
            Err(provider::Error::CursorLost) if since.is_some() => {
                since = None;
                continue;
            }
            page => page?,
        };
        let changed = changed_mailboxes(journey, id, page.rows).await?;
        journey.store.save_mailboxes(id, &changed).await?;
        let tasks: Vec<Task> =
            active(&changed).map(|m| Task::SweepMailbox(id.clone(), m.id.clone())).collect();
        journey.store.advance(&key, &page.next.0, &tasks, journey.clock.now()).await?;
        if !page.more {
            break;
        }
        since = Some(page.next);
    }
    let known = journey.store.mailboxes(id).await?;
    tenant.learn_people(&known);
    if !watched_all(journey, &known).await? {
        journey.watches_changed.notify_one();
    }
    let tasks: Vec<Task> = active(&known).map(|m| Task::SweepMailbox(id.clone(), m.id.clone())).collect();
    journey.store.enqueue(&tasks, journey.clock.now()).await?;
    Ok(())
}

async fn watched_all(journey: &Journey, mailboxes: &[Mailbox]) -> Result<bool, Trouble> {
    let watches = journey.store.watches().await?;
    Ok(active(mailboxes).all(|mailbox| watches.iter().any(|watch| watch.mailbox == mailbox.id)))
}

fn active(mailboxes: &[Mailbox]) -> impl Iterator<Item = &Mailbox> {
    mailboxes.iter().filter(|mailbox| mailbox.active)
}

async fn changed_mailboxes(
    journey: &Journey,
    tenant: &TenantId,
    changes: Vec<MailboxChange>,
) -> Result<Vec<Mailbox>, Trouble> {
    let known = journey.store.mailboxes(tenant).await?;
    let gone = |id: MailboxId| {
        let mut mailbox = known.iter().find(|mailbox| mailbox.id == id)?.clone();
        mailbox.active = false;
        Some(mailbox)
    };
    Ok(changes
        .into_iter()
        .filter_map(|change| match change {
            MailboxChange::Present(info) => Some(Mailbox {
                id: info.id,
                name: info.name,
                addresses: info.addresses,
                active: info.enabled,
            }),
            MailboxChange::Gone(id) => gone(id),
        })
        .collect())
}

/// Looks for folders that can hold mail and sweeps each.
pub async fn mailbox(journey: &Journey, id: &TenantId, mailbox: &MailboxId) -> Result<(), Trouble> {
    journey.sweeps.note(mailbox, |progress| progress.begun = true);
    let swept = every_folder(journey, id, mailbox).await;
    let now = journey.clock.now();
    journey.sweeps.note(mailbox, |progress| match &swept {
        Ok(folders) => (progress.folders, progress.ended, progress.trouble) = (*folders, Some(now), None),
        Err(trouble) => progress.trouble = Some(trouble.to_string()),
    });
    swept.map(|_| ())
}

async fn every_folder(journey: &Journey, id: &TenantId, mailbox: &MailboxId) -> Result<usize, Trouble> {
    let tenant = journey.tenant(id)?;
    let folders = folders(tenant, mailbox).await?;
    for folder in &folders {
        sweep_folder(journey, tenant, id, mailbox, &folder.id).await?;
    }
    Ok(folders.len())
}

/// All folders, read afresh: a mailbox has few, and a folder missed would be mail missed.
async fn folders(tenant: &Tenant, mailbox: &MailboxId) -> Result<Vec<FolderInfo>, Trouble> {
    let mut folders: Vec<FolderInfo> = Vec::new();
    let mut since = None;
    loop {
        let page = tenant.provider.folders(mailbox, since.as_ref()).await?;
        for change in page.rows {
            match change {
                FolderChange::Present(folder) => {
                    folders.retain(|known| known.id != folder.id);
                    folders.push(folder);
                }
                FolderChange::Gone(id) => folders.retain(|known| known.id != id),
            }
        }
        if !page.more {
            break;
        }
        since = Some(page.next);
    }
    folders.retain(|folder| is_swept(folder.role));
    Ok(folders)
}

/// Drafts are not mail yet; everything else is, deleted mail too, for a rule may have deleted it on arrival.
fn is_swept(role: FolderRole) -> bool {
    match role {
        FolderRole::Drafts => false,
        FolderRole::Inbox
        | FolderRole::Junk
        | FolderRole::Sent
        | FolderRole::Deleted
        | FolderRole::Archive
        | FolderRole::Other => true,
    }
}

/// Looks for what came into one folder.
pub async fn folder(
    journey: &Journey,
    id: &TenantId,
    mailbox: &MailboxId,
    folder: &FolderId,
) -> Result<(), Trouble> {
    sweep_folder(journey, journey.tenant(id)?, id, mailbox, folder).await
}

async fn sweep_folder(
    journey: &Journey,
    tenant: &Tenant,
    id: &TenantId,
    mailbox: &MailboxId,
    folder: &FolderId,
) -> Result<(), Trouble> {
    let key = CursorKey::Items(mailbox.clone(), folder.clone());
    let mut since = journey.store.cursor(&key).await?.map(Cursor);
    loop {
        let page = match tenant.provider.changes(mailbox, folder, since.as_ref()).await {
            Err(provider::Error::CursorLost) if since.is_some() => {
                tracing::warn!(%mailbox, "a folder's cursor is lost: reading the folder again");
                journey.store.forget_cursor(&key).await?;
                since = None;
                continue;
            }
            Err(provider::Error::Gone { .. }) => return Ok(()),
            page => page?,
        };
        let target = |item| Target { tenant: id.clone(), mailbox: mailbox.clone(), item };
        let rows = page.rows.into_iter().filter_map(|row| item_to_take(row, tenant.protected_since));
        let tasks: Vec<Task> = unknown(journey, rows.map(target).collect()).await?;
        journey.store.advance(&key, &page.next.0, &tasks, journey.clock.now()).await?;
        if !page.more {
            return Ok(());
        }
        since = Some(page.next);
    }
}

fn item_to_take(change: ItemChange, protected_since: Timestamp) -> Option<verdict::ItemId> {
    match change {
        ItemChange::Present { item, draft: false, received }
            if received.is_none_or(|at| at >= protected_since) =>
        {
            Some(item)
        }
        ItemChange::Present { .. } | ItemChange::Gone(_) => None,
    }
}

/// Leaves out what is judged already: a folder read again shows all of it.
async fn unknown(journey: &Journey, targets: Vec<Target>) -> Result<Vec<Task>, Trouble> {
    let mut tasks = Vec::new();
    for target in targets {
        let judged =
            journey.store.delivery(&target).await?.is_some_and(|delivery| delivery.verdict.is_some());
        if !judged {
            tasks.push(Task::Take(target));
        }
    }
    Ok(tasks)
}
