//! A request to Graph, read once, and the answer to it; the same for a request alone and one inside a batch.

use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::error::GraphError;
use super::odata::Query;
use crate::id::IdForm;

/// Path words that Graph reads without regard to case.
const WORDS: &[&str] = &[
    "$batch",
    "$count",
    "$value",
    "admin",
    "attachments",
    "auditLogs",
    "childFolders",
    "copy",
    "createReply",
    "delta",
    "directoryAudits",
    "exchange",
    "inferenceClassification",
    "mailFolders",
    "mailboxSettings",
    "messageRules",
    "messageTraces",
    "messages",
    "move",
    "organization",
    "permanentDelete",
    "reauthorize",
    "revokeSignInSessions",
    "send",
    "sendMail",
    "signIns",
    "subscriptions",
    "tracing",
    "translateExchangeIds",
    "users",
];

#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) method: Method,
    segments: Vec<String>,
    pub(crate) query: Query,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    /// `https://host:port` as the caller wrote it, for links.
    pub(crate) base: String,
    /// The path as sent, without version and query, for links.
    pub(crate) path: String,
}

impl Call {
    pub(crate) fn new(
        method: Method,
        path: &str,
        query: &str,
        headers: HeaderMap,
        body: Bytes,
        base: String,
    ) -> Self {
        let segments =
            path.split('/').filter(|segment| !segment.is_empty()).flat_map(split_segment).collect();
        Self { method, segments, query: Query::parse(query), headers, body, base, path: path.to_owned() }
    }

    pub(crate) fn segments(&self) -> Vec<&str> {
        self.segments.iter().map(String::as_str).collect()
    }

    /// Where the resource at `path` lives, as links show it.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}/v1.0{path}", self.base)
    }

    pub(crate) fn json(&self) -> Result<Value, GraphError> {
        let body = if self.body.is_empty() { &b"{}"[..] } else { &self.body };
        serde_json::from_slice(body).map_err(|_| GraphError::bad_body())
    }

    /// All `Prefer` values; several may come in one header.
    fn preferences(&self) -> impl Iterator<Item = &str> {
        let values = self.headers.get_all("prefer").into_iter().filter_map(|value| value.to_str().ok());
        values.flat_map(|value| value.split(',')).map(str::trim)
    }

    /// Value of one preference, without quotes.
    pub(crate) fn preference(&self, name: &str) -> Option<&str> {
        self.preferences().find_map(|preference| {
            let (key, value) = preference.split_once('=')?;
            key.trim().eq_ignore_ascii_case(name).then(|| value.trim().trim_matches('"'))
        })
    }

    pub(crate) fn id_form(&self) -> IdForm {
        let wanted = self.preference("IdType").is_some_and(|kind| kind.eq_ignore_ascii_case("ImmutableId"));
        if wanted { IdForm::Immutable } else { IdForm::Rest }
    }

    pub(crate) fn wants_text_body(&self) -> bool {
        self.preference("outlook.body-content-type").is_some_and(|kind| kind.eq_ignore_ascii_case("text"))
    }

    pub(crate) fn content_type(&self) -> &str {
        self.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

/// One path segment: percent-decoded, `name('key')` split in two, `delta()` and `microsoft.graph.delta()` as `delta`.
fn split_segment(segment: &str) -> Vec<String> {
    let decoded = percent_decode(segment);
    let text = decoded.strip_prefix("microsoft.graph.").unwrap_or(&decoded);
    let text = text.strip_suffix("()").unwrap_or(text);
    let keyed = text.strip_suffix("')").and_then(|rest| rest.split_once("('"));
    match keyed {
        Some((name, key)) => vec![canonical(name), key.replace("''", "'")],
        None => vec![canonical(text)],
    }
}

fn canonical(word: &str) -> String {
    WORDS
        .iter()
        .find(|known| known.eq_ignore_ascii_case(word))
        .map_or_else(|| word.to_owned(), |known| (*known).to_owned())
}

fn percent_decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let escaped = (bytes[at] == b'%').then(|| text.get(at + 1..at + 3)).flatten();
        match escaped.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                decoded.push(byte);
                at += 3;
            }
            None => {
                decoded.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

#[derive(Clone, Debug)]
pub(crate) enum Content {
    Empty,
    Json(Value),
    Bytes(&'static str, Bytes),
    Error { code: String, message: String },
}

#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) content: Content,
}

impl Answer {
    pub(crate) fn json(status: StatusCode, body: Value) -> Self {
        Self { status, headers: HeaderMap::new(), content: Content::Json(body) }
    }

    pub(crate) fn ok(body: Value) -> Self {
        Self::json(StatusCode::OK, body)
    }

    pub(crate) fn empty(status: StatusCode) -> Self {
        Self { status, headers: HeaderMap::new(), content: Content::Empty }
    }

    pub(crate) fn bytes(media_type: &'static str, bytes: Bytes) -> Self {
        Self { status: StatusCode::OK, headers: HeaderMap::new(), content: Content::Bytes(media_type, bytes) }
    }

    /// Sets a header; values that cannot be one are left out.
    pub(crate) fn header(&mut self, name: &'static str, value: &str) {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.insert(HeaderName::from_static(name), value);
        }
    }

    /// The body as JSON, errors with their inner part.
    pub(crate) fn body_json(&self, request_id: &str, now: Timestamp) -> Option<Value> {
        match &self.content {
            Content::Json(body) => Some(body.clone()),
            Content::Error { code, message } => Some(json!({"error": {
                "code": code,
                "message": message,
                "innerError": {
                    "date": now.strftime("%Y-%m-%dT%H:%M:%S").to_string(),
                    "request-id": request_id,
                    "client-request-id": request_id,
                },
            }})),
            Content::Empty | Content::Bytes(..) => None,
        }
    }

    /// Status, headers and bytes for the wire.
    pub(crate) fn into_parts(self, request_id: &str, now: Timestamp) -> (StatusCode, HeaderMap, Bytes) {
        const JSON: &str = "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8";
        let json = self.body_json(request_id, now);
        let (media_type, bytes) = match (json, self.content) {
            (Some(json), _) => (Some(JSON), Bytes::from(json.to_string())),
            (None, Content::Bytes(media_type, bytes)) => (Some(media_type), bytes),
            (None, _) => (None, Bytes::new()),
        };
        let mut headers = self.headers;
        if let Some(media_type) = media_type {
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
        }
        (self.status, headers, bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn segments(path: &str) -> Vec<String> {
        Call::new(Method::GET, path, "", HeaderMap::new(), Bytes::new(), String::new()).segments
    }

    #[test]
    fn paths_are_read_in_every_spelling() {
        for path in [
            "/users/u1/mailFolders/inbox/messages/delta",
            "/Users('u1')/mailfolders('inbox')/messages/delta()",
            "/users/u1/mailFolders/inbox/messages/microsoft.graph.delta()",
        ] {
            assert_eq!(
                segments(path),
                ["users", "u1", "mailFolders", "inbox", "messages", "delta"],
                "{path}"
            );
        }
        assert_eq!(
            segments("/users/a%40b.example/messages/AA%3D/%24value"),
            ["users", "a@b.example", "messages", "AA=", "$value"]
        );
    }

    #[test]
    fn several_preferences_share_a_header() {
        let mut headers = HeaderMap::new();
        headers.insert("prefer", HeaderValue::from_static("IdType=\"ImmutableId\", odata.maxpagesize=7"));
        let call = Call::new(Method::GET, "/", "", headers, Bytes::new(), String::new());
        assert_eq!((call.id_form(), call.preference("odata.maxpagesize")), (IdForm::Immutable, Some("7")));
    }
}
