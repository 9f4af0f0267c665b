//! Quarantine and restore leave a message as it was: bytes, date, folder, read state, flag, categories. Compared by the
//! tenant's own books here, and through Microsoft's own client in `tests/vendor/python/restore.py`.
#![allow(clippy::unwrap_used, reason = "a panic here is the report")]

mod common;

use std::time::Duration;

use common::{Sandbox, Ward, within};
use serde_json::{Value, json};

/// A debug build on a busy machine.
const SOON: Duration = Duration::from_secs(60);

/// Sweeps come every second here; what is still so after this is not taken back.
const A_FEW_SWEEPS: Duration = Duration::from_secs(4);

/// Our hidden folders begin with this.
const QUARANTINE: &str = "Innerward Quarantine";

/// Who quarantines.
#[derive(Clone, Copy, PartialEq)]
enum By {
    Policy,
    Hand,
}

/// How a message stands before anybody protects the mailbox.
struct Case {
    what: &'static str,
    by: By,
    /// A folder the person has moved it to, made when it is not there: a path of names.
    folder: Option<&'static str>,
    marks: fn() -> Value,
}

const CASES: &[Case] = &[
    Case { what: "as it came", by: By::Policy, folder: None, marks: || json!({}) },
    Case { what: "read", by: By::Policy, folder: None, marks: || json!({ "isRead": true }) },
    Case {
        what: "flagged with a due date, in two categories",
        by: By::Policy,
        folder: None,
        marks: || {
            let due = json!({ "dateTime": "2026-12-01T00:00:00.0000000", "timeZone": "UTC" });
            let flag = json!({ "flagStatus": "flagged", "startDateTime": due, "dueDateTime": due });
            json!({ "flag": flag, "categories": ["Red category", "Clients"] })
        },
    },
    Case {
        what: "done with, in a folder of the person's own",
        by: By::Policy,
        folder: Some("Clients/Acme"),
        marks: || json!({ "isRead": true, "flag": { "flagStatus": "complete" } }),
    },
    Case { what: "archived", by: By::Hand, folder: Some("Archive"), marks: || json!({ "isRead": true }) },
    Case { what: "in junk", by: By::Hand, folder: Some("junkemail"), marks: || json!({}) },
    Case {
        what: "deleted",
        by: By::Hand,
        folder: Some("deleteditems"),
        marks: || json!({ "categories": ["Old"] }),
    },
    Case { what: "by hand from the inbox", by: By::Hand, folder: None, marks: || json!({}) },
];

/// One copy under test.
struct Copy<'a> {
    case: &'a Case,
    who: &'a str,
    id: String,
    before: Value,
}

#[test]
fn what_comes_back_is_what_was_taken_away() {
    let sandbox = Sandbox::start();
    let people = sandbox.people();
    let copies: Vec<Copy<'_>> =
        CASES.iter().zip(&people).map(|(case, who)| arranged(&sandbox, case, who)).collect();
    let mut ward = Ward::start(&sandbox, "sweep_s = 1");
    ward.wait_until_judged(copies.len(), SOON);

    for copy in copies.iter().filter(|copy| copy.case.by == By::Hand) {
        act(&mut ward, "quarantine", copy);
    }
    for copy in &copies {
        let held = wait_for(&sandbox, copy, "it is in quarantine", is_quarantined);
        assert_eq!(without_folder(&held), without_folder(&copy.before), "{}: in quarantine", copy.case.what);
    }
    for copy in &copies {
        act(&mut ward, "release", copy);
    }
    for copy in &copies {
        let back = wait_for(&sandbox, copy, "it is released", |item| !is_quarantined(item));
        assert_eq!(back, copy.before, "{}: restored", copy.case.what);
    }
    std::thread::sleep(A_FEW_SWEEPS);
    for copy in &copies {
        assert_eq!(state(&sandbox, copy.who, &copy.id), copy.before, "{}: it stays", copy.case.what);
    }
    let report = ward.stop_and_verify();
    assert_eq!((&report["ok"], &report["deliveries"]), (&json!(true), &json!(copies.len())), "{report}");
}

