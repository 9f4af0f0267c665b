//! What people do in their own mailboxes.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Answered, Refused, mail, ok, owner};
use crate::graph::draft_mime;
use crate::id::{self, FolderKey, ItemKey};
use crate::mailbox::Actor;
use crate::settings::Person;
use crate::well_known::ROOT;
use crate::world::World;

/// An item, named by either form of id or by its Message-ID (its newest copy).
#[derive(Deserialize)]
pub(super) struct Which {
    #[serde(default)]
    id: Option<String>,
    #[serde(default)]
    internet_message_id: Option<String>,
    /// Folder to move to: id, well-known name, or path of display names.
    #[serde(default)]
    folder: Option<String>,
    #[serde(default, rename = "isRead")]
    is_read: Option<bool>,
    #[serde(default)]
    flag: Option<Value>,
    #[serde(default)]
    categories: Option<Vec<String>>,
}

fn find(world: &World, owner: Uuid, which: &Which) -> Result<ItemKey, Refused> {
    let key = world.change(owner, |mailbox| match (&which.id, &which.internet_message_id) {
        (Some(id), _) => mailbox.resolve_item(id::parse_item_id(id)?).map(|item| item.key),
        (None, Some(message_id)) => mailbox.with_message_id(message_id).map(|item| item.key).max(),
        (None, None) => None,
    });
    key.flatten().ok_or_else(|| Refused::missing("No such item; name it by id or internet_message_id."))
}

fn folder_of(world: &World, owner: Uuid, text: &str) -> Result<FolderKey, Refused> {
    world.find_folder(owner, text).ok_or_else(|| {
        Refused::missing(format!("No folder '{text}'; use an id, a well-known name or a path."))
    })
}

fn item_view(world: &World, owner: Uuid, key: ItemKey) -> Answered {
    let view =
        world.change(owner, |mailbox| mailbox.item(key).map(|item| super::inspect::item(mailbox, item)));
    ok(view.flatten().unwrap_or(Value::Null))
}

pub(super) async fn relocate(
    State(world): State<Arc<World>>,
    Path(who): Path<String>,
    Json(which): Json<Which>,
) -> Answered {
    let owner = owner(&world, &who)?;
    let key = find(&world, owner, &which)?;
    let to = folder_of(&world, owner, which.folder.as_deref().unwrap_or_default())?;
    world.change(owner, |mailbox| mailbox.move_item(key, to, Actor::Person, world.now()));
    item_view(&world, owner, key)
}

pub(super) async fn delete(
    State(world): State<Arc<World>>,
    Path(who): Path<String>,
    Json(which): Json<Which>,
) -> Answered {
    let owner = owner(&world, &who)?;
    let key = find(&world, owner, &which)?;
    world.change(owner, |mailbox| mailbox.delete_item(key, Actor::Person, world.now()));
    item_view(&world, owner, key)
}

pub(super) async fn mark(
    State(world): State<Arc<World>>,
    Path(who): Path<String>,
    Json(which): Json<Which>,
) -> Answered {
    let owner = owner(&world, &who)?;
    let key = find(&world, owner, &which)?;
    world.change(owner, |mailbox| {
        let Some(mut marks) = mailbox.item(key).map(|item| item.marks.clone()) else { return };
        marks.is_read = which.is_read.unwrap_or(marks.is_read);
        marks.flag = which.flag.clone().unwrap_or(marks.flag);
        marks.categories = which.categories.clone().unwrap_or(marks.categories);
        mailbox.mark(key, marks, Actor::Person, world.now());
    });
    item_view(&world, owner, key)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NewFolder {
    name: String,
    #[serde(default)]
    parent: Option<String>,
    #[serde(default)]
    hidden: bool,
}

pub(super) async fn folder(
    State(world): State<Arc<World>>,
    Path(who): Path<String>,
    Json(new): Json<NewFolder>,
) -> Answered {
    let owner = owner(&world, &who)?;
    let parent = new.parent.as_deref().map_or(Ok(ROOT), |parent| folder_of(&world, owner, parent))?;
    let created = world.change(owner, |mailbox| mailbox.create_folder(parent, &new.name, new.hidden));
    match created {
        Some(Ok(key)) => ok(json!({"id": id::folder_id(owner, key)})),
        Some(Err(error)) => Err(Refused::wrong(format!("The folder was not made: {error:?}."))),
        None => Err(Refused::missing("The mailbox is gone.")),
    }
}

/// A mail as plain fields, as Graph's JSON message, or as bytes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Outgoing {
    #[serde(default)]
    to: Vec<String>,
    #[serde(default)]
    cc: Vec<String>,
    #[serde(default)]
    bcc: Vec<String>,
    #[serde(default)]
    subject: String,
    #[serde(default)]
    text: Option<String>,
    #[serde(default)]
    html: Option<String>,
    #[serde(default)]
    message: Option<Value>,
    #[serde(default)]
    raw_base64: Option<String>,
}

impl Outgoing {
    fn message(&self) -> Value {
        let people = |all: &[String]| {
            all.iter().map(|one| json!({"emailAddress": {"address": one}})).collect::<Value>()
        };
        let body = match &self.html {
            Some(html) => json!({"contentType": "html", "content": html}),
            None => json!({"contentType": "text", "content": self.text.as_deref().unwrap_or_default()}),
        };
        json!({"subject": self.subject, "body": body, "toRecipients": people(&self.to), "ccRecipients": people(&self.cc), "bccRecipients": people(&self.bcc)})
    }
}

pub(super) async fn send(
    State(world): State<Arc<World>>,
    Path(who): Path<String>,
    Json(outgoing): Json<Outgoing>,
) -> Answered {
    let owner = owner(&world, &who)?;
    let bytes = match &outgoing.raw_base64 {
        Some(code) => STANDARD.decode(code).map_err(|_| Refused::wrong("raw_base64 is not base64."))?,
        None => {
            let person = world.directory(|people| people.person(owner).cloned());
            let message = outgoing.message.clone().unwrap_or_else(|| outgoing.message());
            draft_mime(&message, person.as_ref(), world.now())
                .map_err(|error| Refused::wrong(error.message))?
        }
    };
    let filed = world.send(owner, &bytes, true, Actor::Person).unwrap_or_default();
    ok(json!({ "filed": filed.iter().map(|copy| mail::view(&world, copy)).collect::<Vec<_>>() }))
}

pub(super) async fn put(State(world): State<Arc<World>>, Json(person): Json<Person>) -> Answered {
    let id = person.id;
    world.put_person(person);
    ok(json!({ "id": id }))
}

pub(super) async fn remove(State(world): State<Arc<World>>, Path(who): Path<String>) -> Answered {
    let id = world.directory(|people| people.find(&who).map(|person| person.id));
    world.remove_person(id.ok_or_else(|| Refused::missing(format!("Nobody here is '{who}'.")))?);
    ok(json!({}))
}
