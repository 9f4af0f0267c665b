//! What only this backend has: a folder, files, tampering, groups of writes, query plans.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use tempfile::TempDir;
use verdict::Action;

use super::*;
use crate::contract::sample::{arrival, at, place, recorded};

fn event(text: &str) -> Event {
    Event { kind: "started".to_owned(), delivery: None, plan: None, text: text.to_owned() }
}

async fn say(store: &dyn Store, text: &str) -> Result<()> {
    store.audit(&event(text), &Actor::System, at(0)).await
}

/// A closed folder with five audit records and one delivery with its bytes.
async fn filled() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).unwrap();
    store.keep_blob(b"a").await.unwrap();
    let (_, plan) = recorded(store.as_ref(), "a", &[Action::Quarantine]).await;
    let outcome = StepOutcome::Done { after: place("quarantine"), already: false };
    store.complete(&plan.id(), 0, &outcome, at(9)).await.unwrap();
    for n in 3..=5 {
        say(store.as_ref(), &format!("record {n}")).await.unwrap();
    }
    folder
}

async fn problems(folder: &Path) -> Vec<String> {
    open(folder).unwrap().verify().await.unwrap().problems
}

#[tokio::test]
async fn tampering_with_the_database_is_noticed() {
    for (tampering, expected) in [
        ("UPDATE setting SET value = value", &[][..]),
        ("UPDATE audit SET text = 'nothing' WHERE number = 4", &["audit record 4 was changed"]),
        ("UPDATE audit SET at = at + 1 WHERE number = 4", &["audit record 4 was changed"]),
        ("UPDATE audit SET actor = 'person', actor_name = 'ann' WHERE number = 4", &["record 4 was changed"]),
        (
            "UPDATE audit SET actor = 'nobody' WHERE number = 4",
            &["audit record 4 cannot be read", "5 does not follow"],
        ),
        ("UPDATE audit SET hash = zeroblob(32) WHERE number = 4", &["4 was changed", "5 does not follow"]),
        ("DELETE FROM audit WHERE number = 4", &["audit record 4 is missing"]),
        ("DELETE FROM audit WHERE number IN (3, 4)", &["audit records 3 to 4 are missing"]),
        ("DELETE FROM audit WHERE number > 3", &["cut off: it ends with record 3 and had 5"]),
        ("UPDATE audit_head SET number = 4", &["ends with record 5 but its head was written for record 4"]),
        ("DELETE FROM audit_head", &["the head of the audit log is missing"]),
        ("UPDATE plan SET id = randomblob(16)", &["no audit record of their intention", "other outcomes"]),
        ("UPDATE step SET state = 0", &["1 plans have other outcomes than their audit records say"]),
        ("UPDATE delivery SET verdict = NULL", &["1 deliveries are not judged and no job is going to"]),
    ] {
        let folder = filled().await;
        Connection::open(folder.path().join("innerward.db")).unwrap().execute_batch(tampering).unwrap();
        let found = problems(folder.path()).await;
        assert_eq!(found.len(), expected.len(), "{tampering}: {found:?}");
        for (line, part) in found.iter().zip(expected) {
            assert!(line.contains(part), "{tampering}: {found:?}");
        }
    }
}

fn blob(folder: &Path) -> PathBuf {
    let name = Digest::of(b"a").to_string();
    folder.join("blobs").join(&name[..2]).join(&name[2..])
}

type Damage = fn(&Path);

#[tokio::test]
async fn damaged_missing_and_strange_blobs_are_noticed() {
    let damages: [(&str, Damage); 5] = [
        ("cannot be read", |file| fs::write(file, b"junk").unwrap()),
        ("cannot be read", |file| fs::write(file, b"").unwrap()),
        ("other bytes", |file| fs::write(file, zstd::encode_all(&b"b"[..], 3).unwrap()).unwrap()),
        ("is missing", |file| fs::remove_file(file).unwrap()),
        ("is not ours", |file| fs::write(file.with_file_name("notes"), b"mine").unwrap()),
    ];
    for (expected, damage) in damages {
        let folder = filled().await;
        damage(&blob(folder.path()));
        let found = problems(folder.path()).await;
        assert!(found.len() == 1 && found[0].contains(expected), "{expected}: {found:?}");
    }
}

