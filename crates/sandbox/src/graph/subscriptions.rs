//! Subscriptions: creating with the handshake, renewing, ending (provider-apis A5).

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use axum::http::{Method, StatusCode, header};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use url::{Host, Url};
use uuid::Uuid;

use super::call::{Answer, Call};
use super::error::GraphError;
use super::filter::{Filter, time};
use super::gate::Caller;
use super::odata::{self, Query};
use crate::mailbox::ChangeKind;
use crate::notices::{Scope, Subscription};
use crate::world::World;

/// Both are Graph's own limits.
const CLIENT_STATE_MAX: usize = 128;
const URL_MAX: usize = 2048;

type Answered = Result<Answer, GraphError>;

pub(super) async fn dispatch(world: &Arc<World>, caller: &Caller, call: &Call, rest: &[&str]) -> Answered {
    match (&call.method, rest) {
        (&Method::POST, []) => create(world, caller, call).await,
        (&Method::GET, []) => Ok(list(world, caller, call)),
        (&Method::GET, [id]) => Ok(shown(call, StatusCode::OK, &own(world, caller, id)?)),
        (&Method::PATCH, [id]) => renew(world, caller, call, id),
        (&Method::DELETE, [id]) => delete(world, caller, id),
        (&Method::POST, [id, "reauthorize"]) => reauthorize(world, caller, id),
        _ => Err(GraphError::no_route("subscriptions")),
    }
}

fn view(subscription: &Subscription) -> Value {
    let kinds: Vec<&str> = subscription.kinds.iter().map(|kind| kind.word()).collect();
    json!({
        "id": subscription.id,
        "resource": subscription.resource,
        "applicationId": subscription.app,
        "changeType": kinds.join(","),
        "clientState": subscription.client_state,
        "notificationUrl": subscription.notification_url,
        "lifecycleNotificationUrl": subscription.lifecycle_url,
        "expirationDateTime": subscription.expires,
        "creatorId": subscription.app_object_id,
        "includeResourceData": null,
        "latestSupportedTlsVersion": "v1_2",
        "encryptionCertificate": null,
        "encryptionCertificateId": null,
        "notificationQueryOptions": null,
        "notificationUrlAppId": null,
    })
}

fn shown(call: &Call, status: StatusCode, subscription: &Subscription) -> Answer {
    Answer::json(status, odata::entity(call, "subscriptions/$entity", view(subscription)))
}

/// An app sees its own subscriptions only.
fn own(world: &World, caller: &Caller, id: &str) -> Result<Subscription, GraphError> {
    world.notices.tend(world);
    let found =
        Uuid::parse_str(id).ok().and_then(|id| world.notices.find(id)).filter(|it| it.app == caller.app);
    found.ok_or_else(|| {
        GraphError::new(StatusCode::NOT_FOUND, "ResourceNotFound", "The object was not found.")
    })
}

fn list(world: &World, caller: &Caller, call: &Call) -> Answer {
    world.notices.tend(world);
    let rows = world.notices.all().iter().filter(|it| it.app == caller.app).map(view).collect();
    Answer::ok(odata::page(call, "subscriptions", rows, None, None))
}

fn invalid(message: impl Into<String>) -> GraphError {
    GraphError::bad_request("InvalidRequest", message)
}

async fn create(world: &Arc<World>, caller: &Caller, call: &Call) -> Answered {
    let body = call.json()?;
    let subscription = read(world, caller, call, &body)?;
    if let Scope::Mailbox(mailbox) | Scope::Folder(mailbox, _) = subscription.scope
        && world.notices.count(mailbox) >= world.limits().subscriptions_per_mailbox
    {
        let most = world.limits().subscriptions_per_mailbox;
        return Err(GraphError::new(
            StatusCode::FORBIDDEN,
            "ExtensionError",
            format!(
                "Operation: Create; Exception: [Status Code: Forbidden; Reason: The subscription count for the mailbox has reached its limit of {most}.]"
            ),
        ));
    }
    let urls = [Some(&subscription.notification_url), subscription.lifecycle_url.as_ref()];
    for url in urls.into_iter().flatten() {
        handshake(world, url).await?;
    }
    world.notices.add(subscription.clone());
    world.counters.one("subscriptions.created");
    Ok(shown(call, StatusCode::CREATED, &subscription))
}

