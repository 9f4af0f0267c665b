//! `…/mailFolders/inbox/messageRules`.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use uuid::Uuid;

use super::call::{Answer, Call};
use super::error::GraphError;
use super::gate::Caller;
use super::odata;
use crate::mailbox::Mailbox;
use crate::rules::{self, Rule};
use crate::world::World;

fn view(rule: &Rule) -> Value {
    let mut view = rule.body.clone();
    view["id"] = rule.id.as_str().into();
    view
}

pub(super) fn dispatch(
    world: &World,
    caller: &Caller,
    call: &Call,
    owner: Uuid,
    rest: &[&str],
) -> Result<Answer, GraphError> {
    let read = call.method == Method::GET;
    if read {
        caller.need_settings_read()?
    } else {
        caller.need_settings_write()?
    }
    let body = if read || call.method == Method::DELETE { Value::Null } else { call.json()? };
    let answer = world.change(owner, |mailbox| match (&call.method, rest) {
        (&Method::GET, []) => Ok(list(call, mailbox)),
        (&Method::POST, []) => create(call, mailbox, body),
        (&Method::GET, [id]) => {
            find(mailbox, id).map(|rule| shown(call, StatusCode::OK, mailbox.owner, rule))
        }
        (&Method::PATCH, [id]) => patch(call, mailbox, id, &body),
        (&Method::DELETE, [id]) => delete(mailbox, id),
        _ => Err(GraphError::no_route("messageRules")),
    });
    answer.ok_or_else(GraphError::no_mailbox)?
}

fn list(call: &Call, mailbox: &Mailbox) -> Answer {
    let rows = mailbox.rules.iter().map(view).collect();
    Answer::ok(odata::page(
        call,
        &format!("users('{}')/mailFolders('inbox')/messageRules", mailbox.owner),
        rows,
        None,
        None,
    ))
}

fn shown(call: &Call, status: StatusCode, owner: Uuid, rule: &Rule) -> Answer {
    let context = format!("users('{owner}')/mailFolders('inbox')/messageRules/$entity");
    Answer::json(status, odata::entity(call, &context, view(rule)))
}

fn find<'a>(mailbox: &'a Mailbox, id: &str) -> Result<&'a Rule, GraphError> {
    mailbox.rules.iter().find(|rule| rule.id == id).ok_or_else(GraphError::item_not_found)
}

/// The folder a rule moves or copies to must be there.
fn check(mailbox: &Mailbox, body: &Value) -> Result<(), GraphError> {
    for action in ["moveToFolder", "copyToFolder"] {
        if let Some(folder) = body["actions"][action].as_str()
            && mailbox.resolve_folder(folder).is_none()
        {
            return Err(GraphError::bad_request(
                "ErrorInvalidArgument",
                format!("The folder of {action} does not exist."),
            ));
        }
    }
    Ok(())
}

fn create(call: &Call, mailbox: &mut Mailbox, body: Value) -> Result<Answer, GraphError> {
    let complete = body["displayName"].is_string() && body["actions"].is_object();
    if !complete {
        return Err(GraphError::bad_request(
            "ErrorInvalidArgument",
            "A rule needs a displayName and actions.",
        ));
    }
    check(mailbox, &body)?;
    let rule = Rule { id: format!("AQAAA{}=", Uuid::new_v4().simple()), body: rules::complete(body) };
    let answer = shown(call, StatusCode::CREATED, mailbox.owner, &rule);
    mailbox.rules.push(rule);
    Ok(answer)
}

fn patch(call: &Call, mailbox: &mut Mailbox, id: &str, changes: &Value) -> Result<Answer, GraphError> {
    check(mailbox, changes)?;
    let owner = mailbox.owner;
    let rule = mailbox.rules.iter_mut().find(|rule| rule.id == id).ok_or_else(GraphError::item_not_found)?;
    if rule.body["isReadOnly"] == json!(true) {
        return Err(GraphError::access_denied());
    }
    for (name, value) in changes.as_object().into_iter().flatten().filter(|(name, _)| *name != "id") {
        rule.body[name] = value.clone();
    }
    Ok(shown(call, StatusCode::OK, owner, rule))
}

fn delete(mailbox: &mut Mailbox, id: &str) -> Result<Answer, GraphError> {
    find(mailbox, id)?;
    mailbox.rules.retain(|rule| rule.id != id);
    Ok(Answer::empty(StatusCode::NO_CONTENT))
}