/// Delivered an hour ago, filed and marked by the person.
fn arranged<'a>(sandbox: &Sandbox, case: &'a Case, who: &'a str) -> Copy<'a> {
    let mail = json!({
        "raw": letter(case), "from": "sender@sender.example", "to": [who],
        "verdict": "SCL=1;SFV=NSPM;CAT=NONE;DEST=I", "received": an_hour_ago(sandbox),
    });
    let filed = sandbox.post("mail", &mail);
    let id = filed["filed"][0]["immutable_id"].as_str().unwrap().to_owned();
    if let Some(folder) = case.folder {
        if let Some((parent, name)) = folder.split_once('/') {
            sandbox.post(&format!("people/{who}/folder"), &json!({ "name": parent }));
            sandbox.post(&format!("people/{who}/folder"), &json!({ "name": name, "parent": parent }));
        }
        sandbox.post(&format!("people/{who}/move"), &json!({ "id": id, "folder": folder }));
    }
    let mut marks = (case.marks)();
    marks["id"] = json!(id);
    sandbox.post(&format!("people/{who}/mark"), &marks);
    let before = state(sandbox, who, &id);
    Copy { case, who, id, before }
}

fn an_hour_ago(sandbox: &Sandbox) -> String {
    let now: jiff::Timestamp = sandbox.get("clock")["now"].as_str().unwrap().parse().unwrap();
    (now - jiff::SignedDuration::from_hours(1)).to_string()
}

/// Policy acts on the program in disguise; the other letter is like any other.
fn letter(case: &Case) -> String {
    let head = format!(
        "From: Sender <sender@sender.example>\r\nTo: people@tidewright.example\r\nSubject: {what}\r\n\
         Message-ID: <{id}@sender.example>\r\nDate: Tue, 24 Nov 2026 08:00:00 +0000\r\nMIME-Version: 1.0\r\n",
        what = case.what,
        id = case.what.replace([' ', ',', '\''], "-"),
    );
    match case.by {
        By::Hand => format!("{head}Content-Type: text/plain\r\n\r\nHello, as agreed.\r\n"),
        By::Policy => format!(
            "{head}Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nPlease see the \
             order.\r\n--b\r\nContent-Type: application/pdf; name=\"order.pdf.exe\"\r\nContent-Disposition: attachment; \
             filename=\"order.pdf.exe\"\r\nContent-Transfer-Encoding: base64\r\n\r\nTVqQAAMAAAAEAAAA//8AALgAAAAAAAAA\r\n--b--\r\n"
        ),
    }
}

/// As the tenant's books show it, with a digest of the bytes; what every change must change is left out.
fn state(sandbox: &Sandbox, who: &str, id: &str) -> Value {
    let all = sandbox.get(&format!("mailboxes/{who}/items?digest=true"));
    let mut items: Vec<Value> = all["items"].as_array().unwrap().clone();
    assert_eq!(items.len(), 1, "one item and no copy of it: {all}");
    let mut item = items.remove(0);
    assert_eq!(item["immutable_id"], json!(id));
    for changing in ["id", "change_key", "moves"] {
        item.as_object_mut().unwrap().remove(changing);
    }
    item
}

fn is_quarantined(item: &Value) -> bool {
    item["folder"].as_str().is_some_and(|folder| folder.starts_with(QUARANTINE))
}

fn without_folder(item: &Value) -> Value {
    let mut item = item.clone();
    item.as_object_mut().unwrap().remove("folder");
    item
}

fn wait_for(sandbox: &Sandbox, copy: &Copy<'_>, what: &str, is_so: fn(&Value) -> bool) -> Value {
    within(SOON, &format!("{}: {what}", copy.case.what), || {
        Some(state(sandbox, copy.who, &copy.id)).filter(is_so)
    })
}

/// As the console's pages do it: the copy is named by the list.
fn act(ward: &mut Ward, action: &str, copy: &Copy<'_>) {
    let listed = ward.messages("limit=50");
    let row = listed.iter().find(|row| row["item"] == json!(copy.id)).expect("the copy is listed");
    let answer = ward.act(action, row["copy"].as_str().unwrap());
    assert_eq!(answer, json!({ "recorded": 1, "unchanged": 0 }), "{}: {action}", copy.case.what);
}
