//! What Microsoft posts to our notice address. No IO, no panic, whatever the bytes: whoever can reach the address can
//! post here.

use serde::Deserialize;
use serde_json::Value;
use verdict::{ItemId, MailboxId, TenantId};

use super::seal::Seal;
use super::wire::NoticeItem;
use crate::{Error, Notice, NoticeReply, NoticeRequest, Refusal};

/// A notice is about 700 bytes and they come by the thousand at most.
const BODY_BYTES_MAX: usize = 4 * 1024 * 1024;
const ITEMS_MAX: usize = 5_000;

/// Validation tokens are opaque; those seen are under 500 bytes.
const TOKEN_BYTES_MAX: usize = 8 * 1024;

/// Ids seen are under 200 bytes.
const ID_BYTES_MAX: usize = 1024;

#[derive(Deserialize)]
struct Body {
    value: Vec<Value>,
}

/// Reads a request to the notice address.
pub(super) fn read(
    request: &NoticeRequest<'_>,
    tenant: &TenantId,
    seal: &Seal,
) -> Result<NoticeReply, Error> {
    if let Some((_, token)) = request.query.iter().find(|(name, _)| name == "validationToken") {
        return echo(token);
    }
    if request.body.len() > BODY_BYTES_MAX {
        return Err(Error::Misused(format!("a notice of over {BODY_BYTES_MAX} bytes")));
    }
    let body: Body = serde_json::from_slice(request.body)
        .map_err(|_| Error::Misused("the body is no list of notices".into()))?;
    if body.value.len() > ITEMS_MAX {
        return Err(Error::Misused(format!("over {ITEMS_MAX} notices at once")));
    }
    let mut notices = Vec::with_capacity(body.value.len());
    let mut refused = Vec::new();
    for item in body.value {
        match notice(item, tenant, seal) {
            Ok(notice) => notices.push(notice),
            Err(why) => refused.push(Refusal { why: why.into() }),
        }
    }
    Ok(NoticeReply::Accepted { notices, refused })
}

/// Microsoft asks whether the address is ours. The answer is plain text, so that a browser runs nothing of it.
fn echo(token: &str) -> Result<NoticeReply, Error> {
    match token.len() <= TOKEN_BYTES_MAX {
        true => Ok(NoticeReply::Echo(token.to_owned())),
        false => Err(Error::Misused(format!("a validation token of over {TOKEN_BYTES_MAX} bytes"))),
    }
}

fn notice(item: Value, tenant: &TenantId, seal: &Seal) -> Result<Notice, &'static str> {
    let item: NoticeItem = serde_json::from_value(item).map_err(|_| "not of the shape of a notice")?;
    let state = item.client_state.as_deref().ok_or("no clientState")?;
    let mailbox = seal.mailbox(state).ok_or("a clientState that is not ours")?;
    match &item.tenant_id {
        Some(id) if id.eq_ignore_ascii_case(tenant.as_str()) => {}
        Some(_) => return Err("another tenant's id"),
        None => return Err("no tenantId"),
    }
    if item.subscription_id.is_empty() || item.subscription_id.len() > ID_BYTES_MAX {
        return Err("no usable subscriptionId");
    }
    match item.lifecycle_event.as_deref() {
        Some(event) => lifecycle(event, item.subscription_id),
        None => changed(item, mailbox),
    }
}

fn lifecycle(event: &str, watch: String) -> Result<Notice, &'static str> {
    match event {
        "missed" => Ok(Notice::Missed { watch }),
        "subscriptionRemoved" => Ok(Notice::Removed { watch }),
        "reauthorizationRequired" => Ok(Notice::Expiring { watch }),
        _ => Err("a lifecycle event we do not know"),
    }
}

fn changed(item: NoticeItem, mailbox: MailboxId) -> Result<Notice, &'static str> {
    let resource = item.resource.as_deref().ok_or("no resource")?;
    let (owner, message) = owner_and_message(resource).ok_or("a resource that is no message")?;
    if !owner.eq_ignore_ascii_case(mailbox.as_str()) {
        return Err("a mailbox other than its subscription's");
    }
    let id = item.resource_data.and_then(|data| data.id).unwrap_or_else(|| message.to_owned());
    match id.is_empty() || id.len() > ID_BYTES_MAX {
        true => Err("no usable message id"),
        false => Ok(Notice::Changed { watch: item.subscription_id, mailbox, item: ItemId::new(id) }),
    }
}

/// Splits `Users/{owner}/Messages/{message}`; the names of the collections come in any case, and sometimes as
/// `users('…')`.
fn owner_and_message(resource: &str) -> Option<(&str, &str)> {
    let rest = strip(resource.trim_start_matches('/'), "users")?;
    let (owner, rest) = rest.split_once('/')?;
    let message = strip(rest, "messages")?;
    Some((unquoted(owner), unquoted(message)))
}

/// Takes `name` and the `/` after it (or the parenthesis, which stays) off the front.
fn strip<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let head = text.get(..name.len())?;
    let rest = text.get(name.len()..)?;
    let rest = if rest.starts_with('(') { rest } else { rest.strip_prefix('/')? };
    head.eq_ignore_ascii_case(name).then_some(rest)
}

