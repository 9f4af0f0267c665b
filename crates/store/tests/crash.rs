//! Killed at any instant: nothing that was answered is lost, the chain verifies, and the work goes on.
//!
//! The test runs itself again as a child that works like a server does (sweep, fetch, judge, record, act), says what the
//! store has answered, and is killed in the middle of it.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use message::Digest;
use store::contract::sample::{arrival, at, intention, judged, place, target};
use store::{Arrival, CursorKey, Job, StepOutcome, Store, Task};
use verdict::{Action, MailboxId, Verdict};

const FOLDER: &str = "STORE_CRASH_FOLDER";
const ROUND: &str = "STORE_CRASH_ROUND";

#[expect(clippy::disallowed_methods, reason = "how the test tells its child what to do")]
fn told(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_answered_is_lost_when_the_process_is_killed() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let rounds = if told("SLOW").is_some() { 60 } else { 12 };
    let mut answered = BTreeSet::new();
    for round in 0..rounds {
        answered.extend(run_and_kill(folder.path(), round));
        check(folder.path(), &answered).await;
    }
    assert!(answered.len() > 20, "the child got too little done to prove anything: {}", answered.len());
    finish(folder.path(), rounds).await;
}

/// What the child said before it was killed.
fn run_and_kill(folder: &Path, round: u64) -> Vec<String> {
    let mut child = Command::new(std::env::current_exe().expect("this test"))
        .args(["works_until_killed", "--exact", "--ignored", "--nocapture"])
        .env(FOLDER, folder)
        .env(ROUND, round.to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("a child");
    let mut said = BufReader::new(child.stdout.take().expect("its output"));
    let mut line = String::new();
    while !line.contains("ready") && said.read_line(&mut line).expect("a line") > 0 {}
    // Spread over the work, and different in every round.
    std::thread::sleep(Duration::from_millis(20 + round * 37 % 400));
    child.kill().expect("killed");
    child.wait().expect("ended");
    let mut rest = String::new();
    said.read_to_string(&mut rest).expect("its last words");
    // The last line may be half a line.
    let whole = rest.rfind('\n').map_or("", |end| &rest[..end]);
    whole.lines().filter(|line| line.starts_with("did ")).map(str::to_owned).collect()
}

async fn check(folder: &Path, answered: &BTreeSet<String>) {
    let store = store::open_sqlite(folder).expect("opens after a kill");
    for line in answered {
        let [_, what, item] = line.split(' ').collect::<Vec<_>>()[..] else { panic!("{line}") };
        let delivery = store.delivery(&target(item)).await.expect("read");
        let kept = match what {
            "keep" => store.blob(&Digest::of(item.as_bytes())).await.expect("read").is_some(),
            "arrive" => delivery.is_some(),
            "record" => delivery.is_some_and(|delivery| delivery.verdict.is_some()),
            "complete" => delivery.is_some_and(|delivery| delivery.place.quarantined),
            _ => panic!("{line}"),
        };
        assert!(kept, "answered but lost: {line}");
    }
    let report = store.verify().await.expect("verified");
    assert_eq!(report.problems, Vec::<String>::new());
}

/// What was begun is brought to its end: every copy once.
async fn finish(folder: &Path, round: u64) {
    let store = store::open_sqlite(folder).expect("opens");
    let now = now(round);
    work_off(&store, now).await;
    let (report, counts) =
        (store.verify().await.expect("verified"), store.counts(at(0)).await.expect("counted"));
    assert_eq!((report.unjudged, report.problems), (0, vec![]));
    assert_eq!(counts.quarantined, report.deliveries);
    assert_eq!(report.audit_records, 2 * report.deliveries, "one intention and one outcome each");
}

/// Later than every lease of the round before.
fn now(round: u64) -> Timestamp {
    at(0) + SignedDuration::from_secs(1000 * (1 + i64::try_from(round).expect("few rounds")))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "the child of the test above"]
async fn works_until_killed() {
    let (Some(folder), Some(round)) = (told(FOLDER), told(ROUND)) else { return };
    let store = store::open_sqlite(Path::new(&folder)).expect("opens");
    let round: u64 = round.parse().expect("a number");
    let key = CursorKey::Folders(MailboxId::new("ann"));
    println!("\nready");
    for batch in 0.. {
        let new: Vec<Task> = (0..8).map(|n| Task::Take(target(&format!("{round}-{batch}-{n}")))).collect();
        store.advance(&key, &format!("{round}-{batch}"), &new, now(round)).await.expect("moved");
        work_off(&store, now(round)).await;
    }
}

async fn work_off(store: &Arc<dyn Store>, now: Timestamp) {
    loop {
        let jobs = store.claim(now, now + SignedDuration::from_secs(60), 16).await.expect("claimed");
        if jobs.is_empty() {
            return;
        }
        let at_once: Vec<_> =
            jobs.into_iter().map(|job| tokio::spawn(work(Arc::clone(store), job, now))).collect();
        for one in at_once {
            one.await.expect("no panic");
        }
    }
}

async fn work(store: Arc<dyn Store>, job: Job, now: Timestamp) {
    match &job.task {
        Task::Take(target) => take(store.as_ref(), target.item.as_str()).await,
        Task::Act(plan) => {
            let plan = store.plan(plan).await.expect("read").expect("on record");
            store.note_before(&plan.id(), 0, &place("inbox")).await.expect("noted");
            let outcome = StepOutcome::Done { after: place("quarantine"), already: false };
            store.complete(&plan.id(), 0, &outcome, now).await.expect("completed");
            did("complete", plan.intention().target.item.as_str());
        }
        other => panic!("nobody queued {other:?}"),
    }
    store.finish(&job.id).await.expect("finished");
}

async fn take(store: &dyn Store, item: &str) {
    let digest = store.keep_blob(item.as_bytes()).await.expect("kept");
    did("keep", item);
    let arrival = Arrival { digest, ..arrival(item) };
    let delivery = store.arrive(&arrival).await.expect("arrives");
    did("arrive", item);
    let case = judged(&arrival, Verdict::Phishing, "v1");
    let wanted = intention(&delivery, &[Action::Quarantine], Verdict::Phishing);
    store.record(&case, &wanted).await.expect("recorded");
    did("record", item);
}

/// One write a line, so that what was said before the kill is whole.
fn did(what: &str, item: &str) {
    let _ = std::io::stdout().lock().write_all(format!("did {what} {item}\n").as_bytes());
}
