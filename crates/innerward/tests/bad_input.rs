//! What goes wrong from outside: each with a clear message, the exit code that scripts rely on (0 fine, 1 found, 2 misuse, 3
//! trouble outside), and nothing half-done.
#![allow(clippy::unwrap_used, reason = "a panic here is the report")]

mod common;

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::time::Duration;

use common::{Ended, Sandbox, Ward, free_port, innerward, snapshot, within};
use serde_json::{Value, json};

/// For anything that a debug build on a busy machine should get done.
const SOON: Duration = Duration::from_secs(60);

/// A refusal is asked about again after a minute.
const CONSENT_NOTICED_WITHIN: Duration = Duration::from_secs(150);

const CLEAN: &str = "SCL=1;SFV=NSPM;CAT=NONE;DEST=I";

const FINE: i32 = 0;
const FOUND: i32 = 1;
const MISUSE: i32 = 2;
const OUTSIDE: i32 = 3;

fn letter(name: &str) -> Vec<u8> {
    format!(
        "From: Sender <sender@sender.example>\r\nTo: people@tidewright.example\r\nSubject: {name}\r\n\
         Message-ID: <{name}@sender.example>\r\nDate: Tue, 24 Nov 2026 08:00:00 +0000\r\n\r\nHello, this is {name}.\r\n"
    )
    .into_bytes()
}

fn check(what: &str, ended: &Ended, code: i32, says: &[&str]) {
    assert_eq!(ended.code, Some(code), "{what}: {ended:?}");
    for text in says {
        assert!(ended.err.contains(text), "{what}: says {text:?}: {}", ended.err);
    }
    if code != FINE && code != FOUND {
        assert!(ended.err.starts_with("innerward: "), "{what}: {}", ended.err);
        assert!(!ended.err.contains("panicked"), "{what}: {}", ended.err);
    }
}