fn unquoted(text: &str) -> &str {
    text.strip_prefix("('").and_then(|inner| inner.strip_suffix("')")).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const TENANT: &str = "0c0ffee0-0000-4000-8000-000000000001";
    const OWNER: &str = "6f1ed1a2-3c5b-4d0c-9a35-0123456789ab";

    fn seal() -> Seal {
        Seal::new(b"0123456789abcdef", &TenantId::new(TENANT)).unwrap()
    }

    fn post(body: &[u8]) -> Result<NoticeReply, Error> {
        let request = NoticeRequest { query: &[], body, authorization: None };
        read(&request, &TenantId::new(TENANT), &seal())
    }

    fn genuine() -> Value {
        json!({
            "id": "n1", "subscriptionId": "s1", "subscriptionExpirationDateTime": "2026-11-23T00:00:00Z",
            "clientState": seal().seal(&MailboxId::new(OWNER)), "changeType": "created",
            "resource": format!("Users/{OWNER}/Messages/AAkA"), "tenantId": TENANT,
            "resourceData": {
                "@odata.type": "#Microsoft.Graph.Message", "@odata.id": format!("Users/{OWNER}/Messages/AAkA"),
                "@odata.etag": "W/\"CQ\"", "id": "AAkA"
            }
        })
    }

    fn with(name: &str, value: Value) -> Value {
        let mut item = genuine();
        item[name] = value;
        item
    }

    fn verdicts(items: Value) -> (Vec<Notice>, Vec<String>) {
        let body = serde_json::to_vec(&json!({ "value": items })).unwrap();
        match post(&body).unwrap() {
            NoticeReply::Accepted { notices, refused } => {
                (notices, refused.into_iter().map(|r| r.why).collect())
            }
            NoticeReply::Echo(_) => panic!("nothing to echo"),
        }
    }

    #[test]
    fn the_validation_token_is_echoed() {
        let query = [("validationToken".to_owned(), "Validation: a+b c".to_owned())];
        let request = NoticeRequest { query: &query, body: b"", authorization: None };
        let reply = read(&request, &TenantId::new(TENANT), &seal()).unwrap();
        assert_eq!(reply, NoticeReply::Echo("Validation: a+b c".into()));
    }

    #[test]
    fn genuine_notices_are_hints() {
        let watch = || "s1".to_owned();
        let changed =
            Notice::Changed { watch: watch(), mailbox: MailboxId::new(OWNER), item: ItemId::new("AAkA") };
        for (item, notice) in [
            (genuine(), changed.clone()),
            (
                with("resource", json!(format!("users('{}')/messages('AAkA')", OWNER.to_uppercase()))),
                changed.clone(),
            ),
            (with("resourceData", Value::Null), changed.clone()),
            (with("tenantId", json!(TENANT.to_uppercase())), changed),
            (with("lifecycleEvent", json!("missed")), Notice::Missed { watch: watch() }),
            (with("lifecycleEvent", json!("subscriptionRemoved")), Notice::Removed { watch: watch() }),
            (with("lifecycleEvent", json!("reauthorizationRequired")), Notice::Expiring { watch: watch() }),
        ] {
            assert_eq!(verdicts(json!([item])), (vec![notice], vec![]));
        }
    }

    #[test]
    fn each_forged_notice_is_refused_with_its_reason_and_stops_no_other() {
        let foreign =
            Seal::new(b"fedcba9876543210", &TenantId::new(TENANT)).unwrap().seal(&MailboxId::new(OWNER));
        for (item, why) in [
            (with("clientState", json!(foreign)), "a clientState that is not ours"),
            (with("clientState", json!("secret")), "a clientState that is not ours"),
            (with("clientState", Value::Null), "no clientState"),
            (with("clientState", json!(7)), "not of the shape of a notice"),
            (with("tenantId", json!("0c0ffee0-0000-4000-8000-000000000002")), "another tenant's id"),
            (with("tenantId", Value::Null), "no tenantId"),
            (
                with("resource", json!("Users/someone-else/Messages/AAkA")),
                "a mailbox other than its subscription's",
            ),
            (with("resource", json!(format!("Users/{OWNER}/Events/AAkA"))), "a resource that is no message"),
            (with("resource", json!("ü")), "a resource that is no message"),
            (with("resource", Value::Null), "no resource"),
            (with("subscriptionId", json!("")), "no usable subscriptionId"),
            (with("subscriptionId", Value::Null), "not of the shape of a notice"),
            (with("resourceData", json!({ "id": "x".repeat(2000) })), "no usable message id"),
            (with("lifecycleEvent", json!("party")), "a lifecycle event we do not know"),
            (json!([]), "not of the shape of a notice"),
            (json!("hello"), "not of the shape of a notice"),
        ] {
            let (notices, refused) = verdicts(json!([item, genuine()]));
            assert_eq!((notices.len(), refused), (1, vec![why.to_owned()]));
        }
    }

    #[test]
    fn hostile_bodies_are_misuse_and_never_a_panic() {
        let deep = [b"{\"value\":".as_slice(), &vec![b'['; 100_000]].concat();
        let many = serde_json::to_vec(&json!({ "value": vec![7; ITEMS_MAX + 1] })).unwrap();
        let long = vec![b' '; BODY_BYTES_MAX + 1];
        for body in [&b""[..], b"null", b"[]", b"{}", b"{\"value\":7}", b"\xff\xfe", &deep, &many, &long] {
            assert!(matches!(post(body), Err(Error::Misused(_))));
        }
    }
}
