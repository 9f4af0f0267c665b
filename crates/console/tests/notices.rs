//! The address providers post to.

#![allow(clippy::unwrap_used)] // Also outside of test functions a panic is the report here.

mod common;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use common::browser::{Answer, Browser};

async fn post(world: &common::World, path: &str, body: impl Into<Body>) -> Answer {
    let request = Request::builder().method("POST").uri(path).body(body.into()).unwrap();
    Browser::new(world).send(request).await
}

#[tokio::test]
async fn the_handshake_is_answered_with_the_decoded_token_as_plain_text() {
    let world = common::world();
    for path in ["/notices/microsoft", "/notices/microsoft/lifecycle"] {
        let answer = post(&world, &format!("{path}?validationToken=a%20%3Cb%3E%2Bc"), "").await;
        assert_eq!((answer.status, answer.body.as_str()), (StatusCode::OK, "a <b>+c"));
        assert!(answer.header("content-type").starts_with("text/plain"));
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
    }
}

#[tokio::test]
async fn notices_are_acknowledged_and_handed_on() {
    let world = common::world();
    assert_eq!(post(&world, "/notices/microsoft", "{\"value\":[]}").await.status, StatusCode::ACCEPTED);
    assert_eq!(
        post(&world, "/notices/microsoft/lifecycle", "{\"value\":[1]}").await.status,
        StatusCode::ACCEPTED
    );
    let received = world.notices.received.lock().unwrap();
    let seen: Vec<_> =
        received.iter().map(|(provider, lifecycle, _)| (provider.as_str(), *lifecycle)).collect();
    assert_eq!(seen, [("microsoft", false), ("microsoft", true)]);
}

#[tokio::test]
async fn hostile_posts_get_a_refusal_and_nothing_else() {
    let world = common::world();
    let large = format!("{{\"value\":\"{}\"}}", "x".repeat(1_000_001));
    for (path, body, status) in [
        ("/notices/microsoft", "".to_owned(), StatusCode::BAD_REQUEST),
        ("/notices/microsoft", "<xml/>".to_owned(), StatusCode::BAD_REQUEST),
        ("/notices/elsewhere", "{\"value\":[]}".to_owned(), StatusCode::NOT_FOUND),
        ("/notices/microsoft", large, StatusCode::PAYLOAD_TOO_LARGE),
    ] {
        let answer = post(&world, path, body).await;
        assert_eq!(answer.status, status, "{path}");
        assert!(answer.body.len() < 100, "{}", answer.body);
    }
    assert!(world.notices.received.lock().unwrap().is_empty());
}
