//! One mailbox: folders, items, indexes, change logs and the history of who did what. Every change goes through
//! here, so that listings, delta rows, notices and the history always agree.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, OnceLock};

use jiff::Timestamp;
use uuid::Uuid;

use crate::id::{self, FolderKey, IdForm, ItemId, ItemKey};
use crate::log::ChangeLog;
use crate::mime::{self, Content, Envelope};
use crate::well_known::{self, ROOT, WELL_KNOWN};

/// Who caused a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Actor {
    /// Delivery by the mail flow.
    Edge,
    /// An inbox rule at delivery.
    Rule,
    Person,
    /// An app, by client id.
    App(Uuid),
}

impl std::fmt::Display for Actor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Edge => f.write_str("edge"),
            Self::Rule => f.write_str("rule"),
            Self::Person => f.write_str("person"),
            Self::App(client_id) => write!(f, "app:{client_id}"),
        }
    }
}

/// One line of a mailbox's history.
#[derive(Clone, Debug)]
pub(crate) struct History {
    pub(crate) at: Timestamp,
    pub(crate) item: ItemKey,
    /// `created`, `moved`, `updated`, `deleted`, `purged`.
    pub(crate) what: &'static str,
    pub(crate) from: Option<FolderKey>,
    pub(crate) to: Option<FolderKey>,
    pub(crate) by: Actor,
}

/// The three kinds of change a subscription can ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum ChangeKind {
    Created,
    Updated,
    Deleted,
}

impl ChangeKind {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Updated => "updated",
            Self::Deleted => "deleted",
        }
    }
}

/// A change that subscribers may want to hear of.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    pub(crate) mailbox: Uuid,
    pub(crate) folder: FolderKey,
    pub(crate) kind: ChangeKind,
    pub(crate) item: ItemKey,
    pub(crate) rest_id: String,
    pub(crate) immutable_id: String,
    pub(crate) etag: String,
}

#[derive(Debug)]
pub(crate) struct Folder {
    pub(crate) key: FolderKey,
    pub(crate) name: String,
    /// `None` only for the roots.
    pub(crate) parent: Option<FolderKey>,
    pub(crate) well_known: Option<&'static str>,
    pub(crate) hidden: bool,
    pub(crate) children: BTreeSet<FolderKey>,
    /// By received time, oldest first.
    pub(crate) items: BTreeSet<(Timestamp, ItemKey)>,
    pub(crate) unread: usize,
    pub(crate) size_bytes: usize,
    pub(crate) log: ChangeLog<ItemKey>,
}

/// The part of an item that people and apps may change.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Marks {
    pub(crate) is_read: bool,
    pub(crate) categories: Vec<String>,
    /// `notFlagged`, `flagged`, `complete`; further flag fields as sent.
    pub(crate) flag: serde_json::Value,
    pub(crate) importance: String,
    pub(crate) inference: String,
    /// Extended properties: id as sent → value.
    pub(crate) extended: BTreeMap<String, String>,
}

