//! The tenant as a whole: faults, consent, subscriptions, clock, counters, certificates.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Answered, Refused, ok, owner};
use crate::faults::Faults;
use crate::notices::{Lifecycle, Subscription};
use crate::settings::App;
use crate::world::World;

pub(super) async fn show(State(world): State<Arc<World>>) -> Answered {
    let people: Vec<Value> = world.directory(|all| {
        all.people().map(|one| json!({"id": one.id, "name": one.name, "address": one.address, "has_mailbox": one.has_mailbox, "enabled": one.enabled})).collect()
    });
    let apps: Vec<Value> = world.apps().iter().map(|it| {
        json!({"client_id": it.app.client_id, "name": it.app.name, "roles": it.app.roles, "granted": it.granted})
    }).collect();
    let settings = &world.settings;
    ok(
        json!({"tenant_id": settings.id, "name": settings.name, "domains": settings.domains, "people": people, "apps": apps, "now": world.now()}),
    )
}

pub(super) async fn ca(State(world): State<Arc<World>>) -> Answered {
    Ok(([(header::CONTENT_TYPE, "application/x-pem-file")], world.authority.pem()).into_response())
}

#[derive(Deserialize)]
pub(super) struct Names {
    #[serde(default)]
    names: Vec<String>,
}

pub(super) async fn certificate(State(world): State<Arc<World>>, Json(names): Json<Names>) -> Answered {
    let issued = world.authority.issue(&names.names).map_err(|error| Refused::wrong(error.to_string()))?;
    ok(json!({"certificate_pem": issued.certificate_pem, "key_pem": issued.key_pem}))
}

pub(super) async fn clock(State(world): State<Arc<World>>) -> Answered {
    ok(json!({ "now": world.now() }))
}

#[derive(Deserialize)]
pub(super) struct Advance {
    advance_s: u64,
}

pub(super) async fn advance(State(world): State<Arc<World>>, Json(by): Json<Advance>) -> Answered {
    world.clock.advance(Duration::from_secs(by.advance_s));
    world.notices.tend(&world);
    ok(json!({ "now": world.now() }))
}

pub(super) async fn faults(State(world): State<Arc<World>>) -> Answered {
    Ok(Json(world.faults.faults()).into_response())
}

pub(super) async fn set_faults(State(world): State<Arc<World>>, Json(faults): Json<Faults>) -> Answered {
    world.faults.set(faults);
    Ok(Json(world.faults.faults()).into_response())
}

pub(super) async fn clear_faults(State(world): State<Arc<World>>) -> Answered {
    world.faults.set(Faults::default());
    ok(json!({}))
}

/// `roles`: null takes consent back, a list grants exactly these, left out grants what the app asks for.
#[derive(Deserialize)]
pub(super) struct Consent {
    client_id: Uuid,
    #[serde(default = "asked_for")]
    roles: Option<Value>,
}

fn asked_for() -> Option<Value> {
    Some(json!("asked"))
}

pub(super) async fn consent(State(world): State<Arc<World>>, Json(consent): Json<Consent>) -> Answered {
    let app = world.app(consent.client_id).ok_or_else(|| Refused::missing("No such app."))?;
    let roles = match consent.roles {
        None | Some(Value::Null) => None,
        Some(Value::String(_)) => Some(app.app.roles),
        Some(list) => Some(
            serde_json::from_value(list).map_err(|_| Refused::wrong("roles is a list of names, or null."))?,
        ),
    };
    world.grant(consent.client_id, roles.clone());
    ok(json!({ "granted": roles }))
}

