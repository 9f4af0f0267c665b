//! Subscriptions and the notices sent for them: matching, faults, several notices in one POST, the acknowledgement
//! rule, retries, lifecycle events. Notices leave in the order of the changes unless a fault says otherwise.

mod courier;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tokio::sync::mpsc;
use uuid::Uuid;

use crate::graph::filter::Filter;
use crate::id::{FolderKey, IdForm};
use crate::mailbox::{ChangeKind, Event, Mailbox};
use crate::world::World;

pub(crate) use courier::run;

/// What a subscription watches.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Scope {
    Mailbox(Uuid),
    Folder(Uuid, FolderKey),
    /// The directory's users.
    Users,
}

impl Scope {
    fn mailbox(&self) -> Option<Uuid> {
        match self {
            Self::Mailbox(mailbox) | Self::Folder(mailbox, _) => Some(*mailbox),
            Self::Users => None,
        }
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Subscription {
    pub(crate) id: Uuid,
    pub(crate) app: Uuid,
    pub(crate) app_object_id: Uuid,
    pub(crate) scope: Scope,
    /// As asked for.
    pub(crate) resource: String,
    pub(crate) filter: Option<Filter>,
    pub(crate) kinds: BTreeSet<ChangeKind>,
    pub(crate) notification_url: String,
    pub(crate) lifecycle_url: Option<String>,
    pub(crate) client_state: Option<String>,
    pub(crate) expires: Timestamp,
    pub(crate) id_form: IdForm,
    pub(crate) reauthorize_sent: bool,
}

/// One notice for one address, on its way.
#[derive(Clone, Debug)]
pub(crate) struct Notice {
    pub(crate) url: String,
    pub(crate) subscription: Uuid,
    pub(crate) body: Value,
    pub(crate) is_lifecycle: bool,
    pub(crate) attempts: u32,
    pub(crate) delay: Duration,
}

/// The three lifecycle events (provider-apis A5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lifecycle {
    ReauthorizationRequired,
    SubscriptionRemoved,
    Missed,
}

impl Lifecycle {
    fn word(self) -> &'static str {
        match self {
            Self::ReauthorizationRequired => "reauthorizationRequired",
            Self::SubscriptionRemoved => "subscriptionRemoved",
            Self::Missed => "missed",
        }
    }

    pub(crate) fn parse(word: &str) -> Option<Self> {
        [Self::ReauthorizationRequired, Self::SubscriptionRemoved, Self::Missed]
            .into_iter()
            .find(|it| it.word() == word)
    }
}

#[derive(Debug)]
pub(crate) struct Notices {
    register: Mutex<Register>,
    queue: mpsc::UnboundedSender<Notice>,
    pub(crate) http: reqwest::Client,
}

#[derive(Debug, Default)]
struct Register {
    all: BTreeMap<Uuid, Subscription>,
    by_mailbox: HashMap<Uuid, HashSet<Uuid>>,
}

impl Register {
    fn remove(&mut self, id: Uuid) -> Option<Subscription> {
        let subscription = self.all.remove(&id)?;
        if let Some(ids) = subscription.scope.mailbox().and_then(|mailbox| self.by_mailbox.get_mut(&mailbox))
        {
            ids.remove(&id);
        }
        Some(subscription)
    }
}

impl Notices {
    /// The register and the courier's end of the queue.
    pub(crate) fn new(http: reqwest::Client) -> (Self, mpsc::UnboundedReceiver<Notice>) {
        let (queue, courier) = mpsc::unbounded_channel();
        (Self { register: Mutex::default(), queue, http }, courier)
    }

    fn register(&self) -> MutexGuard<'_, Register> {
        self.register.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn add(&self, subscription: Subscription) {
        let mut register = self.register();
        if let Some(mailbox) = subscription.scope.mailbox() {
            register.by_mailbox.entry(mailbox).or_default().insert(subscription.id);
        }
        register.all.insert(subscription.id, subscription);
    }

    pub(crate) fn count(&self, mailbox: Uuid) -> usize {
        self.register().by_mailbox.get(&mailbox).map_or(0, HashSet::len)
    }

    pub(crate) fn find(&self, id: Uuid) -> Option<Subscription> {
        self.register().all.get(&id).cloned()
    }

    pub(crate) fn all(&self) -> Vec<Subscription> {
        self.register().all.values().cloned().collect()
    }

    pub(crate) fn remove(&self, id: Uuid) -> Option<Subscription> {
        self.register().remove(id)
    }

    /// Changes a subscription in place; `None` when it is gone.
    pub(crate) fn update(&self, id: Uuid, change: impl FnOnce(&mut Subscription)) -> Option<Subscription> {
        let mut register = self.register();
        let subscription = register.all.get_mut(&id)?;
        change(subscription);
        Some(subscription.clone())
    }

    /// Consent was taken back: the app's subscriptions go, and it is told.
    pub(crate) fn remove_app(&self, world: &World, app: Uuid) {
        let ids: Vec<Uuid> = self.all().iter().filter(|it| it.app == app).map(|it| it.id).collect();
        for id in ids {
            if let Some(subscription) = self.remove(id) {
                self.tell(world, &subscription, Lifecycle::SubscriptionRemoved);
            }
        }
    }

