//! The adapter against a scripted Graph on loopback: what it asks, how often, and what it makes of each answer.
//! Whether it works with a whole tenant is tested where the sandbox is known, in the `innerward` crate.

mod acting;
mod desk;
mod reading;
mod sign_in;
mod throttling;
mod watching;

use std::time::Duration;

use serde_json::{Value, json};
use verdict::{ItemId, MailboxId, Target, TenantId};

use self::desk::{Desk, Reply, Seen};
use super::{Cloud, Credential, Microsoft, MicrosoftSettings};
use crate::{Clock, Patience};

const TENANT: &str = "0c0ffee0-0000-4000-8000-000000000001";

/// Settings that lead to `desk`, with little patience.
fn settings(desk: &Desk) -> MicrosoftSettings {
    MicrosoftSettings {
        tenant: TENANT.into(),
        client_id: "0c0ffee0-0000-4000-8000-00000000000a".into(),
        credential: Credential::Secret("secret".to_owned().into()),
        cloud: Cloud::Custom { login: desk.address.clone(), graph: desk.address.clone() },
        notice_url: Some("https://ward.example/notices/microsoft".into()),
        lifecycle_url: None,
        installation_key: b"0123456789abcdef".to_vec(),
        ca_pem: None,
        clock: Clock::fixed("2026-11-24T08:00:00Z".parse().unwrap()),
        patience: Patience {
            attempts_max: 4,
            deadline: Duration::from_secs(5),
            wait_first: Duration::from_millis(4),
            wait_max: Duration::from_millis(50),
        },
    }
}

fn microsoft(desk: &Desk) -> Microsoft {
    Microsoft::new(settings(desk)).unwrap()
}

fn mailbox() -> MailboxId {
    MailboxId::new("u1")
}

fn target(item: &str) -> Target {
    Target { tenant: TenantId::new(TENANT), mailbox: mailbox(), item: ItemId::new(item) }
}

/// A mailbox of which the well-known folders bear their names as ids, and ours exists.
fn folders(seen: &Seen) -> Option<Reply> {
    let (path, _) = seen.path.split_once('?')?;
    let name = path.strip_prefix("/users/u1/mailFolders")?;
    match (seen.method.as_str(), name) {
        ("GET", "") => Some(Reply::json(json!({ "value": [
            { "id": "own", "displayName": "Innerward Quarantine", "isHidden": false },
            { "id": "ours", "displayName": "Innerward Quarantine 2", "isHidden": true },
        ]}))),
        ("GET", "/archive") => Some(Reply::error(404, "ErrorItemNotFound")),
        ("GET", "/inbox" | "/junkemail" | "/sentitems" | "/drafts" | "/deleteditems" | "/work") => {
            Some(Reply::json(json!({ "id": &name[1..] })))
        }
        _ => None,
    }
}

fn message(folder: &str) -> Value {
    json!({
        "@odata.etag": "W/\"1\"", "id": "a", "parentFolderId": folder, "isRead": false, "isDraft": false,
        "flag": { "flagStatus": "notFlagged" }, "categories": [], "receivedDateTime": "2026-11-20T08:00:02Z",
        "internetMessageId": "<m1@sender.example>",
    })
}