pub(super) async fn put_app(State(world): State<Arc<World>>, Json(app): Json<App>) -> Answered {
    let id = app.client_id;
    world.put_app(app);
    ok(json!({ "client_id": id }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Lose {
    /// All mailboxes when left out.
    #[serde(default)]
    mailbox: Option<String>,
    /// All folders when left out.
    #[serde(default)]
    folders: Option<Vec<String>>,
    /// The directory's users too.
    #[serde(default)]
    users: bool,
    /// The list of folders too.
    #[serde(default)]
    folder_list: bool,
}

pub(super) async fn lose_delta(State(world): State<Arc<World>>, Json(lose): Json<Lose>) -> Answered {
    let owners = match &lose.mailbox {
        Some(who) => vec![owner(&world, who)?],
        None => world.mailbox_owners(),
    };
    let mut lost = 0;
    for owner in owners {
        world.change(owner, |mailbox| {
            let named = |text: &String| mailbox.resolve_folder(text).or_else(|| mailbox.folder_at(text));
            let keys: Vec<_> = match &lose.folders {
                Some(folders) => folders.iter().filter_map(named).collect(),
                None => mailbox.folders().map(|folder| folder.key).collect(),
            };
            lost += keys.len();
            keys.into_iter().for_each(|key| mailbox.lose_delta(key));
            mailbox.folder_log.epoch += u32::from(lose.folder_list);
        });
    }
    if lose.users {
        world.lose_user_delta();
    }
    ok(json!({ "folders": lost }))
}

fn subscription(it: &Subscription) -> Value {
    let kinds: Vec<&str> = it.kinds.iter().map(|kind| kind.word()).collect();
    json!({"id": it.id, "app": it.app, "resource": it.resource, "change_types": kinds, "notification_url": it.notification_url,
        "lifecycle_url": it.lifecycle_url, "client_state": it.client_state, "expires": it.expires})
}

pub(super) async fn subscriptions(State(world): State<Arc<World>>) -> Answered {
    world.notices.tend(&world);
    ok(json!({ "subscriptions": world.notices.all().iter().map(subscription).collect::<Vec<_>>() }))
}

/// Which subscriptions: one by id, or all whose resource contains a text, or all.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Which {
    #[serde(default)]
    id: Option<Uuid>,
    #[serde(default)]
    resource: Option<String>,
    /// For lifecycle events.
    #[serde(default)]
    event: Option<String>,
}

impl Which {
    fn of(&self, world: &World) -> Vec<Subscription> {
        let named = |it: &Subscription| self.id.is_none_or(|id| id == it.id);
        let about =
            |it: &Subscription| self.resource.as_ref().is_none_or(|text| it.resource.contains(text.as_str()));
        world.notices.all().into_iter().filter(|it| named(it) && about(it)).collect()
    }
}

pub(super) async fn expire_subscriptions(
    State(world): State<Arc<World>>,
    Json(which): Json<Which>,
) -> Answered {
    let all = which.of(&world);
    for it in &all {
        world.notices.update(it.id, |it| it.expires = Timestamp::UNIX_EPOCH);
    }
    world.notices.tend(&world);
    ok(json!({ "expired": all.len() }))
}

pub(super) async fn lifecycle(State(world): State<Arc<World>>, Json(which): Json<Which>) -> Answered {
    let event = which.event.as_deref().and_then(Lifecycle::parse);
    let event = event.ok_or_else(|| {
        Refused::wrong("event is one of reauthorizationRequired, subscriptionRemoved, missed.")
    })?;
    let all = which.of(&world);
    for it in &all {
        if event == Lifecycle::SubscriptionRemoved {
            world.notices.remove(it.id);
        }
        world.notices.tell(&world, it, event);
    }
    ok(json!({ "told": all.len() }))
}

pub(super) async fn counters(State(world): State<Arc<World>>) -> Answered {
    Ok(Json(world.counters.all()).into_response())
}

pub(super) async fn reset_counters(State(world): State<Arc<World>>) -> Answered {
    world.counters.reset();
    ok(json!({}))
}

pub(super) async fn sign_ins(State(world): State<Arc<World>>, Json(rows): Json<Vec<Value>>) -> Answered {
    let now = world.now();
    let mut all = world.sign_ins();
    for mut row in rows.into_iter().filter(Value::is_object) {
        for (name, value) in [("id", json!(Uuid::new_v4())), ("createdDateTime", json!(now))] {
            if row.get(name).is_none() {
                row[name] = value;
            }
        }
        all.push(row);
    }
    ok(json!({ "sign_ins": all.len() }))
}
