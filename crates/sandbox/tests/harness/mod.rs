//! A tenant with two people, and a client that speaks to it as any outsider would.
#![allow(
    dead_code,
    unreachable_pub,
    missing_debug_implementations,
    reason = "each test file uses its own part"
)]

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use reqwest::{Certificate, Client, Method, RequestBuilder};
use sandbox::{App, Running, Sandbox, Tenant};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use uuid::Uuid;

pub const SECRET: &str = "a secret of the test";
pub const APP: Uuid = Uuid::from_u128(0xA99);
pub const ROLES: &[&str] = &[
    "Mail.Read",
    "Mail.ReadWrite",
    "Mail.Send",
    "MailboxSettings.ReadWrite",
    "User.Read.All",
    "Organization.Read.All",
    "AuditLog.Read.All",
    "ExchangeMessageTrace.Read.All",
];
pub const ANN: &str = "ann@tenant.example";
pub const BO: &str = "bo@tenant.example";
pub const IMMUTABLE: (&str, &str) = ("prefer", "IdType=\"ImmutableId\"");

pub struct Tester {
    pub running: Running,
    pub http: Client,
    pub token: String,
}

pub fn tenant() -> Tenant {
    Tenant::new("Example Tenant", "tenant.example")
        .person("Ann Archer", ANN)
        .person("Bo Baker", BO)
        .app(App::with_secret(APP, "Tester", SECRET, ROLES).consented())
}

pub async fn start() -> Tester {
    start_with(tenant()).await
}

pub async fn start_with(tenant: Tenant) -> Tester {
    let running = Sandbox::start(tenant).await.unwrap();
    let authority = Certificate::from_pem(running.ca_pem.as_bytes()).unwrap();
    let http = Client::builder()
        .tls_certs_only([authority])
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap();
    let mut tester = Tester { running, http, token: String::new() };
    tester.sign_in().await;
    tester
}

impl Tester {
    pub async fn sign_in(&mut self) {
        let (status, body) = self.token_request(SECRET).await;
        if status == 200 {
            self.token = body["access_token"].as_str().unwrap().to_owned();
        }
    }

    pub async fn token_request(&self, secret: &str) -> (u16, Value) {
        let form = [
            ("client_id", APP.to_string()),
            ("client_secret", secret.to_owned()),
            ("scope", "https://graph.microsoft.com/.default".to_owned()),
            ("grant_type", "client_credentials".to_owned()),
        ];
        let url = format!("{}/{}/oauth2/v2.0/token", self.running.https_url, self.running.tenant_id());
        let answer = self.http.post(url).form(&form).send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap())
    }

    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let url = if path.starts_with("https://") {
            path.to_owned()
        } else {
            format!("{}/v1.0{path}", self.running.https_url)
        };
        self.http.request(method, url).bearer_auth(&self.token)
    }

    pub async fn get(&self, path: &str) -> (u16, Value) {
        answer(self.request(Method::GET, path)).await
    }

    pub async fn get_immutable(&self, path: &str) -> (u16, Value) {
        answer(self.request(Method::GET, path).header(IMMUTABLE.0, IMMUTABLE.1)).await
    }

    pub async fn post(&self, path: &str, body: Value) -> (u16, Value) {
        answer(self.request(Method::POST, path).json(&body)).await
    }

    pub async fn post_immutable(&self, path: &str, body: Value) -> (u16, Value) {
        answer(self.request(Method::POST, path).header(IMMUTABLE.0, IMMUTABLE.1).json(&body)).await
    }

    pub async fn patch(&self, path: &str, body: Value) -> (u16, Value) {
        answer(self.request(Method::PATCH, path).json(&body)).await
    }

    pub async fn delete(&self, path: &str) -> (u16, Value) {
        answer(self.request(Method::DELETE, path)).await
    }

    pub async fn control(&self, method: Method, path: &str, body: Value) -> Value {
        let url = format!("{}/sandbox{path}", self.running.https_url);
        let request = self.http.request(method.clone(), url);
        let request = if method == Method::GET { request } else { request.json(&body) };
        let (status, body) = answer(request).await;
        assert_eq!(status, 200, "{path}: {body}");
        body
    }

    pub async fn counter(&self, name: &str) -> u64 {
        self.control(Method::GET, "/counters", Value::Null).await[name].as_u64().unwrap_or(0)
    }

    /// Delivers a mail by the control API; answers the filed copy.
    pub async fn deliver(&self, to: &str, subject: &str) -> Value {
        let raw = mail(subject);
        self.control(Method::POST, "/mail", json!({"raw": raw, "from": "carl@sender.example", "to": [to]}))
            .await["filed"][0]
            .clone()
    }
}

