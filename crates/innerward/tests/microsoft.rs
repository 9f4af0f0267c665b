//! The Microsoft adapter against a whole tenant, over HTTPS: the contract every provider keeps, and what only shows
//! with a real counterpart (sign-in, certificates, consent, storms).
#![allow(clippy::unwrap_used, reason = "a panic here is the report")]

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use jiff::Timestamp;
use provider::contract::{self, World};
use provider::{
    Clock, Cloud, Credential, Done, Error, Flag, MicrosoftSettings, NoticeReply, NoticeRequest, Order,
    Patience, Provider, Settings, microsoft_consent as consent,
};
use rcgen::{CertificateParams, KeyPair, PKCS_RSA_SHA256};
use reqwest::{Certificate, Client, Method};
use sandbox::{App, Faults, Running, Sandbox, Storm, Tenant};
use serde_json::{Value, json};
use uuid::Uuid;
use verdict::{Action, FolderId, ItemId, MailboxId, Target};

const APP: Uuid = Uuid::from_u128(0x1DE);
const SECRET: &str = "the app's secret";
const ROLES: &[&str] = &["Mail.Read", "Mail.ReadWrite", "User.Read.All", "Organization.Read.All"];

/// Without a notice for this long, all of them have come.
const QUIET: Duration = Duration::from_millis(400);

/// A tenant, our provider signed in to it, and a receiver of notices.
struct Office {
    tenant: Running,
    http: Client,
    provider: Arc<dyn Provider>,
    posts: Arc<Mutex<Vec<Vec<u8>>>>,
    /// For what people do that the control API does not offer.
    token: String,
}

fn tenant() -> Tenant {
    Tenant::new("Example Tenant", "tenant.example")
        .person("Ann Archer", "ann@tenant.example")
        .app(App::with_secret(APP, "Innerward", SECRET, ROLES).consented())
}

fn settings(tenant: &Running, notices: Option<SocketAddr>) -> MicrosoftSettings {
    MicrosoftSettings {
        tenant: tenant.tenant_id().to_string(),
        client_id: APP.to_string(),
        credential: Credential::Secret(SECRET.to_owned().into()),
        cloud: Cloud::Custom { login: tenant.https_url.clone(), graph: tenant.https_url.clone() },
        notice_url: notices.map(|address| format!("http://{address}/notices/microsoft")),
        lifecycle_url: None,
        installation_key: b"a key of this installation".to_vec(),
        ca_pem: Some(tenant.ca_pem.clone().into_bytes()),
        clock: clock(),
        patience: Patience { wait_first: Duration::from_millis(50), ..Patience::default() },
    }
}

#[allow(clippy::disallowed_methods, reason = "the sandbox goes by the time of day")]
fn clock() -> Clock {
    Clock::new(Timestamp::now)
}

fn open(settings: MicrosoftSettings) -> Arc<dyn Provider> {
    provider::open(Settings::Microsoft(settings)).unwrap()
}

type Receiver = (Arc<Mutex<Vec<Vec<u8>>>>, Arc<Mutex<Option<Arc<dyn Provider>>>>);

async fn receive((posts, provider): Receiver, query: Option<String>, body: Bytes) -> (StatusCode, String) {
    let query = reqwest::Url::parse(&format!("http://x/?{}", query.unwrap_or_default())).unwrap();
    let query: Vec<_> = query.query_pairs().into_owned().collect();
    let request = NoticeRequest { query: &query, body: &body, authorization: None };
    let provider = provider.lock().unwrap().clone().unwrap();
    match provider.notices(&request) {
        Ok(NoticeReply::Echo(token)) => (StatusCode::OK, token),
        Ok(NoticeReply::Accepted { .. }) => {
            posts.lock().unwrap().push(body.to_vec());
            (StatusCode::ACCEPTED, String::new())
        }
        Err(error) => (StatusCode::BAD_REQUEST, error.to_string()),
    }
}

