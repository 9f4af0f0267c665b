//! Faults on demand, limits, and size.
#![allow(clippy::unwrap_used, reason = "a panic here is the report")]

mod harness;

use std::time::{Duration, Instant};

use harness::{ANN, BO, answer, start, start_with, tenant};
use reqwest::Method;
use serde_json::{Value, json};

#[tokio::test]
async fn a_storm_refuses_with_retry_after_inside_batches_too() {
    let tester = start().await;
    let storm = json!({"storms": [{"status": 429, "retry_after_s": 7, "mailbox": ANN}]});
    tester.control(Method::PUT, "/faults", storm).await;
    let refused = tester.request(Method::GET, &format!("/users/{ANN}/messages")).send().await.unwrap();
    assert_eq!((refused.status().as_u16(), &refused.headers()["retry-after"]), (429, &"7".parse().unwrap()));
    let request =
        |id: &str, who: &str| json!({"id": id, "method": "GET", "url": format!("/users/{who}/messages")});
    let (status, batch) =
        tester.post("/$batch", json!({"requests": [request("1", ANN), request("2", BO)]})).await;
    assert_eq!(status, 200);
    let of = |id: &str| batch["responses"].as_array().unwrap().iter().find(|one| one["id"] == id).unwrap();
    assert_eq!((&of("1")["status"], &of("1")["headers"]["Retry-After"]), (&json!(429), &json!("7")));
    assert_eq!(of("2")["status"], 200);
    tester.control(Method::DELETE, "/faults", Value::Null).await;
    assert_eq!(tester.get(&format!("/users/{ANN}/messages")).await.0, 200);
}

#[tokio::test]
async fn a_message_may_be_announced_before_it_can_be_read() {
    let tester = start().await;
    tester.control(Method::PUT, "/faults", json!({"unreadable_ms": 300})).await;
    let filed = tester.deliver(ANN, "early").await;
    let path = format!("/users/{ANN}/messages/{}", filed["immutable_id"].as_str().unwrap());
    assert_eq!(tester.get(&path).await.0, 404);
    tokio::time::sleep(Duration::from_millis(350)).await;
    assert_eq!(tester.get(&path).await.0, 200);
}

#[tokio::test]
async fn the_fifth_request_at_once_to_one_mailbox_is_refused() {
    let tester = start().await;
    tester.control(Method::PUT, "/faults", json!({"slow": {"probability": 1.0, "ms": [300, 300]}})).await;
    let calls = (0..6).map(|_| answer(tester.request(Method::GET, &format!("/users/{ANN}/messages"))));
    let mut statuses: Vec<u16> =
        futures_util::future::join_all(calls).await.into_iter().map(|(status, _)| status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 200, 200, 200, 429, 429]);
}

#[tokio::test]
async fn the_window_of_a_mailbox_fills() {
    let mut small = tenant();
    small.limits.mailbox_requests = 3;
    let tester = start_with(small).await;
    let mut last = (0, Value::Null);
    for _ in 0..4 {
        last = tester.get(&format!("/users/{ANN}/messages")).await;
    }
    assert_eq!((last.0, last.1["error"]["code"].as_str()), (429, Some("ApplicationThrottled")));
    assert_eq!(tester.get(&format!("/users/{BO}/messages")).await.0, 200);
}

#[tokio::test]
async fn a_connection_is_cut_in_mid_body() {
    let tester = start().await;
    tester.control(Method::PUT, "/faults", json!({"cut": 1.0})).await;
    let answer = tester.request(Method::GET, "/users").send().await.unwrap();
    assert!(answer.bytes().await.is_err());
}

