//! Looking into mailboxes, past what Graph shows: every folder, who did what, the bytes.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::header;
use axum::response::IntoResponse;
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{Answered, Refused, ok, owner};
use crate::id::{self, FolderKey, IdForm};
use crate::mailbox::{Folder, Item, Mailbox};
use crate::world::World;

/// One answer shows at most this many items; narrow by folder or page with `skip`.
const ITEMS_MAX: usize = 10_000;

pub(super) async fn all(State(world): State<Arc<World>>) -> Answered {
    let row = |owner| world.change(owner, |mailbox| json!({"mailbox": owner, "items": mailbox.item_count()}));
    let rows: Vec<Value> = world.mailbox_owners().into_iter().filter_map(row).collect();
    ok(json!({ "mailboxes": rows }))
}

pub(super) fn path(mailbox: &Mailbox, key: FolderKey) -> String {
    let mut names = Vec::new();
    let mut at = mailbox.find_folder(key);
    while let Some(folder) = at.filter(|folder| folder.key != crate::well_known::ROOT) {
        names.push(folder.name.as_str());
        at = folder.parent.and_then(|parent| mailbox.find_folder(parent));
    }
    names.reverse();
    names.join("/")
}

fn folder(mailbox: &Mailbox, folder: &Folder) -> Value {
    json!({
        "id": id::folder_id(mailbox.owner, folder.key), "path": path(mailbox, folder.key), "well_known": folder.well_known,
        "hidden": folder.hidden, "total": folder.items.len(), "unread": folder.unread, "size_bytes": folder.size_bytes,
    })
}

pub(super) async fn tree(State(world): State<Arc<World>>, Path(who): Path<String>) -> Answered {
    let owner = owner(&world, &who)?;
    let body = world.change(owner, |mailbox| {
        let folders: Vec<Value> = mailbox.folders().map(|one| folder(mailbox, one)).collect();
        let rules: Vec<&Value> = mailbox.rules.iter().map(|rule| &rule.body).collect();
        json!({"mailbox": owner, "folders": folders, "rules": rules})
    });
    ok(body.unwrap_or(Value::Null))
}

pub(super) fn item(mailbox: &Mailbox, item: &Item) -> Value {
    json!({
        "id": mailbox.id_of(item, IdForm::Rest), "immutable_id": mailbox.id_of(item, IdForm::Immutable),
        "internet_message_id": item.envelope.message_id, "folder": path(mailbox, item.folder),
        "subject": item.envelope.subject, "received": item.received, "created": item.created, "is_read": item.marks.is_read,
        "is_draft": item.is_draft, "flag": item.marks.flag, "categories": item.marks.categories, "moves": item.moves,
        "size_bytes": item.bytes.len(), "change_key": item.change_key(),
    })
}

#[derive(Deserialize)]
pub(super) struct Narrow {
    #[serde(default)]
    folder: Option<String>,
    #[serde(default)]
    internet_message_id: Option<String>,
    #[serde(default)]
    id: Option<String>,
    /// With the SHA-256 of the bytes.
    #[serde(default)]
    digest: bool,
    #[serde(default)]
    skip: usize,
}

pub(super) async fn items(
    State(world): State<Arc<World>>,
    Path(who): Path<String>,
    Query(narrow): Query<Narrow>,
) -> Answered {
    let owner = owner(&world, &who)?;
    let in_folder = match &narrow.folder {
        Some(text) => Some(
            world.find_folder(owner, text).ok_or_else(|| Refused::missing(format!("No folder '{text}'.")))?,
        ),
        None => None,
    };
    let rows = world.change(owner, |mailbox| {
        let keys = match in_folder {
            Some(key) => vec![key],
            None => mailbox.folders().map(|folder| folder.key).collect(),
        };
        let all = keys.into_iter().flat_map(|key| mailbox.newest_first(Some(key)));
        let wanted = |item: &&Item| {
            narrow.internet_message_id.as_ref().is_none_or(|id| *id == item.envelope.message_id)
        };
        let view = |one: &Item| {
            let mut view = item(mailbox, one);
            if narrow.digest {
                view["sha256"] = hex(&Sha256::digest(&one.bytes)).into();
            }
            view
        };
        all.filter(wanted).skip(narrow.skip).take(ITEMS_MAX).map(view).collect::<Vec<_>>()
    });
    ok(json!({ "items": rows.unwrap_or_default() }))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Everything that happened, oldest first, and how often each item was moved by whom.
pub(super) async fn history(
    State(world): State<Arc<World>>,
    Path(who): Path<String>,
    Query(narrow): Query<Narrow>,
) -> Answered {
    let owner = owner(&world, &who)?;
    let wanted = narrow
        .id
        .as_deref()
        .map(|text| id::parse_item_id(text).ok_or_else(|| Refused::wrong("The id is malformed.")))
        .transpose()?;
    let body = world.change(owner, |mailbox| {
        let mut moves: HashMap<(u64, String), u64> = HashMap::new();
        let mut rows = Vec::new();
        let of_message = |key| mailbox.item(key).map(|item| item.envelope.message_id.clone());
        for line in mailbox.history.iter().filter(|line| wanted.is_none_or(|id| id.key == line.item)) {
            let message_id = of_message(line.item);
            if narrow.internet_message_id.is_some() && narrow.internet_message_id != message_id {
                continue;
            }
            if line.what == "moved" {
                *moves.entry((line.item, line.by.to_string())).or_default() += 1;
            }
            let place = |key: Option<FolderKey>| key.map(|key| path(mailbox, key));
            rows.push(json!({
                "at": line.at, "what": line.what, "by": line.by.to_string(), "from": place(line.from), "to": place(line.to),
                "immutable_id": id::item_id(IdForm::Immutable, owner, 0, line.item, 0), "internet_message_id": message_id,
            }));
        }
        let moves: Vec<Value> = moves.into_iter().map(|((item, by), times)| {
            json!({"immutable_id": id::item_id(IdForm::Immutable, owner, 0, item, 0), "internet_message_id": of_message(item), "by": by, "times": times})
        }).collect();
        json!({"history": rows, "moves": moves})
    });
    ok(body.unwrap_or(Value::Null))
}

pub(super) async fn mime(
    State(world): State<Arc<World>>,
    Path(who): Path<String>,
    Query(narrow): Query<Narrow>,
) -> Answered {
    let owner = owner(&world, &who)?;
    let id = narrow
        .id
        .as_deref()
        .and_then(id::parse_item_id)
        .ok_or_else(|| Refused::wrong("Name the item with ?id=."))?;
    let bytes = world.change(owner, |mailbox| mailbox.resolve_item(id).map(|item| Arc::clone(&item.bytes)));
    let bytes = bytes.flatten().ok_or_else(|| Refused::missing("No such item."))?;
    Ok(([(header::CONTENT_TYPE, "message/rfc822")], bytes.to_vec()).into_response())
}
