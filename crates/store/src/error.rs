//! Trouble with the store.

/// Sorted by what the caller should do.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The data folder was written by a newer version: nothing was touched.
    #[error(
        "the data folder {folder} is of schema {found}, newer than this program's {known}: install the version that wrote it, or give another --data folder"
    )]
    Newer { folder: String, found: u32, known: u32 },
    /// Another process holds the folder.
    #[error("the data folder {folder} is in use by another process: stop it, or give another --data folder")]
    InUse { folder: String },
    /// The folder cannot be made, read or written.
    #[error("cannot use the data folder {folder}: {why}")]
    Folder { folder: String, why: String },
    /// A row or blob is not what we wrote.
    #[error("the stored data is damaged: {0}; run `innerward verify` and restore from a backup")]
    Damaged(String),
    /// The database refused; worth another try.
    #[error("the database did not answer")]
    Database(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// Something asked for what cannot be.
    #[error("{0}")]
    Misused(String),
}
