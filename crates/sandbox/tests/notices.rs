//! Subscriptions and change notices.
#![allow(clippy::unwrap_used, reason = "a panic here is the report")]

mod harness;

use harness::{ANN, BO, Receiver, Tester, eventually, start};
use reqwest::Method;
use serde_json::{Value, json};

#[expect(clippy::disallowed_methods, reason = "the tenant's clock is the machine's")]
fn in_an_hour() -> String {
    (jiff::Timestamp::now() + jiff::SignedDuration::from_hours(1)).to_string()
}

async fn subscribe(tester: &Tester, receiver: &Receiver, resource: &str, kinds: &str) -> (u16, Value) {
    let body = json!({"changeType": kinds, "notificationUrl": receiver.url, "lifecycleNotificationUrl": receiver.url,
        "resource": resource, "expirationDateTime": in_an_hour(), "clientState": "ours"});
    tester.post_immutable("/subscriptions", body).await
}

#[tokio::test]
async fn both_addresses_are_validated_and_a_delivery_is_told() {
    let (tester, receiver) = (start().await, Receiver::start().await);
    let (status, made) = subscribe(&tester, &receiver, &format!("users/{ANN}/messages"), "created").await;
    assert_eq!(status, 201, "{made}");
    assert_eq!(*receiver.handshakes.lock().unwrap(), 2);
    let filed = tester.deliver(ANN, "told").await;
    tester.deliver(BO, "not told").await;
    eventually("a notice", async || receiver.of_kind("created") == 1).await;
    let notice = receiver.all()[0].clone();
    assert_eq!((&notice["clientState"], &notice["subscriptionId"]), (&json!("ours"), &made["id"]));
    assert_eq!(notice["resourceData"]["id"], filed["immutable_id"]);
    assert_eq!(notice["tenantId"], tester.running.tenant_id().to_string());
    let (_, read) = tester.get(&format!("/{}", notice["resource"].as_str().unwrap())).await;
    assert_eq!(read["subject"], "told");
}

#[tokio::test]
async fn moves_drafts_and_sent_items_are_told_too() {
    let (tester, receiver) = (start().await, Receiver::start().await);
    subscribe(&tester, &receiver, &format!("users/{ANN}/messages"), "created,updated,deleted").await;
    let filed = tester.deliver(ANN, "a").await;
    let item = json!({"id": filed["immutable_id"], "folder": "archive"});
    tester.control(Method::POST, &format!("/people/{ANN}/move"), item).await;
    tester
        .control(
            Method::POST,
            &format!("/people/{ANN}/mark"),
            json!({"id": filed["immutable_id"], "isRead": true}),
        )
        .await;
    tester
        .control(
            Method::POST,
            &format!("/people/{ANN}/send"),
            json!({"to": [BO], "subject": "b", "text": "x"}),
        )
        .await;
    tester.post(&format!("/users/{ANN}/messages"), json!({"subject": "draft"})).await;
    eventually("all notices", async || {
        (receiver.of_kind("created"), receiver.of_kind("updated"), receiver.of_kind("deleted")) == (4, 1, 1)
    })
    .await;
}

#[tokio::test]
async fn a_folder_subscription_hears_of_its_folder_alone() {
    let (tester, receiver) = (start().await, Receiver::start().await);
    let (status, _) =
        subscribe(&tester, &receiver, &format!("/users/{ANN}/mailFolders('junkemail')/messages"), "created")
            .await;
    assert_eq!(status, 201);
    tester.deliver(ANN, "fine").await;
    let junk = json!({"raw": harness::mail("junk"), "to": [ANN], "verdict": "SCL=6"});
    let filed = tester.control(Method::POST, "/mail", junk).await["filed"][0].clone();
    eventually("a notice", async || receiver.of_kind("created") == 1).await;
    assert_eq!(receiver.all()[0]["resourceData"]["id"], filed["immutable_id"]);
}

#[tokio::test]
async fn an_endpoint_that_does_not_answer_gets_no_subscription() {
    let tester = start().await;
    for url in
        ["http://127.0.0.1:9/nobody", "https://notices.elsewhere.example/", "ftp://127.0.0.1/", "nonsense"]
    {
        let body = json!({"changeType": "created", "notificationUrl": url, "resource": format!("users/{ANN}/messages"), "expirationDateTime": in_an_hour()});
        let (status, refused) = tester.post("/subscriptions", body).await;
        assert_eq!(status, 400, "{url}: {refused}");
    }
    assert_eq!(tester.get("/subscriptions").await.1["value"], json!([]));
}

