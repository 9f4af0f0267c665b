//! The whole tenant in memory. Locks are short and never held across an await; every change to a mailbox goes
//! through [`World::change`], which hands what happened to the notices.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use jiff::Timestamp;
use serde_json::Value;
use uuid::Uuid;

use crate::clock::Clock;
use crate::counters::Counters;
use crate::directory::Directory;
use crate::entra::Keys;
use crate::faults::FaultBox;
use crate::id::{FolderKey, ItemKey};
use crate::mailbox::{ChangeKind, Event, Mailbox};
use crate::notices::Notices;
use crate::settings::{App, Limits, Tenant};
use crate::throttle::Throttle;
use crate::tls::Authority;

/// An app registration with its present grant.
#[derive(Clone, Debug)]
pub(crate) struct Registration {
    pub(crate) app: App,
    /// Object id of the service principal.
    pub(crate) object_id: Uuid,
    /// Roles granted by an administrator; `None` before consent and after it was taken back.
    pub(crate) granted: Option<Vec<String>>,
}

/// Mail that left the organisation.
#[derive(Clone, Debug)]
pub(crate) struct Outbound {
    pub(crate) at: Timestamp,
    pub(crate) from: String,
    pub(crate) to: Vec<String>,
    pub(crate) bytes: Arc<[u8]>,
}

/// One line of the message trace: a message for one recipient.
#[derive(Clone, Debug)]
pub(crate) struct Trace {
    pub(crate) id: Uuid,
    pub(crate) at: Timestamp,
    pub(crate) message_id: String,
    pub(crate) sender: String,
    pub(crate) recipient: String,
    pub(crate) from_ip: String,
    pub(crate) subject: String,
    pub(crate) size: usize,
    pub(crate) status: &'static str,
}

#[derive(Debug)]
pub(crate) struct World {
    pub(crate) settings: Tenant,
    pub(crate) clock: Clock,
    pub(crate) authority: Authority,
    pub(crate) keys: Keys,
    directory: RwLock<Directory>,
    mailboxes: RwLock<HashMap<Uuid, Arc<Mutex<Mailbox>>>>,
    apps: RwLock<BTreeMap<Uuid, Registration>>,
    pub(crate) faults: FaultBox,
    pub(crate) throttle: Arc<Throttle>,
    pub(crate) notices: Notices,
    pub(crate) counters: Counters,
    outbound: Mutex<Vec<Outbound>>,
    traces: Mutex<Vec<Trace>>,
    sign_ins: Mutex<Vec<Value>>,
    next_item: AtomicU64,
}

impl World {
    pub(crate) fn new(settings: Tenant, authority: Authority, keys: Keys, notices: Notices) -> Self {
        let world = Self {
            clock: settings.clock.clone(),
            faults: FaultBox::new(settings.seed),
            authority,
            keys,
            directory: RwLock::default(),
            mailboxes: RwLock::default(),
            apps: RwLock::default(),
            throttle: Arc::default(),
            notices,
            counters: Counters::default(),
            outbound: Mutex::default(),
            traces: Mutex::default(),
            sign_ins: Mutex::default(),
            next_item: AtomicU64::new(1),
            settings,
        };
        for person in world.settings.people.clone() {
            world.put_person(person);
        }
        for app in world.settings.apps.clone() {
            world.put_app(app);
        }
        world
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.settings.limits
    }

    pub(crate) fn next_item(&self) -> ItemKey {
        self.next_item.fetch_add(1, Ordering::Relaxed)
    }

    // People and their mailboxes.