fn read(world: &World, caller: &Caller, call: &Call, body: &Value) -> Result<Subscription, GraphError> {
    let text = |name: &str| body[name].as_str().filter(|text| !text.is_empty());
    let needed =
        |name: &str| text(name).ok_or_else(|| invalid(format!("The '{name}' property is required.")));
    if body["includeResourceData"] == json!(true) {
        return Err(GraphError::new(
            StatusCode::NOT_IMPLEMENTED,
            "NotImplemented",
            "This sandbox sends no resource data; subscribe without includeResourceData.",
        ));
    }
    let (scope, filter) = resource(world, caller, needed("resource")?)?;
    let notification_url = checked_url(needed("notificationUrl")?)?;
    let lifecycle_url = text("lifecycleNotificationUrl").map(checked_url).transpose()?;
    let client_state = text("clientState").map(str::to_owned);
    if client_state.as_ref().is_some_and(|state| state.chars().count() > CLIENT_STATE_MAX) {
        return Err(invalid(format!(
            "The clientState must not be longer than {CLIENT_STATE_MAX} characters."
        )));
    }
    Ok(Subscription {
        id: Uuid::new_v4(),
        app: caller.app,
        app_object_id: caller.object_id,
        scope,
        resource: needed("resource")?.to_owned(),
        filter,
        kinds: kinds(needed("changeType")?)?,
        notification_url,
        lifecycle_url,
        client_state,
        expires: expiry(world, needed("expirationDateTime")?)?,
        id_form: call.id_form(),
        reauthorize_sent: false,
    })
}

fn kinds(text: &str) -> Result<BTreeSet<ChangeKind>, GraphError> {
    let kind = |word: &str| match word.trim().to_ascii_lowercase().as_str() {
        "created" => Ok(ChangeKind::Created),
        "updated" => Ok(ChangeKind::Updated),
        "deleted" => Ok(ChangeKind::Deleted),
        _ => Err(invalid(format!("'{word}' is not a changeType."))),
    };
    text.split(',').map(kind).collect()
}

/// Shorter than the floor becomes the floor; longer than the ceiling, or past, is refused.
fn expiry(world: &World, text: &str) -> Result<Timestamp, GraphError> {
    let limits = world.limits();
    let asked = time(text).ok_or_else(|| invalid("expirationDateTime is not a date and time."))?;
    let now = world.now();
    if asked <= now {
        return Err(GraphError::bad_request(
            "ExtensionError",
            "Subscription expiration must be in the future.",
        ));
    }
    if asked
        > now + SignedDuration::from_mins(limits.subscription_minutes_max) + SignedDuration::from_secs(60)
    {
        return Err(GraphError::bad_request(
            "ExtensionError",
            format!(
                "Subscription expiration can only be {} minutes in the future.",
                limits.subscription_minutes_max
            ),
        ));
    }
    Ok(asked.max(now + SignedDuration::from_mins(limits.subscription_minutes_min)))
}

/// HTTPS only, and only on this machine: nothing a sandbox sends may leave it. Plain HTTP is let through on
/// loopback, which Microsoft would refuse.
fn checked_url(text: &str) -> Result<String, GraphError> {
    let url = Url::parse(text).ok().filter(|_| text.len() <= URL_MAX);
    let url = url.ok_or_else(|| invalid("The notification URL is not valid."))?;
    if !["https", "http"].contains(&url.scheme()) {
        return Err(invalid("Notification endpoints must use HTTPS."));
    }
    let here = match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    if !here {
        return Err(invalid("A sandbox sends notices to loopback addresses only."));
    }
    Ok(text.to_owned())
}

