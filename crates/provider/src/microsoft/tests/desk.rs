//! A scripted Graph and Entra on loopback. A script answers each request (those inside a batch one by one); what it
//! does not answer is signed in, or not found.

use std::sync::{Arc, Mutex};

use axum::body::Body;
use axum::extract::Request;
use axum::http::Response;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

/// A desk with its record of requests; closed when dropped.
pub(super) struct Desk {
    pub(super) address: String,
    seen: Arc<Mutex<Vec<Seen>>>,
    server: tokio::task::JoinHandle<()>,
}

/// A request as it came; the path is without the API's version.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    pub(super) method: String,
    pub(super) path: String,
    pub(super) headers: Value,
    pub(super) text: String,
    pub(super) body: Value,
}

/// An answer.
#[derive(Clone, Debug)]
pub(super) struct Reply {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
}

type Script = dyn Fn(&Seen) -> Option<Reply> + Send + Sync;

impl Reply {
    pub(super) fn json(body: Value) -> Self {
        Self { status: 200, headers: vec![], body: body.to_string().into_bytes() }
    }

    pub(super) fn bytes(body: Vec<u8>) -> Self {
        Self { status: 200, headers: vec![], body }
    }

    pub(super) fn error(status: u16, code: &str) -> Self {
        let body = json!({ "error": { "code": code, "message": "words" } });
        Self { status, ..Self::json(body) }
    }

    pub(super) fn status(self, status: u16) -> Self {
        Self { status, ..self }
    }

    pub(super) fn after(mut self, retry_after: &str) -> Self {
        self.headers.push(("Retry-After", retry_after.into()));
        self
    }

    fn http(self) -> Response<Body> {
        let mut response = Response::builder().status(self.status);
        for (name, value) in self.headers {
            response = response.header(name, value);
        }
        response.body(Body::from(self.body)).unwrap()
    }
}

impl Desk {
    pub(super) async fn open(script: impl Fn(&Seen) -> Option<Reply> + Send + Sync + 'static) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let seen: Arc<Mutex<Vec<Seen>>> = Arc::default();
        let (record, script) = (Arc::clone(&seen), Arc::new(script));
        let app = axum::Router::new().fallback(move |request: Request| {
            let (record, script) = (Arc::clone(&record), Arc::clone(&script));
            async move { answer(&record, &*script, read(request).await).http() }
        });
        let server = tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self { address, seen, server }
    }

    /// What was asked, of requests whose method and path begin so.
    pub(super) fn asked(&self, method: &str, path: &str) -> Vec<Seen> {
        let seen = self.seen.lock().unwrap();
        let fits = |seen: &&Seen| seen.method == method && seen.path.starts_with(path);
        seen.iter().filter(fits).cloned().collect()
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn read(request: Request) -> Seen {
    let (parts, body) = request.into_parts();
    let bytes = axum::body::to_bytes(body, 1 << 20).await.unwrap();
    let path = parts.uri.path_and_query().unwrap().as_str();
    let headers =
        parts.headers.iter().map(|(name, value)| (name.to_string(), value.to_str().unwrap().into()));
    Seen {
        method: parts.method.to_string(),
        path: path.strip_prefix("/v1.0").unwrap_or(path).to_owned(),
        headers: Value::Object(headers.collect()),
        text: String::from_utf8_lossy(&bytes).into_owned(),
        body: serde_json::from_slice(&bytes).unwrap_or_default(),
    }
}

fn answer(record: &Mutex<Vec<Seen>>, script: &Script, seen: Seen) -> Reply {
    record.lock().unwrap().push(seen.clone());
    if let Some(reply) = script(&seen) {
        return reply;
    }
    if seen.path == "/$batch" {
        return batch(record, script, &seen.body);
    }
    if seen.path.ends_with("/oauth2/v2.0/token") {
        return token(&["Mail.Read", "Mail.ReadWrite", "User.Read.All", "Organization.Read.All"]);
    }
    Reply::error(404, "ErrorItemNotFound")
}

fn batch(record: &Mutex<Vec<Seen>>, script: &Script, body: &Value) -> Reply {
    let requests = body["requests"].as_array().unwrap();
    assert!(requests.len() <= 20, "Graph takes no more");
    let each = |request: &Value| {
        let seen = Seen {
            method: request["method"].as_str().unwrap().into(),
            path: request["url"].as_str().unwrap().into(),
            headers: request["headers"].clone(),
            text: request["body"].to_string(),
            body: request["body"].clone(),
        };
        let reply = answer(record, script, seen);
        let headers: serde_json::Map<_, _> =
            reply.headers.into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect();
        let body: Value = serde_json::from_slice(&reply.body).unwrap_or_default();
        json!({ "id": request["id"], "status": reply.status, "headers": headers, "body": body })
    };
    // Graph answers in any order.
    Reply::json(json!({ "responses": requests.iter().rev().map(each).collect::<Vec<_>>() }))
}

/// A token with these roles.
pub(super) fn token(roles: &[&str]) -> Reply {
    let claims = URL_SAFE_NO_PAD.encode(json!({ "roles": roles }).to_string());
    Reply::json(
        json!({ "token_type": "Bearer", "expires_in": 3599, "access_token": format!("h.{claims}.s") }),
    )
}
