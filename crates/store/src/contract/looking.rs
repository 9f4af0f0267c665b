//! Lists and figures.

use message::Direction;
use verdict::{Action, MailboxId, Verdict};

use super::Fresh;
use super::sample::{arrival, at, intention, judged, place, recorded, target};
use crate::{Arrival, DeliveryId, Error, Filter, StepOutcome};

async fn items(store: Fresh<'_>, filter: &Filter) -> Vec<String> {
    let page = store.search(filter).await.expect("found");
    page.rows.iter().map(|row| row.delivery.arrival.target.item.to_string()).collect()
}

fn text(words: &str) -> Option<String> {
    Some(words.to_owned())
}

pub async fn every_filter_narrows(store: Fresh<'_>) {
    let outbound = Arrival {
        direction: Direction::Outbound,
        from_name: "Ann".to_owned(),
        from_address: "ann@example.com".to_owned(),
        recipients: vec!["dave@example.net".to_owned()],
        subject: "Lunch?".to_owned(),
        received: at(10),
        ..arrival("lunch")
    };
    store.arrive(&outbound).await.expect("arrives");
    let (_, plan) = recorded(store, "invoice", &[Action::Quarantine]).await;
    let moved = StepOutcome::Done { after: place("quarantine"), already: false };
    store.complete(&plan.id(), 0, &moved, at(9)).await.expect("completed");
    let none = Filter::default();
    for (filter, found) in [
        (none.clone(), &["lunch", "invoice"][..]),
        (Filter { sender: text("builder"), ..none.clone() }, &["invoice"]),
        (Filter { sender: text("bob@example.org"), ..none.clone() }, &["invoice"]),
        (Filter { subject: text("unch"), ..none.clone() }, &["lunch"]),
        (Filter { recipient: text("dave@"), ..none.clone() }, &["lunch"]),
        (Filter { message_id: text("<invoice@mail.example.org>"), ..none.clone() }, &["invoice"]),
        (Filter { message_id: text("invoice@mail"), ..none.clone() }, &[]),
        (Filter { anything: text("carol"), ..none.clone() }, &["invoice"]),
        (Filter { anything: text("<lunch@mail.example.org>"), ..none.clone() }, &["lunch"]),
        (Filter { verdicts: vec![Verdict::Phishing, Verdict::Spam], ..none.clone() }, &["invoice"]),
        (Filter { verdicts: vec![Verdict::Spam], ..none.clone() }, &[]),
        (Filter { direction: Some(Direction::Outbound), ..none.clone() }, &["lunch"]),
        (Filter { quarantined: true, ..none.clone() }, &["invoice"]),
        (Filter { since: Some(at(10)), ..none.clone() }, &["lunch"]),
        (Filter { since: Some(at(10)), sender: text("bob"), ..none.clone() }, &[]),
    ] {
        assert_eq!(items(store, &filter).await, found, "{filter:?}");
    }
    let page = store.search(&Filter { quarantined: true, ..none }).await.expect("found");
    let row = &page.rows[0];
    assert_eq!((row.score, row.reason.as_deref()), (Some(0.1 + 0.2), Some("lookalike-domain")));
}

/// Also where many were received in the same instant.
pub async fn pages_hold_each_delivery_once(store: Fresh<'_>) {
    for n in 0..23 {
        store.arrive(&Arrival { received: at(n / 10), ..arrival(&n.to_string()) }).await.expect("arrives");
    }
    for limit in [1, 4, 23, 500] {
        let (mut seen, mut filter) = (Vec::new(), Filter { limit, ..Filter::default() });
        loop {
            let page = store.search(&filter).await.expect("found");
            assert!(page.rows.len() <= limit);
            seen.extend(page.rows.iter().map(|row| (row.delivery.arrival.received, row.delivery.id)));
            filter.before = page.next;
            if page.next.is_none() {
                break;
            }
        }
        assert_eq!(seen.len(), 23, "pages of {limit}");
        assert!(seen.is_sorted_by(|a, b| a > b), "pages of {limit}");
    }
}

