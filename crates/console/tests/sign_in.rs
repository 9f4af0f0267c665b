//! Coming in and going out: first run, passwords, sessions, forged forms, guessing.

#![allow(clippy::unwrap_used)] // Also outside of test functions a panic is the report here.

mod common;

use axum::http::StatusCode;
use common::browser::Browser;
use common::{NAME, PASSWORD, SETUP_TOKEN};
use console::Settings;
use jiff::SignedDuration;

#[tokio::test]
async fn the_first_account_needs_the_token_of_the_console() {
    let world = common::world();
    let mut browser = Browser::new(&world);
    for path in ["/setup", "/setup?token=", "/setup?token=wrong"] {
        assert_eq!(browser.get(path).await.status, StatusCode::FORBIDDEN, "{path}");
    }
    assert_eq!(browser.get(&format!("/setup?token={SETUP_TOKEN}")).await.status, StatusCode::OK);
}

#[tokio::test]
async fn without_a_token_there_is_no_setup() {
    let settings = Settings { secure_cookies: false, public_url: None, setup_token: None };
    let world = common::world_with(settings);
    assert_eq!(Browser::new(&world).get("/setup?token=").await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn setup_happens_once() {
    let world = common::world();
    Browser::signed_in(&world).await;
    let answer = Browser::new(&world).get(&format!("/setup?token={SETUP_TOKEN}")).await;
    assert_eq!(answer.location(), "/sign-in");
    assert_eq!(world.store.accounts().await.unwrap().len(), 1);
}

#[tokio::test]
async fn weak_passwords_are_refused_with_a_reason() {
    let world = common::world();
    let mut browser = Browser::new(&world);
    let csrf = browser.get(&format!("/setup?token={SETUP_TOKEN}")).await.csrf();
    for (password, again, told) in [
        ("short", "short", "at least 12"),
        ("aaaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaaa", "repeats"),
        (PASSWORD, "something else entirely", "differ"),
    ] {
        let fields = [
            ("csrf", &*csrf),
            ("token", SETUP_TOKEN),
            ("name", NAME),
            ("password", password),
            ("again", again),
        ];
        let answer = browser.post("/setup", &fields).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.body.contains(told), "{told}");
    }
    assert!(world.store.accounts().await.unwrap().is_empty());
}

#[tokio::test]
async fn the_right_password_signs_in_and_the_wrong_one_does_not() {
    let world = common::world();
    Browser::signed_in(&world).await;
    for (name, password, status) in [
        (NAME, PASSWORD, StatusCode::SEE_OTHER),
        (NAME, "four words will not", StatusCode::UNAUTHORIZED),
        ("nobody", PASSWORD, StatusCode::UNAUTHORIZED),
        ("", "", StatusCode::UNAUTHORIZED),
    ] {
        let answer = Browser::new(&world).sign_in(name, password).await;
        assert_eq!(answer.status, status, "{name}");
    }
}

#[tokio::test]
async fn the_session_cookie_is_kept_from_scripts_and_other_sites() {
    let settings = Settings { secure_cookies: true, public_url: None, setup_token: Some(SETUP_TOKEN.into()) };
    let world = common::world_with(settings);
    let browser = Browser::signed_in(&world).await;
    assert!(browser.cookie("__Host-innerward").is_some());
    let answer = Browser::new(&world).sign_in(NAME, PASSWORD).await;
    let cookie = answer.header("set-cookie").to_owned();
    for part in ["HttpOnly", "SameSite=Lax", "Secure", "Path=/"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    assert!(answer.headers.contains_key("strict-transport-security"));
}

#[tokio::test]
async fn the_store_never_sees_the_token_of_a_session() {
    let world = common::world();
    let browser = Browser::signed_in(&world).await;
    let token = browser.cookie("innerward").unwrap();
    let hash = message::Digest::of(token.as_bytes());
    assert_eq!(world.store.session(&hash).await.unwrap().expect("kept by its hash").account, NAME);
}

#[tokio::test]
async fn sessions_end() {
    let world = common::world();
    let mut browser = Browser::signed_in(&world).await;
    world.clock.pass(SignedDuration::from_hours(11));
    assert_eq!(browser.get("/messages").await.status, StatusCode::OK);
    world.clock.pass(SignedDuration::from_hours(1));
    assert_eq!(browser.get("/messages").await.location(), "/sign-in?next=%2Fmessages");
}

#[tokio::test]
async fn signing_out_ends_the_session_at_the_server() {
    let world = common::world();
    let mut browser = Browser::signed_in(&world).await;
    let token = browser.cookie("innerward").unwrap().to_owned();
    let csrf = browser.get("/").await.csrf();
    assert_eq!(browser.post("/sign-out", &[("csrf", &csrf)]).await.location(), "/sign-in");
    assert!(world.store.session(&message::Digest::of(token.as_bytes())).await.unwrap().is_none());
}

#[tokio::test]
async fn forms_without_the_sessions_token_are_refused() {
    let world = common::world();
    let mut browser = Browser::signed_in(&world).await;
    for csrf in ["", "wrong"] {
        for path in ["/sign-out", "/actions", "/health/verify", "/api/v1/actions"] {
            let answer = browser.post(path, &[("csrf", csrf), ("action", "release")]).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
        }
    }
    assert_eq!(browser.get("/").await.status, StatusCode::OK);
}

#[tokio::test]
async fn another_accounts_token_does_not_do() {
    let world = common::world();
    let mut first = Browser::signed_in(&world).await;
    let foreign = first.get("/").await.csrf();
    let mut second = Browser::new(&world);
    second.sign_in(NAME, PASSWORD).await;
    assert_eq!(second.post("/sign-out", &[("csrf", &foreign)]).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn forms_of_other_sites_are_refused_even_with_the_token() {
    let world = common::world();
    let mut browser = Browser::signed_in(&world).await;
    let csrf = browser.get("/").await.csrf();
    for origin in ["https://evil.example", "null", "http://console.example.evil.example"] {
        let answer = browser.post_from("/sign-out", &[("csrf", &csrf)], origin).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{origin}");
    }
}

#[tokio::test]
async fn other_sites_cannot_sign_somebody_in() {
    let world = common::world();
    Browser::signed_in(&world).await;
    let mut browser = Browser::new(&world);
    browser.get("/sign-in").await;
    let fields = [("csrf", "made up"), ("name", NAME), ("password", PASSWORD)];
    assert_eq!(browser.post("/sign-in", &fields).await.status, StatusCode::FORBIDDEN);
    let mut without_cookie = Browser::new(&world);
    let fields = [("csrf", ""), ("name", NAME), ("password", PASSWORD)];
    assert_eq!(without_cookie.post("/sign-in", &fields).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn guessing_is_stopped_and_forgiven_later() {
    let world = common::world();
    Browser::signed_in(&world).await;
    for _ in 0..10 {
        assert_eq!(
            Browser::new(&world).sign_in(NAME, "wrong wrong wrong").await.status,
            StatusCode::UNAUTHORIZED
        );
    }
    let answer = Browser::new(&world).sign_in(NAME, PASSWORD).await;
    assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(answer.headers.contains_key("retry-after"));
    world.clock.pass(SignedDuration::from_mins(15));
    assert_eq!(Browser::new(&world).sign_in(NAME, PASSWORD).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn signing_in_goes_on_to_pages_of_ours_only() {
    let world = common::world();
    Browser::signed_in(&world).await;
    for (next, gone_to) in [
        ("/messages?verdict=spam", "/messages?verdict=spam"),
        ("//evil.example", "/"),
        ("https://evil.example", "/"),
        ("/\\evil.example", "/"),
    ] {
        let mut browser = Browser::new(&world);
        let csrf = browser.get("/sign-in").await.csrf();
        let fields = [("csrf", &*csrf), ("name", NAME), ("password", PASSWORD), ("next", next)];
        assert_eq!(browser.post("/sign-in", &fields).await.location(), gone_to);
    }
}

#[tokio::test]
async fn comings_and_goings_are_on_record() {
    let world = common::world();
    let mut browser = Browser::signed_in(&world).await;
    Browser::new(&world).sign_in("x<script>", "wrong wrong wrong").await;
    let csrf = browser.get("/").await.csrf();
    browser.post("/sign-out", &[("csrf", &csrf)]).await;
    let records = world.store.audit_page(None, 10).await.unwrap();
    let kinds: Vec<_> = records.iter().rev().map(|record| record.event.kind.as_str()).collect();
    assert_eq!(kinds, ["account-created", "signed-in", "sign-in-refused", "signed-out"]);
    assert!(records.iter().all(|record| !record.event.text.contains("script")), "no text of strangers");
}
