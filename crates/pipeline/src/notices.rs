//! Notices: hints that there is something to look at. They are checked against the watches on record and become jobs;
//! nothing of what they say is believed.

use provider::{Notice, NoticeReply, NoticeRequest};
use store::Task;
use verdict::{Target, TenantId};

use crate::{Journey, Trouble};

/// What came of a posted notice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// 200 with this as `text/plain`.
    Echo(String),
    /// 202; `queued` jobs are new, `believed` notices were ours, `refused` ones were not.
    Accepted { queued: usize, believed: usize, refused: usize },
}

/// Takes what was posted to the notice address of `tenant`. Forged, unknown and malformed notices are counted and logged,
/// and change nothing.
pub async fn take(
    journey: &Journey,
    tenant: &TenantId,
    request: &NoticeRequest<'_>,
) -> Result<Answer, Trouble> {
    let provider = &journey.tenant(tenant)?.provider;
    let (notices, refused) = match provider.notices(request)? {
        NoticeReply::Echo(token) => return Ok(Answer::Echo(token)),
        NoticeReply::Accepted { notices, refused } => (notices, refused),
    };
    for refusal in &refused {
        tracing::warn!(why = refusal.why, "a notice is refused");
    }
    let mut tasks = Vec::new();
    let mut unknown = 0;
    for notice in notices {
        match task(journey, tenant, notice).await? {
            Some(task) => tasks.push(task),
            None => unknown += 1,
        }
    }
    let queued = journey.store.enqueue(&tasks, journey.clock.now()).await?;
    Ok(Answer::Accepted { queued, believed: tasks.len(), refused: refused.len() + unknown })
}

/// The job a notice asks for; `None` when it names a watch that is not ours.
async fn task(journey: &Journey, tenant: &TenantId, notice: Notice) -> Result<Option<Task>, Trouble> {
    let id = match &notice {
        Notice::Changed { watch, .. }
        | Notice::Missed { watch }
        | Notice::Removed { watch }
        | Notice::Expiring { watch } => watch,
    };
    let Some(watch) = journey.store.watch(id).await? else {
        tracing::warn!(watch = id, "a notice names a subscription that is not on record");
        return Ok(None);
    };
    let now = journey.clock.now();
    journey.sweeps.note(&watch.mailbox, |progress| progress.noticed = Some(now));
    match notice {
        Notice::Changed { mailbox, item, .. } if mailbox == watch.mailbox => {
            Ok(Some(Task::Take(Target { tenant: tenant.clone(), mailbox, item })))
        }
        Notice::Changed { .. } => {
            tracing::warn!(watch = watch.id, "a notice names another mailbox than its subscription");
            Ok(None)
        }
        Notice::Missed { .. } => Ok(Some(Task::SweepMailbox(tenant.clone(), watch.mailbox))),
        Notice::Removed { .. } => {
            journey.store.forget_watch(&watch.id).await?;
            journey.watches_changed.notify_one();
            Ok(Some(Task::SweepMailbox(tenant.clone(), watch.mailbox)))
        }
        Notice::Expiring { .. } => {
            let renewed = store::Watch { expires: now, ..watch.clone() };
            journey.store.save_watch(&renewed).await?;
            journey.watches_changed.notify_one();
            Ok(Some(Task::SweepMailbox(tenant.clone(), watch.mailbox)))
        }
    }
}