impl Marks {
    pub(crate) fn new(importance: &str) -> Self {
        Self {
            is_read: false,
            categories: Vec::new(),
            flag: serde_json::json!({"flagStatus": "notFlagged"}),
            importance: importance.to_owned(),
            inference: "focused".to_owned(),
            extended: BTreeMap::new(),
        }
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Item {
    pub(crate) key: ItemKey,
    pub(crate) folder: FolderKey,
    pub(crate) moves: u32,
    pub(crate) bytes: Arc<[u8]>,
    pub(crate) envelope: Arc<Envelope>,
    content: Arc<OnceLock<Content>>,
    pub(crate) received: Timestamp,
    pub(crate) created: Timestamp,
    pub(crate) modified: Timestamp,
    pub(crate) is_draft: bool,
    pub(crate) marks: Marks,
    pub(crate) change: u64,
    /// Until then a `GET` finds nothing, though the notice is out already (a fault).
    pub(crate) readable_at: Option<Timestamp>,
}

impl Item {
    /// Body and attachments, read at first use.
    pub(crate) fn content(&self) -> &Content {
        self.content.get_or_init(|| mime::content(&self.bytes))
    }

    pub(crate) fn sent(&self) -> Timestamp {
        self.envelope.date.unwrap_or(self.received)
    }

    pub(crate) fn change_key(&self) -> String {
        use base64::Engine;
        let mut bytes = vec![9, 0, 0, 0, 0x16, 0, 0, 0];
        bytes.extend_from_slice(&self.key.to_be_bytes());
        bytes.extend_from_slice(&self.change.to_be_bytes());
        base64::engine::general_purpose::STANDARD.encode(bytes)
    }

    pub(crate) fn etag(&self) -> String {
        format!("W/\"{}\"", self.change_key())
    }
}

/// What a new item is made of.
#[derive(Debug)]
pub(crate) struct NewItem {
    pub(crate) key: ItemKey,
    pub(crate) folder: FolderKey,
    pub(crate) bytes: Arc<[u8]>,
    pub(crate) envelope: Arc<Envelope>,
    pub(crate) received: Timestamp,
    pub(crate) is_draft: bool,
    pub(crate) marks: Marks,
    pub(crate) readable_at: Option<Timestamp>,
}

/// Why a folder could not be made or found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FolderError {
    Missing,
    Exists,
    Distinguished,
    Cycle,
}

#[derive(Debug)]
pub(crate) struct Mailbox {
    pub(crate) owner: Uuid,
    folders: BTreeMap<FolderKey, Folder>,
    items: HashMap<ItemKey, Item>,
    by_received: BTreeSet<(Timestamp, ItemKey)>,
    by_message_id: HashMap<String, BTreeSet<ItemKey>>,
    pub(crate) folder_log: ChangeLog<FolderKey>,
    pub(crate) history: Vec<History>,
    pub(crate) rules: Vec<crate::rules::Rule>,
    events: Vec<Event>,
    next_folder: FolderKey,
    changes: u64,
}

impl Mailbox {
    /// A mailbox with the folders every Exchange mailbox has.
    pub(crate) fn new(owner: Uuid) -> Self {
        let mut mailbox = Self {
            owner,
            folders: BTreeMap::new(),
            items: HashMap::new(),
            by_received: BTreeSet::new(),
            by_message_id: HashMap::new(),
            folder_log: ChangeLog::default(),
            history: Vec::new(),
            rules: Vec::new(),
            events: Vec::new(),
            next_folder: 100,
            changes: 0,
        };
        for folder in WELL_KNOWN {
            mailbox.put_folder(folder.key, folder.display, folder.parent, Some(folder.name), folder.hidden);
        }
        mailbox
    }

    // Folders.

    fn put_folder(
        &mut self,
        key: FolderKey,
        name: &str,
        parent: Option<FolderKey>,
        well_known: Option<&'static str>,
        hidden: bool,
    ) {
        let folder = Folder {
            key,
            name: name.to_owned(),
            parent,
            well_known,
            hidden,
            children: BTreeSet::new(),
            items: BTreeSet::new(),
            unread: 0,
            size_bytes: 0,
            log: ChangeLog::default(),
        };
        self.folders.insert(key, folder);
        if let Some(parent) = parent {
            self.folder_mut(parent).children.insert(key);
            self.folder_log.touch(key);
        }
    }

    /// Makes a folder; names are unique among siblings, whatever their case.
    pub(crate) fn create_folder(
        &mut self,
        parent: FolderKey,
        name: &str,
        hidden: bool,
    ) -> Result<FolderKey, FolderError> {
        let parent_folder = self.folders.get(&parent).ok_or(FolderError::Missing)?;
        let taken =
            parent_folder.children.iter().any(|child| self.folder(*child).name.eq_ignore_ascii_case(name));
        if taken {
            return Err(FolderError::Exists);
        }
        let key = self.next_folder;
        self.next_folder += 1;
        self.put_folder(key, name, Some(parent), None, hidden);
        Ok(key)
    }

