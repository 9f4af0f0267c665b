//! The mailboxes of the fake: folders, messages, and what happened to them.

use std::collections::BTreeMap;

use jiff::Timestamp;
use verdict::{Flag, FolderId, FolderRole, ItemId, MailboxId, Place};

use crate::layout::Layout;
use crate::step::Change;
use crate::{FolderChange, FolderInfo, ItemChange};

const ROLES: [(&str, FolderRole); 5] = [
    ("Inbox", FolderRole::Inbox),
    ("Junk Email", FolderRole::Junk),
    ("Sent Items", FolderRole::Sent),
    ("Drafts", FolderRole::Drafts),
    ("Deleted Items", FolderRole::Deleted),
];

#[derive(Debug)]
pub(super) struct Mailbox {
    pub(super) layout: Layout,
    pub(super) items: BTreeMap<ItemId, Item>,
    /// For each folder what came into it and left it, in order; a cursor is a place in it.
    pub(super) folders: BTreeMap<FolderId, Vec<ItemChange>>,
    pub(super) folder_log: Vec<FolderChange>,
    /// Cursors of another epoch are lost.
    pub(super) epoch: u64,
    quarantine: FolderId,
}

#[derive(Debug)]
pub(super) struct Item {
    pub(super) folder: FolderId,
    pub(super) bytes: Vec<u8>,
    pub(super) read: bool,
    pub(super) flag: Flag,
    pub(super) categories: Vec<String>,
    pub(super) received: Timestamp,
}

impl Mailbox {
    pub(super) fn new(id: &MailboxId) -> Self {
        let mut mailbox = Self {
            layout: Layout::default(),
            items: BTreeMap::new(),
            folders: BTreeMap::new(),
            folder_log: Vec::new(),
            epoch: 0,
            quarantine: FolderId::new(format!("quarantine of {id}")),
        };
        for (name, role) in ROLES {
            let folder = FolderId::new(format!("{name} of {id}"));
            mailbox.layout.roles.push((folder.clone(), role));
            mailbox.add_folder(folder, name, role);
        }
        mailbox
    }

    pub(super) fn add_folder(&mut self, id: FolderId, name: &str, role: FolderRole) {
        self.folders.insert(id.clone(), Vec::new());
        self.folder_log.push(FolderChange::Present(FolderInfo { id, name: name.into(), role }));
    }

    pub(super) fn remove_folder(&mut self, folder: &FolderId) {
        self.items.retain(|_, item| item.folder != *folder);
        self.folders.remove(folder);
        self.folder_log.push(FolderChange::Gone(folder.clone()));
    }

    /// Our hidden folder: there, but told to nobody.
    pub(super) fn make_quarantine(&mut self) {
        self.folders.entry(self.quarantine.clone()).or_default();
        self.layout.quarantine = Some(self.quarantine.clone());
    }

    pub(super) fn add(&mut self, id: ItemId, item: Item) {
        self.log(&item.folder.clone(), arrival(&id, item.received));
        self.items.insert(id, item);
    }

    pub(super) fn move_to(&mut self, id: &ItemId, folder: &FolderId) {
        let Some(item) = self.items.get_mut(id) else { return };
        let received = item.received;
        let from = std::mem::replace(&mut item.folder, folder.clone());
        self.log(&from, ItemChange::Gone(id.clone()));
        self.log(folder, arrival(id, received));
    }

    pub(super) fn delete(&mut self, id: &ItemId) {
        if let Some(item) = self.items.remove(id) {
            self.log(&item.folder, ItemChange::Gone(id.clone()));
        }
    }

    pub(super) fn place(&self, id: &ItemId) -> Option<Place> {
        let item = self.items.get(id)?;
        Some(Place {
            folder: item.folder.clone(),
            role: self.layout.role(&item.folder),
            quarantined: item.folder == self.quarantine,
            read: item.read,
            flag: item.flag,
            categories: item.categories.clone(),
            received: Some(item.received),
        })
    }

    fn log(&mut self, folder: &FolderId, change: ItemChange) {
        if let Some(log) = self.folders.get_mut(folder) {
            log.push(change);
        }
    }
}

impl Item {
    pub(super) fn new(folder: FolderId, bytes: Vec<u8>, received: Timestamp) -> Self {
        Self { folder, bytes, read: false, flag: Flag::None, categories: Vec::new(), received }
    }

    pub(super) fn change(&mut self, change: Change) {
        self.read = change.read.unwrap_or(self.read);
        self.flag = change.flag.unwrap_or(self.flag);
        if let Some(categories) = change.categories {
            self.categories = categories;
        }
    }
}

fn arrival(id: &ItemId, received: Timestamp) -> ItemChange {
    ItemChange::Present { item: id.clone(), draft: false, received: Some(received) }
}

/// The Message-ID, found by its name at the start of a line: enough for mail that tests write.
pub(super) fn message_id(bytes: &[u8]) -> Option<String> {
    let head = bytes.windows(4).position(|four| four == b"\r\n\r\n").map_or(bytes, |end| &bytes[..end]);
    let head = String::from_utf8_lossy(head);
    let line = head.lines().find(|line| line.to_ascii_lowercase().starts_with("message-id:"))?;
    Some(line["message-id:".len()..].trim().to_owned())
}
