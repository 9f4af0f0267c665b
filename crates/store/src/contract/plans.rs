//! Intentions: on record before anything is done.

use message::Digest;
use verdict::{Action, Place, Verdict};

use super::Fresh;
use super::sample::{arrival, at, intention, judged, place, recorded, target};
use crate::{Actor, Error, Intention, PlanId, PlanState, StepOutcome, StepState, Task};

const QUARANTINE: &[Action] = &[Action::Quarantine];

fn done(folder: &str) -> StepOutcome {
    StepOutcome::Done { after: place(folder), already: false }
}

async fn kinds(store: Fresh<'_>, delivery: crate::DeliveryId) -> Vec<String> {
    let history = store.history(&delivery).await.expect("read");
    history.into_iter().map(|record| record.event.kind).collect()
}

pub async fn recording_gives_verdict_plan_audit_record_and_job(store: Fresh<'_>) {
    let (delivery, plan) =
        recorded(store, "a", &[Action::Quarantine, Action::Mark("Phishing".to_owned())]).await;
    assert_eq!(plan.intention(), &intention(&delivery, &plan.intention().plan.actions, Verdict::Phishing));
    assert_eq!((plan.state(), plan.steps().len()), (PlanState::Open, 2));
    assert_eq!(store.plan(&plan.id()).await.expect("read"), Some(plan.clone()));
    let judged = store.delivery(&delivery.arrival.target).await.expect("read").expect("arrived");
    assert_eq!(judged.verdict, Some(Verdict::Phishing));
    let history = store.history(&delivery.id).await.expect("read");
    assert_eq!((history.len(), history[0].event.plan, history[0].at), (1, Some(plan.id()), at(6)));
    let jobs = store.claim(at(6), at(60), 10).await.expect("claimed");
    assert_eq!(jobs.into_iter().map(|job| job.task).collect::<Vec<_>>(), [Task::Act(plan.id())]);
}

pub async fn recording_again_gives_the_first_plan(store: Fresh<'_>) {
    let (delivery, first) = recorded(store, "a", QUARANTINE).await;
    let otherwise = judged(&delivery.arrival, Verdict::Clean, "v1");
    let again = store.record(&otherwise, &intention(&delivery, &[Action::Deliver], Verdict::Clean)).await;
    assert_eq!(again.expect("recorded"), first);
    assert_eq!(kinds(store, delivery.id).await, ["intended"]);
}

pub async fn a_new_version_gives_a_new_plan(store: Fresh<'_>) {
    let (delivery, first) = recorded(store, "a", QUARANTINE).await;
    let case = judged(&delivery.arrival, Verdict::Clean, "v2");
    let second = store.record(&case, &intention(&delivery, &[Action::Deliver], Verdict::Clean)).await;
    assert_ne!(second.expect("recorded").id(), first.id());
    assert_eq!(kinds(store, delivery.id).await, ["intended", "intended"]);
}

pub async fn leaving_a_copy_alone_needs_no_job(store: Fresh<'_>) {
    for (item, actions) in [("nothing", &[][..]), ("deliver", &[Action::Deliver])] {
        let (_, plan) = recorded(store, item, actions).await;
        assert_eq!(plan.state(), PlanState::Finished, "{item}");
    }
    assert_eq!(store.claim(at(100), at(200), 10).await.expect("claimed"), []);
    assert_eq!(store.unfinished_plans(10).await.expect("read"), []);
}

pub async fn a_plan_for_another_copy_is_refused(store: Fresh<'_>) {
    let (delivery, _) = recorded(store, "a", QUARANTINE).await;
    let case = judged(&delivery.arrival, Verdict::Phishing, "v2");
    let wanted = intention(&delivery, QUARANTINE, Verdict::Phishing);
    let mut other_bytes = case.clone();
    other_bytes.case.digest = Digest::of(b"other");
    let other_copy = Intention { target: target("b"), ..wanted.clone() };
    let no_copy = Intention { delivery: crate::DeliveryId(uuid::Uuid::from_u128(7)), ..wanted.clone() };
    for (case, wanted) in [(&other_bytes, &wanted), (&case, &other_copy), (&case, &no_copy)] {
        assert!(matches!(store.record(case, wanted).await, Err(Error::Misused(_))));
    }
    assert!(matches!(store.record_manual(&other_copy).await, Err(Error::Misused(_))));
    assert_eq!(kinds(store, delivery.id).await, ["intended"]);
    let nobody = PlanId(uuid::Uuid::from_u128(7));
    assert!(matches!(store.complete(&nobody, 0, &done("inbox"), at(9)).await, Err(Error::Misused(_))));
}