    pub(crate) fn rename_folder(&mut self, key: FolderKey, name: &str) -> Result<(), FolderError> {
        let folder = self.own_folder(key)?;
        let siblings = folder.parent.map(|parent| &self.folder(parent).children).into_iter().flatten();
        if siblings
            .filter(|other| **other != key)
            .any(|other| self.folder(*other).name.eq_ignore_ascii_case(name))
        {
            return Err(FolderError::Exists);
        }
        self.folder_mut(key).name = name.to_owned();
        self.folder_log.touch(key);
        Ok(())
    }

    pub(crate) fn move_folder(&mut self, key: FolderKey, parent: FolderKey) -> Result<(), FolderError> {
        let before = self.own_folder(key)?.parent;
        if !self.folders.contains_key(&parent) {
            return Err(FolderError::Missing);
        }
        if self.is_within(parent, key) {
            return Err(FolderError::Cycle);
        }
        if let Some(before) = before {
            self.folder_mut(before).children.remove(&key);
        }
        self.folder_mut(parent).children.insert(key);
        self.folder_mut(key).parent = Some(parent);
        self.folder_log.touch(key);
        Ok(())
    }

    /// Removes a folder with all it holds; the items go to the purges folder.
    pub(crate) fn delete_folder(
        &mut self,
        key: FolderKey,
        by: Actor,
        now: Timestamp,
    ) -> Result<(), FolderError> {
        let folder = self.own_folder(key)?;
        let (parent, children) = (folder.parent, folder.children.clone());
        let items: Vec<ItemKey> = folder.items.iter().map(|(_, item)| *item).collect();
        for item in items {
            self.move_item(item, well_known::PURGES, by, now);
        }
        for child in children {
            self.delete_folder(child, by, now)?;
        }
        if let Some(parent) = parent {
            self.folder_mut(parent).children.remove(&key);
        }
        self.folders.remove(&key);
        self.folder_log.remove(key, 0);
        Ok(())
    }

    /// A folder that is not one of Exchange's own.
    fn own_folder(&self, key: FolderKey) -> Result<&Folder, FolderError> {
        let folder = self.folders.get(&key).ok_or(FolderError::Missing)?;
        if folder.well_known.is_some() { Err(FolderError::Distinguished) } else { Ok(folder) }
    }

    fn is_within(&self, mut key: FolderKey, ancestor: FolderKey) -> bool {
        loop {
            match self.folders.get(&key) {
                _ if key == ancestor => return true,
                Some(Folder { parent: Some(parent), .. }) => key = *parent,
                _ => return false,
            }
        }
    }

    fn folder(&self, key: FolderKey) -> &Folder {
        self.folders.get(&key).expect("keys inside the mailbox name folders that exist")
    }

    fn folder_mut(&mut self, key: FolderKey) -> &mut Folder {
        self.folders.get_mut(&key).expect("keys inside the mailbox name folders that exist")
    }

    pub(crate) fn find_folder(&self, key: FolderKey) -> Option<&Folder> {
        self.folders.get(&key)
    }

    pub(crate) fn folders(&self) -> impl Iterator<Item = &Folder> {
        self.folders.values()
    }

    /// A folder by well-known name or id, as a caller writes it.
    pub(crate) fn resolve_folder(&self, text: &str) -> Option<FolderKey> {
        let key = well_known::key(text).or_else(|| id::parse_folder_id(self.owner, text))?;
        self.folders.contains_key(&key).then_some(key)
    }

    /// A folder by its path of display names below the root, such as `Clients/Acme`.
    pub(crate) fn folder_at(&self, path: &str) -> Option<FolderKey> {
        path.split('/').try_fold(ROOT, |at, name| {
            let children = &self.folders.get(&at)?.children;
            children.iter().copied().find(|child| self.folder(*child).name.eq_ignore_ascii_case(name))
        })
    }