    pub(crate) fn directory<T>(&self, read: impl FnOnce(&Directory) -> T) -> T {
        read(&self.directory.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Adds or replaces a person, and makes the mailbox.
    pub(crate) fn put_person(&self, person: crate::Person) {
        let id = person.id;
        let kind = match self.directory(|people| people.person(id).is_some()) {
            true => ChangeKind::Updated,
            false => ChangeKind::Created,
        };
        if person.has_mailbox {
            let mut mailboxes = self.mailboxes.write().unwrap_or_else(PoisonError::into_inner);
            mailboxes.entry(id).or_insert_with(|| Arc::new(Mutex::new(Mailbox::new(id))));
        }
        self.directory.write().unwrap_or_else(PoisonError::into_inner).put(person);
        self.notices.publish_user(self, id, kind);
    }

    pub(crate) fn remove_person(&self, id: Uuid) {
        self.mailboxes.write().unwrap_or_else(PoisonError::into_inner).remove(&id);
        self.directory.write().unwrap_or_else(PoisonError::into_inner).remove(id);
        self.notices.publish_user(self, id, ChangeKind::Deleted);
    }

    pub(crate) fn lose_user_delta(&self) {
        self.directory.write().unwrap_or_else(PoisonError::into_inner).log.epoch += 1;
    }

    fn mailbox(&self, owner: Uuid) -> Option<Arc<Mutex<Mailbox>>> {
        self.mailboxes.read().unwrap_or_else(PoisonError::into_inner).get(&owner).cloned()
    }

    pub(crate) fn has_mailbox(&self, owner: Uuid) -> bool {
        self.mailboxes.read().unwrap_or_else(PoisonError::into_inner).contains_key(&owner)
    }

    /// Reads or changes a mailbox and sends out what happened; `None` when there is none.
    pub(crate) fn change<T>(&self, owner: Uuid, work: impl FnOnce(&mut Mailbox) -> T) -> Option<T> {
        let mailbox = self.mailbox(owner)?;
        let mut mailbox = mailbox.lock().unwrap_or_else(PoisonError::into_inner);
        let result = work(&mut mailbox);
        let events = mailbox.take_events();
        self.publish(&events, &mailbox);
        Some(result)
    }

    /// Still under the mailbox's lock, so that notices leave in the order of the changes.
    fn publish(&self, events: &[Event], mailbox: &Mailbox) {
        for event in events {
            self.notices.publish(self, event, mailbox);
        }
    }

    /// Where a folder of a mailbox is named by id, well-known name, or path of display names.
    pub(crate) fn find_folder(&self, owner: Uuid, text: &str) -> Option<FolderKey> {
        self.change(owner, |mailbox| mailbox.resolve_folder(text).or_else(|| mailbox.folder_at(text)))?
    }

    pub(crate) fn mailbox_owners(&self) -> Vec<Uuid> {
        self.mailboxes.read().unwrap_or_else(PoisonError::into_inner).keys().copied().collect()
    }

    // Apps.

    pub(crate) fn put_app(&self, app: App) {
        let granted = app.consented.then(|| app.roles.clone());
        let registration = Registration { object_id: Uuid::new_v4(), granted, app };
        self.apps
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(registration.app.client_id, registration);
    }

    pub(crate) fn app(&self, client_id: Uuid) -> Option<Registration> {
        self.apps.read().unwrap_or_else(PoisonError::into_inner).get(&client_id).cloned()
    }

    pub(crate) fn apps(&self) -> Vec<Registration> {
        self.apps.read().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }

    /// Sets the grant of an app; `None` takes consent back altogether. False when nobody knows the app.
    pub(crate) fn grant(&self, client_id: Uuid, roles: Option<Vec<String>>) -> bool {
        let mut apps = self.apps.write().unwrap_or_else(PoisonError::into_inner);
        let Some(registration) = apps.get_mut(&client_id) else { return false };
        let revoked = roles.is_none();
        registration.granted = roles;
        drop(apps);
        if revoked {
            self.notices.remove_app(self, client_id);
        }
        true
    }

    // Records.

    pub(crate) fn outbound(&self) -> MutexGuard<'_, Vec<Outbound>> {
        self.outbound.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn traces(&self) -> MutexGuard<'_, Vec<Trace>> {
        self.traces.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn sign_ins(&self) -> MutexGuard<'_, Vec<Value>> {
        self.sign_ins.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