    /// Ends what has run out, silently as Microsoft does, and warns of what soon will.
    pub(crate) fn tend(&self, world: &World) {
        let now = world.now();
        let warn_before = SignedDuration::from_secs(world.settings.notices.reauthorize_before_s);
        for subscription in self.all() {
            if subscription.expires <= now {
                self.remove(subscription.id);
                world.counters.one("subscriptions.expired");
            } else if !subscription.reauthorize_sent && subscription.expires.duration_since(now) < warn_before
            {
                self.update(subscription.id, |it| it.reauthorize_sent = true);
                self.tell(world, &subscription, Lifecycle::ReauthorizationRequired);
            }
        }
    }

    /// Sends a lifecycle event, if the subscription has an address for them.
    pub(crate) fn tell(&self, world: &World, subscription: &Subscription, event: Lifecycle) {
        let Some(url) = subscription.lifecycle_url.clone() else { return };
        let body = json!({
            "subscriptionId": subscription.id,
            "subscriptionExpirationDateTime": subscription.expires,
            "tenantId": world.settings.id,
            "organizationId": world.settings.id,
            "clientState": subscription.client_state,
            "lifecycleEvent": event.word(),
        });
        world.counters.one(&format!("notices.lifecycle.{}", event.word()));
        self.enqueue(Notice {
            url,
            subscription: subscription.id,
            body,
            is_lifecycle: true,
            attempts: 0,
            delay: Duration::ZERO,
        });
    }

    /// Makes the notices for one change and lets the faults decide what becomes of them.
    pub(crate) fn publish(&self, world: &World, event: &Event, mailbox: &Mailbox) {
        let interested: Vec<Subscription> = {
            let register = self.register();
            let ids = register.by_mailbox.get(&event.mailbox).into_iter().flatten();
            ids.filter_map(|id| register.all.get(id))
                .filter(|it| is_interested(it, event, mailbox))
                .cloned()
                .collect()
        };
        for subscription in interested {
            self.send(world, &subscription, message_payload(world, &subscription, event));
        }
    }

    /// A directory user came, changed or went.
    pub(crate) fn publish_user(&self, world: &World, user: Uuid, kind: ChangeKind) {
        let interested =
            self.all().into_iter().filter(|it| it.scope == Scope::Users && it.kinds.contains(&kind));
        for subscription in interested {
            let resource = format!("Users/{user}");
            let data = json!({"@odata.type": "#Microsoft.Graph.User", "@odata.id": resource, "id": user});
            self.send(world, &subscription, payload(world, &subscription, kind, &resource, data));
        }
    }

    fn send(&self, world: &World, subscription: &Subscription, body: Value) {
        let fate = world.faults.fate();
        world.counters.one("notices.made");
        match fate.copies.len() {
            0 => world.counters.one("notices.dropped"),
            1 => {}
            _ => world.counters.one("notices.duplicated"),
        }
        if fate.late {
            world.counters.one("notices.late");
        }
        let latency = Duration::from_millis(world.settings.notices.latency_ms);
        for delay in fate.copies {
            self.enqueue(Notice {
                url: subscription.notification_url.clone(),
                subscription: subscription.id,
                body: body.clone(),
                is_lifecycle: false,
                attempts: 0,
                delay: latency + delay,
            });
        }
    }

    fn enqueue(&self, notice: Notice) {
        // The courier is gone only when the sandbox stops; nobody waits for notices then.
        let _ = self.queue.send(notice);
    }

    /// A notice was given up: the subscriber is told that it missed something.
    pub(crate) fn gave_up(&self, world: &World, notice: &Notice) {
        world.counters.one("notices.given_up");
        if let Some(subscription) = self.find(notice.subscription).filter(|_| !notice.is_lifecycle) {
            self.tell(world, &subscription, Lifecycle::Missed);
        }
    }
}

fn is_interested(subscription: &Subscription, event: &Event, mailbox: &Mailbox) -> bool {
    let in_scope = match subscription.scope {
        Scope::Mailbox(owner) => owner == event.mailbox,
        Scope::Folder(owner, folder) => owner == event.mailbox && folder == event.folder,
        Scope::Users => false,
    };
    let passes = || match (&subscription.filter, mailbox.item(event.item)) {
        (Some(filter), Some(item)) => filter.holds(&crate::graph::view::MessageFields { mailbox, item }),
        _ => true,
    };
    in_scope && subscription.kinds.contains(&event.kind) && passes()
}

fn message_payload(world: &World, subscription: &Subscription, event: &Event) -> Value {
    let id = match subscription.id_form {
        IdForm::Rest => &event.rest_id,
        IdForm::Immutable => &event.immutable_id,
    };
    let resource = format!("Users/{}/Messages/{id}", event.mailbox);
    let data = json!({
        "@odata.type": "#Microsoft.Graph.Message", "@odata.id": resource, "@odata.etag": event.etag, "id": id,
    });
    payload(world, subscription, event.kind, &resource, data)
}

fn payload(
    world: &World,
    subscription: &Subscription,
    kind: ChangeKind,
    resource: &str,
    data: Value,
) -> Value {
    json!({
        "subscriptionId": subscription.id,
        "subscriptionExpirationDateTime": subscription.expires,
        "clientState": subscription.client_state,
        "changeType": kind.word(),
        "resource": resource,
        "tenantId": world.settings.id,
        "resourceData": data,
    })
}