    /// All tokens for this folder's messages become worthless.
    pub(crate) fn lose_delta(&mut self, key: FolderKey) {
        if let Some(folder) = self.folders.get_mut(&key) {
            folder.log.epoch += 1;
        }
    }

    // Items.

    pub(crate) fn item(&self, key: ItemKey) -> Option<&Item> {
        self.items.get(&key)
    }

    pub(crate) fn item_count(&self) -> usize {
        self.items.len()
    }

    /// The item an id names: REST ids die with a move.
    pub(crate) fn resolve_item(&self, id: ItemId) -> Option<&Item> {
        let item = self.items.get(&id.key).filter(|_| id.mailbox == self.owner)?;
        let alive = id.moves.is_none_or(|moves| moves == item.moves);
        (alive && item.folder != well_known::PURGES).then_some(item)
    }

    pub(crate) fn id_of(&self, item: &Item, form: IdForm) -> String {
        id::item_id(form, self.owner, item.folder, item.key, item.moves)
    }

    pub(crate) fn with_message_id(&self, message_id: &str) -> impl Iterator<Item = &Item> {
        let keys = self.by_message_id.get(message_id);
        keys.into_iter().flatten().filter_map(|key| self.items.get(key))
    }

    /// Items from newest to oldest: of one folder, or of all that a mailbox-wide listing shows.
    pub(crate) fn newest_first(&self, folder: Option<FolderKey>) -> Box<dyn Iterator<Item = &Item> + '_> {
        let index = match folder {
            Some(key) => self.folders.get(&key).map(|folder| &folder.items),
            None => Some(&self.by_received),
        };
        let all =
            index.into_iter().flat_map(|index| index.iter().rev()).filter_map(|(_, key)| self.items.get(key));
        match folder {
            Some(_) => Box::new(all),
            None => Box::new(all.filter(|item| self.is_listed(item.folder))),
        }
    }

    /// Whether a mailbox-wide listing shows this folder's items: not hidden ones, nor recoverable items.
    pub(crate) fn is_listed(&self, folder: FolderKey) -> bool {
        !self.is_recoverable(folder) && !self.folders.get(&folder).is_none_or(|folder| folder.hidden)
    }

    pub(crate) fn is_recoverable(&self, folder: FolderKey) -> bool {
        self.is_within(folder, well_known::RECOVERABLE)
    }

    pub(crate) fn add(&mut self, new: NewItem, by: Actor, now: Timestamp) -> ItemKey {
        let key = new.key;
        let item = Item {
            key,
            folder: new.folder,
            moves: 0,
            bytes: new.bytes,
            envelope: new.envelope,
            content: Arc::default(),
            received: new.received,
            created: now,
            modified: now,
            is_draft: new.is_draft,
            marks: new.marks,
            change: self.next_change(),
            readable_at: new.readable_at,
        };
        self.by_received.insert((item.received, key));
        self.by_message_id.entry(item.envelope.message_id.clone()).or_default().insert(key);
        self.enter(&item);
        self.items.insert(key, item);
        self.record(key, "created", None, Some(new.folder), by, now);
        self.announce(key, ChangeKind::Created);
        key
    }

    /// Moves an item: same item, same dates and marks, but its REST id changes.
    pub(crate) fn move_item(&mut self, key: ItemKey, to: FolderKey, by: Actor, now: Timestamp) {
        let Some(from) = self.items.get(&key).map(|item| item.folder) else { return };
        if from == to || !self.folders.contains_key(&to) {
            return;
        }
        self.announce(key, ChangeKind::Deleted);
        let mut item = self.items.remove(&key).expect("looked up above");
        self.leave(&item);
        item.folder = to;
        item.moves += 1;
        item.change = self.next_change();
        item.modified = now;
        self.enter(&item);
        self.items.insert(key, item);
        let what = if to == well_known::PURGES { "purged" } else { "moved" };
        self.record(key, what, Some(from), Some(to), by, now);
        self.announce(key, ChangeKind::Created);
    }

