//! Calls to Graph: signed in, immutable ids everywhere, refusals turned into errors.

use std::sync::Arc;

use reqwest::{Method, Request, Url};
use secrecy::ExposeSecret as _;
use serde::de::DeserializeOwned;
use serde_json::Value;
use verdict::MailboxId;

use super::auth::{Token, Tokens};
use super::rights::Kind;
use super::trouble;
use crate::Error;
use crate::http::{Answer, Errand, Http, Incoming};
use crate::retry::{Attempts, Repeat};

/// Ids that survive moves; Graph wants this on every request.
pub(super) const IMMUTABLE: &str = "IdType=\"ImmutableId\"";

/// The way to Graph.
#[derive(Debug)]
pub(super) struct Graph {
    pub(super) http: Arc<Http>,
    pub(super) tokens: Tokens,
    /// With version, without a slash at the end.
    base: String,
}

/// One call.
#[derive(Clone, Debug)]
pub(super) struct Call<'a> {
    kind: Kind,
    method: Method,
    address: String,
    load: Vec<(MailboxId, u32)>,
    rows_max: Option<u32>,
    body: Option<&'a Value>,
    repeat: Repeat,
}

impl<'a> Call<'a> {
    /// `address` is a path below the version, or a whole link that Graph gave us.
    pub(super) fn get(kind: Kind, address: impl Into<String>) -> Self {
        Self::new(kind, Method::GET, address, Repeat::Safe)
    }

    /// For what acts each time it is sent.
    pub(super) fn post(kind: Kind, address: impl Into<String>, body: &'a Value) -> Self {
        Self { body: Some(body), ..Self::new(kind, Method::POST, address, Repeat::Careful) }
    }

    pub(super) fn patch(kind: Kind, address: impl Into<String>, body: &'a Value) -> Self {
        Self { body: Some(body), ..Self::new(kind, Method::PATCH, address, Repeat::Safe) }
    }

    pub(super) fn delete(kind: Kind, address: impl Into<String>) -> Self {
        Self::new(kind, Method::DELETE, address, Repeat::Safe)
    }

    fn new(kind: Kind, method: Method, address: impl Into<String>, repeat: Repeat) -> Self {
        Self { kind, method, address: address.into(), load: Vec::new(), rows_max: None, body: None, repeat }
    }

    /// Counts this call against the budget of `mailbox`.
    pub(super) fn of(self, mailbox: &MailboxId) -> Self {
        Self { load: vec![(mailbox.clone(), 1)], ..self }
    }

    /// Counts this call, a batch, against several budgets.
    pub(super) fn costing(self, load: Vec<(MailboxId, u32)>) -> Self {
        Self { load, ..self }
    }

    /// Asks for pages of at most so many rows.
    pub(super) fn rows_max(self, rows_max: u32) -> Self {
        Self { rows_max: Some(rows_max), ..self }
    }

    fn errand(&self) -> Errand<'_> {
        Errand { kind: self.kind.name(), load: &self.load, repeat: self.repeat }
    }
}

impl Graph {
    pub(super) fn new(http: Arc<Http>, tokens: Tokens, graph_host: &str) -> Self {
        Self { http, tokens, base: format!("{graph_host}/v1.0") }
    }

    /// Reads JSON.
    pub(super) async fn json<T: DeserializeOwned>(&self, call: Call<'_>) -> Result<T, Error> {
        let kind = call.kind;
        let answer = self.answer(call).await?;
        serde_json::from_slice(&answer.body).map_err(|source| Error::Broken {
            what: format!("the answer to {} is not of the shape we know", kind.name()),
            source: Some(source.into()),
        })
    }

    /// Wants success and no content.
    pub(super) async fn done(&self, call: Call<'_>) -> Result<(), Error> {
        self.answer(call).await.map(|_| ())
    }

    async fn answer(&self, call: Call<'_>) -> Result<Answer, Error> {
        let token = self.tokens.token().await?;
        let mut answer = self.http.ask(call.errand(), &self.request(&call, &token)?).await?;
        if answer.status == 401 {
            let token = self.tokens.instead_of(&token).await?;
            answer = self.http.ask(call.errand(), &self.request(&call, &token)?).await?;
        }
        match answer.status {
            200..=299 => Ok(answer),
            status => Err(trouble::error(call.kind, status, &trouble::detail(&answer.body))),
        }
    }

    /// Starts reading content that may be large.
    pub(super) async fn incoming(&self, call: &Call<'_>, attempts: &mut Attempts) -> Result<Incoming, Error> {
        let token = self.tokens.token().await?;
        let mut incoming = self.http.send(call.errand(), &self.request(call, &token)?, attempts).await?;
        if incoming.status() == 401 {
            drop(incoming);
            let token = self.tokens.instead_of(&token).await?;
            incoming = self.http.send(call.errand(), &self.request(call, &token)?, attempts).await?;
        }
        match incoming.status() {
            200..=299 => Ok(incoming),
            status => {
                let (body, _) = incoming.read_up_to(REFUSAL_BYTES_MAX).await?;
                Err(trouble::error(call.kind, status, &trouble::detail(&body)))
            }
        }
    }

    fn request(&self, call: &Call<'_>, token: &Token) -> Result<Request, Error> {
        let prefer = match call.rows_max {
            Some(rows) => format!("{IMMUTABLE}, odata.maxpagesize={rows}"),
            None => IMMUTABLE.to_owned(),
        };
        let mut request = self
            .http
            .client()
            .request(call.method.clone(), self.url(&call.address)?)
            .bearer_auth(token.bearer.expose_secret())
            .header("Prefer", prefer)
            .header("client-request-id", uuid::Uuid::new_v4().to_string());
        if let Some(body) = call.body {
            request = request.json(body);
        }
        request.build().map_err(|_| Error::Misused("a name cannot stand in a request to Graph".into()))
    }

    /// The whole address. Links come from Graph, but they are kept in a database in between: the token goes nowhere
    /// but to Graph.
    fn url(&self, address: &str) -> Result<Url, Error> {
        let whole = match address.starts_with('/') {
            true => format!("{}{address}", self.base),
            false => address.to_owned(),
        };
        let url = Url::parse(&whole).map_err(|_| Error::CursorLost)?;
        let ours = Url::parse(&self.base).map_err(|_| Error::Misused("Graph's address is no URL".into()))?;
        match url.origin() == ours.origin() {
            true => Ok(url),
            false => Err(Error::CursorLost),
        }
    }
}

/// An error body is small; a page of HTML from a proxy is not worth reading on.
const REFUSAL_BYTES_MAX: usize = 64 * 1024;

/// `text` as one segment of a path. A name made of dots would climb the path; no name of Microsoft's is.
pub(super) fn segment(text: &str) -> String {
    if text.bytes().all(|byte| byte == b'.') {
        return "_".into();
    }
    let mut segment = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'=' => {
                segment.push(byte as char)
            }
            _ => segment.push_str(&format!("%{byte:02X}")),
        }
    }
    segment
}

/// The path of a mailbox's owner.
pub(super) fn user(mailbox: &MailboxId) -> String {
    format!("/users/{}", segment(mailbox.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_leave_their_segment() {
        for (name, segment_) in [
            ("AAkA_-=", "AAkA_-="),
            ("a/b", "a%2Fb"),
            ("a?$select=x", "a%3F%24select=x"),
            ("..", "_"),
            ("", "_"),
            ("ü", "%C3%BC"),
        ] {
            assert_eq!(segment(name), segment_);
        }
    }
}