#[tokio::test]
async fn subscriptions_are_renewed_warned_and_end() {
    let (tester, receiver) = (start().await, Receiver::start().await);
    let (_, made) = subscribe(&tester, &receiver, &format!("users/{ANN}/messages"), "created").await;
    let path = format!("/subscriptions/{}", made["id"].as_str().unwrap());
    assert_eq!(tester.patch(&path, json!({"expirationDateTime": in_an_hour()})).await.0, 200);
    assert_eq!(tester.patch(&path, json!({"expirationDateTime": "2099-01-01T00:00:00Z"})).await.0, 400);
    tester.control(Method::POST, "/clock", json!({"advance_s": 2800})).await;
    eventually("a warning", async || receiver.of_kind("reauthorizationRequired") == 1).await;
    assert_eq!(tester.post(&format!("{path}/reauthorize"), json!({})).await.0, 204);
    tester.control(Method::POST, "/clock", json!({"advance_s": 900})).await;
    let mut tester = tester;
    tester.sign_in().await;
    assert_eq!(tester.get(&path).await.0, 404);
}

#[tokio::test]
async fn consent_taken_back_ends_everything() {
    let (tester, receiver) = (start().await, Receiver::start().await);
    subscribe(&tester, &receiver, &format!("users/{ANN}/messages"), "created").await;
    tester.control(Method::POST, "/consent", json!({"client_id": harness::APP, "roles": null})).await;
    eventually("the farewell", async || receiver.of_kind("subscriptionRemoved") == 1).await;
    assert_eq!(tester.get("/subscriptions").await.0, 401);
    assert_eq!(tester.token_request(harness::SECRET).await.0, 400);
}

#[tokio::test]
async fn notices_are_lost_doubled_and_late_on_demand() {
    let (tester, receiver) = (start().await, Receiver::start().await);
    subscribe(&tester, &receiver, &format!("users/{ANN}/messages"), "created").await;
    let faults = json!({"seed": 3, "notices": {"drop": 0.3, "duplicate": 0.2, "late": 0.2, "late_ms": [50, 200], "reorder": 0.2}});
    tester.control(Method::PUT, "/faults", faults).await;
    for number in 0..100 {
        tester.deliver(ANN, &format!("n{number}")).await;
    }
    let (dropped, doubled) =
        (tester.counter("notices.dropped").await, tester.counter("notices.duplicated").await);
    assert!(dropped > 10 && doubled > 5, "{dropped} {doubled}");
    let expected = 100 - dropped + doubled;
    eventually("the rest", async || receiver.all().len() as u64 == expected).await;
    assert!((tester.counter("notices.posts").await) <= expected, "notices share posts");
}

#[tokio::test]
async fn what_is_not_acknowledged_is_sent_again_and_given_up_in_the_end() {
    let mut tenant = harness::tenant();
    tenant.notices.retry_first_ms = 20;
    tenant.notices.attempts_max = 3;
    let (tester, receiver) = (harness::start_with(tenant).await, Receiver::start().await);
    let missed = Receiver::start().await;
    let body = json!({"changeType": "created", "notificationUrl": receiver.url, "lifecycleNotificationUrl": missed.url,
        "resource": format!("users/{ANN}/messages"), "expirationDateTime": in_an_hour()});
    assert_eq!(tester.post("/subscriptions", body).await.0, 201);
    receiver.refuse(true);
    tester.deliver(ANN, "lost").await;
    eventually("missed is told", async || missed.of_kind("missed") == 1).await;
    assert_eq!(tester.counter("notices.unacknowledged").await, 3);
}

#[tokio::test]
async fn people_who_come_change_and_go_are_told() {
    let (tester, receiver) = (start().await, Receiver::start().await);
    let (status, made) = subscribe(&tester, &receiver, "users", "updated,deleted").await;
    assert_eq!(status, 201, "{made}");
    let bo = tester.get(&format!("/users/{BO}")).await.1["id"].clone();
    tester.control(Method::POST, "/people", json!({"id": bo, "name": "Bo B. Baker", "address": BO})).await;
    tester.control(Method::DELETE, &format!("/people/{BO}"), Value::Null).await;
    eventually("both notices", async || (receiver.of_kind("updated"), receiver.of_kind("deleted")) == (1, 1))
        .await;
    assert_eq!(receiver.all()[0]["resourceData"]["id"], bo);
}