#[tokio::test]
async fn what_people_did_is_on_record() {
    let tester = start().await;
    let filed = tester.deliver(ANN, "history").await;
    let id = filed["immutable_id"].as_str().unwrap();
    tester
        .control(Method::POST, &format!("/people/{ANN}/move"), json!({"id": id, "folder": "archive"}))
        .await;
    tester.post(&format!("/users/{ANN}/messages/{id}/move"), json!({"destinationId": "inbox"})).await;
    tester
        .control(
            Method::POST,
            &format!("/people/{ANN}/delete"),
            json!({"internet_message_id": "<history@sender.example>"}),
        )
        .await;
    let record = tester.control(Method::GET, &format!("/mailboxes/{ANN}/history?id={id}"), Value::Null).await;
    let lines: Vec<_> = record["history"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| {
            format!(
                "{} {} {} -> {}",
                line["by"].as_str().unwrap().split(':').next().unwrap(),
                line["what"].as_str().unwrap(),
                line["from"].as_str().unwrap_or(""),
                line["to"].as_str().unwrap_or("")
            )
        })
        .collect();
    assert_eq!(
        lines,
        [
            "edge created  -> Inbox",
            "person moved Inbox -> Archive",
            "app moved Archive -> Inbox",
            "person moved Inbox -> Deleted Items"
        ]
    );
    let moves = record["moves"].as_array().unwrap();
    assert!(
        moves.iter().any(|row| row["by"].as_str().unwrap().starts_with("app:") && row["times"] == 1),
        "{moves:?}"
    );
}

#[tokio::test]
async fn mail_leaving_the_organisation_is_kept_without_bcc() {
    let tester = start().await;
    let mail = json!({"to": ["carl@elsewhere.example", BO], "bcc": ["secret@elsewhere.example"], "subject": "out", "text": "x"});
    let answer = tester.control(Method::POST, &format!("/people/{ANN}/send"), mail).await;
    assert_eq!(answer["filed"].as_array().unwrap().len(), 1);
    let outbound = tester.control(Method::GET, "/outbound", Value::Null).await;
    assert_eq!(outbound["outbound"][0]["to"], json!(["carl@elsewhere.example", "secret@elsewhere.example"]));
    let (_, inbox) = tester.get(&format!("/users/{BO}/messages?$select=internetMessageHeaders")).await;
    let headers = inbox["value"][0]["internetMessageHeaders"].to_string();
    assert!(!headers.contains("secret@") && headers.contains("\"Internal\""));
    let (_, sent) = tester.get(&format!("/users/{ANN}/mailFolders/sentitems/messages")).await;
    assert_eq!(sent["value"][0]["bccRecipients"][0]["emailAddress"]["address"], "secret@elsewhere.example");
}

#[tokio::test]
async fn wrong_control_requests_say_what_to_do() {
    let tester = start().await;
    let post = async |path: &str, body: Value| {
        let url = format!("{}/sandbox{path}", tester.running.https_url);
        answer(tester.http.post(url).json(&body)).await
    };
    let (status, body) = post("/mail", json!({"raw": "x", "to": ["nobody@tenant.example"]})).await;
    assert_eq!(status, 404);
    assert!(body["error"].as_str().unwrap().contains("nobody@tenant.example"));
    assert_eq!(post("/mail", json!({"to": [ANN]})).await.0, 400);
    assert_eq!(
        post(&format!("/people/{ANN}/move"), json!({"id": "nonsense", "folder": "inbox"})).await.0,
        404
    );
}

/// Several thousand messages stay quick: every list is an index.
#[tokio::test]
async fn thousands_of_messages_stay_quick() {
    let count: usize =
        if std::env::args().any(|argument| argument == "--include-ignored") { 50_000 } else { 2_000 };
    let tester = start().await;
    let started = Instant::now();
    for number in 0..count {
        tester.deliver(ANN, &format!("bulk{number}")).await;
    }
    let delivered = started.elapsed();
    let started = Instant::now();
    let mut url = format!("/users/{ANN}/mailFolders/inbox/messages/delta?$select=id&$top=1000");
    let mut seen = 0;
    loop {
        let (_, page) = tester.get(&url).await;
        seen += page["value"].as_array().unwrap().len();
        match page["@odata.nextLink"].as_str() {
            Some(next) => url = next.to_owned(),
            None => break,
        }
    }
    assert_eq!(seen, count);
    println!("{count} messages delivered in {delivered:?}, delta read in {:?}", started.elapsed());
    let started = Instant::now();
    let filter = format!("$filter=internetMessageId eq '<bulk{}@sender.example>'&$select=id", count / 2);
    let (_, found) = tester.get(&format!("/users/{ANN}/messages?{filter}")).await;
    assert_eq!(found["value"].as_array().unwrap().len(), 1);
    assert!(started.elapsed() < Duration::from_millis(500), "looking one up is not a scan");
}
