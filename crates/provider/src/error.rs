//! Trouble, sorted by what the caller should do.

use std::time::Duration;

/// Why a provider did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Later it may work: throttled, unavailable, timed out. `after` is the provider's own wish.
    #[error("the provider asks to come back later ({what})")]
    Retry { what: String, after: Option<Duration> },
    /// The message, folder, mailbox or subscription is not there (any more).
    #[error("{what} is gone")]
    Gone { what: String },
    /// The cursor is no longer known: start over without one.
    #[error("the cursor is no longer known to the provider")]
    CursorLost,
    /// We may not: consent revoked, permission missing, secret wrong. The text names it and says what to do.
    #[error("{0}")]
    Denied(String),
    /// What we were asked to do cannot be done so; our caller's or our settings' mistake.
    #[error("{0}")]
    Misused(String),
    /// The provider answered something we do not understand.
    #[error("unexpected answer: {what}")]
    Broken {
        what: String,
        #[source]
        source: Option<Box<dyn std::error::Error + Send + Sync>>,
    },
}
