//! One message: reading, marking, moving, copying, deleting, creating.

use std::sync::Arc;

use axum::body::Bytes;
use axum::http::{StatusCode, header};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use uuid::Uuid;

use super::call::{Answer, Call};
use super::draft;
use super::error::GraphError;
use super::gate::Caller;
use super::odata;
use super::view::Lens;
use crate::id::{self, FolderKey, IdForm, ItemKey};
use crate::mailbox::{Actor, Item, Mailbox, Marks, NewItem};
use crate::mime as reader;
use crate::well_known;
use crate::world::World;

type Answered = Result<Answer, GraphError>;

/// `PidTagMessageFlags`: set at creation to make a message that is no draft (provider-apis A3).
const MESSAGE_FLAGS: &str = "integer 0x0e07";

/// Works on the item an id names, under the mailbox's lock.
pub(super) fn with<T>(
    world: &World,
    owner: Uuid,
    text: &str,
    work: impl FnOnce(&mut Mailbox, Item) -> Result<T, GraphError>,
) -> Result<T, GraphError> {
    let id = id::parse_item_id(text).ok_or_else(GraphError::malformed_id)?;
    let now = world.now();
    let result = world.change(owner, |mailbox| {
        let item = mailbox.resolve_item(id).cloned().ok_or_else(GraphError::item_not_found)?;
        if item.readable_at.is_some_and(|at| now < at) {
            world.counters.one("graph.not_readable_yet");
            return Err(GraphError::item_not_found());
        }
        work(mailbox, item)
    });
    result.ok_or_else(GraphError::no_mailbox)?
}

fn shown(call: &Call, mailbox: &Mailbox, key: ItemKey) -> Result<Value, GraphError> {
    let item = mailbox.item(key).ok_or_else(GraphError::item_not_found)?;
    let body = Lens::new(call).message(mailbox, item);
    Ok(odata::entity(call, &format!("users('{}')/messages/$entity", mailbox.owner), body))
}

pub(super) fn get(world: &World, call: &Call, owner: Uuid, id: &str) -> Answered {
    with(world, owner, id, |mailbox, item| shown(call, mailbox, item.key)).map(Answer::ok)
}

/// The bytes, exactly.
pub(super) fn mime(world: &World, _call: &Call, owner: Uuid, id: &str) -> Answered {
    let bytes = with(world, owner, id, |_, item| Ok(item.bytes))?;
    world.counters.one("graph.mime");
    Ok(Answer::bytes("text/plain", Bytes::from_owner(bytes)))
}

pub(super) fn patch(world: &World, caller: &Caller, call: &Call, owner: Uuid, id: &str) -> Answered {
    let changes = call.json()?;
    let expected =
        call.headers.get(header::IF_MATCH).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let (by, now) = (Actor::App(caller.app), world.now());
    let body = with(world, owner, id, |mailbox, item| {
        check_etag(expected.as_deref(), &item)?;
        let marks = changed_marks(&item.marks, &changes)?;
        let rewritten = draft::rewritten(&item, &changes)?;
        mailbox.mark(item.key, marks, by, now);
        if let Some(bytes) = rewritten {
            mailbox.rewrite_draft(item.key, bytes.into(), by, now);
        }
        shown(call, mailbox, item.key)
    })?;
    Ok(Answer::ok(body))
}

fn check_etag(expected: Option<&str>, item: &Item) -> Result<(), GraphError> {
    match expected {
        None | Some("*") => Ok(()),
        Some(etag) if etag == item.etag() => Ok(()),
        Some(_) => Err(GraphError::new(
            StatusCode::PRECONDITION_FAILED,
            "ErrorIrresolvableConflict",
            "The send or update operation could not be performed because the change key passed in the request does not match the current change key for the item.",
        )),
    }
}

