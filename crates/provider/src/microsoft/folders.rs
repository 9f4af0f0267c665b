//! The folders of a mailbox: which one is the inbox, which one is ours, and what changed among them.

use serde_json::json;
use verdict::{FolderId, MailboxId};

use super::Microsoft;
use super::batch::{self, Item};
use super::http::{Call, segment, user};
use super::rights::Kind;
use super::wire::{Folder, List};
use crate::layout::Layout;
use crate::{Cursor, Error, FolderChange, FolderInfo, FolderRole, Page};

/// Our hidden folder. The name is shown to nobody but administrators with tools; a visible folder of that name is a
/// person's own and never used.
const QUARANTINE_NAMES: [&str; 3] =
    ["Innerward Quarantine", "Innerward Quarantine 2", "Innerward Quarantine 3"];

/// Graph's names of folders that every mailbox may have. The archive exists only once it was used.
const WELL_KNOWN: [(&str, FolderRole); 6] = [
    ("inbox", FolderRole::Inbox),
    ("junkemail", FolderRole::Junk),
    ("sentitems", FolderRole::Sent),
    ("drafts", FolderRole::Drafts),
    ("deleteditems", FolderRole::Deleted),
    ("archive", FolderRole::Archive),
];

/// Folders directly below the root are read in pages of so many, and so many pages at most.
const ROWS_MAX: u32 = 200;
const PAGES_MAX: usize = 50;

/// Mailboxes whose folders are looked up at once.
pub(super) const LOOK_UPS_AT_ONCE: usize = 4;

impl Microsoft {
    /// The layout of `mailbox`, remembered for a while: well-known folders keep their ids for life.
    pub(super) async fn layout(&self, mailbox: &MailboxId) -> Result<Layout, Error> {
        if let Some(layout) = self.layouts.get(mailbox) {
            return Ok(layout);
        }
        let roles = self.roles(mailbox).await?;
        let quarantine = self.find_quarantine(mailbox).await?.into_iter().find_map(Named::usable);
        let layout = Layout { roles, quarantine };
        self.layouts.insert(mailbox.clone(), layout.clone());
        Ok(layout)
    }

    /// The layout with our folder in it, made if need be.
    pub(super) async fn layout_with_quarantine(&self, mailbox: &MailboxId) -> Result<Layout, Error> {
        let layout = self.layout(mailbox).await?;
        if layout.quarantine.is_some() {
            return Ok(layout);
        }
        let quarantine = self.make_quarantine(mailbox).await?;
        let layout = Layout { quarantine: Some(quarantine), ..layout };
        self.layouts.insert(mailbox.clone(), layout.clone());
        Ok(layout)
    }

    /// The layout with our folder looked up again: another worker may have made it since.
    pub(super) async fn layout_looked_up(&self, mailbox: &MailboxId) -> Result<Layout, Error> {
        let layout = self.layout(mailbox).await?;
        let quarantine = self.find_quarantine(mailbox).await?.into_iter().find_map(Named::usable);
        let layout = Layout { quarantine, ..layout };
        self.layouts.insert(mailbox.clone(), layout.clone());
        Ok(layout)
    }

    async fn roles(&self, mailbox: &MailboxId) -> Result<Vec<(FolderId, FolderRole)>, Error> {
        let path = |name| format!("{}/mailFolders/{name}?$select=id", user(mailbox));
        let items = WELL_KNOWN.map(|(name, _)| Item::get(Kind::Folders, mailbox, path(name)));
        let answers = batch::run(&self.graph, &items).await;
        let mut roles = Vec::with_capacity(WELL_KNOWN.len());
        for (answer, (_, role)) in answers.into_iter().zip(WELL_KNOWN) {
            match batch::read::<Folder>(answer) {
                Ok(folder) => roles.push((FolderId::new(folder.id), role)),
                // Every mailbox has an inbox.
                Err(error) if error.is_gone() && role != FolderRole::Inbox => {}
                Err(error) if error.is_gone() => return Err(Error::gone("the mailbox")),
                Err(error) => return Err(error),
            }
        }
        Ok(roles)
    }

    /// The folders that bear one of our names, in the order of the names.
    async fn find_quarantine(&self, mailbox: &MailboxId) -> Result<Vec<Named>, Error> {
        let mut found = Vec::new();
        let mut address = format!(
            "{}/mailFolders?includeHiddenFolders=true&$top={ROWS_MAX}&$select=id,displayName,isHidden",
            user(mailbox)
        );
        for _ in 0..PAGES_MAX {
            let page: List<Folder> = self.graph.json(Call::get(Kind::Folders, address).of(mailbox)).await?;
            found.extend(page.value.into_iter().filter_map(Named::of));
            match page.next_link {
                Some(link) => address = link,
                None => break,
            }
        }
        found.sort_by_key(|named| named.rank);
        Ok(found)
    }

