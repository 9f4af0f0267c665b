//! Whatever was received when and whatever is asked for: pages hold each delivery that fits once, newest first.

use message::Direction;
use proptest::prelude::*;
use store::contract::sample::{arrival, at, intention, judged};
use store::{Arrival, Filter, Store};
use verdict::Verdict;

const WORDS: [&str; 4] = ["Übung", "invoice", "ÜBUNG invoice", ""];
const VERDICTS: [Option<Verdict>; 3] = [None, Some(Verdict::Clean), Some(Verdict::Spam)];
const DIRECTIONS: [Direction; 2] = [Direction::Inbound, Direction::Outbound];

/// Seconds, subject, verdict, direction: few values, so that many are equal.
type Sketch = (i64, usize, usize, usize);

fn sketches() -> impl Strategy<Value = Vec<Sketch>> {
    prop::collection::vec((0_i64..4, 0..WORDS.len(), 0..VERDICTS.len(), 0..DIRECTIONS.len()), 0..30)
}

fn filters() -> impl Strategy<Value = Filter> {
    let words = || prop::option::of(prop::sample::select(vec!["übung", "INVOICE", "v", "no such words"]));
    let verdicts = prop::sample::subsequence(vec![Verdict::Clean, Verdict::Spam], 0..=2);
    let direction = prop::option::of(prop::sample::select(DIRECTIONS.to_vec()));
    (words(), words(), verdicts, direction, prop::option::of(0_i64..4), 1..7_usize).prop_map(
        |(subject, anything, verdicts, direction, since, limit)| Filter {
            subject: subject.map(str::to_owned),
            anything: anything.map(str::to_owned),
            verdicts,
            direction,
            since: since.map(at),
            limit,
            ..Filter::default()
        },
    )
}

async fn put(store: &dyn Store, n: usize, &(second, words, verdict, direction): &Sketch) {
    let given = Arrival {
        received: at(second),
        subject: WORDS[words].to_owned(),
        from_name: "Nemo".to_owned(),
        direction: DIRECTIONS[direction],
        recipients: vec![],
        ..arrival(&n.to_string())
    };
    let delivery = store.arrive(&given).await.expect("arrives");
    if let Some(verdict) = VERDICTS[verdict] {
        store
            .record(&judged(&given, verdict, "v1"), &intention(&delivery, &[], verdict))
            .await
            .expect("recorded");
    }
}

/// The filter again, in words of its own.
fn fits(&(second, words, verdict, direction): &Sketch, filter: &Filter) -> bool {
    let subject = WORDS[words].to_lowercase();
    let contains = |wanted: &Option<String>, text: &str| {
        wanted.as_ref().is_none_or(|wanted| text.contains(&wanted.to_lowercase()))
    };
    contains(&filter.subject, &subject)
        && contains(&filter.anything, &format!("{subject}\nnemo\nbob@example.org"))
        && (filter.verdicts.is_empty()
            || VERDICTS[verdict].is_some_and(|verdict| filter.verdicts.contains(&verdict)))
        && filter.direction.is_none_or(|wanted| wanted == DIRECTIONS[direction])
        && filter.since.is_none_or(|since| at(second) >= since)
}

async fn all_pages(store: &dyn Store, mut filter: Filter) -> Vec<String> {
    let mut items = Vec::new();
    let mut last = None;
    loop {
        let page = store.search(&filter).await.expect("found");
        for row in &page.rows {
            let key = (row.delivery.arrival.received, row.delivery.id);
            assert!(last.is_none_or(|last| key < last), "newest first");
            last = Some(key);
            items.push(row.delivery.arrival.target.item.to_string());
        }
        filter.before = page.next;
        if page.next.is_none() {
            return items;
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn pages_hold_what_fits_once(sketches in sketches(), filters in prop::collection::vec(filters(), 8)) {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let store = store::open_sqlite(folder.path()).expect("a store");
        runtime.block_on(async {
            for (n, sketch) in sketches.iter().enumerate() {
                put(store.as_ref(), n, sketch).await;
            }
            for filter in filters {
                let mut found = all_pages(store.as_ref(), filter.clone()).await;
                let mut expected: Vec<String> = sketches.iter().enumerate()
                    .filter(|(_, sketch)| fits(sketch, &filter)).map(|(n, _)| n.to_string()).collect();
                found.sort();
                expected.sort();
                assert_eq!(found, expected, "{filter:?}");
            }
        });
    }
}
