//! Original bytes: files named by their digest, compressed, checked whenever they are read.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use message::Digest;
use uuid::Uuid;

use super::folder::unusable;
use crate::Error;

/// Exchange Online takes 150 MB at most (Exchange Online limits), Gmail 50; a file that unpacks to more is not ours.
const BLOB_BYTES_MAX: u64 = 256 << 20;
/// The fastest ordinary level: mail is mostly base64 and text, higher ones gain a few percent for many times the work.
const LEVEL: i32 = 3;

/// The folder they lie in.
#[derive(Clone, Debug)]
pub(super) struct Blobs {
    root: PathBuf,
}

impl Blobs {
    pub(super) fn new(root: PathBuf) -> Self {
        Self { root }
    }

    /// Keeps the bytes: on disk, under their name and whole, when this returns.
    pub(super) fn keep(&self, bytes: &[u8]) -> Result<Digest, Error> {
        if bytes.len() as u64 > BLOB_BYTES_MAX {
            return Err(Error::Misused(format!(
                "{} bytes are more than the {BLOB_BYTES_MAX} a message can have",
                bytes.len()
            )));
        }
        let digest = Digest::of(bytes);
        // A damaged file counts as missing: keeping the bytes again mends it.
        if !matches!(self.read(&digest), Ok(Some(_))) {
            self.write(&digest, bytes).map_err(|error| unusable(&self.root, &error))?;
        }
        Ok(digest)
    }

    /// The bytes, checked; `None` when there are none.
    pub(super) fn read(&self, digest: &Digest) -> Result<Option<Vec<u8>>, Error> {
        match unpack(&self.path(digest)) {
            Ok(bytes) if Digest::of(&bytes) == *digest => Ok(Some(bytes)),
            Ok(_) => Err(Error::Damaged(format!("blob {digest} has other bytes than its name says"))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
                Err(unusable(&self.root, &error))
            }
            Err(error) => Err(Error::Damaged(format!("blob {digest} cannot be read: {error}"))),
        }
    }

    /// Every file's digest, and the names that are none. Files being written are left out.
    pub(super) fn list(&self) -> io::Result<(Vec<Digest>, Vec<String>)> {
        let (mut digests, mut strangers) = (Vec::new(), Vec::new());
        for folder in fs::read_dir(&self.root)? {
            let folder = folder?;
            if !folder.file_type()?.is_dir() {
                strangers.push(folder.file_name().to_string_lossy().into_owned());
                continue;
            }
            for file in fs::read_dir(folder.path())? {
                let name =
                    [folder.file_name(), file?.file_name()].map(|part| part.to_string_lossy().into_owned());
                match Digest::parse(&name.concat()) {
                    Some(digest) => digests.push(digest),
                    None if name[1].ends_with(UNFINISHED) => {}
                    None => strangers.push(name.join("/")),
                }
            }
        }
        Ok((digests, strangers))
    }

    /// Two letters of folder, so that none holds millions of files.
    fn path(&self, digest: &Digest) -> PathBuf {
        let name = digest.to_string();
        let (folder, file) = name.split_at(2);
        self.root.join(folder).join(file)
    }

    fn write(&self, digest: &Digest, bytes: &[u8]) -> io::Result<()> {
        let path = self.path(digest);
        let folder = path.parent().unwrap_or(&self.root);
        if !folder.exists() {
            fs::create_dir_all(folder)?;
            sync(&self.root)?;
        }
        let unfinished = folder.join(format!("{}{UNFINISHED}", Uuid::new_v4()));
        let written = write_file(&unfinished, bytes).and_then(|()| fs::rename(&unfinished, &path));
        if written.is_err() {
            // The first error is the one to tell; what is left behind is not a blob by its name.
            let _ = fs::remove_file(&unfinished);
        }
        written?;
        sync(folder)
    }
}

const UNFINISHED: &str = ".unfinished";

fn write_file(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = File::create_new(path)?;
    file.write_all(&zstd::encode_all(bytes, LEVEL)?)?;
    file.sync_all()
}

fn unpack(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    zstd::Decoder::new(File::open(path)?)?.take(BLOB_BYTES_MAX + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// A rename is on disk only when its folder is.
#[cfg(unix)]
fn sync(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Windows has no such call for folders; NTFS journals the rename.
#[cfg(not(unix))]
fn sync(_folder: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blobs() -> (tempfile::TempDir, Blobs) {
        let folder = tempfile::tempdir().unwrap();
        let blobs = Blobs::new(folder.path().to_owned());
        (folder, blobs)
    }

    #[test]
    fn a_damaged_file_is_told_from_a_missing_one() {
        let (_folder, blobs) = blobs();
        let digest = blobs.keep(b"mail").unwrap();
        for (what, content) in
            [("not compressed", b"junk".to_vec()), ("others", zstd::encode_all(&b"liam"[..], 1).unwrap())]
        {
            fs::write(blobs.path(&digest), content).unwrap();
            assert!(matches!(blobs.read(&digest), Err(Error::Damaged(_))), "{what}");
        }
        fs::remove_file(blobs.path(&digest)).unwrap();
        assert!(matches!(blobs.read(&digest), Ok(None)));
    }

    #[test]
    fn keeping_the_bytes_again_mends_a_damaged_file() {
        let (_folder, blobs) = blobs();
        let digest = blobs.keep(b"mail").unwrap();
        fs::write(blobs.path(&digest), b"junk").unwrap();
        blobs.keep(b"mail").unwrap();
        assert_eq!(blobs.read(&digest).unwrap().as_deref(), Some(&b"mail"[..]));
    }

    #[test]
    fn what_a_crash_left_unfinished_is_no_blob() {
        let (_folder, blobs) = blobs();
        let digest = blobs.keep(b"mail").unwrap();
        let beside = blobs.path(&digest).with_file_name(format!("x{UNFINISHED}"));
        fs::write(beside, b"half").unwrap();
        assert_eq!(blobs.list().unwrap(), (vec![digest], vec![]));
    }
}
