//! `sendMail` and the sending of drafts.

use axum::http::StatusCode;
use serde_json::{Value, json};
use uuid::Uuid;

use super::call::{Answer, Call};
use super::error::GraphError;
use super::gate::Caller;
use super::{draft, item};
use crate::mailbox::Actor;
use crate::well_known;
use crate::world::World;

pub(super) fn send_mail(
    world: &World,
    caller: &Caller,
    call: &Call,
    owner: Uuid,
) -> Result<Answer, GraphError> {
    caller.need_mail_send()?;
    let is_mime = call.content_type().to_ascii_lowercase().starts_with("text/plain");
    let (bytes, save) =
        if is_mime { (item::mime_body(&call.body)?, true) } else { json_mail(world, owner, call)? };
    let envelope = crate::mime::envelope(&bytes);
    if envelope.to.is_empty() && envelope.cc.is_empty() && envelope.bcc.is_empty() {
        return Err(GraphError::bad_request("ErrorInvalidRecipients", "At least one recipient is needed."));
    }
    world.send(owner, &bytes, save, Actor::App(caller.app)).ok_or_else(GraphError::no_mailbox)?;
    Ok(Answer::empty(StatusCode::ACCEPTED))
}

fn json_mail(world: &World, owner: Uuid, call: &Call) -> Result<(Vec<u8>, bool), GraphError> {
    let body = call.json()?;
    let fields = body.as_object().ok_or_else(GraphError::bad_body)?;
    let field = |wanted: &str| {
        fields.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted)).map(|(_, value)| value)
    };
    let message = field("message").cloned().unwrap_or(Value::Null);
    let save = field("saveToSentItems") != Some(&json!(false));
    let person = world.directory(|people| people.person(owner).cloned());
    Ok((draft::mime(&message, person.as_ref(), world.now())?, save))
}

/// The draft itself goes; what was sent stands in Sent Items.
pub(super) fn send_draft(
    world: &World,
    caller: &Caller,
    _call: &Call,
    owner: Uuid,
    id: &str,
) -> Result<Answer, GraphError> {
    caller.need_mail_send()?;
    let (by, now) = (Actor::App(caller.app), world.now());
    let bytes = item::with(world, owner, id, |mailbox, item| {
        if !item.is_draft {
            return Err(GraphError::bad_request("ErrorInvalidOperation", "Only a draft can be sent."));
        }
        mailbox.move_item(item.key, well_known::PURGES, by, now);
        Ok(item.bytes)
    })?;
    world.send(owner, &bytes, true, by).ok_or_else(GraphError::no_mailbox)?;
    Ok(Answer::empty(StatusCode::ACCEPTED))
}
