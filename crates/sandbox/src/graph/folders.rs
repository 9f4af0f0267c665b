//! Mail folders.

use axum::http::StatusCode;
use serde_json::{Value, json};
use uuid::Uuid;

use super::call::{Answer, Call};
use super::delta::{self, Token};
use super::error::GraphError;
use super::filter::{Fields, Filter, Literal};
use super::gate::Caller;
use super::odata::{self, Select};
use crate::id::{self, FolderKey};
use crate::log::Last;
use crate::mailbox::{Actor, Folder, FolderError, Mailbox};
use crate::well_known;
use crate::world::World;

const PAGE: usize = 10;
const PAGE_MAX: usize = 1000;

type Answered = Result<Answer, GraphError>;

pub(crate) fn view(mailbox: &Mailbox, folder: &Folder) -> Value {
    // What stands outside the visible tree is shown below the root, as Graph does.
    let parent = folder.parent.unwrap_or(well_known::ROOT);
    let children = folder.children.iter().filter_map(|key| mailbox.find_folder(*key));
    json!({
        "id": id::folder_id(mailbox.owner, folder.key),
        "displayName": folder.name,
        "parentFolderId": id::folder_id(mailbox.owner, parent),
        "childFolderCount": children.filter(|child| !child.hidden).count(),
        "unreadItemCount": folder.unread,
        "totalItemCount": folder.items.len(),
        "sizeInBytes": folder.size_bytes,
        "isHidden": folder.hidden,
    })
}

struct FolderFields<'a>(&'a Folder);

impl Fields for FolderFields<'_> {
    fn field(&self, path: &str) -> Option<Literal> {
        match path {
            "displayname" => Some(Literal::Text(self.0.name.clone())),
            "ishidden" => Some(Literal::Truth(self.0.hidden)),
            "totalitemcount" => Some(Literal::Number(self.0.items.len() as i64)),
            "unreaditemcount" => Some(Literal::Number(self.0.unread as i64)),
            _ => None,
        }
    }
}

/// Direct children only; hidden ones when asked for.
pub(super) fn list(world: &World, call: &Call, owner: Uuid, parent: FolderKey) -> Answered {
    let with_hidden = call.query.flag("includeHiddenFolders");
    let filter = call.query.option("filter").map(Filter::parse).transpose()?;
    let (top, skip, select) = (call.query.top(PAGE, PAGE_MAX)?, call.query.skip()?, call.query.select());
    let (rows, total) = world
        .change(owner, |mailbox| {
            let children =
                mailbox.find_folder(parent).map(|folder| folder.children.clone()).unwrap_or_default();
            let shown = |folder: &&Folder| {
                let passes = filter.as_ref().is_none_or(|filter| filter.holds(&FolderFields(folder)));
                passes && (with_hidden || !folder.hidden)
            };
            let mut folders: Vec<&Folder> =
                children.iter().filter_map(|key| mailbox.find_folder(*key)).filter(shown).collect();
            folders.sort_by_key(|folder| folder.name.to_lowercase());
            let rows: Vec<Value> =
                folders.iter().skip(skip).take(top).map(|folder| select.cut(view(mailbox, folder))).collect();
            (rows, folders.len())
        })
        .ok_or_else(GraphError::no_mailbox)?;
    let next = (skip + top).to_string();
    let next = (skip + top < total).then_some(("$skip", next.as_str()));
    let count = call.query.flag("count").then_some(total);
    Ok(Answer::ok(odata::page(call, &format!("users('{owner}')/mailFolders"), rows, next, count)))
}

fn shown(world: &World, call: &Call, owner: Uuid, key: FolderKey, status: StatusCode) -> Answered {
    let select = call.query.select();
    let body = world
        .change(owner, |mailbox| mailbox.find_folder(key).map(|folder| select.cut(view(mailbox, folder))));
    let body = body.ok_or_else(GraphError::no_mailbox)?.ok_or_else(GraphError::folder_not_found)?;
    let context = format!("users('{owner}')/mailFolders/$entity");
    Ok(Answer::json(status, odata::entity(call, &context, body)))
}

pub(super) fn get(world: &World, call: &Call, owner: Uuid, key: FolderKey) -> Answered {
    shown(world, call, owner, key, StatusCode::OK)
}

