//! `innerward serve` as a process, protecting a [`Sandbox`], and its console.

use std::path::{Path, PathBuf};
use std::time::Duration;

use reqwest::Method;
use reqwest::header::COOKIE;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::process::{Ended, Process, innerward_within};
use super::sandbox::Sandbox;
use super::web::{Answer, Web};
use super::{free_port, within};

const STARTS_WITHIN: Duration = Duration::from_secs(120);
const STOPS_WITHIN: Duration = Duration::from_secs(60);
const WATCHES_WITHIN: Duration = Duration::from_secs(120);

/// The first account.
const NAME: &str = "admin";
const PASSWORD: &str = "a passphrase for tests";

/// The server, its settings and its data folder, which stays when the server is killed and started again.
pub struct Ward {
    pub url: String,
    home: TempDir,
    web: Web,
    process: Option<Process>,
    session: Option<Session>,
    subscriptions: Box<dyn Fn() -> usize + Send>,
}

struct Session {
    cookie: String,
    csrf: String,
}

impl Ward {
    /// Starts the server. `extra` is TOML that goes before the tenant: `sweep_s = 5`.
    pub fn start(sandbox: &Sandbox, extra: &str) -> Self {
        Self::start_with(sandbox, extra, "")
    }

    /// The same; `tenant` is more TOML of the tenant itself: `mode = "monitor"`.
    pub fn start_with(sandbox: &Sandbox, extra: &str, tenant: &str) -> Self {
        let mut ward = Self::prepare(sandbox, extra, tenant);
        ward.begin();
        ward
    }

    /// Writes the settings, on a port of its own, and starts nothing.
    pub fn prepare(sandbox: &Sandbox, extra: &str, tenant: &str) -> Self {
        let home = tempfile::tempdir().unwrap();
        let address = format!("127.0.0.1:{}", free_port());
        let url = format!("http://{address}");
        let text = format!(
            "data = {data:?}\nlisten = \"{address}\"\nnotice_url = \"{url}\"\ndns = false\n{extra}\n\n\
             [[tenant]]\nprovider = \"microsoft\"\ntenant = \"{id}\"\nclient_id = \"{client}\"\n\
             client_secret_file = {secret:?}\nlogin_url = \"{graph}\"\ngraph_url = \"{graph}\"\nca = {ca:?}\n{tenant}\n",
            data = home.path().join("data"),
            id = sandbox.tenant_id,
            client = sandbox.client_id,
            secret = sandbox.secret_file(),
            graph = sandbox.url,
            ca = sandbox.ca(),
        );
        std::fs::write(home.path().join("innerward.toml"), text).unwrap();
        let books = Web::trusting(&std::fs::read(sandbox.ca()).unwrap());
        let list = format!("{}/sandbox/subscriptions", sandbox.url);
        let subscriptions = move || {
            let told = books.send(books.request(Method::GET, &list)).json();
            told["subscriptions"].as_array().map_or(0, Vec::len)
        };
        Self {
            url,
            home,
            web: Web::plain(),
            process: None,
            session: None,
            subscriptions: Box::new(subscriptions),
        }
    }

    /// Another value in the settings file.
    pub fn edit(&self, old: &str, new: &str) {
        let text = std::fs::read_to_string(self.config()).unwrap();
        assert!(text.contains(old), "{old} is in the settings:\n{text}");
        std::fs::write(self.config(), text.replace(old, new)).unwrap();
    }

    /// Runs the server to its end, which is to come by itself.
    pub fn run_to_its_end(&self) -> Ended {
        innerward_within(STARTS_WITHIN, &["serve", "--config", &self.config().display().to_string()])
    }

    pub fn config(&self) -> PathBuf {
        self.home.path().join("innerward.toml")
    }

    pub fn data(&self) -> PathBuf {
        self.home.path().join("data")
    }

