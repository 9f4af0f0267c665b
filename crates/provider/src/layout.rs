//! What acting needs to know about a mailbox's folders.

use verdict::{FolderId, FolderRole};

/// The folders of a mailbox that have a role, and our own.
#[derive(Clone, Debug, Default)]
pub(crate) struct Layout {
    pub(crate) roles: Vec<(FolderId, FolderRole)>,
    /// Our hidden folder, when it is there.
    pub(crate) quarantine: Option<FolderId>,
}

impl Layout {
    pub(crate) fn role(&self, folder: &FolderId) -> FolderRole {
        self.roles.iter().find(|(id, _)| id == folder).map_or(FolderRole::Other, |(_, role)| *role)
    }

    pub(crate) fn folder(&self, role: FolderRole) -> Option<&FolderId> {
        self.roles.iter().find(|(_, known)| *known == role).map(|(id, _)| id)
    }
}