impl Office {
    async fn open() -> Self {
        let tenant = Sandbox::start(tenant()).await.unwrap();
        let receiver: Receiver = Receiver::default();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let handler = |State(receiver): State<Receiver>, RawQuery(query): RawQuery, body: Bytes| {
            receive(receiver, query, body)
        };
        let app = axum::Router::new()
            .route("/notices/microsoft", axum::routing::post(handler))
            .with_state(receiver.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        let provider = open(settings(&tenant, Some(address)));
        *receiver.1.lock().unwrap() = Some(Arc::clone(&provider));
        let authority = Certificate::from_pem(tenant.ca_pem.as_bytes()).unwrap();
        let http = Client::builder().tls_certs_only([authority]).build().unwrap();
        let mut office = Self { tenant, http, provider, posts: receiver.0, token: String::new() };
        office.token = office.sign_in().await;
        office
    }

    async fn sign_in(&self) -> String {
        let form = [
            ("client_id", APP.to_string()),
            ("client_secret", SECRET.into()),
            ("grant_type", "client_credentials".into()),
            ("scope", "https://graph.microsoft.com/.default".into()),
        ];
        let url = format!("{}/{}/oauth2/v2.0/token", self.tenant.https_url, self.tenant.tenant_id());
        let answer: Value = self.http.post(url).form(&form).send().await.unwrap().json().await.unwrap();
        answer["access_token"].as_str().unwrap().into()
    }

    async fn control(&self, method: Method, path: &str, body: Value) -> Value {
        let url = format!("{}/sandbox{path}", self.tenant.https_url);
        let answer = self.http.request(method, url).json(&body).send().await.unwrap();
        let status = answer.status();
        let text = answer.text().await.unwrap();
        assert!(status.is_success(), "{path}: {status} {text}");
        serde_json::from_str(&text).unwrap_or_default()
    }

    async fn graph(&self, method: Method, path: &str) -> StatusCode {
        let url = format!("{}/v1.0{path}", self.tenant.https_url);
        let request = self
            .http
            .request(method, url)
            .bearer_auth(&self.token)
            .header("Prefer", "IdType=\"ImmutableId\"");
        StatusCode::from_u16(request.send().await.unwrap().status().as_u16()).unwrap()
    }

    fn order(&self, mailbox: &MailboxId, item: &ItemId, action: Action) -> Order {
        let target =
            Target { tenant: self.provider.tenant().clone(), mailbox: mailbox.clone(), item: item.clone() };
        Order { target, action, before: None }
    }

    fn storm(&self, storm: Storm) {
        self.tenant.set_faults(Faults { seed: Some(7), storms: vec![storm], ..Faults::default() });
    }
}

#[async_trait::async_trait]
impl World for Office {
    fn provider(&self) -> &dyn Provider {
        &*self.provider
    }

    async fn hire(&self, name: &str) -> MailboxId {
        let person = json!({ "name": name, "address": format!("{name}@tenant.example") });
        let answer = self.control(Method::POST, "/people", person).await;
        MailboxId::new(answer["id"].as_str().unwrap())
    }

    async fn user_without_mailbox(&self, name: &str) -> MailboxId {
        let person =
            json!({ "name": name, "address": format!("{name}@tenant.example"), "has_mailbox": false });
        let answer = self.control(Method::POST, "/people", person).await;
        MailboxId::new(answer["id"].as_str().unwrap())
    }

    async fn dismiss(&self, mailbox: &MailboxId) {
        self.control(Method::DELETE, &format!("/people/{mailbox}"), json!({})).await;
    }

    async fn deliver(&self, mailbox: &MailboxId, message: &[u8]) -> ItemId {
        let mail = json!({
            "raw": std::str::from_utf8(message).unwrap(), "from": "ann@sender.example", "to": [mailbox.as_str()],
            "verdict": "SCL=1;SFV=NSPM;SPF=pass;DKIM=pass;DMARC=pass;DEST=I",
        });
        let answer = self.control(Method::POST, "/mail", mail).await;
        ItemId::new(answer["filed"][0]["immutable_id"].as_str().unwrap())
    }

    async fn make_folder(&self, mailbox: &MailboxId, name: &str) -> FolderId {
        let answer =
            self.control(Method::POST, &format!("/people/{mailbox}/folder"), json!({ "name": name })).await;
        FolderId::new(answer["id"].as_str().unwrap())
    }

    async fn remove_folder(&self, mailbox: &MailboxId, folder: &FolderId) {
        // The first time it may only go to the deleted items.
        let path = format!("/users/{mailbox}/mailFolders/{folder}");
        while self.graph(Method::DELETE, &path).await.is_success() {}
    }

    async fn drag(&self, mailbox: &MailboxId, item: &ItemId, folder: &FolderId) {
        let which = json!({ "id": item.as_str(), "folder": folder.as_str() });
        self.control(Method::POST, &format!("/people/{mailbox}/move"), which).await;
    }

    async fn delete(&self, mailbox: &MailboxId, item: &ItemId) {
        let path = format!("/users/{mailbox}/messages/{item}/permanentDelete");
        assert!(self.graph(Method::POST, &path).await.is_success());
    }

    async fn set(&self, mailbox: &MailboxId, item: &ItemId, read: bool, flag: Flag, categories: &[&str]) {
        let flag = match flag {
            Flag::None => "notFlagged",
            Flag::Flagged => "flagged",
            Flag::Complete => "complete",
        };
        let which = json!({
            "id": item.as_str(), "isRead": read, "flag": { "flagStatus": flag }, "categories": categories,
        });
        self.control(Method::POST, &format!("/people/{mailbox}/mark"), which).await;
    }

