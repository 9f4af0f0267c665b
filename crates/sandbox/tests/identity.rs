//! Signing in, consent, and what an app may do.
#![allow(clippy::unwrap_used, reason = "a panic here is the report")]

mod harness;

use harness::{ANN, APP, SECRET, answer, start, start_with, tenant};
use reqwest::Method;
use sandbox::{App, Sandbox, StartError};
use serde_json::{Value, json};
use uuid::Uuid;

#[tokio::test]
async fn refusals_are_entras_own() {
    let tester = start().await;
    let (status, wrong) = tester.token_request("wrong").await;
    assert_eq!(
        (status, wrong["error"].as_str(), wrong["error_codes"][0].as_u64()),
        (401, Some("invalid_client"), Some(7_000_215))
    );
    let token = async |tenant: &str, form: &[(&str, &str)]| {
        let url = format!("{}/{tenant}/oauth2/v2.0/token", tester.running.https_url);
        answer(tester.http.post(url).form(form)).await
    };
    let id = APP.to_string();
    let graph = "https://graph.microsoft.com/.default";
    let base = |scope| {
        [
            ("client_id", id.as_str()),
            ("client_secret", SECRET),
            ("scope", scope),
            ("grant_type", "client_credentials"),
        ]
    };
    for (tenant, form, status, code) in [
        ("elsewhere.example", base(graph), 400, 90002),
        ("tenant.example", base("https://graph.microsoft.com/Mail.Read"), 400, 70011),
        (
            "tenant.example",
            [
                ("client_id", "11111111-1111-1111-1111-111111111111"),
                base(graph)[1],
                base(graph)[2],
                base(graph)[3],
            ],
            400,
            700_016,
        ),
        (
            "tenant.example",
            [base(graph)[0], base(graph)[1], base(graph)[2], ("grant_type", "password")],
            400,
            70003,
        ),
    ] {
        let (seen, body) = token(tenant, &form).await;
        assert_eq!((seen, body["error_codes"][0].as_u64()), (status, Some(code)), "{body}");
    }
    assert_eq!(token("common", &base(graph)).await.0, 200);
}

#[tokio::test]
async fn a_token_must_be_ours_and_fresh() {
    let mut tester = start().await;
    tester.token = tester.token.replace('.', ".A");
    let (status, body) = tester.get("/users").await;
    assert_eq!((status, body["error"]["code"].as_str()), (401, Some("InvalidAuthenticationToken")));
    tester.sign_in().await;
    assert_eq!(tester.get("/users").await.0, 200);
    tester.control(Method::POST, "/clock", json!({"advance_s": 3700})).await;
    assert_eq!(tester.get("/users").await.0, 401);
}

#[tokio::test]
async fn every_answer_names_its_request() {
    let tester = start().await;
    let answer = tester
        .request(Method::GET, "/users/nobody@tenant.example")
        .header("client-request-id", "mine")
        .send()
        .await
        .unwrap();
    assert_eq!(answer.headers()["client-request-id"], "mine");
    let id = answer.headers()["request-id"].to_str().unwrap().to_owned();
    let body: Value = answer.json().await.unwrap();
    assert_eq!(body["error"]["innerError"]["request-id"], id);
}

#[tokio::test]
async fn a_role_that_is_missing_is_403_and_names_nothing() {
    let mut tester = start().await;
    tester.control(Method::POST, "/consent", json!({"client_id": APP, "roles": ["Mail.Read"]})).await;
    tester.sign_in().await;
    let filed = tester.deliver(ANN, "read-only").await;
    let item = format!("/users/{ANN}/messages/{}", filed["id"].as_str().unwrap());
    assert_eq!(tester.get(&item).await.0, 200);
    let write = tester.post(&format!("{item}/move"), json!({"destinationId": "archive"})).await;
    let rule = tester.get(&format!("/users/{ANN}/mailFolders/inbox/messageRules")).await;
    let users = tester.get("/users").await;
    for ((status, body), code) in
        [(write, "ErrorAccessDenied"), (rule, "ErrorAccessDenied"), (users, "Authorization_RequestDenied")]
    {
        assert_eq!((status, body["error"]["code"].as_str()), (403, Some(code)));
        assert!(!body.to_string().contains("Mail."), "{body}");
    }
}