/// The marks after a PATCH; unknown words of an enumeration are refused.
fn changed_marks(before: &Marks, changes: &Value) -> Result<Marks, GraphError> {
    let mut marks = before.clone();
    let wrong = |name: &str| {
        GraphError::bad_request("RequestBodyRead", format!("Cannot convert the value of property '{name}'."))
    };
    if let Some(value) = changes.get("isRead") {
        marks.is_read = value.as_bool().ok_or_else(|| wrong("isRead"))?;
    }
    if let Some(value) = changes.get("categories") {
        marks.categories = serde_json::from_value(value.clone()).map_err(|_| wrong("categories"))?;
    }
    if let Some(value) = changes.get("flag") {
        let status = value["flagStatus"].as_str().unwrap_or("notFlagged");
        if !["notFlagged", "flagged", "complete"].contains(&status) {
            return Err(wrong("flag"));
        }
        marks.flag = value.clone();
        marks.flag["flagStatus"] = status.into();
    }
    for (name, words, mark) in [
        ("importance", &["low", "normal", "high"][..], &mut marks.importance),
        ("inferenceClassification", &["focused", "other"][..], &mut marks.inference),
    ] {
        let Some(value) = changes.get(name) else { continue };
        let word = value.as_str().filter(|word| words.iter().any(|known| known.eq_ignore_ascii_case(word)));
        *mark = word.ok_or_else(|| wrong(name))?.to_lowercase();
    }
    for property in changes["singleValueExtendedProperties"].as_array().into_iter().flatten() {
        let (id, value) = (property["id"].as_str(), property["value"].as_str());
        marks.extended.insert(
            id.ok_or_else(|| wrong("id"))?.to_owned(),
            value.ok_or_else(|| wrong("value"))?.to_owned(),
        );
    }
    Ok(marks)
}

/// `destinationId` of a move or copy, with either capital.
fn destination(mailbox: &Mailbox, body: &Value) -> Result<FolderKey, GraphError> {
    let fields = body.as_object().into_iter().flatten();
    let named = fields.into_iter().find(|(name, _)| name.eq_ignore_ascii_case("destinationId"));
    let text = named.and_then(|(_, value)| value.as_str());
    let text =
        text.ok_or_else(|| GraphError::bad_request("ErrorInvalidArgument", "The destinationId is missing."))?;
    mailbox.resolve_folder(text).ok_or_else(GraphError::folder_not_found)
}

pub(super) fn relocate(world: &World, caller: &Caller, call: &Call, owner: Uuid, id: &str) -> Answered {
    let body = call.json()?;
    let (by, now) = (Actor::App(caller.app), world.now());
    let moved = with(world, owner, id, |mailbox, item| {
        let to = destination(mailbox, &body)?;
        mailbox.move_item(item.key, to, by, now);
        shown(call, mailbox, item.key)
    })?;
    world.counters.one("graph.moves");
    Ok(Answer::json(StatusCode::CREATED, moved))
}

pub(super) fn copy(world: &World, caller: &Caller, call: &Call, owner: Uuid, id: &str) -> Answered {
    let body = call.json()?;
    let (by, now, key) = (Actor::App(caller.app), world.now(), world.next_item());
    let copied = with(world, owner, id, |mailbox, item| {
        let folder = destination(mailbox, &body)?;
        let new = NewItem {
            key,
            folder,
            bytes: item.bytes,
            envelope: item.envelope,
            received: item.received,
            is_draft: item.is_draft,
            marks: item.marks,
            readable_at: None,
        };
        mailbox.add(new, by, now);
        shown(call, mailbox, key)
    })?;
    Ok(Answer::json(StatusCode::CREATED, copied))
}

pub(super) fn delete(world: &World, caller: &Caller, call: &Call, owner: Uuid, id: &str) -> Answered {
    let expected = call.headers.get(header::IF_MATCH).and_then(|value| value.to_str().ok());
    let (by, now) = (Actor::App(caller.app), world.now());
    with(world, owner, id, |mailbox, item| {
        check_etag(expected, &item)?;
        mailbox.delete_item(item.key, by, now);
        Ok(Answer::empty(StatusCode::NO_CONTENT))
    })
}

