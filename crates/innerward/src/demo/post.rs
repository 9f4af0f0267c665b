//! The way into the sandbox: its control address, over HTTPS like everything else.

use anyhow::{Context as _, Result, bail};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde_json::{Value, json};

/// Delivers mail to a sandbox tenant.
#[derive(Clone, Debug)]
pub(crate) struct Post {
    client: reqwest::Client,
    url: String,
}

/// A message on its way in.
#[derive(Clone, Debug)]
pub(crate) struct Letter {
    pub(crate) bytes: Vec<u8>,
    pub(crate) from: String,
    pub(crate) to: Vec<String>,
    pub(crate) ip: Option<String>,
    pub(crate) helo: Option<String>,
    pub(crate) verdict: String,
    /// Now, when absent.
    pub(crate) received: Option<Timestamp>,
}

impl Post {
    /// To the sandbox at `url`, whose certificate authority is `ca_pem`.
    pub(crate) fn new(url: &str, ca_pem: &str) -> Result<Self> {
        let authority = reqwest::Certificate::from_pem(ca_pem.as_bytes())?;
        let client = reqwest::Client::builder().tls_certs_only([authority]).build()?;
        Ok(Self { client, url: url.to_owned() })
    }

    /// From outside, through the edge.
    pub(crate) async fn deliver(&self, letter: &Letter) -> Result<()> {
        let mut body = json!({
            "raw_base64": STANDARD.encode(&letter.bytes),
            "from": letter.from,
            "to": letter.to,
            "verdict": letter.verdict,
        });
        for (key, value) in [("ip", &letter.ip), ("helo", &letter.helo)] {
            if let Some(value) = value {
                body[key] = json!(value);
            }
        }
        if let Some(received) = letter.received {
            body["received"] = json!(received.to_string());
        }
        self.send("mail", &body).await
    }

    /// From one of the organisation's own people.
    pub(crate) async fn send_as(&self, person: &str, bytes: &[u8]) -> Result<()> {
        self.send(&format!("people/{person}/send"), &json!({ "raw_base64": STANDARD.encode(bytes) })).await
    }

    async fn send(&self, path: &str, body: &Value) -> Result<()> {
        let request = self.client.post(format!("{}/sandbox/{path}", self.url)).json(body);
        let answer = request.send().await.context("the sandbox does not answer")?;
        if !answer.status().is_success() {
            bail!("the sandbox refused a message: {}", answer.text().await.unwrap_or_default());
        }
        Ok(())
    }
}
