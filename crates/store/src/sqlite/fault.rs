//! Trouble inside this backend, before the border puts it in [`Error`]'s words.

use rusqlite::ErrorCode;

use crate::Error;

/// What went wrong, without the folder's name.
#[derive(Debug, thiserror::Error)]
pub(super) enum Fault {
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
    #[error("{0}")]
    Damaged(String),
    #[error("{0}")]
    Misused(String),
    /// The work panicked; its changes were rolled back.
    #[error("a request to the database panicked: {0}")]
    Panicked(String),
}

pub(super) type Outcome<T> = Result<T, Fault>;

impl Fault {
    /// In the words of the trait, sorted by what the caller should do.
    pub(super) fn explain(&self, folder: &str) -> Error {
        match self {
            Self::Sqlite(error) => explain_sqlite(error, folder),
            Self::Damaged(what) => Error::Damaged(what.clone()),
            Self::Misused(what) => Error::Misused(what.clone()),
            Self::Panicked(_) => Error::Database(self.to_string().into()),
        }
    }
}

fn explain_sqlite(error: &rusqlite::Error, folder: &str) -> Error {
    let unusable = |why: &str| Error::Folder { folder: folder.to_owned(), why: format!("{why} ({error})") };
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => unusable("the disk is full: make room"),
        Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => {
            unusable("it is not writable: give this user the right to write there")
        }
        Some(ErrorCode::CannotOpen) => unusable("the database file cannot be opened"),
        Some(ErrorCode::SystemIoFailure) => unusable("reading or writing failed: look at the disk"),
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Error::Damaged(error.to_string()),
        _ if is_of_another_shape(error) => Error::Damaged(error.to_string()),
        _ => Error::Database(error.to_string().into()),
    }
}

fn is_of_another_shape(error: &rusqlite::Error) -> bool {
    use rusqlite::Error::{FromSqlConversionFailure, IntegralValueOutOfRange, InvalidColumnType};
    matches!(error, FromSqlConversionFailure(..) | IntegralValueOutOfRange(..) | InvalidColumnType(..))
}