pub async fn letters_are_compared_without_case(store: Fresh<'_>) {
    store.arrive(&arrival("a")).await.expect("arrives");
    for subject in ["MÄRZ", "märz", "INVOICE for"] {
        assert_eq!(
            items(store, &Filter { subject: text(subject), ..Filter::default() }).await,
            ["a"],
            "{subject}"
        );
    }
}

pub async fn hostile_words_are_only_words(store: Fresh<'_>) {
    store.arrive(&arrival("a")).await.expect("arrives");
    for words in ["%", "_", "*", "'", "\"", "' OR 1=1 --", "\u{0}", "\\"] {
        for filter in [
            Filter { anything: text(words), ..Filter::default() },
            Filter { sender: text(words), ..Filter::default() },
            Filter { message_id: text(words), ..Filter::default() },
        ] {
            // The zero byte is searched as the space it was kept as, and "Bob Builder" has one.
            let expected = if words == "\u{0}" && filter.message_id.is_none() { 1 } else { 0 };
            assert_eq!(items(store, &filter).await.len(), expected, "{words:?}");
        }
    }
}

pub async fn going_on_from_nowhere_is_refused(store: Fresh<'_>) {
    let before = Some(DeliveryId(uuid::Uuid::from_u128(7)));
    let page = store.search(&Filter { before, ..Filter::default() }).await;
    assert!(matches!(page, Err(Error::Misused(_))));
}

pub async fn counts_add_up(store: Fresh<'_>) {
    for item in ["a", "b", "c"] {
        let (_, plan) = recorded(store, item, &[Action::Quarantine]).await;
        let outcome = match item {
            "a" => StepOutcome::Failed { why: "gone".to_owned() },
            _ => StepOutcome::Done { after: place("quarantine"), already: false },
        };
        store.complete(&plan.id(), 0, &outcome, at(9)).await.expect("completed");
    }
    let restored = store.delivery(&target("c")).await.expect("read").expect("arrived");
    let plan = store.record_manual(&intention(&restored, &[Action::Restore], Verdict::Phishing)).await;
    let back = StepOutcome::Done { after: place("inbox"), already: false };
    store.complete(&plan.expect("recorded").id(), 0, &back, at(10)).await.expect("completed");
    store.arrive(&arrival("waiting")).await.expect("arrives");

    let counts = store.counts(at(0)).await.expect("counted");
    assert_eq!((counts.arrived, counts.judged), (4, 3));
    assert_eq!(counts.by_verdict, [(Verdict::Phishing, 3)]);
    assert_eq!(counts.by_direction, [(Direction::Inbound, 4)]);
    assert_eq!((counts.quarantined, counts.restored, counts.actions_failed), (1, 1, 1));
    assert_eq!(counts.judged_after_ms, Some((6000, 6000)));
    assert_eq!(store.counts(at(1000)).await.expect("counted"), crate::Counts::default());
}

pub async fn a_series_has_equal_buckets(store: Fresh<'_>) {
    for (second, verdict) in [
        (0, Verdict::Clean),
        (9, Verdict::Clean),
        (9, Verdict::Spam),
        (10, Verdict::Clean),
        (39, Verdict::Spam),
        (40, Verdict::Clean),
    ] {
        let given = Arrival { received: at(second), ..arrival(&format!("{second}-{verdict:?}")) };
        let delivery = store.arrive(&given).await.expect("arrives");
        store
            .record(&judged(&given, verdict, "v1"), &intention(&delivery, &[], verdict))
            .await
            .expect("recorded");
    }
    let series = store.series(at(0), at(40), 4).await.expect("counted");
    assert_eq!(
        series.buckets,
        [
            vec![(Verdict::Clean, 2), (Verdict::Spam, 1)],
            vec![(Verdict::Clean, 1)],
            vec![],
            vec![(Verdict::Spam, 1)]
        ]
    );
    for (until, buckets) in [(0, 4), (40, 0), (40, usize::MAX)] {
        assert!(matches!(store.series(at(0), at(until), buckets).await, Err(Error::Misused(_))));
    }
    assert_eq!(store.received(&MailboxId::new("ann"), at(0), at(100)).await.expect("found").len(), 6);
}