/// `users/{id}/messages`, `users/{id}/mailFolders/{id}/messages` or `users`, with `$filter` where given.
fn resource(world: &World, caller: &Caller, text: &str) -> Result<(Scope, Option<Filter>), GraphError> {
    let (path, query) = text.split_once('?').unwrap_or((text, ""));
    let query = Query::parse(query);
    if ["top", "skip", "orderby", "expand"].iter().any(|name| query.option(name).is_some()) {
        return Err(invalid("The resource may carry $filter and $select only."));
    }
    let filter = query.option("filter").map(Filter::parse).transpose()?;
    let path = path.trim_start_matches('/').trim_start_matches("v1.0/");
    let call = Call::new(Method::GET, path, "", Default::default(), Default::default(), String::new());
    let owner = |user: &str| {
        let id = world.directory(|people| people.find(user).map(|person| person.id));
        id.filter(|id| world.has_mailbox(*id)).ok_or_else(|| GraphError::resource_not_found(user))
    };
    let scope = match call.segments().as_slice() {
        ["users"] => {
            caller.need_users()?;
            Scope::Users
        }
        ["users", user, "messages"] => {
            caller.need_mail_read()?;
            Scope::Mailbox(owner(user)?)
        }
        ["users", user, "mailFolders", folder, "messages"] => {
            caller.need_mail_read()?;
            let owner = owner(user)?;
            let key = world.change(owner, |mailbox| mailbox.resolve_folder(folder)).flatten();
            Scope::Folder(owner, key.ok_or_else(GraphError::folder_not_found)?)
        }
        _ => {
            return Err(GraphError::bad_request(
                "ExtensionError",
                format!(
                    "Operation: Create; Exception: [Status Code: BadRequest; Reason: The resource '{path}' is not supported.]"
                ),
            ));
        }
    };
    Ok((scope, filter))
}

/// The receiver must give the token back as plain text in time.
async fn handshake(world: &World, url: &str) -> Result<(), GraphError> {
    let failed = |why: String| {
        world.counters.one("subscriptions.handshake_failed");
        GraphError::bad_request("ValidationError", format!("Subscription validation request failed. {why}"))
    };
    let token = format!(
        "Validation: Testing client application reachability for subscription Request-Id: {}",
        Uuid::new_v4()
    );
    let mut target = Url::parse(url).map_err(|error| failed(error.to_string()))?;
    target.query_pairs_mut().append_pair("validationToken", &token);
    let limit = Duration::from_millis(world.settings.notices.handshake_ms);
    let request = world
        .notices
        .http
        .post(target)
        .header(header::CONTENT_TYPE, "text/plain; charset=utf-8")
        .timeout(limit);
    let response = request
        .send()
        .await
        .map_err(|_| failed("The endpoint could not be reached, or did not answer in time.".into()))?;
    let status = response.status();
    let is_plain = response
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|kind| kind.starts_with("text/plain"));
    let body = response.text().await.unwrap_or_default();
    if status != StatusCode::OK {
        return Err(failed(format!(
            "Notification endpoint must respond with 200 OK to validation request, not {status}."
        )));
    }
    if !is_plain || body != token {
        return Err(failed(
            "Notification endpoint must answer with the validation token as text/plain.".into(),
        ));
    }
    Ok(())
}

fn renew(world: &World, caller: &Caller, call: &Call, id: &str) -> Answered {
    let subscription = own(world, caller, id)?;
    let body = call.json()?;
    let text = body["expirationDateTime"]
        .as_str()
        .ok_or_else(|| invalid("The 'expirationDateTime' property is required."))?;
    let expires = expiry(world, text)?;
    let renewed = world.notices.update(subscription.id, |it| {
        it.expires = expires;
        it.reauthorize_sent = false;
    });
    world.counters.one("subscriptions.renewed");
    Ok(shown(call, StatusCode::OK, &renewed.unwrap_or(subscription)))
}

fn delete(world: &World, caller: &Caller, id: &str) -> Answered {
    let subscription = own(world, caller, id)?;
    world.notices.remove(subscription.id);
    Ok(Answer::empty(StatusCode::NO_CONTENT))
}

fn reauthorize(world: &World, caller: &Caller, id: &str) -> Answered {
    let subscription = own(world, caller, id)?;
    world.notices.update(subscription.id, |it| it.reauthorize_sent = true);
    world.counters.one("subscriptions.reauthorized");
    Ok(Answer::empty(StatusCode::NO_CONTENT))
}
