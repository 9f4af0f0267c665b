//! How much mail a second goes on record, and how long lists take with 50,000 deliveries.
//!
//! `cargo bench -p store`; the time of one iteration is that of one message (or one list).

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};

use divan::Bencher;
use divan::counter::ItemsCount;
use futures_util::future::join_all;
use message::{Address, Digest, Direction};
use store::contract::sample::{arrival, at, intention, judged};
use store::{Arrival, Filter, Store};
use tempfile::TempDir;
use tokio::runtime::Runtime;
use verdict::{Action, Verdict};

fn main() {
    divan::main();
}

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().expect("a runtime"));

/// Deliveries that lists are taken from.
const DELIVERIES: u64 = 50_000;
/// Messages worked on at once.
const AT_ONCE: u64 = 64;

const VERDICTS: [Verdict; 4] = [Verdict::Clean, Verdict::Clean, Verdict::Spam, Verdict::Phishing];

fn open(folder: &Path) -> Arc<dyn Store> {
    store::open_sqlite(folder).expect("a store")
}

/// The `n`th message: some hundred senders, one in twenty outbound.
fn message(n: u64) -> Arrival {
    let item = format!("AAMkAGI2TG93AAA-{n:0>120}");
    Arrival {
        received: at(i64::try_from(n).expect("small")),
        direction: if n.is_multiple_of(20) { Direction::Outbound } else { Direction::Inbound },
        subject: format!("Order {n} of {} is on its way", n % 977),
        from_name: format!("Sender Number {}", n % 331),
        from_address: format!("sender-{}@example.org", n % 331),
        digest: Digest::of(item.as_bytes()),
        ..arrival(&item)
    }
}

async fn on_record(store: &dyn Store, n: u64) {
    let given = message(n);
    let verdict = VERDICTS[usize::try_from(n % 4).expect("small")];
    let actions: &[Action] =
        if verdict == Verdict::Phishing { &[Action::Quarantine] } else { &[Action::Deliver] };
    let delivery = store.arrive(&given).await.expect("arrives");
    store
        .record(&judged(&given, verdict, "v1"), &intention(&delivery, actions, verdict))
        .await
        .expect("recorded");
}

async fn fill(store: &dyn Store, from: u64, until: u64) {
    let worker = |first| async move {
        for n in (first..until).step_by(usize::try_from(AT_ONCE).expect("small")) {
            on_record(store, n).await;
        }
    };
    join_all((from..from + AT_ONCE).map(worker)).await;
}

static FILLED: LazyLock<(TempDir, Arc<dyn Store>)> = LazyLock::new(|| {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let store = open(folder.path());
    RUNTIME.block_on(fill(store.as_ref(), 0, DELIVERIES));
    (folder, store)
});

/// Arrival and record, each durable before the next step.
#[divan::bench(sample_count = 10)]
fn on_record_64_at_once(bencher: Bencher<'_, '_>) {
    const MESSAGES: u64 = 1024;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let store = open(folder.path());
    let next = AtomicU64::new(0);
    bencher.counter(ItemsCount::new(MESSAGES)).bench(|| {
        let from = next.fetch_add(MESSAGES, Ordering::Relaxed);
        RUNTIME.block_on(fill(store.as_ref(), from, from + MESSAGES));
    });
}

#[divan::bench(sample_count = 100)]
fn on_record_one_by_one(bencher: Bencher<'_, '_>) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let store = open(folder.path());
    let next = AtomicU64::new(0);
    bencher.bench(|| RUNTIME.block_on(on_record(store.as_ref(), next.fetch_add(1, Ordering::Relaxed))));
}

#[divan::bench(sample_count = 100)]
fn keep_blob_100_kb(bencher: Bencher<'_, '_>) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let store = open(folder.path());
    let next = AtomicU64::new(0);
    bencher.bench(|| {
        let line = format!("Message {} has lines like this.\r\n", next.fetch_add(1, Ordering::Relaxed));
        RUNTIME.block_on(store.keep_blob(line.repeat(3000).as_bytes())).expect("kept")
    });
}

fn search(bencher: Bencher<'_, '_>, filter: &Filter, rows: usize) {
    let store = FILLED.1.as_ref();
    let found = RUNTIME.block_on(store.search(filter)).expect("found");
    assert_eq!(found.rows.len(), rows);
    bencher.bench(|| RUNTIME.block_on(store.search(filter)).expect("found"));
}

#[divan::bench]
fn newest_page(bencher: Bencher<'_, '_>) {
    search(bencher, &Filter::default(), 50);
}

#[divan::bench]
fn page_in_the_middle(bencher: Bencher<'_, '_>) {
    let middle = RUNTIME.block_on(FILLED.1.delivery(&message(DELIVERIES / 2).target)).expect("read");
    search(bencher, &Filter { before: middle.map(|delivery| delivery.id), ..Filter::default() }, 50);
}

#[divan::bench]
fn by_verdict(bencher: Bencher<'_, '_>) {
    search(bencher, &Filter { verdicts: vec![Verdict::Phishing], ..Filter::default() }, 50);
}

#[divan::bench]
fn by_message_id(bencher: Bencher<'_, '_>) {
    search(bencher, &Filter { message_id: Some(message(77).internet_message_id), ..Filter::default() }, 1);
}

/// The worst case: every row is looked at.
#[divan::bench]
fn by_words_found_once(bencher: Bencher<'_, '_>) {
    search(bencher, &Filter { anything: Some("order 77 of".to_owned()), ..Filter::default() }, 1);
}

#[divan::bench]
fn by_words_found_often(bencher: Bencher<'_, '_>) {
    search(bencher, &Filter { anything: Some("on its way".to_owned()), ..Filter::default() }, 50);
}

#[divan::bench]
fn counts(bencher: Bencher<'_, '_>) {
    bencher.bench(|| RUNTIME.block_on(FILLED.1.counts(at(0))).expect("counted"));
}

#[divan::bench]
fn correspondence(bencher: Bencher<'_, '_>) {
    let address = Address::parse("sender-7@example.org").expect("an address");
    bencher.bench(|| RUNTIME.block_on(FILLED.1.correspondence(&address, at(40_000))).expect("counted"));
}
