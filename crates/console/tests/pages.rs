//! Pages over mail: filters in the URL, actions on record, hostile text that stays text.

#![allow(clippy::unwrap_used)] // Also outside of test functions a panic is the report here.

mod common;

use axum::http::StatusCode;
use common::browser::Browser;
use common::seed::{self, Seed, mail, put};
use common::{NAME, World};
use message::Direction;
use store::{Actor, Filter};
use verdict::{FolderRole, Verdict};

const SCRIPT: &str = "<script>alert(1)</script>";

async fn seeded() -> World {
    let world = common::world();
    let now = world.clock.now();
    let ago = |minutes| now - jiff::SignedDuration::from_mins(minutes);
    let clean = mail("Minutes of Monday", "<p>as agreed</p>");
    put(&*world.store, &Seed::inbound(&clean, Verdict::Clean, ago(30))).await;
    let phish =
        mail("Your mailbox is full", "<p><a href=\"https://evil.test/\">https://www.bank.example/</a></p>");
    put(&*world.store, &Seed::inbound(&phish, Verdict::Phishing, ago(20))).await;
    let sent = mail("Our offer", "<p>attached</p>");
    let outbound = Seed {
        direction: Direction::Outbound,
        arrived_in: FolderRole::Sent,
        ..Seed::inbound(&sent, Verdict::Clean, ago(10))
    };
    put(&*world.store, &outbound).await;
    world
}

async fn digest_of(world: &World, subject: &str) -> String {
    let filter = Filter { subject: Some(subject.into()), ..Filter::default() };
    world.store.search(&filter).await.unwrap().rows[0].delivery.arrival.digest.to_string()
}

async fn copy_of(world: &World, subject: &str) -> String {
    let filter = Filter { subject: Some(subject.into()), ..Filter::default() };
    let delivery = &world.store.search(&filter).await.unwrap().rows[0].delivery;
    format!("{}.{}", delivery.arrival.digest, delivery.id.0)
}

#[tokio::test]
async fn filters_stand_in_the_url() {
    let world = seeded().await;
    let mut browser = Browser::signed_in(&world).await;
    for (query, shown) in [
        ("", vec!["Our offer", "Your mailbox is full", "Minutes of Monday"]),
        ("verdict=phishing", vec!["Your mailbox is full"]),
        ("verdict=phishing&verdict=clean", vec!["Our offer", "Your mailbox is full", "Minutes of Monday"]),
        ("direction=outbound", vec!["Our offer"]),
        ("quarantined=true", vec!["Your mailbox is full"]),
        ("anything=monday", vec!["Minutes of Monday"]),
        ("sender=mallory&subject=offer", vec!["Our offer"]),
        ("since=1h", vec!["Our offer", "Your mailbox is full", "Minutes of Monday"]),
        ("anything=nothing+like+it", vec![]),
    ] {
        let page = browser.get(&format!("/messages?{query}")).await;
        assert_eq!(page.status, StatusCode::OK, "{query}");
        let list = browser.get(&format!("/api/v1/messages?{query}")).await.json();
        let subjects: Vec<_> =
            list["messages"].as_array().unwrap().iter().map(|row| row["subject"].as_str().unwrap()).collect();
        assert_eq!(subjects, shown, "{query}");
        assert!(shown.iter().all(|subject| page.body.contains(subject)), "{query}");
        assert_eq!(page.body.matches("data-row=").count(), shown.len(), "{query}");
    }
}

#[tokio::test]
async fn a_filter_nobody_can_mean_says_what_would_do() {
    let world = common::world();
    let mut browser = Browser::signed_in(&world).await;
    for path in ["/messages?verdict=evil", "/messages?since=soon", "/messages?before=x", "/audit?before=x"] {
        assert_eq!(browser.get(path).await.status, StatusCode::BAD_REQUEST, "{path}");
    }
    let answer = browser.get("/api/v1/messages?direction=up").await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert!(answer.json()["error"]["text"].as_str().unwrap().contains("inbound"));
}

