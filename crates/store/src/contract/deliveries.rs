//! Copies, cases, and what was exchanged before.

use message::{Address, Digest, Direction};
use signal::Correspondence;
use verdict::{MailboxId, Verdict};

use super::Fresh;
use super::sample::{arrival, at, intention, judged, target};
use crate::Arrival;

pub async fn an_arrival_reads_back(store: Fresh<'_>) {
    let hostile = Arrival {
        subject: "a\u{0}b'); DROP TABLE delivery; -- \u{202e}😀".to_owned(),
        from_name: String::new(),
        recipients: vec![],
        internet_message_id: String::new(),
        ..arrival("hostile")
    };
    for given in [arrival("plain"), hostile] {
        let kept = store.arrive(&given).await.expect("arrives");
        assert_eq!((&kept.arrival, kept.verdict, &kept.place), (&given, None, &given.place));
        assert_eq!(store.delivery(&given.target).await.expect("read"), Some(kept));
    }
    assert_eq!(store.delivery(&target("unknown")).await.expect("read"), None);
}

/// Whatever the second report says: the first stands.
pub async fn the_same_copy_arrives_once(store: Fresh<'_>) {
    let first = store.arrive(&arrival("a")).await.expect("arrives");
    let again = Arrival { subject: "Otherwise".to_owned(), ..arrival("a") };
    assert_eq!(store.arrive(&again).await.expect("arrives"), first);
    let elsewhere =
        Arrival { target: verdict::Target { mailbox: MailboxId::new("bob"), ..target("a") }, ..again };
    assert_ne!(store.arrive(&elsewhere).await.expect("arrives").id, first.id);
}

pub async fn copies_of_the_same_bytes_are_found(store: Fresh<'_>) {
    let digest = Digest::of(b"the same");
    for (item, received) in [("second", 2), ("first", 1)] {
        store.arrive(&Arrival { digest, received: at(received), ..arrival(item) }).await.expect("arrives");
    }
    store.arrive(&arrival("other")).await.expect("arrives");
    let copies = store.copies(&digest).await.expect("found");
    assert_eq!(
        copies.iter().map(|copy| copy.arrival.target.item.as_str()).collect::<Vec<_>>(),
        ["first", "second"]
    );
}

pub async fn received_is_half_open(store: Fresh<'_>) {
    for second in 0..4 {
        store
            .arrive(&Arrival { received: at(second), ..arrival(&second.to_string()) })
            .await
            .expect("arrives");
    }
    let found = store.received(&MailboxId::new("ann"), at(1), at(3)).await.expect("found");
    assert_eq!(found.iter().map(|copy| copy.arrival.received).collect::<Vec<_>>(), [at(1), at(2)]);
    assert_eq!(store.received(&MailboxId::new("bob"), at(0), at(9)).await.expect("found"), []);
}

pub async fn a_judgement_reads_back_with_all_it_rests_on(store: Fresh<'_>) {
    let delivery = store.arrive(&arrival("a")).await.expect("arrives");
    let case = judged(&delivery.arrival, Verdict::Impersonation, "v1");
    store.record(&case, &intention(&delivery, &[], Verdict::Impersonation)).await.expect("recorded");
    let digest = delivery.arrival.digest;
    assert_eq!(store.case(&digest, "v1").await.expect("read"), Some(case));
    assert_eq!(store.case(&digest, "v2").await.expect("read"), None);
    assert_eq!(store.message(&Digest::of(b"unknown")).await.expect("read"), None);
}

pub async fn the_newest_judgement_is_shown(store: Fresh<'_>) {
    let delivery = store.arrive(&arrival("a")).await.expect("arrives");
    for (version, verdict) in [("v1", Verdict::Clean), ("v2", Verdict::Spam)] {
        let case = judged(&delivery.arrival, verdict, version);
        store.record(&case, &intention(&delivery, &[], verdict)).await.expect("recorded");
    }
    let shown = store.message(&delivery.arrival.digest).await.expect("read").expect("judged");
    assert_eq!(shown.judgement.version, "v2");
    let delivery = store.delivery(&delivery.arrival.target).await.expect("read").expect("arrived");
    assert_eq!(delivery.verdict, Some(Verdict::Spam));
}

pub async fn correspondence_counts_strictly_before(store: Fresh<'_>) {
    let from_bob = |item: &str, second| Arrival { received: at(second), ..arrival(item) };
    let to_bob = Arrival {
        direction: Direction::Outbound,
        from_address: "ann@example.com".to_owned(),
        recipients: vec!["bob@example.org".to_owned(), "bob@example.org".to_owned()],
        ..from_bob("sent", 20)
    };
    let inside = Arrival { direction: Direction::Internal, ..from_bob("internal", 5) };
    for given in [from_bob("one", 10), from_bob("two", 30), from_bob("three", 40), to_bob, inside] {
        store.arrive(&given).await.expect("arrives");
    }
    let bob = Address::parse("Bob@Example.org").expect("an address");
    for (before, received, sent, first) in [
        (10, 0, 0, None),
        (11, 1, 0, Some(10)),
        (20, 1, 0, Some(10)),
        (21, 1, 1, Some(10)),
        (40, 2, 1, Some(10)),
        (41, 3, 1, Some(10)),
    ] {
        let expected = Correspondence { received, sent, first_seen: first.map(at), known_since: Some(at(5)) };
        assert_eq!(
            store.correspondence(&bob, at(before)).await.expect("counted"),
            expected,
            "before {before}"
        );
    }
}

pub async fn correspondence_of_a_stranger_is_empty(store: Fresh<'_>) {
    let stranger = Address::parse("nobody@example.net").expect("an address");
    let empty = Correspondence::default();
    assert_eq!(store.correspondence(&stranger, at(100)).await.expect("counted"), empty);
    store.arrive(&arrival("a")).await.expect("arrives");
    let known = Correspondence { known_since: Some(at(0)), ..empty };
    assert_eq!(store.correspondence(&stranger, at(100)).await.expect("counted"), known);
}
