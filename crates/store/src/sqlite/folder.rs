//! The data folder: made, checked and locked before anything in it is opened.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::Error;

/// The folder, ours alone while this lives.
#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
    /// Held, not read: the operating system frees it when the process ends, however it ends.
    _lock: File,
}

impl Folder {
    /// Makes the folder if needed and locks it. One whose database says it is newer than `known` is refused before
    /// a single byte is written.
    pub(super) fn open(path: &Path, known: u32) -> Result<Self, Error> {
        refuse_newer(path, known)?;
        std::fs::create_dir_all(path.join("blobs")).map_err(|error| unusable(path, &error))?;
        let lock = lock(path)?;
        Ok(Self { path: path.to_owned(), _lock: lock })
    }

    pub(super) fn database(&self) -> PathBuf {
        database(&self.path)
    }

    pub(super) fn blobs(&self) -> PathBuf {
        self.path.join("blobs")
    }

    /// For messages.
    pub(super) fn name(&self) -> String {
        self.path.display().to_string()
    }
}

pub(super) fn database(folder: &Path) -> PathBuf {
    folder.join("innerward.db")
}

fn lock(folder: &Path) -> Result<File, Error> {
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(folder.join("lock"))
        .map_err(|error| unusable(folder, &error))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(Error::InUse { folder: folder.display().to_string() }),
        Err(TryLockError::Error(error)) => Err(unusable(folder, &error)),
    }
}

/// Compares the database's version with ours by reading the file's header, because SQLite itself would already write
/// (its shared-memory file) to tell us.
fn refuse_newer(folder: &Path, known: u32) -> Result<(), Error> {
    match version_in_header(&database(folder)) {
        Ok(Some(found)) if found > known => {
            Err(Error::Newer { folder: folder.display().to_string(), found, known })
        }
        Ok(_) => Ok(()),
        Err(error) => Err(unusable(folder, &error)),
    }
}

/// The user version: big-endian at offset 60 of a 100-byte header that begins with a magic string (SQLite file format
/// §1.3). What is no database is left for SQLite to refuse.
fn version_in_header(database: &Path) -> io::Result<Option<u32>> {
    let mut header = [0; 100];
    let read = match File::open(database) {
        Ok(mut file) => file.read_exact(&mut header),
        Err(error) => Err(error),
    };
    match read {
        Ok(()) if !header.starts_with(b"SQLite format 3\0") => Ok(None),
        Ok(()) => Ok(Some(u32::from_be_bytes([header[60], header[61], header[62], header[63]]))),
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::UnexpectedEof) => {
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// The folder cannot be used, in the operating system's words and ours.
pub(super) fn unusable(folder: &Path, error: &io::Error) -> Error {
    let why = match error.kind() {
        io::ErrorKind::PermissionDenied => {
            format!("give this user the right to read and write there ({error})")
        }
        io::ErrorKind::StorageFull => format!("the disk is full: make room ({error})"),
        io::ErrorKind::NotADirectory | io::ErrorKind::AlreadyExists => {
            format!("it is not a folder: give another --data folder ({error})")
        }
        _ => error.to_string(),
    };
    Error::Folder { folder: folder.display().to_string(), why }
}