/// To the purges folder, which no client reaches.
pub(super) fn purge(world: &World, caller: &Caller, _call: &Call, owner: Uuid, id: &str) -> Answered {
    let (by, now) = (Actor::App(caller.app), world.now());
    with(world, owner, id, |mailbox, item| {
        mailbox.move_item(item.key, well_known::PURGES, by, now);
        Ok(Answer::empty(StatusCode::NO_CONTENT))
    })
}

/// A new message: JSON, or MIME in base64 as text/plain. It is a draft unless the message flags say otherwise.
pub(super) fn create(
    world: &World,
    caller: &Caller,
    call: &Call,
    owner: Uuid,
    folder: Option<FolderKey>,
) -> Answered {
    let is_mime = call.content_type().to_ascii_lowercase().starts_with("text/plain");
    let (bytes, body) =
        if is_mime { (mime_body(&call.body)?, Value::Null) } else { json_body(world, owner, call)? };
    let now = world.now();
    let envelope = reader::envelope(&bytes);
    let mut marks = changed_marks(&Marks { is_read: true, ..Marks::new(envelope.importance) }, &body)?;
    let sent =
        marks.extended.iter().any(|(id, value)| id.eq_ignore_ascii_case(MESSAGE_FLAGS) && value != "8");
    marks.extended.retain(|id, _| !id.eq_ignore_ascii_case(MESSAGE_FLAGS));
    let key = world.next_item();
    let new = NewItem {
        key,
        folder: folder.unwrap_or(well_known::DRAFTS),
        bytes: Arc::from(bytes),
        envelope: Arc::new(envelope),
        received: now,
        is_draft: !sent,
        marks,
        readable_at: None,
    };
    let created = world.change(owner, |mailbox| {
        mailbox.add(new, Actor::App(caller.app), now);
        shown(call, mailbox, key)
    });
    Ok(Answer::json(StatusCode::CREATED, created.ok_or_else(GraphError::no_mailbox)??))
}

/// A MIME body in base64; whitespace inside is overlooked.
pub(super) fn mime_body(body: &[u8]) -> Result<Vec<u8>, GraphError> {
    let code: Vec<u8> = body.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
    let wrong = || {
        GraphError::bad_request(
            "ErrorMimeContentInvalidBase64String",
            "Invalid base64 string for MIME content.",
        )
    };
    STANDARD.decode(code).ok().filter(|bytes| !bytes.is_empty()).ok_or_else(wrong)
}

fn json_body(world: &World, owner: Uuid, call: &Call) -> Result<(Vec<u8>, Value), GraphError> {
    let body = call.json()?;
    let from = world.directory(|people| people.person(owner).cloned());
    Ok((draft::mime(&body, from.as_ref(), world.now())?, body))
}

/// `POST /users/{id}/translateExchangeIds`
pub(super) fn translate(world: &World, caller: &Caller, call: &Call, owner: Uuid) -> Answered {
    caller.need_mail_read()?;
    let body = call.json()?;
    let field = |name: &str| {
        let fields = body.as_object().into_iter().flatten();
        fields.into_iter().find(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    };
    let target = field("targetIdType").and_then(Value::as_str).unwrap_or_default();
    let form = match target.to_ascii_lowercase().as_str() {
        "restimmutableentryid" => IdForm::Immutable,
        "restid" => IdForm::Rest,
        _ => {
            return Err(GraphError::bad_request(
                "ErrorInvalidArgument",
                "The targetIdType is not supported.",
            ));
        }
    };
    let ids = field("inputIds").and_then(Value::as_array).cloned().unwrap_or_default();
    if ids.len() > 1000 {
        return Err(GraphError::bad_request("ErrorInvalidArgument", "At most 1000 ids can be translated."));
    }
    let rows = world.change(owner, |mailbox| {
        let translated = |source: &Value| {
            let item = mailbox.resolve_item(id::parse_item_id(source.as_str()?)?)?;
            Some(json!({"sourceId": source, "targetId": mailbox.id_of(item, form)}))
        };
        ids.iter().filter_map(translated).collect::<Vec<_>>()
    });
    let rows = rows.ok_or_else(GraphError::no_mailbox)?;
    Ok(Answer::ok(odata::page(call, "Collection(microsoft.graph.convertIdResult)", rows, None, None)))
}