    async fn make_quarantine(&self, mailbox: &MailboxId) -> Result<FolderId, Error> {
        let taken = self.find_quarantine(mailbox).await?;
        if let Some(folder) = taken.iter().cloned().find_map(Named::usable) {
            return Ok(folder);
        }
        let free = (0..QUARANTINE_NAMES.len()).find(|rank| taken.iter().all(|named| named.rank != *rank));
        let Some(rank) = free else {
            return Err(Error::Denied(format!(
                "the mailbox has visible folders named like our quarantine ({}): rename one of them",
                QUARANTINE_NAMES.join(", ")
            )));
        };
        let body = json!({ "displayName": QUARANTINE_NAMES[rank], "isHidden": true });
        let path = format!("{}/mailFolders", user(mailbox));
        let made = self.graph.json::<Folder>(Call::post(Kind::FolderCreate, path, &body).of(mailbox)).await;
        match made {
            Ok(folder) => {
                tracing::info!(mailbox = %mailbox, "made the hidden quarantine folder");
                Ok(FolderId::new(folder.id))
            }
            // Somebody else, probably another worker of ours, was faster.
            Err(error) if error.is_retry() => {
                let now = self.find_quarantine(mailbox).await?;
                now.into_iter().find_map(Named::usable).ok_or(error)
            }
            Err(error) => Err(error),
        }
    }

    /// One page of the folder tree.
    pub(super) async fn folder_page(
        &self,
        mailbox: &MailboxId,
        since: Option<&Cursor>,
    ) -> Result<Page<FolderChange>, Error> {
        let layout = self.layout(mailbox).await?;
        let address = match since {
            Some(cursor) => cursor.0.clone(),
            None => {
                format!("{}/mailFolders/delta?$select=displayName,parentFolderId,isHidden", user(mailbox))
            }
        };
        let call = Call::get(Kind::Folders, address).of(mailbox).rows_max(ROWS_MAX);
        let page: List<Folder> = self.graph.json(call).await?;
        let ours = |folder: &Folder| {
            let id = FolderId::new(folder.id.as_str());
            layout.quarantine.as_ref() == Some(&id) || Named::of_ref(folder).is_some_and(|named| named.hidden)
        };
        let (next, more) = page_end(page.next_link, page.delta_link)?;
        let rows = page.value.into_iter().filter(|folder| !ours(folder));
        let rows = rows.filter_map(|folder| change(folder, &layout)).collect();
        Ok(Page { rows, next, more })
    }

    /// Whether a folder is still there.
    pub(super) async fn has_folder(&self, mailbox: &MailboxId, folder: &FolderId) -> Result<bool, Error> {
        let path = format!("{}/mailFolders/{}?$select=id", user(mailbox), segment(folder.as_str()));
        match self.graph.json::<Folder>(Call::get(Kind::Folders, path).of(mailbox)).await {
            Ok(_) => Ok(true),
            Err(error) if error.is_gone() => Ok(false),
            Err(error) => Err(error),
        }
    }
}

/// A folder with one of our names.
#[derive(Clone, Debug)]
struct Named {
    id: FolderId,
    rank: usize,
    hidden: bool,
}

impl Named {
    fn of(folder: Folder) -> Option<Self> {
        Self::of_ref(&folder)
    }

    fn of_ref(folder: &Folder) -> Option<Self> {
        let name = folder.display_name.as_deref()?;
        let rank = QUARANTINE_NAMES.iter().position(|ours| ours.eq_ignore_ascii_case(name))?;
        let hidden = folder.is_hidden.unwrap_or(false);
        Some(Self { id: FolderId::new(folder.id.as_str()), rank, hidden })
    }

    fn usable(self) -> Option<FolderId> {
        self.hidden.then_some(self.id)
    }
}

/// Search folders only show what lies elsewhere.
fn change(folder: Folder, layout: &Layout) -> Option<FolderChange> {
    let id = FolderId::new(folder.id);
    if folder.removed.is_some() {
        return Some(FolderChange::Gone(id));
    }
    if folder.odata_type.is_some_and(|kind| kind.ends_with("mailSearchFolder")) {
        return None;
    }
    let role = layout.role(&id);
    Some(FolderChange::Present(FolderInfo { id, name: folder.display_name.unwrap_or_default(), role }))
}

/// Where a delta goes on: at once, or later.
pub(super) fn page_end(next: Option<String>, delta: Option<String>) -> Result<(Cursor, bool), Error> {
    match (next, delta) {
        (Some(link), _) => Ok((Cursor(link), true)),
        (None, Some(link)) => Ok((Cursor(link), false)),
        (None, None) => Err(Error::broken("a delta page ends without a link")),
    }
}
