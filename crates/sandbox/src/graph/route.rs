//! The table of what Graph is asked here.

use std::sync::Arc;

use axum::http::Method;
use uuid::Uuid;

use super::call::{Answer, Call};
use super::error::GraphError;
use super::gate::Caller;
use super::{
    attachments, audit, delta, folders, item, messages, organization, rules, send, subscriptions, trace,
    users,
};
use crate::id::FolderKey;
use crate::world::World;

type Answered = Result<Answer, GraphError>;

const GET: &Method = &Method::GET;
const POST: &Method = &Method::POST;
const PATCH: &Method = &Method::PATCH;
const DELETE: &Method = &Method::DELETE;

pub(super) async fn dispatch(world: &Arc<World>, caller: &Caller, call: &Call) -> Answered {
    let segments = call.segments();
    match (&call.method, segments.as_slice()) {
        (m, ["organization"]) if m == GET => organization::list(world, caller, call),
        (m, ["organization", id]) if m == GET => organization::get(world, caller, call, id),
        (m, ["users"]) if m == GET => users::list(world, caller, call),
        (m, ["users", "delta"]) if m == GET => users::delta(world, caller, call),
        (m, ["users", "$count"]) if m == GET => users::count(world, caller),
        (m, ["users", user]) if m == GET => users::get(world, caller, call, user),
        (m, ["users", user]) if m == PATCH => users::patch(world, caller, call, user),
        (m, ["users", user, "revokeSignInSessions"]) if m == POST => {
            users::revoke_sessions(world, caller, call, user)
        }
        (_, ["users", user, rest @ ..]) => mailbox(world, caller, call, user, rest),
        (_, ["subscriptions", rest @ ..]) => subscriptions::dispatch(world, caller, call, rest).await,
        (m, ["auditLogs", log]) if m == GET => audit::list(world, caller, call, log),
        (m, ["admin", "exchange", "tracing", "messageTraces"]) if m == GET => {
            trace::list(world, caller, call)
        }
        (_, [first, ..]) => Err(GraphError::no_route(first)),
        (_, []) => Err(GraphError::no_route("")),
    }
}

/// Everything below a user's mailbox.
fn mailbox(world: &World, caller: &Caller, call: &Call, user: &str, rest: &[&str]) -> Answered {
    let method = &call.method;
    let owner = || owner(world, user);
    match rest {
        ["mailboxSettings"] if method == GET => users::mailbox_settings(world, caller, call, owner()?),
        ["sendMail"] if method == POST => send::send_mail(world, caller, call, owner()?),
        ["translateExchangeIds"] if method == POST => item::translate(world, caller, call, owner()?),
        ["mailFolders", "inbox", "messageRules", rest @ ..] => {
            rules::dispatch(world, caller, call, owner()?, rest)
        }
        ["mailFolders", rest @ ..] => mail_folders(world, caller, call, owner()?, rest),
        ["messages", rest @ ..] => {
            let write = method != GET;
            if write {
                caller.need_mail_write()?
            } else {
                caller.need_mail_read()?
            }
            items(world, caller, call, owner()?, None, rest)
        }
        [first, ..] => Err(GraphError::no_route(first)),
        [] => Err(GraphError::no_route("")),
    }
}

/// The mailbox's owner; somebody without one gets Exchange's own 404.
fn owner(world: &World, user: &str) -> Result<Uuid, GraphError> {
    let id = world.directory(|people| people.find(user).map(|person| person.id));
    let id = id.ok_or_else(|| GraphError::resource_not_found(user))?;
    if world.has_mailbox(id) { Ok(id) } else { Err(GraphError::no_mailbox()) }
}

fn mail_folders(world: &World, caller: &Caller, call: &Call, owner: Uuid, rest: &[&str]) -> Answered {
    let method = &call.method;
    if method == GET {
        caller.need_mail_read()?
    } else {
        caller.need_mail_write()?
    }
    let folder = |text: &str| folder(world, owner, text);
    match rest {
        [] if method == GET => folders::list(world, call, owner, crate::well_known::ROOT),
        [] if method == POST => folders::create(world, call, owner, crate::well_known::ROOT),
        ["delta"] if method == GET => folders::delta(world, call, owner),
        [id] if method == GET => folders::get(world, call, owner, folder(id)?),
        [id] if method == PATCH => folders::rename(world, call, owner, folder(id)?),
        [id] if method == DELETE => folders::delete(world, caller, owner, folder(id)?),
        [id, "move"] if method == POST => folders::relocate(world, call, owner, folder(id)?),
        [id, "childFolders"] if method == GET => folders::list(world, call, owner, folder(id)?),
        [id, "childFolders"] if method == POST => folders::create(world, call, owner, folder(id)?),
        [_, "childFolders", rest @ ..] if !rest.is_empty() => mail_folders(world, caller, call, owner, rest),
        [id, "messages", "delta"] if method == GET => delta::messages(world, call, owner, folder(id)?),
        [id, "messages", rest @ ..] => items(world, caller, call, owner, Some(folder(id)?), rest),
        [_, other, ..] | [other] => Err(GraphError::no_route(other)),
        [] => Err(GraphError::no_route("mailFolders")),
    }
}

fn folder(world: &World, owner: Uuid, text: &str) -> Result<FolderKey, GraphError> {
    let key =
        world.change(owner, |mailbox| mailbox.resolve_folder(text)).ok_or_else(GraphError::no_mailbox)?;
    let looks_like_id = text.len() > 40;
    key.ok_or_else(|| if looks_like_id { GraphError::folder_not_found() } else { GraphError::malformed_id() })
}

fn items(
    world: &World,
    caller: &Caller,
    call: &Call,
    owner: Uuid,
    folder: Option<FolderKey>,
    rest: &[&str],
) -> Answered {
    let method = &call.method;
    match rest {
        [] if method == GET => messages::list(world, call, owner, folder),
        [] if method == POST => item::create(world, caller, call, owner, folder),
        ["$count"] if method == GET => messages::count(world, call, owner, folder),
        // There is no mailbox-wide delta of messages (provider-apis A4).
        ["delta"] => Err(GraphError::bad_request("ErrorInvalidIdMalformed", "Id is malformed.")),
        [id] if method == GET => item::get(world, call, owner, id),
        [id] if method == PATCH => item::patch(world, caller, call, owner, id),
        [id] if method == DELETE => item::delete(world, caller, call, owner, id),
        [id, "$value"] if method == GET => item::mime(world, call, owner, id),
        [id, "move"] if method == POST => item::relocate(world, caller, call, owner, id),
        [id, "copy"] if method == POST => item::copy(world, caller, call, owner, id),
        [id, "permanentDelete"] if method == POST => item::purge(world, caller, call, owner, id),
        [id, "send"] if method == POST => send::send_draft(world, caller, call, owner, id),
        [id, "attachments"] if method == GET => attachments::list(world, call, owner, id),
        [id, "attachments", attachment] if method == GET => {
            attachments::get(world, call, owner, id, attachment)
        }
        [id, "attachments", attachment, "$value"] if method == GET => {
            attachments::value(world, call, owner, id, attachment)
        }
        [_, other, ..] | [other] => Err(GraphError::no_route(other)),
        [] => Err(GraphError::no_route("messages")),
    }
}