#[tokio::test]
async fn lists_go_on_by_key() {
    let world = common::world();
    for number in 0..7 {
        let bytes = mail(&format!("Number {number}"), "<p>x</p>");
        let received = world.clock.now() - jiff::SignedDuration::from_mins(60 - number);
        put(&*world.store, &Seed::inbound(&bytes, Verdict::Clean, received)).await;
    }
    let mut browser = Browser::signed_in(&world).await;
    let mut path = "/api/v1/messages?limit=3".to_owned();
    let mut seen = Vec::new();
    loop {
        let page = browser.get(&path).await.json();
        let rows = page["messages"].as_array().unwrap();
        seen.extend(rows.iter().map(|row| row["subject"].as_str().unwrap().to_owned()));
        let Some(next) = page["next"].as_str() else { break };
        path = format!("/api/v1/messages?limit=3&before={next}");
    }
    let expected: Vec<_> = (0..7).rev().map(|number| format!("Number {number}")).collect();
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn releasing_is_recorded_in_the_persons_name_and_the_pipeline_carries_it_out() {
    let world = seeded().await;
    let mut browser = Browser::signed_in(&world).await;
    let copy = copy_of(&world, "mailbox").await;
    let csrf = browser.get("/quarantine").await.csrf();
    let fields = [
        ("csrf", &*csrf),
        ("action", "release"),
        ("copy", &copy),
        ("because", "Owen asked for it"),
        ("back", "/quarantine"),
    ];
    let answer = browser.post("/actions", &fields).await;
    assert_eq!(answer.location(), format!("/quarantine?note=release.1.0&undo={copy}"));
    assert!(browser.get(answer.location()).await.body.contains("Releasing 1 copy."));

    seed::work(&*world.store, world.clock.now()).await;
    let filter = Filter { subject: Some("mailbox".into()), ..Filter::default() };
    let delivery = world.store.search(&filter).await.unwrap().rows.remove(0).delivery;
    assert_eq!((delivery.place.quarantined, delivery.place.role), (false, FolderRole::Inbox));
    let history = world.store.history(&delivery.id).await.unwrap();
    assert!(history.iter().any(|record| record.actor == Actor::Person(NAME.into())));
    let page = browser.get(&format!("/messages/{}", delivery.arrival.digest)).await;
    assert!(page.body.contains("Owen asked for it"));
}

#[tokio::test]
async fn undo_takes_the_last_action_back() {
    let world = seeded().await;
    let mut browser = Browser::signed_in(&world).await;
    let copy = copy_of(&world, "mailbox").await;
    let session = browser.get("/api/v1/session").await.json();
    let csrf = session["csrf"].as_str().unwrap();
    for quarantined in [false, true, false] {
        let answer = api_action(&mut browser, csrf, "undo", &copy).await;
        assert_eq!(answer.json(), serde_json::json!({ "recorded": 1, "unchanged": 0 }));
        seed::work(&*world.store, world.clock.now()).await;
        let message = browser.get(&format!("/api/v1/messages/{}", &copy[..64])).await.json();
        assert_eq!(message["copies"][0]["quarantined"], quarantined);
    }
}

async fn api_action(
    browser: &mut Browser<'_>,
    csrf: &str,
    action: &str,
    copy: &str,
) -> common::browser::Answer {
    let body = serde_json::json!({ "action": action, "copies": [copy], "because": "" }).to_string();
    let request = axum::http::Request::builder()
        .method("POST")
        .uri("/api/v1/actions")
        .header("content-type", "application/json")
        .header("x-csrf-token", csrf)
        .body(axum::body::Body::from(body));
    browser.send(request.unwrap()).await
}

#[tokio::test]
async fn what_is_not_carried_out_yet_cannot_be_undone_yet() {
    let world = seeded().await;
    let mut browser = Browser::signed_in(&world).await;
    let session = browser.get("/api/v1/session").await.json();
    let csrf = session["csrf"].as_str().unwrap();
    let copy = copy_of(&world, "mailbox").await;
    api_action(&mut browser, csrf, "release", &copy).await;
    assert_eq!(api_action(&mut browser, csrf, "undo", &copy).await.status, StatusCode::CONFLICT);
    seed::work(&*world.store, world.clock.now()).await;
    assert_eq!(api_action(&mut browser, csrf, "undo", &copy).await.status, StatusCode::OK);
}

#[tokio::test]
async fn what_stands_like_that_already_is_left_alone() {
    let world = seeded().await;
    let mut browser = Browser::signed_in(&world).await;
    let session = browser.get("/api/v1/session").await.json();
    let csrf = session["csrf"].as_str().unwrap();
    let copy = copy_of(&world, "Monday").await;
    for (action, unchanged) in [("release", 1), ("undo", 1), ("quarantine", 0)] {
        let answer = api_action(&mut browser, csrf, action, &copy).await.json();
        assert_eq!(answer["unchanged"], unchanged, "{action}");
    }
}

#[tokio::test]
async fn actions_nobody_can_mean_change_nothing() {
    let world = seeded().await;
    let mut browser = Browser::signed_in(&world).await;
    let session = browser.get("/api/v1/session").await.json();
    let csrf = session["csrf"].as_str().unwrap();
    let copy = copy_of(&world, "mailbox").await;
    let elsewhere = format!("{}.{}", "0".repeat(64), uuid::Uuid::nil());
    for (action, copy, status) in [
        ("delete", copy.as_str(), StatusCode::BAD_REQUEST),
        ("release", "../../etc", StatusCode::BAD_REQUEST),
        ("release", &elsewhere, StatusCode::NOT_FOUND),
    ] {
        let answer = api_action(&mut browser, csrf, action, copy).await;
        assert_eq!(answer.status, status, "{action} {copy}");
        assert!(!answer.json()["error"]["text"].as_str().unwrap().is_empty());
    }
}

#[tokio::test]
async fn text_of_strangers_is_never_markup() {
    let world = common::world();
    let bytes = mail(SCRIPT, &format!("<p>{SCRIPT}</p>"));
    put(&*world.store, &Seed::inbound(&bytes, Verdict::Phishing, world.clock.now())).await;
    let mut browser = Browser::signed_in(&world).await;
    let digest = digest_of(&world, "script").await;
    let message = format!("/messages/{digest}");
    let reflected = "/messages?anything=%3Cscript%3Ealert(1)%3C/script%3E";
    for path in ["/", "/messages", "/quarantine", "/audit", &message, reflected] {
        let body = browser.get(path).await.body;
        assert!(!body.contains(SCRIPT), "{path}");
        assert!(!body.contains("<script>"), "{path}");
    }
    let preview = browser.get(&format!("{message}/preview")).await;
    assert!(!preview.body.contains("<script"), "{}", preview.body);
}

#[tokio::test]
async fn the_preview_is_sandboxed_and_loads_nothing() {
    let world = seeded().await;
    let mut browser = Browser::signed_in(&world).await;
    let digest = digest_of(&world, "mailbox").await;
    let answer = browser.get(&format!("/messages/{digest}/preview")).await;
    let policy = answer.header("content-security-policy");
    assert!(policy.starts_with("sandbox; default-src 'none'"), "{policy}");
    assert!(!policy.contains("http"), "{policy}");
    assert!(!answer.body.contains("href="), "links go nowhere");
    assert!(answer.body.contains("title=\"https://evil.test/\""), "{}", answer.body);
}

#[tokio::test]
async fn the_original_is_saved_and_never_shown() {
    let world = seeded().await;
    let mut browser = Browser::signed_in(&world).await;
    let digest = digest_of(&world, "mailbox").await;
    let answer = browser.get(&format!("/messages/{digest}/original.eml")).await;
    assert!(answer.header("content-disposition").starts_with("attachment; "));
    assert_eq!(answer.header("content-type"), "application/octet-stream");
    assert_eq!(message::Digest::of(answer.body.as_bytes()).to_string(), digest);
    let kinds = world.store.audit_page(None, 1).await.unwrap();
    assert_eq!(kinds[0].event.kind, "downloaded");
}

#[tokio::test]
async fn messages_that_are_not_there_are_said_not_to_be() {
    let world = common::world();
    let mut browser = Browser::signed_in(&world).await;
    let unknown = "0".repeat(64);
    for name in [unknown.as_str(), "x", "..%2F..%2Fetc%2Fpasswd"] {
        for rest in ["", "/preview", "/original.eml"] {
            let path = format!("/messages/{name}{rest}");
            assert_eq!(browser.get(&path).await.status, StatusCode::NOT_FOUND, "{path}");
        }
    }
}

#[tokio::test]
async fn explain_and_the_api_use_the_same_keys() {
    let world = seeded().await;
    let mut browser = Browser::signed_in(&world).await;
    let digest = digest_of(&world, "mailbox").await;
    let message = browser.get(&format!("/api/v1/messages/{digest}")).await.json();
    let keys =
        ["file", "verdict", "score", "reasons", "direction", "route", "native", "authentication", "defects"];
    for key in keys {
        assert!(!message[key].is_null(), "{key}");
    }
    assert_eq!(message["verdict"], "phishing");
    assert!(message["reasons"][0]["weight"].is_number());
}

#[tokio::test]
async fn counts_and_health_are_told_as_data() {
    let world = seeded().await;
    let mut browser = Browser::signed_in(&world).await;
    let counts = browser.get("/api/v1/counts?since=24h").await.json();
    assert_eq!((&counts["arrived"], &counts["by_verdict"]["phishing"]), (&3.into(), &1.into()));
    let health = browser.get("/api/v1/health").await.json();
    assert_eq!(health["well"], true);
}

#[tokio::test]
async fn the_audit_chain_can_be_verified_from_the_page() {
    let world = seeded().await;
    let mut browser = Browser::signed_in(&world).await;
    let csrf = browser.get("/health").await.csrf();
    let page = browser.post("/health/verify", &[("csrf", &csrf)]).await;
    assert!(page.body.contains("Whole: "), "{}", page.body);
}
