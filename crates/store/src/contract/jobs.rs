//! The queue.

use std::collections::BTreeSet;

use uuid::Uuid;
use verdict::{FolderId, MailboxId, TenantId};

use super::Fresh;
use super::sample::{at, target};
use crate::{CursorKey, Job, PlanId, Task};

fn take(item: &str) -> Task {
    Task::Take(target(item))
}

fn sweep() -> Task {
    Task::SweepFolder(TenantId::new("tenant"), MailboxId::new("ann"), FolderId::new("inbox"))
}

async fn claim(store: Fresh<'_>, now: i64) -> Vec<Job> {
    store.claim(at(now), at(now + 60), 100).await.expect("claimed")
}

async fn enqueue(store: Fresh<'_>, tasks: &[Task], due: i64) -> usize {
    store.enqueue(tasks, at(due)).await.expect("queued")
}

fn tasks(jobs: &[Job]) -> Vec<Task> {
    jobs.iter().map(|job| job.task.clone()).collect()
}

pub async fn equal_tasks_are_one_job_while_they_wait_or_run(store: Fresh<'_>) {
    assert_eq!(enqueue(store, &[take("a"), take("b"), take("a")], 0).await, 2);
    assert_eq!(enqueue(store, &[take("a")], 0).await, 0);
    assert_eq!(claim(store, 1).await.len(), 2);
    assert_eq!(enqueue(store, &[take("a")], 1).await, 0);
    assert_eq!(claim(store, 2).await, []);
}

pub async fn a_finished_task_can_be_asked_for_again(store: Fresh<'_>) {
    enqueue(store, &[take("a")], 0).await;
    for job in claim(store, 1).await {
        store.finish(&job.id).await.expect("finished");
    }
    assert_eq!(store.backlog().await.expect("backlog"), crate::jobs::Backlog::default());
    assert_eq!(enqueue(store, &[take("a")], 2).await, 1);
}

pub async fn a_job_is_not_claimed_before_it_is_due(store: Fresh<'_>) {
    enqueue(store, &[take("a")], 10).await;
    assert_eq!(claim(store, 9).await, []);
    assert_eq!(tasks(&claim(store, 10).await), [take("a")]);
}

/// A notice overtakes the next planned sweep.
pub async fn asking_again_brings_a_waiting_job_forward(store: Fresh<'_>) {
    enqueue(store, &[sweep()], 100).await;
    assert_eq!(enqueue(store, &[sweep()], 10).await, 0);
    assert_eq!(enqueue(store, &[sweep()], 200).await, 0);
    assert_eq!(tasks(&claim(store, 10).await), [sweep()]);
}

/// The sweep may have passed the place the notice was about; and a sweep plans its next one while it runs.
pub async fn a_sweep_asked_for_while_it_runs_runs_once_more(store: Fresh<'_>) {
    enqueue(store, &[sweep()], 0).await;
    let running = claim(store, 1).await;
    assert_eq!(enqueue(store, &[sweep()], 300).await, 0);
    assert_eq!(enqueue(store, &[sweep()], 20).await, 0);
    assert_eq!(claim(store, 30).await, []);
    store.finish(&running[0].id).await.expect("finished");
    let once_more = claim(store, 30).await;
    assert_eq!(tasks(&once_more), [sweep()]);
    assert_eq!(once_more[0].attempts, 0);
    store.finish(&once_more[0].id).await.expect("finished");
    assert_eq!(claim(store, 1000).await, []);
}

/// A worker that dies with the job in hand loses it when the lease ends, and it counts as a try.
pub async fn a_job_is_claimed_once_until_its_lease_ends(store: Fresh<'_>) {
    enqueue(store, &[take("a")], 0).await;
    let first = claim(store, 1).await;
    assert_eq!((first[0].attempts, first[0].lease.until), (0, at(61)));
    assert_eq!(claim(store, 60).await, []);
    let second = claim(store, 61).await;
    assert_eq!((tasks(&second), second[0].attempts), (vec![take("a")], 1));
}

pub async fn workers_at_once_never_share_a_job(store: Fresh<'_>) {
    let all: Vec<Task> = (0..200).map(|n| take(&format!("item-{n}"))).collect();
    enqueue(store, &all, 0).await;
    let worker = async || {
        let mut taken = Vec::new();
        loop {
            let jobs = store.claim(at(1), at(61), 7).await.expect("claimed");
            if jobs.is_empty() {
                return taken;
            }
            taken.extend(tasks(&jobs));
        }
    };
    let (one, two, three) = tokio::join!(worker(), worker(), worker());
    let taken: Vec<Task> = [one, two, three].concat();
    assert_eq!(taken.len(), all.len());
    assert_eq!(taken.into_iter().collect::<BTreeSet<_>>(), all.into_iter().collect());
}

/// What is decided is carried out first; then mail that just came, whatever waits behind it; then looking for more.
pub async fn acting_goes_first_then_the_newest_mail(store: Fresh<'_>) {
    let act = Task::Act(PlanId(Uuid::from_u128(1)));
    enqueue(store, &[sweep()], 0).await;
    enqueue(store, &[take("old")], 1).await;
    enqueue(store, &[take("new")], 2).await;
    enqueue(store, std::slice::from_ref(&act), 3).await;
    assert_eq!(tasks(&claim(store, 10).await), [act, take("new"), take("old"), sweep()]);
}

pub async fn postponing_counts_as_an_attempt(store: Fresh<'_>) {
    enqueue(store, &[take("a")], 0).await;
    let job = claim(store, 1).await.remove(0);
    store.postpone(&job.id, at(30), "not readable yet").await.expect("postponed");
    assert_eq!(claim(store, 29).await, []);
    let again = claim(store, 30).await.remove(0);
    assert_eq!((again.id, again.attempts), (job.id, 1));
}

pub async fn an_abandoned_job_is_kept_but_not_claimed(store: Fresh<'_>) {
    enqueue(store, &[take("a"), take("b")], 0).await;
    let job = claim(store, 1).await.remove(0);
    store.abandon(&job.id, "gone at the provider", at(2)).await.expect("abandoned");
    assert_eq!(claim(store, 1000).await.len(), 1);
    let backlog = store.backlog().await.expect("backlog");
    assert_eq!((backlog.waiting, backlog.running, backlog.abandoned), (0, 1, 1));
    assert_eq!(enqueue(store, &[job.task], 3).await, 1);
    let backlog = store.backlog().await.expect("backlog");
    assert_eq!((backlog.waiting, backlog.oldest_due), (1, Some(at(3))));
}

pub async fn a_cursor_moves_together_with_its_tasks(store: Fresh<'_>) {
    let key = CursorKey::Items(MailboxId::new("ann"), FolderId::new("inbox"));
    assert_eq!(store.advance(&key, "one", &[take("a"), take("b")], at(0)).await.expect("moved"), 2);
    assert_eq!(store.advance(&key, "two", &[take("b"), take("c")], at(0)).await.expect("moved"), 1);
    assert_eq!(store.cursor(&key).await.expect("read").as_deref(), Some("two"));
    assert_eq!(claim(store, 1).await.len(), 3);
}