    async fn lose_cursors(&self, mailbox: &MailboxId) {
        self.control(Method::POST, "/delta/lose", json!({ "mailbox": mailbox.as_str() })).await;
    }

    async fn throttle(&self, mailbox: &MailboxId) {
        self.storm(Storm {
            status: 429,
            probability: 1.0,
            retry_after_s: Some(1),
            for_ms: Some(500),
            mailbox: Some(mailbox.to_string()),
            path: None,
        });
    }

    async fn posts(&self) -> Vec<Vec<u8>> {
        let mut seen = 0;
        loop {
            tokio::time::sleep(QUIET).await;
            let mut posts = self.posts.lock().unwrap();
            if posts.len() == seen {
                return std::mem::take(&mut *posts);
            }
            seen = posts.len();
        }
    }
}

#[tokio::test]
async fn microsoft_keeps_the_contract() {
    contract::suite(&Office::open().await).await;
}

#[tokio::test]
async fn a_certificate_signs_in_as_well_as_a_secret() {
    let key = KeyPair::generate_for(&PKCS_RSA_SHA256).unwrap();
    let certificate =
        CertificateParams::new(vec!["innerward.example".into()]).unwrap().self_signed(&key).unwrap();
    let mut app = App::with_secret(APP, "Innerward", SECRET, ROLES).consented();
    app.secret = None;
    app.certificate_pem = Some(certificate.pem());
    let tenant = Sandbox::start(Tenant::new("Example Tenant", "tenant.example").app(app)).await.unwrap();
    let credential = Credential::Certificate {
        certificate_pem: certificate.pem().into_bytes(),
        key_pem: key.serialize_pem().into(),
    };
    let provider = open(MicrosoftSettings { credential, ..settings(&tenant, None) });
    assert_eq!(provider.check().await.unwrap().tenant_name, "Example Tenant");

    let other = KeyPair::generate_for(&PKCS_RSA_SHA256).unwrap();
    let credential = Credential::Certificate {
        certificate_pem: certificate.pem().into_bytes(),
        key_pem: other.serialize_pem().into(),
    };
    let provider = open(MicrosoftSettings { credential, ..settings(&tenant, None) });
    assert!(matches!(provider.check().await, Err(Error::Denied(text)) if text.contains("signature")));
}

#[tokio::test]
async fn what_is_wrong_with_a_sign_in_is_told() {
    let tenant = Sandbox::start(tenant()).await.unwrap();
    let good = settings(&tenant, None);
    let nobody = Uuid::from_u128(1).to_string();
    for (settings, expected) in [
        (
            MicrosoftSettings { credential: Credential::Secret("wrong".to_owned().into()), ..good.clone() },
            "the client secret is wrong",
        ),
        (MicrosoftSettings { client_id: nobody.clone(), ..good.clone() }, "not known in this tenant"),
        (MicrosoftSettings { tenant: nobody, ..good.clone() }, "no such tenant"),
        (MicrosoftSettings { ca_pem: None, ..good }, "certificate is not trusted"),
    ] {
        let text = open(settings).check().await.unwrap_err().to_string();
        assert!(text.contains(expected), "{text}");
    }
}

#[tokio::test]
async fn missing_and_revoked_consent_are_told() {
    let office = Office::open().await;
    let consent =
        |roles: Value| office.control(Method::POST, "/consent", json!({ "client_id": APP, "roles": roles }));
    consent(json!(["Mail.Read", "User.Read.All"])).await;
    let provider = open(settings(&office.tenant, None));
    assert_eq!(provider.check().await.unwrap().missing, ["Organization.Read.All", "Mail.ReadWrite"]);

    // Revoked in the middle of the run: the token held is worth nothing any more.
    consent(Value::Null).await;
    let refused = office.provider.check().await;
    assert!(matches!(refused, Err(Error::Denied(_))), "{refused:?}");
}

#[tokio::test]
async fn consent_by_one_click_is_proven() {
    let mut app = App::with_secret(APP, "Innerward", SECRET, ROLES);
    app.consented = false;
    let tenant = Tenant::new("Example Tenant", "tenant.example").app(app);
    let tenant = Sandbox::start(tenant).await.unwrap();
    let settings = MicrosoftSettings { tenant: String::new(), ..settings(&tenant, None) };
    let (session, now) = (b"session", settings.clock.now());
    let state = consent::State::new(&settings.installation_key, session, now);
    let redirect = "https://ward.example/connect/microsoft";
    let address = consent::address(&settings.cloud, &APP.to_string(), redirect, &state).unwrap();
    assert!(address.starts_with(&tenant.https_url) && address.contains("adminconsent"), "{address}");

    // The administrator accepts; the browser brings the answer back.
    let authority = Certificate::from_pem(tenant.ca_pem.as_bytes()).unwrap();
    let http = Client::builder().tls_certs_only([authority]).build().unwrap();
    let grant = format!("{}/sandbox/consent", tenant.https_url);
    assert!(http.post(grant).json(&json!({ "client_id": APP })).send().await.unwrap().status().is_success());
    let answer = [("tenant", tenant.tenant_id().to_string()), ("state", state.as_str().to_owned())];
    let answer = answer.map(|(name, value)| (name.to_owned(), value));
    let claimed = consent::read(&answer, &settings.installation_key, session, now).unwrap();
    let consented = consent::prove(&settings, &claimed).await.unwrap();
    assert_eq!(
        (consented.name.as_str(), consented.tenant.as_str()),
        ("Example Tenant", &*tenant.tenant_id().to_string())
    );
}

#[tokio::test]
async fn a_storm_over_everything_costs_time_and_nothing_else() {
    let office = Office::open().await;
    let mut orders = Vec::new();
    for name in ["storm-a", "storm-b", "storm-c"] {
        let mailbox = office.hire(name).await;
        for number in 0..10 {
            let mail = format!(
                "From: a@sender.example\r\nMessage-ID: <{name}-{number}@sender.example>\r\n\r\nHello\r\n"
            );
            let item = office.deliver(&mailbox, mail.as_bytes()).await;
            orders.push(office.order(&mailbox, &item, Action::Quarantine));
        }
    }
    let storm = |status| Storm {
        status,
        probability: 0.2,
        retry_after_s: None,
        for_ms: None,
        mailbox: None,
        path: Some("users".into()),
    };
    let storms = vec![storm(429), storm(503), storm(504)];
    office.tenant.set_faults(Faults { seed: Some(7), storms, ..Faults::default() });
    // As the job queue does: what is to be tried again is tried again.
    let mut left = orders.clone();
    for _ in 0..10 {
        let answers = office.provider.apply(&left).await;
        let pairs = left.into_iter().zip(answers);
        left = pairs
            .filter_map(|(order, answer)| match answer {
                Ok(applied) => {
                    assert!(applied.after.quarantined);
                    None
                }
                Err(error) => {
                    assert!(error.is_retry(), "{error}");
                    Some(order)
                }
            })
            .collect();
    }
    assert_eq!(left, []);
    office.tenant.set_faults(Faults::default());
    for (order, answer) in orders.iter().zip(office.provider.apply(&orders).await) {
        assert_eq!(answer.unwrap().done, Done::Already);
        let path = format!("/mailboxes/{}/history?id={}", order.target.mailbox, order.target.item);
        let history = office.control(Method::GET, &path, json!({})).await;
        assert_eq!(history["moves"][0]["times"], 1, "moved exactly once");
    }
}

#[tokio::test]
async fn a_message_announced_too_early_is_gone_until_it_can_be_read() {
    let office = Office::open().await;
    office.tenant.set_faults(Faults { unreadable_ms: 300, ..Faults::default() });
    let mailbox = office.hire("early").await;
    let item = office.deliver(&mailbox, b"From: a@sender.example\r\n\r\nHello\r\n").await;
    let target = office.order(&mailbox, &item, Action::Deliver).target;
    assert!(office.provider.fetch(&target, 100_000).await.is_err_and(|error| error.is_gone()));
    tokio::time::sleep(Duration::from_millis(400)).await;
    assert!(office.provider.fetch(&target, 100_000).await.unwrap().bytes.ends_with(b"Hello\r\n"));
}

#[tokio::test]
async fn a_subscription_that_graph_removed_is_made_anew_and_told_of() {
    let office = Office::open().await;
    let mailbox = office.hire("removed").await;
    let watch = office.provider.watch(&mailbox, None).await.unwrap();
    for (event, expected) in [
        ("missed", provider::Notice::Missed { watch: watch.id.clone() }),
        ("reauthorizationRequired", provider::Notice::Expiring { watch: watch.id.clone() }),
        ("subscriptionRemoved", provider::Notice::Removed { watch: watch.id.clone() }),
    ] {
        office.control(Method::POST, "/lifecycle", json!({ "event": event, "id": watch.id })).await;
        let posts = office.posts().await;
        let request = NoticeRequest { query: &[], body: &posts[0], authorization: None };
        let reply = office.provider.notices(&request).unwrap();
        assert_eq!(reply, NoticeReply::Accepted { notices: vec![expected], refused: vec![] });
    }
    let again = office.provider.watch(&mailbox, Some(&watch)).await.unwrap();
    assert_ne!(again.id, watch.id);
}
