//! The kinds of calls we make, and the permission each needs.

use std::fmt;

/// What a call does; names it in counters and errors, and knows the permission it needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Token,
    Organization,
    Users,
    /// Whether a user has a mailbox.
    Mailbox,
    Folders,
    FolderCreate,
    Changes,
    /// Where one message is and how it stands.
    Message,
    Content,
    /// Move or patch.
    Act,
    Watch,
    Batch,
}

/// An application permission of Microsoft Graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Right {
    OrganizationRead,
    UserRead,
    MailRead,
    MailReadWrite,
}

impl Kind {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::Organization => "organization",
            Self::Users => "users",
            Self::Mailbox => "mailbox",
            Self::Folders => "folders",
            Self::FolderCreate => "folder_create",
            Self::Changes => "changes",
            Self::Message => "message",
            Self::Content => "content",
            Self::Act => "act",
            Self::Watch => "watch",
            Self::Batch => "batch",
        }
    }

    pub(super) fn right(self) -> Right {
        match self {
            Self::Organization | Self::Token | Self::Batch => Right::OrganizationRead,
            Self::Users => Right::UserRead,
            Self::Mailbox | Self::Folders | Self::Changes | Self::Message | Self::Content | Self::Watch => {
                Right::MailRead
            }
            Self::FolderCreate | Self::Act => Right::MailReadWrite,
        }
    }

    /// What was not found, when a call of this kind is answered 404.
    pub(super) fn subject(self) -> &'static str {
        match self {
            Self::Organization | Self::Token | Self::Batch => "the tenant",
            Self::Users => "the user",
            Self::Mailbox => "the mailbox",
            Self::Folders | Self::FolderCreate | Self::Changes => "the folder or its mailbox",
            Self::Message | Self::Content | Self::Act => "the message",
            Self::Watch => "the watch",
        }
    }
}

impl Right {
    pub(super) const ALL: [Self; 4] =
        [Self::OrganizationRead, Self::UserRead, Self::MailRead, Self::MailReadWrite];

    /// As the Entra admin center shows it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::OrganizationRead => "Organization.Read.All",
            Self::UserRead => "User.Read.All",
            Self::MailRead => "Mail.Read",
            Self::MailReadWrite => "Mail.ReadWrite",
        }
    }

    /// The roles of a token that include this right.
    pub(super) fn roles(self) -> &'static [&'static str] {
        match self {
            Self::OrganizationRead => &[
                "Organization.Read.All",
                "Organization.ReadWrite.All",
                "Directory.Read.All",
                "Directory.ReadWrite.All",
            ],
            Self::UserRead => {
                &["User.Read.All", "User.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"]
            }
            Self::MailRead => &["Mail.Read", "Mail.ReadWrite"],
            Self::MailReadWrite => &["Mail.ReadWrite"],
        }
    }

    pub(super) fn is_in(self, roles: &[String]) -> bool {
        roles.iter().any(|role| self.roles().contains(&role.as_str()))
    }
}

impl fmt::Display for Right {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