#[tokio::test]
async fn an_administrator_accepts_or_cancels_on_a_page() {
    let app = App::with_secret(Uuid::from_u128(7), "<b>Wanted</b>", "s", &["Mail.Read"]);
    let tester = start_with(tenant().app(app)).await;
    let back = "https://console.example/back";
    let url = tester.running.consent_url(Uuid::from_u128(7), back, "the state");
    let page = tester.http.get(&url).send().await.unwrap().text().await.unwrap();
    assert!(page.contains("Accept") && page.contains("Mail.Read") && !page.contains("<b>Wanted"));
    let decide = async |path: &str, decision: &str, scope: &[(&str, &str)]| {
        let id = Uuid::from_u128(7).to_string();
        let mut form = vec![
            ("client_id", id.as_str()),
            ("redirect_uri", back),
            ("state", "the state"),
            ("decision", decision),
        ];
        form.extend_from_slice(scope);
        let answer =
            tester.http.post(format!("{}{path}", tester.running.https_url)).form(&form).send().await.unwrap();
        answer.headers()["location"].to_str().unwrap().to_owned()
    };
    let scope = [("scope", "https://graph.microsoft.com/.default")];
    let refused = decide("/common/adminconsent", "cancel", &[]).await;
    assert!(refused.contains("error=permission_denied") && refused.contains("state=the+state"), "{refused}");
    let refused = decide("/organizations/v2.0/adminconsent", "cancel", &scope).await;
    assert!(
        refused.contains("admin_consent=True") && refused.contains("error=consent_required"),
        "{refused}"
    );
    let accepted = decide("/organizations/v2.0/adminconsent", "accept", &scope).await;
    assert!(
        accepted.contains(&format!("tenant={}", tester.running.tenant_id())) && accepted.contains("scope="),
        "{accepted}"
    );
    let apps = tester.control(Method::GET, "/", Value::Null).await;
    assert_eq!(apps["apps"][0]["granted"], json!(["Mail.Read"]));
}

#[tokio::test]
async fn people_without_a_mailbox_are_told_from_nobody() {
    let tester = start().await;
    tester
        .control(
            Method::POST,
            "/people",
            json!({"name": "No Mail", "address": "no@tenant.example", "has_mailbox": false}),
        )
        .await;
    let code = async |who: &str| {
        tester.get(&format!("/users/{who}/mailFolders/inbox")).await.1["error"]["code"].clone()
    };
    assert_eq!(code("no@tenant.example").await, "MailboxNotEnabledForRESTAPI");
    assert_eq!(code("nobody@tenant.example").await, "Request_ResourceNotFound");
}

#[tokio::test]
async fn a_taken_port_and_wrong_settings_are_clear() {
    let tester = start().await;
    let mut second = tenant();
    second.ports.smtp = tester.running.smtp_addr.port();
    let error = Sandbox::start(second).await.unwrap_err();
    assert!(
        matches!(error, StartError::PortTaken { what: "SMTP", .. })
            && error.to_string().contains("choose another port")
    );
    let error = Sandbox::start(tenant().person("Out", "out@elsewhere.example")).await.unwrap_err();
    assert!(error.to_string().contains("out@elsewhere.example"));
    let mut unwritable = tenant();
    unwritable.ca_pem_path = Some("/nonexistent/folder/ca.pem".into());
    assert!(matches!(Sandbox::start(unwritable).await.unwrap_err(), StartError::WriteCa { .. }));
}

#[tokio::test]
async fn a_stopped_tenant_frees_its_ports() {
    let tester = start().await;
    let port = tester.running.smtp_addr.port();
    tester.running.stop().await;
    let mut again = tenant();
    again.ports.smtp = port;
    Sandbox::start(again).await.unwrap().stop().await;
}
