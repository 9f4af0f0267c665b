//! Orders carried out, and what can come between.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::json;
use verdict::{Action, FolderId, FolderRole, Place};

use super::*;
use crate::{Done, Error, Flag, Order, Provider as _};

fn order(item: &str, action: Action, before: Option<Place>) -> Order {
    Order { target: target(item), action, before }
}

fn in_folder(folder: &str) -> Place {
    Place {
        folder: FolderId::new(folder),
        role: FolderRole::Other,
        quarantined: false,
        read: false,
        flag: Flag::None,
        categories: vec![],
        received: None,
    }
}

/// One message that can be looked at, moved and patched; each act first goes past `trouble`.
fn one_message(
    folder: &str,
    trouble: impl Fn(&Seen) -> Option<Reply> + Send + Sync + 'static,
) -> impl Fn(&Seen) -> Option<Reply> + Send + Sync + 'static {
    let held = Mutex::new(message(folder));
    move |seen| {
        if let Some(reply) = trouble(seen) {
            return Some(reply);
        }
        let mut held = held.lock().unwrap();
        match (seen.method.as_str(), seen.path.split('?').next()?) {
            ("GET", "/users/u1/messages/a") => Some(Reply::json(held.clone())),
            ("PATCH", "/users/u1/messages/a") => {
                for (name, value) in seen.body.as_object()? {
                    held[name] = value.clone();
                }
                Some(Reply::json(held.clone()))
            }
            ("POST", "/users/u1/messages/a/move") => {
                held["parentFolderId"] = seen.body["destinationId"].clone();
                Some(Reply::json(held.clone()).status(201))
            }
            _ => folders(seen),
        }
    }
}

#[tokio::test]
async fn quarantine_is_one_move_and_again_is_none() {
    let desk = Desk::open(one_message("inbox", |_| None)).await;
    let microsoft = microsoft(&desk);
    for done in [Done::Now, Done::Already] {
        let answers = microsoft.apply(&[order("a", Action::Quarantine, None)]).await;
        let [Ok(applied)] = &answers[..] else { panic!("{answers:?}") };
        assert_eq!((applied.done, applied.after.quarantined), (done, true));
        assert_eq!(applied.before.as_ref().unwrap().quarantined, done == Done::Already);
    }
    let moves = desk.asked("POST", "/users/u1/messages/a/move");
    assert_eq!(moves.iter().map(|seen| &seen.body["destinationId"]).collect::<Vec<_>>(), ["ours"]);
}

#[tokio::test]
async fn our_folder_is_made_hidden_once_and_a_faster_colleague_is_no_trouble() {
    for (somebody_was_faster, made) in [(false, "new"), (true, "theirs")] {
        let lists = AtomicU32::new(0);
        let desk = Desk::open(one_message("inbox", move |seen| {
            match (seen.method.as_str(), seen.path.split('?').next()?) {
                ("GET", "/users/u1/mailFolders") => {
                    let later = lists.fetch_add(1, Ordering::SeqCst) >= 2;
                    let theirs =
                        json!([{ "id": "theirs", "displayName": "Innerward Quarantine", "isHidden": true }]);
                    Some(Reply::json(json!({ "value": if later { theirs } else { json!([]) } })))
                }
                ("POST", "/users/u1/mailFolders") if somebody_was_faster => {
                    Some(Reply::error(409, "ErrorFolderExists"))
                }
                ("POST", "/users/u1/mailFolders") => Some(Reply::json(json!({ "id": "new" })).status(201)),
                _ => None,
            }
        }))
        .await;
        let microsoft = microsoft(&desk);
        let [Ok(applied)] = &microsoft.apply(&[order("a", Action::Quarantine, None)]).await[..] else {
            panic!()
        };
        assert_eq!(applied.after.folder.as_str(), made);
        let [asked] = &desk.asked("POST", "/users/u1/mailFolders")[..] else { panic!("made once") };
        assert_eq!(asked.body, json!({ "displayName": "Innerward Quarantine", "isHidden": true }));
    }
}

