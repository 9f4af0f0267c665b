//! Accounts of the console, and who is signed in.

use jiff::Timestamp;
use message::Digest;

/// Someone who may sign in.
#[derive(Clone, PartialEq, Eq)]
pub struct Account {
    pub name: String,
    /// PHC string (argon2id).
    pub password_hash: String,
    pub created: Timestamp,
}

impl std::fmt::Debug for Account {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Account({})", self.name)
    }
}

/// A signed-in browser; the token itself is never kept, only its SHA-256.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoginSession {
    pub token_hash: Digest,
    pub account: String,
    pub csrf: String,
    pub created: Timestamp,
    pub expires: Timestamp,
}