#[tokio::test]
async fn everything_is_there_after_reopening() {
    let folder = filled().await;
    let store = open(folder.path()).unwrap();
    assert_eq!(store.blob(&Digest::of(b"a")).await.unwrap().as_deref(), Some(&b"a"[..]));
    assert_eq!(store.delivery(&arrival("a").target).await.unwrap().unwrap().place, place("quarantine"));
    assert_eq!(store.audit_page(None, 10).await.unwrap().len(), 5);
}

fn listing(folder: &Path) -> BTreeMap<PathBuf, (u64, SystemTime)> {
    let about = |entry: std::io::Result<fs::DirEntry>| {
        let entry = entry.unwrap();
        let meta = entry.metadata().unwrap();
        (entry.path(), (meta.len(), meta.modified().unwrap()))
    };
    fs::read_dir(folder).unwrap().map(about).collect()
}

#[tokio::test]
async fn a_folder_of_a_newer_version_is_refused_untouched() {
    let folder = filled().await;
    let db = Connection::open(folder.path().join("innerward.db")).unwrap();
    db.pragma_update(None, "user_version", schema::KNOWN + 1).unwrap();
    drop(db);
    let before = listing(folder.path());
    let error = open(folder.path()).unwrap_err();
    assert!(matches!(error, Error::Newer { found, known, .. } if found == known + 1), "{error}");
    assert_eq!(listing(folder.path()), before);
}

#[tokio::test]
async fn a_migration_that_was_altered_is_refused() {
    let folder = filled().await;
    let db = Connection::open(folder.path().join("innerward.db")).unwrap();
    db.execute_batch("UPDATE migration SET checksum = zeroblob(32)").unwrap();
    drop(db);
    assert!(matches!(open(folder.path()), Err(Error::Damaged(_))));
}

#[test]
fn a_folder_is_used_by_one_process_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).unwrap();
    assert!(matches!(open(folder.path()), Err(Error::InUse { .. })));
    drop(store);
    open(folder.path()).unwrap();
}

#[test]
fn a_folder_that_cannot_be_used_is_said_to_be_so() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, b"").unwrap();
    for path in [file.clone(), file.join("below")] {
        let error = open(&path).unwrap_err();
        assert!(matches!(&error, Error::Folder { why, .. } if why.contains("not a folder")), "{error}");
    }
    fs::write(folder.path().join("innerward.db"), vec![b'x'; 4096]).unwrap();
    assert!(matches!(open(folder.path()), Err(Error::Damaged(_))));
}

#[tokio::test]
async fn a_full_disk_fails_the_write_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let store = start(folder.path()).unwrap();
    let limit = async |pages: u32| {
        store.writer.write(move |db| Ok(db.pragma_update(None, "max_page_count", pages)?)).await.unwrap();
    };
    say(&store, "before").await.unwrap();
    limit(1).await;
    let error = say(&store, &"x".repeat(1 << 20)).await.unwrap_err();
    assert!(matches!(&error, Error::Folder { why, .. } if why.contains("disk is full")), "{error}");
    limit(1 << 20).await;
    say(&store, "after").await.unwrap();
    let report = store.verify().await.unwrap();
    assert_eq!((report.audit_records, report.problems), (2, vec![]));
}

/// Many at once share transactions; each failing one takes back its own changes alone.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_that_fails_or_panics_harms_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let store = Arc::new(start(folder.path()).unwrap());
    let writes: Vec<_> = (0..300)
        .map(|n| {
            let store = Arc::clone(&store);
            tokio::spawn(async move {
                let work = move |db: &Connection| {
                    audit::append(db, &event(&n.to_string()), &Actor::System, at(n))?;
                    assert_ne!(n % 3, 1, "this request panics");
                    if n % 3 == 2 { Err(fault::Fault::Misused("no".to_owned())) } else { Ok(n) }
                };
                store.writer.write(work).await
            })
        })
        .collect();
    let mut succeeded = 0;
    for (n, write) in writes.into_iter().enumerate() {
        let outcome = write.await.unwrap();
        assert_eq!(outcome.is_ok(), n % 3 == 0, "{outcome:?}");
        succeeded += u64::from(outcome.is_ok());
    }
    let report = store.verify().await.unwrap();
    assert_eq!((report.audit_records, report.problems), (succeeded, vec![]));
}