fn folder_error(error: FolderError) -> GraphError {
    match error {
        FolderError::Missing => GraphError::folder_not_found(),
        FolderError::Exists => GraphError::new(
            StatusCode::CONFLICT,
            "ErrorFolderExists",
            "A folder with the specified name already exists.",
        ),
        FolderError::Distinguished => GraphError::new(
            StatusCode::FORBIDDEN,
            "ErrorDeleteDistinguishedFolder",
            "Distinguished folders cannot be deleted.",
        ),
        FolderError::Cycle => {
            GraphError::bad_request("ErrorMoveCopyFailed", "A folder cannot be moved below itself.")
        }
    }
}

fn display_name(body: &Value) -> Result<String, GraphError> {
    let name = body["displayName"]
        .as_str()
        .map(str::trim)
        .filter(|name| !name.is_empty() && name.chars().count() <= 255);
    name.map(str::to_owned).ok_or_else(|| {
        GraphError::bad_request("ErrorInvalidArgument", "The displayName is missing or too long.")
    })
}

/// `isHidden` counts here and nowhere else.
pub(super) fn create(world: &World, call: &Call, owner: Uuid, parent: FolderKey) -> Answered {
    let body = call.json()?;
    let name = display_name(&body)?;
    let hidden = body["isHidden"] == json!(true);
    let created = world.change(owner, |mailbox| mailbox.create_folder(parent, &name, hidden));
    let key = created.ok_or_else(GraphError::no_mailbox)?.map_err(folder_error)?;
    shown(world, call, owner, key, StatusCode::CREATED)
}

pub(super) fn rename(world: &World, call: &Call, owner: Uuid, key: FolderKey) -> Answered {
    let body = call.json()?;
    if body.get("isHidden").is_some() {
        return Err(GraphError::bad_request(
            "ErrorInvalidPropertySet",
            "isHidden can only be set when the folder is created.",
        ));
    }
    let name = display_name(&body)?;
    let renamed = world.change(owner, |mailbox| mailbox.rename_folder(key, &name));
    renamed.ok_or_else(GraphError::no_mailbox)?.map_err(folder_error)?;
    shown(world, call, owner, key, StatusCode::OK)
}

pub(super) fn relocate(world: &World, call: &Call, owner: Uuid, key: FolderKey) -> Answered {
    let body = call.json()?;
    let fields = body.as_object().into_iter().flatten();
    let named = fields.into_iter().find(|(name, _)| name.eq_ignore_ascii_case("destinationId"));
    let text = named.and_then(|(_, value)| value.as_str()).unwrap_or_default();
    let moved = world.change(owner, |mailbox| {
        let to = mailbox.resolve_folder(text).ok_or(FolderError::Missing)?;
        mailbox.move_folder(key, to)
    });
    moved.ok_or_else(GraphError::no_mailbox)?.map_err(folder_error)?;
    shown(world, call, owner, key, StatusCode::CREATED)
}

pub(super) fn delete(world: &World, caller: &Caller, owner: Uuid, key: FolderKey) -> Answered {
    let deleted =
        world.change(owner, |mailbox| mailbox.delete_folder(key, Actor::App(caller.app), world.now()));
    deleted.ok_or_else(GraphError::no_mailbox)?.map_err(folder_error)?;
    Ok(Answer::empty(StatusCode::NO_CONTENT))
}

/// The whole tree, flat: folders at any depth, recoverable items left out.
pub(super) fn delta(world: &World, call: &Call, owner: Uuid) -> Answered {
    let given = Token::of(call)?;
    let size = call.query.top(PAGE_MAX, PAGE_MAX)?;
    let page = world.change(owner, |mailbox| {
        let mut token = given.unwrap_or_else(|| Token {
            epoch: mailbox.folder_log.epoch,
            select: call.query.option("select").map(str::to_owned),
            ..Token::default()
        });
        if token.epoch != mailbox.folder_log.epoch || token.log != 0 {
            return Err(Token::restart(call));
        }
        let select = Select::parse(token.select.as_deref());
        let (start, mut rows, mut more) = (token.position, Vec::new(), false);
        for (position, entry) in mailbox.folder_log.after(start) {
            if rows.len() == size {
                more = true;
                break;
            }
            token.position = position;
            let folder = mailbox.find_folder(entry.key).filter(|folder| !mailbox.is_recoverable(folder.key));
            match (entry.last, folder) {
                (Last::Present, Some(folder)) => rows.push(select.cut(view(mailbox, folder))),
                (Last::Removed, _) if entry.first <= start => {
                    rows.push(
                        json!({"id": id::folder_id(owner, entry.key), "@removed": {"reason": "deleted"}}),
                    );
                }
                _ => {}
            }
        }
        Ok(delta::page(call, "Collection(mailFolder)", rows, &token, more))
    });
    page.ok_or_else(GraphError::no_mailbox)?
}
