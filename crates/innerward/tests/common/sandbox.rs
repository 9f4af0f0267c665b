//! `innerward sandbox` as a process, and its control API.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::Method;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::process::Process;
use super::web::Web;

const STARTS_WITHIN: Duration = Duration::from_secs(60);

/// Our hidden folders in mailboxes begin with this.
const QUARANTINE: &str = "Innerward Quarantine";

/// A tenant at work, with the 25 people of the corpus. Dropping it kills it.
pub struct Sandbox {
    pub url: String,
    pub smtp: String,
    pub tenant_id: String,
    pub client_id: String,
    pub client_secret: String,
    home: TempDir,
    web: Web,
    process: Process,
}

impl Sandbox {
    /// On free ports, consented to.
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    /// With more arguments for the command.
    pub fn start_with(more: &[&str]) -> Self {
        let home = tempfile::tempdir().unwrap();
        let ca = home.path().join("ca.pem");
        let ca_text = ca.display().to_string();
        let mut arguments = vec!["sandbox", "--https-port", "0", "--smtp-port", "0", "--ca", &ca_text];
        arguments.extend(more);
        let process = Process::start(&arguments, &home.path().join("log"));
        let mut told = BTreeMap::new();
        while !told.contains_key("client secret") {
            let line = process.line(STARTS_WITHIN);
            if let Some((label, value)) = line.split_once("  ") {
                told.insert(label.to_owned(), value.trim().to_owned());
            }
        }
        let value = |label: &str| told.get(label).unwrap_or_else(|| panic!("no {label} in {told:?}")).clone();
        let tenant = value("tenant");
        Self {
            url: value("Entra, Graph"),
            smtp: value("SMTP"),
            tenant_id: tenant.split_whitespace().next().unwrap().to_owned(),
            client_id: value("client id"),
            client_secret: value("client secret"),
            web: Web::trusting(&std::fs::read(&ca).unwrap()),
            home,
            process,
        }
    }

    /// The file of the certificate authority to trust.
    pub fn ca(&self) -> PathBuf {
        self.home.path().join("ca.pem")
    }

    /// A file with the client secret.
    pub fn secret_file(&self) -> PathBuf {
        let path = self.home.path().join("secret");
        std::fs::write(&path, format!("{}\n", self.client_secret)).unwrap();
        path
    }

    pub fn pid(&self) -> u32 {
        self.process.pid()
    }

    /// `GET /sandbox/{path}`.
    pub fn get(&self, path: &str) -> Value {
        self.ask(Method::GET, path, None)
    }

    pub fn post(&self, path: &str, body: &Value) -> Value {
        self.ask(Method::POST, path, Some(body))
    }

    pub fn put(&self, path: &str, body: &Value) -> Value {
        self.ask(Method::PUT, path, Some(body))
    }

    pub fn delete(&self, path: &str) -> Value {
        self.ask(Method::DELETE, path, None)
    }

    fn ask(&self, method: Method, path: &str, body: Option<&Value>) -> Value {
        let request = self.web.request(method, &format!("{}/sandbox/{path}", self.url));
        let request = body.into_iter().fold(request, |request, body| request.json(body));
        self.web.send(request).json()
    }

    /// Addresses of everybody with a mailbox.
    pub fn people(&self) -> Vec<String> {
        let told = self.get("");
        let people = told["people"].as_array().unwrap().iter();
        people.map(|person| person["address"].as_str().unwrap().to_owned()).collect()
    }

    /// Delivers as the edge would; `verdict` is what the native filter says (`SCL=1;…`, or `keep`). Answers the copies.
    pub fn deliver(&self, raw: &[u8], to: &[impl AsRef<str>], verdict: &str) -> Vec<Value> {
        let to: Vec<&str> = to.iter().map(AsRef::as_ref).collect();
        let mail = json!({
            "raw_base64": STANDARD.encode(raw), "from": "sender@sender.example", "to": to, "verdict": verdict,
        });
        let answer = self.post("mail", &mail);
        answer["filed"].as_array().unwrap().clone()
    }

    /// The same for text of up to 210 MB, which base64 would make too long.
    pub fn deliver_text(&self, raw: &str, to: &[impl AsRef<str>], verdict: &str) -> Vec<Value> {
        let to: Vec<&str> = to.iter().map(AsRef::as_ref).collect();
        let mail = json!({ "raw": raw, "from": "sender@sender.example", "to": to, "verdict": verdict });
        self.post("mail", &mail)["filed"].as_array().unwrap().clone()
    }

    /// Takes the app's consent back (`Null`), or grants exactly a list of permissions.
    pub fn grant(&self, roles: &Value) {
        self.post("consent", &json!({ "client_id": self.client_id, "roles": roles }));
    }

    /// Grants what the app asks for.
    pub fn consent(&self) {
        self.post("consent", &json!({ "client_id": self.client_id }));
    }

    /// The newest item with this Message-ID in somebody's mailbox, by the tenant's own books.
    pub fn item(&self, who: &str, message_id: &str) -> Option<Value> {
        let answer = self.get(&format!("mailboxes/{who}/items?internet_message_id={}", encoded(message_id)));
        answer["items"].as_array().unwrap().first().cloned()
    }

    /// Moves into our quarantine: how often each copy (mailbox, immutable id) was moved there.
    pub fn moves_into_quarantine(&self, people: &[impl AsRef<str>]) -> BTreeMap<(String, String), u64> {
        let mut moves = BTreeMap::new();
        for who in people.iter().map(AsRef::as_ref) {
            let history = self.get(&format!("mailboxes/{who}/history"));
            for row in history["history"].as_array().unwrap() {
                let into = row["to"].as_str().unwrap_or_default();
                if row["what"] == "moved" && into.starts_with(QUARANTINE) {
                    let item = row["immutable_id"].as_str().unwrap_or_default().to_owned();
                    *moves.entry((who.to_owned(), item)).or_default() += 1;
                }
            }
        }
        moves
    }
}

/// Percent-encoded for a query.
fn encoded(text: &str) -> String {
    let keep = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    text.bytes()
        .map(|byte| if keep(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}