    /// What it has logged, over all its starts.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.log_path()).unwrap_or_default()
    }

    fn log_path(&self) -> PathBuf {
        self.home.path().join("log")
    }

    /// Starts the process and waits until it says that it runs.
    pub fn begin(&mut self) {
        let config = self.config().display().to_string();
        let process = Process::start(&["--log", "info", "serve", "--config", &config], &self.log_path());
        while !process.line(STARTS_WITHIN).starts_with("Innerward is running") {}
        self.process = Some(process);
    }

    pub fn process(&mut self) -> &mut Process {
        self.process.as_mut().expect("the server was started")
    }

    /// SIGKILL.
    pub fn kill(&mut self) {
        self.process.take().expect("the server was started").kill();
    }

    pub fn kill_and_start_again(&mut self) {
        self.kill();
        self.begin();
    }

    /// SIGTERM; gives the exit code.
    pub fn stop(&mut self) -> Option<i32> {
        self.process.take().expect("the server was started").stop(STOPS_WITHIN)
    }

    /// Stops, and gives what `innerward verify --json` says of the data folder.
    pub fn stop_and_verify(&mut self) -> Value {
        assert_eq!(self.stop(), Some(0), "stopped as told; its log:\n{}", self.log());
        let data = self.data().display().to_string();
        let ended = innerward_within(STARTS_WITHIN, &["verify", "--json", "--data", &data]);
        serde_json::from_str(&ended.out).unwrap_or_else(|error| panic!("{error}: {ended:?}"))
    }

    /// `GET` a page or data of the console, signed in; makes the first account when needed.
    pub fn get(&mut self, path: &str) -> Answer {
        let cookie = self.session().cookie.clone();
        self.web.send(self.web.request(Method::GET, &format!("{}{path}", self.url)).header(COOKIE, cookie))
    }

    /// `POST` JSON to the console's API, signed in.
    pub fn post(&mut self, path: &str, body: &Value) -> Answer {
        let session = self.session();
        let (cookie, csrf) = (session.cookie.clone(), session.csrf.clone());
        let request = self.web.request(Method::POST, &format!("{}{path}", self.url)).json(body);
        self.web.send(request.header(COOKIE, cookie).header("X-CSRF-Token", csrf))
    }

    /// `POST` to a notice address, as anybody may. On a connection of its own: the server may hang up.
    pub fn post_notice(&self, path: &str, body: Vec<u8>) -> Result<Answer, reqwest::Error> {
        let request = self.web.request(Method::POST, &format!("{}{path}", self.url));
        self.web.try_send(
            request.header("Content-Type", "application/json").header("Connection", "close").body(body),
        )
    }

    fn session(&mut self) -> &Session {
        if self.session.is_none() {
            self.session = Some(self.make_the_first_account());
        }
        self.session.as_ref().unwrap()
    }

    /// As a person does it: the address the program printed, the form, the cookie.
    fn make_the_first_account(&self) -> Session {
        let token = self.setup_token();
        let url = format!("{}/setup?token={token}", self.url);
        let page = self.web.send(self.web.request(Method::GET, &url));
        let door = page.cookie("innerward-door").expect("the page of the first account");
        let form = [
            ("csrf", door.as_str()),
            ("token", &token),
            ("name", NAME),
            ("password", PASSWORD),
            ("again", PASSWORD),
        ];
        let request = self.web.request(Method::POST, &format!("{}/setup", self.url)).form(&form);
        let entered = self.web.send(request.header(COOKIE, format!("innerward-door={door}")));
        let cookie = format!("innerward={}", entered.cookie("innerward").expect("a session"));
        let request = self.web.request(Method::GET, &format!("{}/api/v1/session", self.url));
        let session = self.web.send(request.header(COOKIE, &cookie)).json();
        Session { cookie, csrf: session["csrf"].as_str().unwrap().to_owned() }
    }

    /// The server prints it right after it says that it runs, as long as there is no account.
    fn setup_token(&self) -> String {
        let process = self.process.as_ref().expect("the server was started");
        loop {
            if let Some((_, token)) = process.line(STARTS_WITHIN).split_once("/setup?token=") {
                return token.trim().to_owned();
            }
        }
    }

    /// The copies on record that `query` finds (`message_id=…&limit=7`), newest first.
    pub fn messages(&mut self, query: &str) -> Vec<Value> {
        let answer = self.get(&format!("/api/v1/messages?{query}")).json();
        answer["messages"].as_array().unwrap().clone()
    }

    /// Asks for `action` (`release`, `quarantine`, `undo`) on a copy as lists name it.
    pub fn act(&mut self, action: &str, copy: &str) -> Value {
        self.post("/api/v1/actions", &json!({ "action": action, "copies": [copy] })).json()
    }

    pub fn health(&mut self) -> Value {
        self.get("/api/v1/health").json()
    }

    /// Until the tenant sends notices about this many mailboxes.
    pub fn wait_until_watching(&mut self, mailboxes: usize) {
        within(WATCHES_WITHIN, "every mailbox is watched", || {
            ((self.subscriptions)() >= mailboxes).then_some(())
        });
    }

    /// Until this many copies of the last day are judged.
    pub fn wait_until_judged(&mut self, copies: usize, limit: Duration) {
        within(limit, &format!("{copies} copies are judged"), || {
            let counts = self.get("/api/v1/counts").json();
            (counts["judged"].as_u64().unwrap() >= copies as u64).then_some(())
        });
    }

    /// Until no job waits or runs.
    pub fn wait_until_idle(&mut self, limit: Duration) {
        within(limit, "no job waits or runs", || {
            let backlog = self.health()["backlog"].clone();
            (backlog["waiting"] == 0 && backlog["running"] == 0).then_some(())
        });
    }

    /// Until a line of the log holds `text`.
    pub fn wait_for_log(&self, text: &str, limit: Duration) {
        within(limit, &format!("the log says {text}"), || self.log().contains(text).then_some(()));
    }
}

/// Every file under `folder` with its bytes, to see that nothing was touched.
pub fn snapshot(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let bytes = std::fs::read(&path).unwrap();
                files.push((path, bytes));
            }
        }
    }
    files.sort();
    files
}
