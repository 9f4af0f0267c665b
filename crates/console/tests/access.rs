//! Who may use what: every route of the router, knocked on by a stranger.

#![allow(clippy::unwrap_used)] // Also outside of test functions a panic is the report here.

mod common;

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use common::browser::Browser;
use console::Access;

/// A path that exists in form, for a pattern of the table.
fn concrete(pattern: &str) -> String {
    pattern
        .replace("{digest}", &"0".repeat(64))
        .replace("{provider}", "microsoft")
        .replace("{stamp}", "x")
        .replace("{*file}", "css/base.css")
}

fn request(method: &Method, path: &str) -> Request<Body> {
    let request = Request::builder().method(method).uri(path).body(Body::from("{\"value\":[]}"));
    request.unwrap()
}

#[tokio::test]
async fn strangers_are_refused_wherever_a_session_is_needed() {
    let world = common::world();
    for route in console::access_table() {
        let path = concrete(route.path);
        let answer = Browser::new(&world).send(request(&route.method, &path)).await;
        let to_the_door = answer.status == StatusCode::SEE_OTHER && answer.location().starts_with("/sign-in");
        let refused = answer.status == StatusCode::UNAUTHORIZED || to_the_door;
        assert_eq!(refused, route.access == Access::Session, "{} {path}: {}", route.method, answer.status);
    }
}

/// The written list: a new open route has to be put here on purpose.
#[test]
fn open_routes_are_these_and_no_others() {
    let open: Vec<_> = console::access_table()
        .into_iter()
        .filter(|route| route.access == Access::Open)
        .map(|route| format!("{} {}", route.method, route.path))
        .collect();
    let expected = [
        "GET /assets/{stamp}/{*file}",
        "GET /healthz",
        "GET /sign-in",
        "POST /sign-in",
        "GET /setup",
        "POST /setup",
        "POST /notices/{provider}",
        "POST /notices/{provider}/lifecycle",
    ];
    assert_eq!(open, expected);
}

#[tokio::test]
async fn a_made_up_cookie_opens_nothing() {
    let world = common::world();
    let mut request = request(&Method::GET, "/messages");
    request
        .headers_mut()
        .insert("cookie", "innerward=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA".parse().unwrap());
    let answer = Browser::new(&world).send(request).await;
    assert_eq!(answer.location(), "/sign-in?next=%2Fmessages");
}

#[tokio::test]
async fn programs_are_told_what_to_do() {
    let world = common::world();
    let answer = Browser::new(&world).get("/api/v1/messages").await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert!(answer.json()["error"]["text"].as_str().unwrap().contains("/sign-in"));
}

#[tokio::test]
async fn every_answer_carries_the_policy() {
    let world = common::world();
    let mut browser = Browser::signed_in(&world).await;
    for route in
        console::access_table().iter().filter(|route| route.method == Method::GET && route.path != "/live")
    {
        let path = concrete(route.path);
        let answer = browser.get(&path).await;
        let policy = answer.header("content-security-policy");
        assert!(
            policy.contains("default-src 'none'") && policy.contains("frame-ancestors"),
            "{path}: {policy}"
        );
        assert!(!policy.contains("unsafe-inline") || path.ends_with("/preview"), "{path}: {policy}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("referrer-policy"), "same-origin", "{path}");
        assert!(!answer.header("x-frame-options").is_empty(), "{path}");
        let kept = path.starts_with("/assets/");
        assert!(kept || answer.header("cache-control") == "no-store", "{path}");
    }
}

#[tokio::test]
async fn pages_have_nothing_inline() {
    let world = common::world();
    let mut browser = Browser::signed_in(&world).await;
    for path in ["/", "/messages", "/quarantine", "/health", "/audit", "/nowhere"] {
        let body = browser.get(path).await.body.to_lowercase();
        assert!(!body.contains("<style") && !body.contains(" style="), "{path}");
        assert!(!body.contains("<script>") && !body.contains(" onclick="), "{path}");
        assert!(!body.contains("http://") && !body.contains("https://"), "{path} names another site");
    }
}

#[tokio::test]
async fn liveness_needs_nothing() {
    let world = common::world();
    let answer = Browser::new(&world).get("/healthz").await;
    assert_eq!((answer.status, answer.body.as_str()), (StatusCode::OK, "ok\n"));
}