pub fn mail(subject: &str) -> String {
    format!(
        "From: Carl <carl@sender.example>\r\nTo: <ann@tenant.example>\r\nSubject: {subject}\r\nDate: Fri, 20 Nov 2026 08:00:00 +0000\r\n\
         Message-ID: <{subject}@sender.example>\r\n\r\nHello {subject}\r\n"
    )
}

pub async fn answer(request: RequestBuilder) -> (u16, Value) {
    let answer = request.send().await.unwrap();
    let status = answer.status().as_u16();
    let text = answer.text().await.unwrap();
    (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
}

/// Waits until `check` holds, for at most five seconds.
pub async fn eventually(what: &str, mut check: impl AsyncFnMut() -> bool) {
    for _ in 0..250 {
        if check().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("never happened: {what}");
}

/// A receiver of notices on plain loopback HTTP.
#[derive(Clone, Default)]
pub struct Receiver {
    pub notices: Arc<Mutex<Vec<Value>>>,
    pub handshakes: Arc<Mutex<usize>>,
    pub url: String,
    refusing: Arc<AtomicBool>,
}

impl Receiver {
    /// Answers 500 to notices from now on, or no longer.
    pub fn refuse(&self, refusing: bool) {
        self.refusing.store(refusing, Ordering::Relaxed);
    }

    pub async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/notices", listener.local_addr().unwrap());
        let receiver = Self { url, ..Self::default() };
        let router = Router::new().route("/notices", post(receive)).with_state(receiver.clone());
        let _server = tokio::spawn(async move { axum::serve(listener, router).await });
        receiver
    }

    pub fn all(&self) -> Vec<Value> {
        self.notices.lock().unwrap().clone()
    }

    pub fn of_kind(&self, kind: &str) -> usize {
        self.all()
            .iter()
            .filter(|notice| notice["changeType"] == kind || notice["lifecycleEvent"] == kind)
            .count()
    }
}

#[derive(serde::Deserialize)]
struct Validation {
    #[serde(rename = "validationToken")]
    token: Option<String>,
}

async fn receive(
    State(receiver): State<Receiver>,
    Query(validation): Query<Validation>,
    body: axum::body::Bytes,
) -> Response {
    if let Some(token) = validation.token {
        *receiver.handshakes.lock().unwrap() += 1;
        return ([("content-type", "text/plain")], token).into_response();
    }
    if receiver.refusing.load(Ordering::Relaxed) {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    }
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    receiver.notices.lock().unwrap().extend(body["value"].as_array().cloned().unwrap_or_default());
    (StatusCode::ACCEPTED, Json(json!({}))).into_response()
}

/// An SMTP client that says lines and reads replies.
pub struct Smtp {
    stream: BufReader<TcpStream>,
}

impl Smtp {
    pub async fn connect(running: &Running) -> Self {
        let mut smtp = Self { stream: BufReader::new(TcpStream::connect(running.smtp_addr).await.unwrap()) };
        assert!(smtp.reply().await.starts_with("220 "));
        smtp
    }

    pub async fn reply(&mut self) -> String {
        let mut reply = String::new();
        loop {
            let mut line = String::new();
            if self.stream.read_line(&mut line).await.unwrap() == 0 {
                return reply;
            }
            let last = line.as_bytes().get(3) != Some(&b'-');
            reply.push_str(&line);
            if last {
                return reply;
            }
        }
    }

    pub async fn write(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).await.unwrap();
    }

    pub async fn say(&mut self, line: &str) -> String {
        self.write(format!("{line}\r\n").as_bytes()).await;
        self.reply().await
    }
}
