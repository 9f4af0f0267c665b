//! The audit log and the check of everything.

use message::Digest;
use verdict::Action;

use super::Fresh;
use super::sample::{arrival, at, intention, judged};
use crate::{Actor, Event, Task};

async fn say(store: Fresh<'_>, text: &str, second: i64) {
    let event = Event { kind: "started".to_owned(), delivery: None, plan: None, text: text.to_owned() };
    store.audit(&event, &Actor::System, at(second)).await.expect("on record");
}

pub async fn records_are_numbered_and_chained(store: Fresh<'_>) {
    for n in 0..5 {
        say(store, &format!("record {n}"), n).await;
    }
    let mut records = store.audit_page(None, 100).await.expect("read");
    records.reverse();
    let mut previous = Digest::from_bytes([0; 32]);
    for (number, record) in (1..).zip(&records) {
        assert_eq!((record.number, record.previous), (number, previous));
        assert_ne!(record.hash, previous);
        previous = record.hash;
    }
    assert_eq!((records.len(), &records[4].actor, records[4].at), (5, &Actor::System, at(4)));
}

pub async fn pages_go_back_in_time(store: Fresh<'_>) {
    for n in 1..=5 {
        say(store, "again", n).await;
    }
    let numbers = async |before, limit| -> Vec<u64> {
        store.audit_page(before, limit).await.expect("read").iter().map(|record| record.number).collect()
    };
    assert_eq!(numbers(None, 2).await, [5, 4]);
    assert_eq!(numbers(Some(4), 2).await, [3, 2]);
    assert_eq!(numbers(Some(2), 2).await, [1]);
    assert!(numbers(Some(1), 2).await.is_empty());
}

pub async fn a_sound_store_verifies(store: Fresh<'_>) {
    let empty = store.verify().await.expect("verified");
    assert_eq!(empty, crate::VerifyReport::default());
    let digest = store.keep_blob(b"mail").await.expect("kept");
    let given = crate::Arrival { digest, ..arrival("a") };
    let delivery = store.arrive(&given).await.expect("arrives");
    let case = judged(&given, verdict::Verdict::Phishing, "v1");
    store
        .record(&case, &intention(&delivery, &[Action::Quarantine], verdict::Verdict::Phishing))
        .await
        .expect("recorded");
    let report = store.verify().await.expect("verified");
    let expected =
        crate::VerifyReport { audit_records: 1, blobs: 1, deliveries: 1, unjudged: 0, problems: vec![] };
    assert_eq!(report, expected);
}

pub async fn an_unjudged_copy_that_nobody_takes_is_a_problem(store: Fresh<'_>) {
    let digest = store.keep_blob(b"mail").await.expect("kept");
    let given = crate::Arrival { digest, ..arrival("a") };
    store.arrive(&given).await.expect("arrives");
    let forgotten = store.verify().await.expect("verified");
    assert_eq!((forgotten.unjudged, forgotten.problems.len()), (1, 1), "{:?}", forgotten.problems);
    store.enqueue(&[Task::Take(given.target)], at(0)).await.expect("queued");
    let waiting = store.verify().await.expect("verified");
    assert_eq!((waiting.unjudged, waiting.problems), (1, vec![]));
}
