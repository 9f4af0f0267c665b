//! Asking over HTTP and HTTPS, one answer after the other.

use reqwest::header::{HeaderMap, LOCATION, SET_COOKIE};
use reqwest::{Certificate, Client, Method, RequestBuilder};
use serde_json::Value;
use tokio::runtime::Runtime;

/// A client that follows no redirect and keeps no cookie by itself.
pub struct Web {
    runtime: Runtime,
    client: Client,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Web {
    /// Trusts `authority` alone.
    pub fn trusting(authority_pem: &[u8]) -> Self {
        let authority = Certificate::from_pem(authority_pem).unwrap();
        Self::of(Client::builder().tls_certs_only([authority]))
    }

    /// For plain HTTP on this machine.
    pub fn plain() -> Self {
        Self::of(Client::builder())
    }

    fn of(client: reqwest::ClientBuilder) -> Self {
        let client = client.redirect(reqwest::redirect::Policy::none()).no_proxy().build().unwrap();
        Self { runtime: Runtime::new().unwrap(), client }
    }

    pub fn request(&self, method: Method, url: &str) -> RequestBuilder {
        self.client.request(method, url)
    }

    /// Sends it; panics when nobody answers.
    pub fn send(&self, request: RequestBuilder) -> Answer {
        self.try_send(request).unwrap()
    }

    pub fn try_send(&self, request: RequestBuilder) -> Result<Answer, reqwest::Error> {
        self.runtime.block_on(async {
            let answer = request.send().await?;
            let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
            Ok(Answer { status, headers, body: answer.bytes().await?.to_vec() })
        })
    }
}

impl Answer {
    /// The body as JSON; panics when it is none, or when the answer is no success.
    pub fn json(&self) -> Value {
        let text = String::from_utf8_lossy(&self.body);
        assert!((200..300).contains(&self.status), "answered {}: {text}", self.status);
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {text}"))
    }

    /// The value of a cookie that is set.
    pub fn cookie(&self, name: &str) -> Option<String> {
        let set = self.headers.get_all(SET_COOKIE).iter().filter_map(|value| value.to_str().ok());
        let mut pairs = set.filter_map(|value| value.split(';').next()?.split_once('='));
        pairs.find_map(|(key, value)| (key == name).then(|| value.to_owned()))
    }

    pub fn location(&self) -> Option<&str> {
        self.headers.get(LOCATION)?.to_str().ok()
    }
}
