//! Attachments of a message, as `fileAttachment` resources.

use axum::body::Bytes;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use serde_json::{Value, json};
use uuid::Uuid;

use super::call::{Answer, Call};
use super::error::GraphError;
use super::{item, odata};
use crate::mailbox::Item;
use crate::mime::Attachment;
use crate::world::World;

pub(super) fn view(item: &Item, at: usize, attachment: &Attachment, with_bytes: bool) -> Value {
    let mut view = json!({
        "@odata.type": "#microsoft.graph.fileAttachment",
        "@odata.mediaContentType": attachment.media_type,
        "id": attachment_id(item, at),
        "lastModifiedDateTime": item.modified,
        "name": attachment.name,
        "contentType": attachment.media_type,
        "size": attachment.bytes.len(),
        "isInline": attachment.inline,
        "contentId": attachment.content_id,
        "contentLocation": null,
    });
    if with_bytes {
        view["contentBytes"] = STANDARD.encode(&attachment.bytes).into();
    }
    view
}

fn attachment_id(item: &Item, at: usize) -> String {
    let mut bytes = vec![0, 9, 0, 0x2e, 0, 0];
    bytes.extend_from_slice(&item.key.to_be_bytes());
    bytes.extend_from_slice(&(at as u64).to_be_bytes());
    URL_SAFE.encode(bytes)
}

pub(super) fn list(world: &World, call: &Call, owner: Uuid, id: &str) -> Result<Answer, GraphError> {
    let select = call.query.select();
    let rows = item::with(world, owner, id, |_, item| {
        let all = item.content().attachments.iter().enumerate();
        Ok(all
            .map(|(at, one)| select.cut(view(&item, at, one, select.has("contentBytes"))))
            .collect::<Vec<_>>())
    })?;
    let context = format!("users('{owner}')/messages('{id}')/attachments");
    Ok(Answer::ok(odata::page(call, &context, rows, None, None)))
}

fn find<T>(
    world: &World,
    owner: Uuid,
    id: &str,
    attachment: &str,
    work: impl FnOnce(&Item, usize, &Attachment) -> T,
) -> Result<T, GraphError> {
    item::with(world, owner, id, |_, item| {
        let mut all = item.content().attachments.iter().enumerate();
        let (at, found) = all
            .find(|(at, _)| attachment_id(&item, *at) == attachment)
            .ok_or_else(GraphError::item_not_found)?;
        Ok(work(&item, at, found))
    })
}

pub(super) fn get(
    world: &World,
    call: &Call,
    owner: Uuid,
    id: &str,
    attachment: &str,
) -> Result<Answer, GraphError> {
    let body = find(world, owner, id, attachment, |item, at, one| view(item, at, one, true))?;
    let context = format!("users('{owner}')/messages('{id}')/attachments/$entity");
    Ok(Answer::ok(odata::entity(call, &context, call.query.select().cut(body))))
}

pub(super) fn value(
    world: &World,
    _call: &Call,
    owner: Uuid,
    id: &str,
    attachment: &str,
) -> Result<Answer, GraphError> {
    let bytes = find(world, owner, id, attachment, |_, _, one| one.bytes.clone())?;
    Ok(Answer::bytes("application/octet-stream", Bytes::from(bytes)))
}
