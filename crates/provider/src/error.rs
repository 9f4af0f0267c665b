//! Trouble, sorted by what the caller should do.

use std::time::Duration;

/// Why a provider did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Later it may work: throttled, unavailable, timed out. `after` is the provider's own wish.
    #[error("the provider asks to come back later ({what})")]
    Retry { what: String, after: Option<Duration> },
    /// The message, folder, mailbox or subscription is not there (any more). A message that was only just announced
    /// may not be readable yet (Microsoft: for up to half a minute): whoever fetches tries a few times before
    /// believing this.
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

impl Error {
    /// Whether asking again later may help.
    pub fn is_retry(&self) -> bool {
        matches!(self, Self::Retry { .. })
    }

    /// Whether what was asked for is not there.
    pub fn is_gone(&self) -> bool {
        matches!(self, Self::Gone { .. })
    }

    pub(crate) fn gone(what: &str) -> Self {
        Self::Gone { what: what.into() }
    }

    pub(crate) fn broken(what: impl Into<String>) -> Self {
        Self::Broken { what: what.into(), source: None }
    }

    /// The same error for another of those it hit; a cause stays with the first.
    pub(crate) fn copy(&self) -> Self {
        match self {
            Self::Retry { what, after } => Self::Retry { what: what.clone(), after: *after },
            Self::Gone { what } => Self::Gone { what: what.clone() },
            Self::CursorLost => Self::CursorLost,
            Self::Denied(text) => Self::Denied(text.clone()),
            Self::Misused(text) => Self::Misused(text.clone()),
            Self::Broken { what, .. } => Self::broken(what.clone()),
        }
    }
}
