//! Subscriptions.

use serde_json::json;

use super::*;
use crate::{Error, Provider as _, Watch};

fn subscription(id: &str, expires: &str) -> Reply {
    Reply::json(json!({ "id": id, "expirationDateTime": expires })).status(201)
}

fn watch(expires: &str) -> Watch {
    Watch { id: "s1".into(), mailbox: mailbox(), expires: expires.parse().unwrap() }
}

#[tokio::test]
async fn a_watch_is_for_every_new_message_and_ends_when_graph_says() {
    let desk = Desk::open(|seen| match seen.method.as_str() {
        "POST" if seen.path == "/subscriptions" => Some(subscription("s1", "2026-11-26T00:00:00Z")),
        _ => None,
    })
    .await;
    let made = microsoft(&desk).watch(&mailbox(), None).await.unwrap();
    assert_eq!(made, watch("2026-11-26T00:00:00Z"));
    let [asked] = &desk.asked("POST", "/subscriptions")[..] else { panic!() };
    assert_eq!(asked.body["resource"], "/users/u1/messages");
    assert_eq!(asked.body["changeType"], "created");
    assert_eq!(asked.body["expirationDateTime"], "2026-11-27T06:30:00Z");
    assert_eq!(asked.body["lifecycleNotificationUrl"], "https://ward.example/notices/microsoft");
    assert!(asked.body["clientState"].as_str().unwrap().starts_with("u1."));
}

#[tokio::test]
async fn a_living_watch_is_renewed_and_a_dead_one_made_anew() {
    for (existing, patch_status, patches, posts) in [
        (watch("2026-11-25T00:00:00Z"), 200, 1, 0),
        (watch("2026-11-25T00:00:00Z"), 404, 1, 1),
        (watch("2026-11-23T00:00:00Z"), 200, 0, 1),
    ] {
        let desk = Desk::open(move |seen| match seen.method.as_str() {
            "PATCH" if patch_status == 200 => Some(subscription("s1", "2026-11-27T00:00:00Z").status(200)),
            "POST" if seen.path == "/subscriptions" => Some(subscription("s2", "2026-11-27T00:00:00Z")),
            _ => None,
        })
        .await;
        let made = microsoft(&desk).watch(&mailbox(), Some(&existing)).await.unwrap();
        assert_eq!(made.id, if posts == 0 { "s1" } else { "s2" });
        assert_eq!(
            (desk.asked("PATCH", "/subscriptions/s1").len(), desk.asked("POST", "/sub").len()),
            (patches, posts)
        );
    }
}

#[tokio::test]
async fn what_stands_in_the_way_is_told() {
    for (status, code, expected) in [
        (400, "ValidationError", "Microsoft cannot use the notice address https://ward.example"),
        (403, "ExtensionError", "Microsoft takes no more subscriptions"),
        (403, "ErrorAccessDenied", "Mail.Read is missing"),
        (404, "ErrorItemNotFound", "the watch is gone"),
    ] {
        let desk =
            Desk::open(move |seen| (seen.path == "/subscriptions").then(|| Reply::error(status, code))).await;
        let text = microsoft(&desk).watch(&mailbox(), None).await.unwrap_err().to_string();
        assert!(text.starts_with(expected), "{text}");
    }
    let desk = Desk::open(|_| None).await;
    let silent = Microsoft::new(MicrosoftSettings { notice_url: None, ..settings(&desk) }).unwrap();
    assert!(matches!(silent.watch(&mailbox(), None).await, Err(Error::Misused(_))));
}

#[tokio::test]
async fn ending_what_has_ended_is_fine() {
    let desk = Desk::open(|_| None).await;
    microsoft(&desk).unwatch(&watch("2026-11-25T00:00:00Z")).await.unwrap();
    assert_eq!(desk.asked("DELETE", "/subscriptions/s1").len(), 1);
}