/// What is wrong, how it comes about, how the server ends, and what it says.
type Wrong = (&'static str, fn(&Sandbox, &Ward), i32, &'static [&'static str]);

/// The permissions the app asks for, without some.
fn grant_without(sandbox: &Sandbox, missing: &[&str]) {
    let all =
        ["Mail.Read", "Mail.ReadWrite", "User.Read.All", "MailboxSettings.Read", "Organization.Read.All"];
    let roles: Vec<_> = all.into_iter().filter(|role| !missing.contains(role)).collect();
    sandbox.grant(&json!(roles));
}

const TENANT_REFUSES: &[Wrong] = &[
    (
        "the client secret is wrong",
        |_, ward| {
            let secret = ward.config().with_file_name("wrong");
            fs::write(&secret, "not the secret").unwrap();
            ward.edit("client_secret_file = ", &format!("client_secret_file = {secret:?} # "));
        },
        OUTSIDE,
        &["cannot protect tenant", "secret is wrong", "AADSTS7000215", "copy the secret's value"],
    ),
    (
        "there is no such tenant",
        |sandbox, ward| ward.edit(&sandbox.tenant_id, "00000000-0000-4000-8000-000000000001"),
        OUTSIDE,
        &["no such tenant", "AADSTS90002", "check the tenant id"],
    ),
    (
        "the app is unknown",
        |sandbox, ward| ward.edit(&sandbox.client_id, "00000000-0000-4000-8000-000000000002"),
        OUTSIDE,
        &["not known in this tenant", "check the client id"],
    ),
    (
        "nobody has consented",
        |sandbox, _| sandbox.grant(&Value::Null),
        OUTSIDE,
        &["nobody has consented yet", "open the consent address"],
    ),
    (
        "moving mail is not granted",
        |sandbox, _| grant_without(sandbox, &["Mail.ReadWrite"]),
        OUTSIDE,
        &["has not granted Mail.ReadWrite: grant it", "give admin consent again"],
    ),
    (
        "reading mail is not granted either",
        |sandbox, _| grant_without(sandbox, &["Mail.Read", "Mail.ReadWrite"]),
        OUTSIDE,
        &["has not granted Mail.Read, Mail.ReadWrite: grant it"],
    ),
    (
        "reading people is not granted",
        |sandbox, _| grant_without(sandbox, &["User.Read.All"]),
        OUTSIDE,
        &["has not granted User.Read.All: grant it"],
    ),
    (
        "reading the organisation is not granted",
        |sandbox, _| grant_without(sandbox, &["Organization.Read.All"]),
        OUTSIDE,
        &["has not granted Organization.Read.All: grant it"],
    ),
    (
        "nobody answers there",
        |sandbox, ward| ward.edit(&sandbox.url, &format!("https://127.0.0.1:{}", free_port())),
        OUTSIDE,
        &["cannot protect tenant"],
    ),
];

#[test]
fn a_tenant_that_refuses_us_is_told_and_nothing_is_changed_in_it() {
    let sandbox = Sandbox::start();
    for (what, change, code, says) in TENANT_REFUSES {
        let ward = Ward::prepare(&sandbox, "", "");
        change(&sandbox, &ward);
        let ended = ward.run_to_its_end();
        check(what, &ended, *code, says);
        assert_eq!(ended.out, "", "{what}: it never said that it runs");
        assert!(!ended.err.contains(&sandbox.client_secret), "{what}: the secret is not told");
        sandbox.consent();
        assert_untouched(what, &sandbox);
    }
}

fn assert_untouched(what: &str, sandbox: &Sandbox) {
    assert_eq!(sandbox.get("subscriptions")["subscriptions"], json!([]), "{what}");
    for who in sandbox.people().iter().take(3) {
        let folders = sandbox.get(&format!("mailboxes/{who}"))["folders"].to_string();
        assert!(!folders.contains("Innerward"), "{what}: {folders}");
    }
}

#[test]
fn after_a_refusal_the_same_data_folder_starts_once_all_is_right() {
    let sandbox = Sandbox::start();
    let mut ward = Ward::prepare(&sandbox, "", "");
    sandbox.grant(&Value::Null);
    assert_eq!(ward.run_to_its_end().code, Some(OUTSIDE));
    sandbox.consent();
    ward.begin();
    let report = ward.stop_and_verify();
    assert_eq!(report["ok"], json!(true), "{report}");
}

const SETTINGS_ARE_WRONG: &[Wrong] = &[
    (
        "a misspelt key",
        |_, ward| ward.edit("listen = ", "lisen = "),
        MISUSE,
        &["innerward.toml", "unknown field `lisen`", "`listen`"],
    ),
    (
        "a misspelt key of the tenant",
        |_, ward| ward.edit("client_id = ", "clientid = "),
        MISUSE,
        &["unknown field `clientid`", "`client_id`"],
    ),
    (
        "no TOML",
        |_, ward| fs::write(ward.config(), "listen: 8080\n").unwrap(),
        MISUSE,
        &["innerward.toml", "line 1"],
    ),
    (
        "not UTF-8",
        |_, ward| fs::write(ward.config(), b"data = \"\xff\"\n").unwrap(),
        MISUSE,
        &["cannot be read"],
    ),
    (
        "no tenant",
        |_, ward| fs::write(ward.config(), "dns = false\n").unwrap(),
        MISUSE,
        &["names no [[tenant]]"],
    ),
    (
        "the file is not there",
        |_, ward| fs::remove_file(ward.config()).unwrap(),
        MISUSE,
        &["innerward.toml", "cannot be read", "name one with --config"],
    ),
    (
        "the file is a folder",
        |_, ward| {
            fs::remove_file(ward.config()).unwrap();
            fs::create_dir(ward.config()).unwrap();
        },
        MISUSE,
        &["innerward.toml", "cannot be read"],
    ),
    (
        "notices over the open network",
        |_, ward| ward.edit("notice_url = \"http://127.0.0.1", "notice_url = \"http://192.0.2.1"),
        MISUSE,
        &["notice_url http://192.0.2.1", "must begin with https://"],
    ),
];

const FILES_ARE_WRONG: &[Wrong] = &[
    (
        "the secret's file is not there",
        |_, ward| ward.edit("client_secret_file = ", "client_secret_file = \"/nowhere/secret\" # "),
        MISUSE,
        &["cannot read the client secret from /nowhere/secret"],
    ),
    (
        "the certificate authority's file is not there",
        |_, ward| ward.edit("ca = ", "ca = \"/nowhere/ca.pem\" # "),
        MISUSE,
        &["/nowhere/ca.pem", "cannot be read"],
    ),
    (
        "the certificate authority is none",
        |_, ward| ward.edit("ca = ", &format!("ca = {:?} # ", ward.config())),
        MISUSE,
        &["certificate"],
    ),
    (
        "a secret and a certificate",
        |_, ward| {
            ward.edit("client_id = ", "client_certificate = \"c.pem\"\nclient_key = \"k.pem\"\nclient_id = ")
        },
        MISUSE,
        &["give either client_secret_file, or client_certificate and client_key"],
    ),
    (
        "half a cloud",
        |_, ward| ward.edit("graph_url = ", "# "),
        MISUSE,
        &["login_url and graph_url go together"],
    ),
    (
        "a gateway that is no network",
        |_, ward| ward.edit("client_id = ", "gateways = [\"192.0.2.0/40\"]\nclient_id = "),
        MISUSE,
        &["192.0.2.0/40 is no network", "192.0.2.0/24"],
    ),
];

#[test]
fn wrong_settings_are_named_and_nothing_is_made() {
    let sandbox = Sandbox::start();
    for (what, change, code, says) in SETTINGS_ARE_WRONG {
        let ward = Ward::prepare(&sandbox, "", "");
        change(&sandbox, &ward);
        check(what, &ward.run_to_its_end(), *code, says);
        assert!(!ward.data().exists(), "{what}: no data folder");
    }
    for (what, change, code, says) in FILES_ARE_WRONG {
        let ward = Ward::prepare(&sandbox, "", "");
        change(&sandbox, &ward);
        check(what, &ward.run_to_its_end(), *code, says);
    }
    assert_untouched("wrong settings", &sandbox);
    assert_eq!(sandbox.get("counters")["token.issued"], Value::Null, "nobody signed in");
}

#[test]
fn a_port_that_is_taken_is_named() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let says: &[&str] = &[&format!("port {port}"), "taken"];
    let sandbox = Sandbox::start();

    let ward = Ward::prepare(&sandbox, "", "");
    ward.edit(ward.url.rsplit(':').next().unwrap(), &port);
    check("serve", &ward.run_to_its_end(), MISUSE, says);
    assert_untouched("serve", &sandbox);

    let home = tempfile::tempdir().unwrap();
    let ca = home.path().join("ca.pem").display().to_string();
    let https = innerward(&["sandbox", "--https-port", &port, "--smtp-port", "0", "--ca", &ca]);
    check("sandbox, HTTPS", &https, MISUSE, says);
    let smtp = innerward(&["sandbox", "--https-port", "0", "--smtp-port", &port, "--ca", &ca]);
    check("sandbox, SMTP", &smtp, MISUSE, says);
    assert!(!Path::new(&ca).exists(), "no certificate authority without a sandbox");
    let listen = format!("127.0.0.1:{port}");
    check("demo", &innerward(&["demo", "--no-browser", "--listen", &listen]), MISUSE, says);
}

#[test]
fn a_data_folder_of_a_newer_version_is_refused_and_left_alone() {
    let sandbox = Sandbox::start();
    let mut ward = Ward::start(&sandbox, "");
    assert_eq!(ward.stop(), Some(FINE));
    let database = ward.data().join("innerward.db");
    let mut bytes = fs::read(&database).unwrap();
    // SQLite's user version: big-endian at offset 60 of the file (file format, §1.3).
    bytes[60..64].copy_from_slice(&999_u32.to_be_bytes());
    fs::write(&database, bytes).unwrap();
    let before = snapshot(&ward.data());

    let data = ward.data().display().to_string();
    for (what, ended) in
        [("serve", ward.run_to_its_end()), ("verify", innerward(&["verify", "--data", &data]))]
    {
        check(what, &ended, MISUSE, &[&data, "999", "newer", "install the version that wrote it"]);
        assert_eq!(ended.out, "", "{what}");
        assert!(snapshot(&ward.data()) == before, "{what}: every byte is as it was");
    }
}

#[test]
fn a_data_folder_in_use_is_refused_and_its_server_goes_on() {
    let sandbox = Sandbox::start();
    let mut first = Ward::start(&sandbox, "");
    let second = Ward::prepare(&sandbox, "", "");
    second.edit(&second.data().display().to_string(), &first.data().display().to_string());
    let data = first.data().display().to_string();
    let says: &[&str] = &[&data, "in use by another process", "stop it"];
    check("serve", &second.run_to_its_end(), MISUSE, says);
    check("verify", &innerward(&["verify", "--data", &data]), MISUSE, says);
    let person = &sandbox.people()[..1];
    sandbox.deliver(&letter("still-here"), person, CLEAN);
    first.wait_until_judged(1, SOON);
    assert_eq!(first.stop_and_verify()["ok"], json!(true));
}

#[test]
fn forged_and_malformed_notices_change_nothing() {
    let sandbox = Sandbox::start();
    let people = sandbox.people();
    let mut ward = Ward::start(&sandbox, "sweep_s = 3600");
    ward.wait_until_watching(people.len());
    ward.wait_until_idle(SOON);
    let subscription = sandbox.get("subscriptions")["subscriptions"][0].clone();
    let genuine = genuine(&sandbox, &subscription);
    let with = |key: &str, value: Value| {
        let mut notice = genuine.clone();
        notice[key] = value;
        serde_json::to_vec(&json!({ "value": [notice] })).unwrap()
    };
    let other = sandbox.get("subscriptions")["subscriptions"][1]["client_state"].clone();
    let deep = [b"{\"value\":".as_slice(), &vec![b'['; 200_000]].concat();
    let many = serde_json::to_vec(&json!({ "value": vec![7; 6_000] })).unwrap();
    let rows: Vec<(&str, Vec<u8>, u16)> = vec![
        ("a clientState that is not ours", with("clientState", json!("secretClientValue")), 202),
        ("the clientState of another subscription", with("clientState", other), 202),
        ("no clientState", with("clientState", Value::Null), 202),
        (
            "an unknown subscription",
            with("subscriptionId", json!("7b0ff3b6-8a30-4d5e-9a4f-c0ffee000000")),
            202,
        ),
        ("another tenant", with("tenantId", json!("00000000-0000-4000-8000-000000000001")), 202),
        ("an event nobody knows", with("lifecycleEvent", json!("party")), 202),
        ("another mailbox", with("resource", json!("Users/nobody/Messages/AAkA")), 202),
        ("no JSON", b"clientState=x".to_vec(), 400),
        ("nothing", Vec::new(), 400),
        ("no list", b"{\"value\": 7}".to_vec(), 400),
        ("not UTF-8", b"\xff\xfe{}".to_vec(), 400),
        ("nested 200,000 deep", deep, 400),
        ("6,000 at once", many, 400),
        ("2 MB", vec![b' '; 2_000_000], 413),
    ];
    for path in ["/notices/microsoft", "/notices/microsoft/lifecycle"] {
        for (what, body, status) in &rows {
            let refused = refused(&mut ward);
            let asked = sandbox.get("counters")["graph.requests"].clone();
            match ward.post_notice(path, body.clone()) {
                Ok(answer) => {
                    assert_eq!(answer.status, *status, "{what}");
                    assert!(answer.body.is_empty(), "{what}: not a word about why");
                }
                // What is too large is hung up on; the answer may be lost with the connection.
                Err(_) => assert_eq!(*status, 413, "{what}"),
            }
            assert_eq!(refused_since(&mut ward, refused), 1, "{what}: counted");
            assert_eq!(ward.health()["backlog"]["waiting"], 0, "{what}: nothing is queued");
            assert_eq!(sandbox.get("counters")["graph.requests"], asked, "{what}: nobody is asked");
        }
    }
    for path in ["/notices/google", "/notices/", "/notices/microsoft/other"] {
        assert_eq!(ward.post_notice(path, with("id", json!("n"))).unwrap().status, 404, "{path}");
    }
    let believed = ward.health()["notices"]["believed"].as_u64().unwrap();
    assert_eq!(ward.post_notice("/notices/microsoft", with("id", json!("n"))).unwrap().status, 202);
    assert_eq!(ward.health()["notices"]["believed"], believed + 1, "a genuine one is believed");
    sandbox.deliver(&letter("after-the-storm"), &people[..1], CLEAN);
    ward.wait_until_judged(1, SOON);
    assert_eq!(ward.stop_and_verify()["ok"], json!(true));
}

/// As the tenant would send it, about a message that is not there.
fn genuine(sandbox: &Sandbox, subscription: &Value) -> Value {
    let resource = subscription["resource"].as_str().unwrap();
    let owner = resource.trim_start_matches('/').split('/').nth(1).unwrap();
    json!({
        "subscriptionId": subscription["id"], "clientState": subscription["client_state"], "changeType": "created",
        "tenantId": sandbox.tenant_id, "resource": format!("Users/{owner}/Messages/AAkA"),
        "resourceData": { "@odata.type": "#Microsoft.Graph.Message", "id": "AAkA" },
    })
}

fn refused(ward: &mut Ward) -> u64 {
    ward.health()["notices"]["refused"].as_u64().unwrap()
}

fn refused_since(ward: &mut Ward, before: u64) -> u64 {
    refused(ward) - before
}

#[test]
fn consent_taken_back_stops_nothing_and_is_caught_up_with() {
    let sandbox = Sandbox::start();
    let people = sandbox.people();
    let mut ward = Ward::start(&sandbox, "sweep_s = 2");
    ward.wait_until_watching(people.len());
    sandbox.deliver(&letter("before"), &people[..2], CLEAN);
    ward.wait_until_judged(2, SOON);

    sandbox.grant(&Value::Null);
    sandbox.deliver(&letter("meanwhile"), &people[..3], CLEAN);
    let health = within(SOON, "the health page tells of it", || {
        let health = ward.health();
        (health["well"] == json!(false)).then_some(health)
    });
    assert!(health.to_string().contains("nobody has consented yet"), "{health}");
    assert!(health["sentence"].as_str().unwrap().contains("cannot be read"), "{health}");
    ward.wait_for_log("nobody has consented yet", SOON);
    assert!(ward.process().is_alive());
    assert_eq!(ward.get("/messages").status, 200);

    sandbox.consent();
    ward.wait_until_judged(5, CONSENT_NOTICED_WITHIN);
    within(CONSENT_NOTICED_WITHIN, "all is well again", || {
        (ward.health()["well"] == json!(true)).then_some(())
    });
    let report = ward.stop_and_verify();
    assert_eq!((&report["ok"], &report["deliveries"]), (&json!(true), &json!(5)), "{report}");
}

#[test]
fn explain_takes_any_bytes_and_names_what_is_not_there() {
    let home = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| fs::write(home.path().join(name), bytes).unwrap();
    write("empty.eml", b"");
    write(
        "garbage.eml",
        &(0..100_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect::<Vec<_>>(),
    );
    write("zeros.eml", &[0; 4096]);
    write("letter.eml", &letter("explained"));
    write("broken.tar.zst", b"this is no archive");
    write("broken.tar", &[b'x'; 1024]);
    fs::create_dir(home.path().join("none")).unwrap();
    fs::create_dir(home.path().join("some")).unwrap();
    write("some/one.eml", &letter("one"));
    write("some/two.eml", b"\xff\xfe\x00");
    let path = |name: &str| home.path().join(name).display().to_string();

    for (name, code, says) in [
        ("missing.eml", MISUSE, "missing.eml is not there"),
        ("none", MISUSE, "none holds no mail"),
        ("broken.tar.zst", OUTSIDE, "broken.tar.zst"),
        ("broken.tar", OUTSIDE, "broken.tar is damaged"),
    ] {
        let ended = innerward(&["explain", "--json", &path(name)]);
        check(name, &ended, code, &[says]);
        assert_eq!(ended.out, "", "{name}");
    }
    for (name, messages, defect) in [
        ("empty.eml", 1, Some("no-header")),
        ("garbage.eml", 1, Some("no-header")),
        ("zeros.eml", 1, Some("no-header")),
        ("letter.eml", 1, None),
        ("some", 2, None),
    ] {
        let ended = innerward(&["explain", "--json", &path(name)]);
        check(name, &ended, FINE, &[]);
        let told: Vec<Value> = ended.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(told.len(), messages, "{name}");
        for one in &told {
            assert!(one["verdict"].is_string() && one["reasons"].is_array(), "{name}: {one}");
        }
        if let Some(defect) = defect {
            assert!(told[0]["defects"].to_string().contains(defect), "{name}: {}", told[0]);
        }
        check(name, &innerward(&["explain", &path(name)]), FINE, &[]);
    }
    let ended = innerward(&["explain"]);
    assert!(ended.code == Some(MISUSE) && ended.err.contains("<FILE>"), "no file at all: {ended:?}");
}

/// What was done to a data folder, how, and what is said of it.
type Tampered = (&'static str, fn(&Path), &'static str);

const TAMPERED: &[Tampered] = &[
    (
        "an audit record is changed",
        |folder| change_text(folder, b"signed in", b"signed up"),
        "was changed after",
    ),
    ("an original is changed", |folder| fs::write(a_blob(folder), b"something else").unwrap(), "blob"),
    ("an original is gone", |folder| fs::remove_file(a_blob(folder)).unwrap(), "is missing"),
    (
        "a stranger's file",
        |folder| fs::write(folder.join("blobs/stranger"), b"x").unwrap(),
        "stranger is not ours",
    ),
    (
        "the database is none",
        |folder| fs::write(folder.join("innerward.db"), [b'x'; 9000]).unwrap(),
        "database",
    ),
];

#[test]
fn verify_makes_nothing_and_finds_what_was_tampered_with() {
    let home = tempfile::tempdir().unwrap();
    let nothing = home.path().display().to_string();
    let missing = home.path().join("missing").display().to_string();
    for (what, data) in [("an empty folder", &nothing), ("no folder", &missing)] {
        check(
            what,
            &innerward(&["verify", "--data", data]),
            MISUSE,
            &["is no data folder", "name the one given"],
        );
    }
    assert!(snapshot(home.path()).is_empty() && !Path::new(&missing).exists());

    let whole = a_used_data_folder();
    let data = |folder: &tempfile::TempDir| folder.path().display().to_string();
    let report = innerward(&["verify", "--json", "--data", &data(&whole)]);
    check("a whole folder", &report, FINE, &[]);
    for (what, tamper, says) in TAMPERED {
        let folder = copy_of(whole.path());
        tamper(folder.path());
        let ended = innerward(&["verify", "--data", &data(&folder)]);
        assert_eq!(ended.code, Some(FOUND), "{what}: {ended:?}");
        assert!(ended.out.contains(says) && ended.out.contains("Not all is well."), "{what}: {ended:?}");
        let ended = innerward(&["verify", "--json", "--data", &data(&folder)]);
        let report: Value = serde_json::from_str(&ended.out).unwrap();
        assert_eq!((ended.code, &report["ok"]), (Some(FOUND), &json!(false)), "{what}: {report}");
    }
}

/// With a message and an account on record, closed.
fn a_used_data_folder() -> tempfile::TempDir {
    let sandbox = Sandbox::start();
    let mut ward = Ward::start(&sandbox, "");
    sandbox.deliver(&letter("kept"), &sandbox.people()[..1], CLEAN);
    ward.wait_until_judged(1, SOON);
    assert_eq!(ward.stop(), Some(FINE));
    copy_of(&ward.data())
}

fn copy_of(folder: &Path) -> tempfile::TempDir {
    let copy = tempfile::tempdir().unwrap();
    for (path, bytes) in snapshot(folder) {
        let to = copy.path().join(path.strip_prefix(folder).unwrap());
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::write(to, bytes).unwrap();
    }
    copy
}

fn a_blob(folder: &Path) -> std::path::PathBuf {
    snapshot(&folder.join("blobs")).into_iter().next().unwrap().0
}

/// Of the same length, so that the file stays a database.
fn change_text(folder: &Path, old: &[u8], new: &[u8]) {
    let database = folder.join("innerward.db");
    let mut bytes = fs::read(&database).unwrap();
    let at = bytes.windows(old.len()).position(|window| window == old).expect("the text is in the database");
    bytes[at..at + old.len()].copy_from_slice(new);
    fs::write(database, bytes).unwrap();
}