/// Lists walk an index in their order and stop; nothing sorts or scans a whole table.
#[tokio::test]
async fn lists_are_read_from_an_index() {
    let folder = tempfile::tempdir().unwrap();
    let store = start(folder.path()).unwrap();
    let before = store.arrive(&arrival("a")).await.unwrap().id;
    let plain = Filter { before: Some(before), ..Filter::default() };
    for (filter, index) in [
        (Filter::default(), "delivery_received"),
        (plain.clone(), "delivery_received ((received,id)<(?,?))"),
        (Filter { since: Some(at(0)), ..Filter::default() }, "delivery_received (received>?)"),
        (
            Filter { subject: Some("invoice".to_owned()), ..plain.clone() },
            "delivery_received ((received,id)<(?,?))",
        ),
        (Filter { quarantined: true, ..Filter::default() }, "delivery_quarantined"),
        (
            Filter { message_id: Some("x".to_owned()), ..Filter::default() },
            "delivery_message_id (message_id=?)",
        ),
    ] {
        let steps = store.readers.read(move |db| search::explain(db, &filter)).await.unwrap();
        assert!(steps[0].contains(index), "{steps:?}");
        let sorts = steps.iter().any(|step| step.contains("TEMP B-TREE"));
        assert_eq!(sorts, index.contains("message_id"), "{steps:?}");
    }
}

#[tokio::test]
async fn hot_statements_use_their_indexes() {
    let folder = tempfile::tempdir().unwrap();
    let store = start(folder.path()).unwrap();
    for (sql, index) in [
        ("UPDATE job SET state = 1 WHERE state = 0 AND due <= ?1", "job_waiting (due<?)"),
        ("UPDATE job SET state = 1 WHERE state = 2 AND until <= ?1", "job_running (until<?)"),
        ("SELECT number FROM job WHERE state = 1 ORDER BY priority, urgency, number LIMIT ?1", "job_ready"),
        (
            "UPDATE job SET due = ?2 WHERE task = ?1 AND state < 3 AND +state = 0 AND +due > ?2",
            "job_task (task=?)",
        ),
        ("UPDATE job SET again = ?2 WHERE task = ?1 AND state < 3 AND +state = 2", "job_task (task=?)"),
        ("SELECT count(*) FROM job WHERE state = 2", "job_running"),
        ("SELECT min(due) FROM job WHERE state = 1", "job_ready_due"),
        (
            "SELECT count(*) FROM delivery WHERE from_address = ?1 AND direction = 'inbound' AND received < ?2",
            "COVERING INDEX delivery_from",
        ),
        (
            "SELECT count(*) FROM delivery WHERE received >= ?1 AND verdict IS NOT NULL",
            "COVERING INDEX delivery_received",
        ),
        (
            "SELECT id FROM plan WHERE delivery = ?1 AND version = ?2 AND version IS NOT NULL",
            "plan_once (delivery=? AND version=?)",
        ),
        ("SELECT id FROM plan WHERE open_steps > 0 ORDER BY number LIMIT ?1", "plan_open"),
        ("SELECT number FROM audit WHERE delivery = ?1 ORDER BY number", "audit_delivery (delivery=?)"),
        ("SELECT count(*) FROM step WHERE ended >= ?1 AND state = 2", "step_ended (ended>?)"),
    ] {
        let steps = store.readers.read(move |db| row::explain(db, sql)).await.unwrap();
        assert!(steps.iter().any(|step| step.contains(index)), "{sql}: {steps:?}");
    }
}
