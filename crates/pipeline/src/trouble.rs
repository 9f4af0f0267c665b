//! What can go wrong on a journey, sorted by what happens to the job.

use std::time::Duration;

/// Why a step did not get done.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// The job waits and is tried again, for as long as it takes: throttled, unreachable, consent missing.
    #[error("{why}")]
    Later { why: String, after: Duration },
    /// Tried again a bounded number of times, then set aside for a person to see.
    #[error("{why}")]
    Doubtful { why: String },
    /// The store did not take it: tried again.
    #[error("the store did not take it")]
    Store(#[from] store::Error),
}

/// When the provider does not say: short enough that a blip costs nothing, long enough to be no storm.
const LATER_DEFAULT: Duration = Duration::from_secs(5);

/// Consent does not come back in seconds.
const DENIED_AGAIN: Duration = Duration::from_secs(60);

impl From<provider::Error> for Trouble {
    fn from(error: provider::Error) -> Self {
        let why = error.to_string();
        match error {
            provider::Error::Retry { after, .. } => {
                Self::Later { why, after: after.unwrap_or(LATER_DEFAULT) }
            }
            provider::Error::Denied(_) => Self::Later { why, after: DENIED_AGAIN },
            provider::Error::Gone { .. }
            | provider::Error::CursorLost
            | provider::Error::Misused(_)
            | provider::Error::Broken { .. } => Self::Doubtful { why },
        }
    }
}