#[tokio::test]
async fn a_throttled_item_is_repeated_alone() {
    let calls = AtomicU32::new(0);
    let desk = Desk::open(one_message("inbox", move |seen| {
        let throttle = seen.path.ends_with("/move") && calls.fetch_add(1, Ordering::SeqCst) < 2;
        throttle.then(|| Reply::error(429, "ApplicationThrottled").after("0"))
    }))
    .await;
    let microsoft = microsoft(&desk);
    let answers =
        microsoft.apply(&[order("a", Action::Quarantine, None), order("b", Action::Quarantine, None)]).await;
    let [Ok(applied), Err(Error::Gone { .. })] = &answers[..] else { panic!("{answers:?}") };
    assert_eq!(applied.done, Done::Now);
    assert_eq!(desk.asked("POST", "/users/u1/messages/a/move").len(), 3);
    assert_eq!(desk.asked("GET", "/users/u1/messages/b").len(), 1);
    assert_eq!(microsoft.usage().by_kind["act"].throttled, 2);
}

#[tokio::test]
async fn after_an_unclear_answer_we_look_before_acting_again() {
    // The move is carried out, and its answer lost.
    let calls = AtomicU32::new(0);
    let moved = Mutex::new(false);
    let desk = Desk::open(one_message("inbox", move |seen| {
        if seen.path.ends_with("/move") && calls.fetch_add(1, Ordering::SeqCst) == 0 {
            *moved.lock().unwrap() = true;
            return Some(Reply::error(504, "GatewayTimeout"));
        }
        let look = seen.method == "GET" && seen.path.starts_with("/users/u1/messages/a");
        (look && *moved.lock().unwrap()).then(|| Reply::json(message("ours")))
    }))
    .await;
    let [Ok(applied)] = &microsoft(&desk).apply(&[order("a", Action::Quarantine, None)]).await[..] else {
        panic!()
    };
    assert!(applied.after.quarantined);
    assert_eq!(desk.asked("POST", "/users/u1/messages/a/move").len(), 1);
}

#[tokio::test]
async fn restore_sets_what_differs_and_moves_back() {
    let desk = Desk::open(one_message("ours", |_| None)).await;
    let before =
        Place { read: true, flag: Flag::Flagged, categories: vec!["Mine".into()], ..in_folder("work") };
    let answers = microsoft(&desk).apply(&[order("a", Action::Restore, Some(before))]).await;
    let [Ok(applied)] = &answers[..] else { panic!("{answers:?}") };
    assert_eq!(
        (applied.done, applied.folder_lost, applied.after.folder.as_str()),
        (Done::Now, false, "work")
    );
    let [patch] = &desk.asked("PATCH", "/users/u1/messages/a")[..] else { panic!() };
    assert_eq!(
        patch.body,
        json!({ "isRead": true, "flag": { "flagStatus": "flagged" }, "categories": ["Mine"] })
    );
}

#[tokio::test]
async fn what_another_worker_quarantined_is_restored_too() {
    // When we first looked, our folder was not there yet.
    let lists = AtomicU32::new(0);
    let desk = Desk::open(one_message("ours", move |seen| {
        let first =
            seen.path.starts_with("/users/u1/mailFolders?") && lists.fetch_add(1, Ordering::SeqCst) == 0;
        first.then(|| Reply::json(json!({ "value": [] })))
    }))
    .await;
    let microsoft = microsoft(&desk);
    assert!(!microsoft.place(&target("a")).await.unwrap().quarantined);
    let answers = microsoft.apply(&[order("a", Action::Restore, Some(in_folder("work")))]).await;
    let [Ok(applied)] = &answers[..] else { panic!("{answers:?}") };
    assert_eq!((applied.done, applied.after.folder.as_str()), (Done::Now, "work"));
}