    /// What `DELETE` does: to Deleted Items, and from there to the recoverable items.
    pub(crate) fn delete_item(&mut self, key: ItemKey, by: Actor, now: Timestamp) {
        let Some(item) = self.items.get(&key) else { return };
        let to = if item.folder == well_known::DELETED || self.is_recoverable(item.folder) {
            well_known::DELETIONS
        } else {
            well_known::DELETED
        };
        self.move_item(key, to, by, now);
    }

    /// Changes marks; nothing happens when they are as before.
    pub(crate) fn mark(&mut self, key: ItemKey, marks: Marks, by: Actor, now: Timestamp) {
        let Some(item) = self.items.get(&key).filter(|item| item.marks != marks) else { return };
        let (folder, was_read) = (item.folder, item.marks.is_read);
        let change = self.next_change();
        let unread = &mut self.folder_mut(folder).unread;
        match (was_read, marks.is_read) {
            (true, false) => *unread += 1,
            (false, true) => *unread = unread.saturating_sub(1),
            _ => {}
        }
        let item = self.items.get_mut(&key).expect("looked up above");
        item.marks = marks;
        item.change = change;
        item.modified = now;
        self.updated(key, folder, by, now);
    }

    /// Gives a draft new bytes.
    pub(crate) fn rewrite_draft(&mut self, key: ItemKey, bytes: Arc<[u8]>, by: Actor, now: Timestamp) {
        let change = self.next_change();
        let Some(item) = self.items.get_mut(&key).filter(|item| item.is_draft) else { return };
        let envelope = Arc::new(mime::envelope(&bytes));
        let before = std::mem::replace(&mut item.envelope, envelope);
        let after = item.envelope.message_id.clone();
        item.bytes = bytes;
        item.content = Arc::default();
        item.change = change;
        item.modified = now;
        let folder = item.folder;
        if let Some(keys) = self.by_message_id.get_mut(&before.message_id) {
            keys.remove(&key);
        }
        self.by_message_id.entry(after).or_default().insert(key);
        self.updated(key, folder, by, now);
    }

    fn updated(&mut self, key: ItemKey, folder: FolderKey, by: Actor, now: Timestamp) {
        self.folder_mut(folder).log.touch(key);
        self.record(key, "updated", Some(folder), Some(folder), by, now);
        self.announce(key, ChangeKind::Updated);
    }

    fn enter(&mut self, item: &Item) {
        let folder = self.folder_mut(item.folder);
        folder.items.insert((item.received, item.key));
        folder.unread += usize::from(!item.marks.is_read);
        folder.size_bytes += item.bytes.len();
        folder.log.touch(item.key);
    }

    fn leave(&mut self, item: &Item) {
        let folder = self.folder_mut(item.folder);
        folder.items.remove(&(item.received, item.key));
        folder.unread = folder.unread.saturating_sub(usize::from(!item.marks.is_read));
        folder.size_bytes = folder.size_bytes.saturating_sub(item.bytes.len());
        folder.log.remove(item.key, item.moves);
    }

    fn next_change(&mut self) -> u64 {
        self.changes += 1;
        self.changes
    }

    fn record(
        &mut self,
        item: ItemKey,
        what: &'static str,
        from: Option<FolderKey>,
        to: Option<FolderKey>,
        by: Actor,
        at: Timestamp,
    ) {
        self.history.push(History { at, item, what, from, to, by });
    }

    /// Recoverable items make no notices: clients cannot see them.
    fn announce(&mut self, key: ItemKey, kind: ChangeKind) {
        let Some(item) = self.items.get(&key).filter(|item| !self.is_recoverable(item.folder)) else {
            return;
        };
        let event = Event {
            mailbox: self.owner,
            folder: item.folder,
            kind,
            item: key,
            rest_id: self.id_of(item, IdForm::Rest),
            immutable_id: self.id_of(item, IdForm::Immutable),
            etag: item.etag(),
        };
        self.events.push(event);
    }

    /// Takes the changes made since the last call.
    pub(crate) fn take_events(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.events)
    }
}