pub async fn completing_moves_the_copy_and_is_on_record_once(store: Fresh<'_>) {
    let (delivery, plan) = recorded(store, "a", QUARANTINE).await;
    store.note_before(&plan.id(), 0, &place("inbox")).await.expect("noted");
    for _ in 0..2 {
        store.complete(&plan.id(), 0, &done("quarantine"), at(9)).await.expect("completed");
    }
    let late = StepOutcome::Failed { why: "too late".to_owned() };
    store.complete(&plan.id(), 0, &late, at(10)).await.expect("completed");
    let plan = store.plan(&plan.id()).await.expect("read").expect("on record");
    assert_eq!((plan.state(), &plan.steps()[0].state), (PlanState::Finished, &StepState::Done));
    let moved = store.delivery(&delivery.arrival.target).await.expect("read").expect("arrived");
    assert_eq!((moved.place, moved.arrival.place), (place("quarantine"), place("inbox")));
    assert_eq!(kinds(store, delivery.id).await, ["intended", "done"]);
    assert_eq!(store.verify().await.expect("verified").problems.len(), 1, "only the bytes, never kept here");
}

pub async fn a_failed_step_ends_and_says_why(store: Fresh<'_>) {
    let (delivery, plan) = recorded(store, "a", QUARANTINE).await;
    let failed = StepOutcome::Failed { why: "the copy is gone".to_owned() };
    store.complete(&plan.id(), 0, &failed, at(9)).await.expect("completed");
    let plan = store.plan(&plan.id()).await.expect("read").expect("on record");
    assert_eq!(plan.steps()[0].state, StepState::Failed("the copy is gone".to_owned()));
    assert_eq!(plan.state(), PlanState::Finished);
    let stayed = store.delivery(&delivery.arrival.target).await.expect("read").expect("arrived");
    assert_eq!(stayed.place, place("inbox"));
}

/// We died after moving it: the second look finds it in quarantine, but it came from the inbox.
pub async fn the_first_note_of_a_place_wins(store: Fresh<'_>) {
    let (delivery, plan) = recorded(store, "a", QUARANTINE).await;
    for folder in ["inbox", "quarantine"] {
        store.note_before(&plan.id(), 0, &place(folder)).await.expect("noted");
    }
    let already = StepOutcome::Done { after: place("quarantine"), already: true };
    store.complete(&plan.id(), 0, &already, at(9)).await.expect("completed");
    let before = store.before(&delivery.arrival.target, &Action::Quarantine).await.expect("read");
    assert_eq!(before, Some(place("inbox")));
}

pub async fn undoing_goes_back_to_where_the_last_change_began(store: Fresh<'_>) {
    let arrival = arrival("a");
    let delivery = store.arrive(&arrival).await.expect("arrives");
    let quarantined_from = async |from: &str, second: i64| {
        let wanted = Intention {
            actor: Actor::Person("ann".to_owned()),
            at: at(second),
            ..intention(&delivery, QUARANTINE, Verdict::Phishing)
        };
        let plan = store.record_manual(&wanted).await.expect("recorded");
        store.note_before(&plan.id(), 0, &place(from)).await.expect("noted");
        store.complete(&plan.id(), 0, &done("quarantine"), at(second)).await.expect("completed");
    };
    let before = async || -> Option<Place> {
        store.before(&delivery.arrival.target, &Action::Quarantine).await.expect("read")
    };
    assert_eq!(before().await, None);
    for (from, second, expected) in [
        ("inbox", 10, "inbox"),
        ("archive", 20, "archive"),
        // It was there already: nothing to undo, the change before counts.
        ("quarantine", 30, "archive"),
    ] {
        quarantined_from(from, second).await;
        assert_eq!(before().await, Some(place(expected)), "{from}");
    }
    assert_eq!(store.before(&delivery.arrival.target, &Action::Junk).await.expect("read"), None);
}

/// Somebody clicks twice.
pub async fn a_persons_wish_is_on_record_once_while_open(store: Fresh<'_>) {
    let (delivery, _) = recorded(store, "a", &[Action::Deliver]).await;
    let wanted = Intention {
        actor: Actor::Person("ann".to_owned()),
        ..intention(&delivery, &[Action::Restore], Verdict::Phishing)
    };
    let first = store.record_manual(&wanted).await.expect("recorded");
    assert_eq!(store.record_manual(&wanted).await.expect("recorded").id(), first.id());
    store.complete(&first.id(), 0, &done("inbox"), at(9)).await.expect("completed");
    assert_ne!(store.record_manual(&wanted).await.expect("recorded").id(), first.id());
    let actors: Vec<Actor> =
        store.history(&delivery.id).await.expect("read").into_iter().map(|record| record.actor).collect();
    let ann = || Actor::Person("ann".to_owned());
    assert_eq!(actors, [Actor::Policy, ann(), ann(), ann()]);
}

pub async fn unfinished_plans_come_oldest_first(store: Fresh<'_>) {
    let mut ids = Vec::new();
    for item in ["a", "b", "c"] {
        ids.push(recorded(store, item, QUARANTINE).await.1.id());
    }
    store.complete(&ids[1], 0, &done("quarantine"), at(9)).await.expect("completed");
    let unfinished = async |limit| -> Vec<PlanId> {
        store.unfinished_plans(limit).await.expect("read").iter().map(|plan| plan.id()).collect()
    };
    assert_eq!(unfinished(10).await, [ids[0], ids[2]]);
    assert_eq!(unfinished(1).await, [ids[0]]);
}