#[tokio::test]
async fn a_lost_folder_restores_to_the_inbox_and_says_so() {
    let desk = Desk::open(one_message("ours", |seen| {
        (seen.path.ends_with("/move") && seen.body["destinationId"] == "lost")
            .then(|| Reply::error(404, "ErrorItemNotFound"))
    }))
    .await;
    let answers = microsoft(&desk).apply(&[order("a", Action::Restore, Some(in_folder("lost")))]).await;
    let [Ok(applied)] = &answers[..] else { panic!("{answers:?}") };
    assert_eq!((applied.folder_lost, applied.after.folder.as_str()), (true, "inbox"));
}

#[tokio::test]
async fn our_folder_deleted_by_a_person_is_made_again() {
    let lists = AtomicU32::new(0);
    let desk = Desk::open(one_message("inbox", move |seen| {
        match (seen.method.as_str(), seen.path.split('?').next()?) {
            ("GET", "/users/u1/mailFolders") if lists.fetch_add(1, Ordering::SeqCst) > 0 => {
                Some(Reply::json(json!({ "value": [] })))
            }
            ("POST", "/users/u1/mailFolders") => Some(Reply::json(json!({ "id": "new" })).status(201)),
            ("POST", "/users/u1/messages/a/move") if seen.body["destinationId"] == "ours" => {
                Some(Reply::error(404, "ErrorItemNotFound"))
            }
            _ => None,
        }
    }))
    .await;
    let answers = microsoft(&desk).apply(&[order("a", Action::Quarantine, None)]).await;
    let [Ok(applied)] = &answers[..] else { panic!("{answers:?}") };
    assert_eq!((applied.after.folder.as_str(), applied.after.quarantined), ("new", true));
}

#[tokio::test]
async fn a_mark_goes_onto_the_list_as_it_is_now() {
    // Between our look and our patch the person adds a category.
    let patches = AtomicU32::new(0);
    let desk = Desk::open(one_message("inbox", move |seen| {
        let first = seen.method == "PATCH" && patches.fetch_add(1, Ordering::SeqCst) == 0;
        first.then(|| Reply::error(412, "ErrorIrresolvableConflict"))
    }))
    .await;
    let answers = microsoft(&desk).apply(&[order("a", Action::Mark("Suspicious".into()), None)]).await;
    let [Ok(applied)] = &answers[..] else { panic!("{answers:?}") };
    assert_eq!((applied.done, &applied.after.categories[..]), (Done::Now, &["Suspicious".to_owned()][..]));
    let patches = desk.asked("PATCH", "/users/u1/messages/a");
    assert_eq!(patches.len(), 2);
    assert!(patches.iter().all(|seen| seen.headers["If-Match"] == "W/\"1\""));
    assert_eq!(desk.asked("GET", "/users/u1/messages/a").len(), 2);
}

#[tokio::test]
async fn refusals_name_the_permission_and_stop_no_other_order() {
    let desk = Desk::open(one_message("inbox", |seen| {
        seen.path.ends_with("/move").then(|| Reply::error(403, "ErrorAccessDenied"))
    }))
    .await;
    let foreign = Order {
        target: Target { tenant: TenantId::new("other"), ..target("a") },
        action: Action::Quarantine,
        before: None,
    };
    let orders = [foreign, order("a", Action::Junk, None), order("a", Action::Deliver, None)];
    let answers = microsoft(&desk).apply(&orders).await;
    assert!(matches!(&answers[0], Err(Error::Misused(_))));
    assert!(matches!(&answers[1], Err(Error::Denied(text)) if text.starts_with("Mail.ReadWrite is missing")));
    assert!(matches!(&answers[2], Ok(applied) if applied.done == Done::Already));
}

#[tokio::test]
async fn trouble_without_end_ends_here_too() {
    let desk = Desk::open(one_message("inbox", |seen| {
        (seen.method == "POST" && seen.path.ends_with("/move")).then(|| Reply::error(504, "GatewayTimeout"))
    }))
    .await;
    let answers = microsoft(&desk).apply(&[order("a", Action::Quarantine, None)]).await;
    assert!(matches!(&answers[..], [Err(Error::Retry { .. })]), "{answers:?}");
}
