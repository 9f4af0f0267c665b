//! Mail on disk, whatever it comes in: single messages, folders of them, maildirs, mbox files, tar and zstd archives.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use crate::exit::misuse;

/// The rest of a longer file is not read.
const MESSAGE_BYTES_MAX: u64 = message::bounds::MESSAGE_BYTES_MAX as u64;

/// Window of zstd archives packed with `--long=27`.
const ZSTD_WINDOW_LOG_MAX: u32 = 27;

/// One message and what to call it.
pub(crate) struct MailFile {
    /// The path, or `archive:member`, or `mailbox:number`.
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
}

/// Gives every message under `paths`, in order, to `take`. `-` is standard input, one message. A path that holds none
/// is a mistake: silence would look like an answer.
pub(crate) fn each(
    paths: &[PathBuf],
    take: &mut dyn FnMut(MailFile) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    paths.iter().try_for_each(|path| {
        let mut found = 0_u64;
        of(path, &mut |file| {
            found += 1;
            take(file)
        })?;
        if found == 0 {
            return misuse(format!("{} holds no mail: name .eml files or a folder of them", path.display()));
        }
        Ok(())
    })
}

fn of(path: &Path, take: &mut dyn FnMut(MailFile) -> anyhow::Result<()>) -> anyhow::Result<()> {
    if path.as_os_str() == "-" {
        let bytes = read_capped(io::stdin().lock()).context("cannot read standard input")?;
        return take(MailFile { name: "-".into(), bytes });
    }
    if !path.exists() {
        return misuse(format!("{} is not there", path.display()));
    }
    one(path, take)
}

fn one(path: &Path, take: &mut dyn FnMut(MailFile) -> anyhow::Result<()>) -> anyhow::Result<()> {
    if path.is_dir() {
        return folder(path, take);
    }
    let shown = path.display().to_string();
    let file = || File::open(path).map(BufReader::new).with_context(|| format!("cannot open {shown}"));
    if has_suffix(path, ".tar.zst") {
        let mut zstd = zstd::Decoder::new(file()?).with_context(|| format!("{shown} is no zstd archive"))?;
        zstd.window_log_max(ZSTD_WINDOW_LOG_MAX)?;
        return archive(&shown, zstd, take);
    }
    if has_suffix(path, ".tar") {
        return archive(&shown, file()?, take);
    }
    let bytes = if has_suffix(path, ".zst") {
        let mut zstd = zstd::Decoder::new(file()?).with_context(|| format!("{shown} is no zstd file"))?;
        zstd.window_log_max(ZSTD_WINDOW_LOG_MAX)?;
        read_capped(zstd)
    } else {
        read_capped(file()?)
    };
    message_or_mbox(&shown, bytes.with_context(|| format!("cannot read {shown}"))?, take)
}

/// Files in the order of their names, folders inside them too; what is hidden is left out.
fn folder(path: &Path, take: &mut dyn FnMut(MailFile) -> anyhow::Result<()>) -> anyhow::Result<()> {
    let entries =
        std::fs::read_dir(path).with_context(|| format!("cannot read the folder {}", path.display()))?;
    let mut paths: Vec<PathBuf> = entries.map(|entry| Ok(entry?.path())).collect::<io::Result<_>>()?;
    paths.sort();
    paths.iter().filter(|path| is_mail_like(path)).try_for_each(|path| one(path, take))
}

/// In a folder, what has another program's suffix is no mail; maildir files have none we know.
fn is_mail_like(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let other = [".toml", ".md", ".txt", ".csv", ".json", ".yml", ".rs"];
    !name.starts_with('.') && !other.iter().any(|suffix| has_suffix(path, suffix))
}

fn has_suffix(path: &Path, suffix: &str) -> bool {
    path.to_str().is_some_and(|text| text.to_ascii_lowercase().ends_with(suffix))
}

fn archive(
    shown: &str,
    reader: impl Read,
    take: &mut dyn FnMut(MailFile) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let mut archive = tar::Archive::new(reader);
    for member in archive.entries().with_context(|| format!("{shown} is no tar archive"))? {
        let member = member.with_context(|| format!("{shown} is damaged"))?;
        if !member.header().entry_type().is_file() {
            continue;
        }
        let name = format!("{shown}:{}", member.path()?.display());
        let bytes = read_capped(member).with_context(|| format!("cannot read {name}"))?;
        message_or_mbox(&name, bytes, take)?;
    }
    Ok(())
}

fn read_capped(reader: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    reader.take(MESSAGE_BYTES_MAX).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// An mbox starts with a "From " separator (RFC 4155) and has one before each message.
fn message_or_mbox(
    shown: &str,
    bytes: Vec<u8>,
    take: &mut dyn FnMut(MailFile) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    if !bytes.starts_with(b"From ") {
        return take(MailFile { name: shown.into(), bytes });
    }
    let messages = split_mbox(&bytes);
    if let [only] = messages.as_slice() {
        return take(MailFile { name: shown.into(), bytes: only.clone() });
    }
    messages
        .into_iter()
        .enumerate()
        .try_for_each(|(number, bytes)| take(MailFile { name: format!("{shown}:{}", number + 1), bytes }))
}

/// Messages without their separators, `>From ` unquoted (mboxrd).
fn split_mbox(bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut messages: Vec<Vec<u8>> = Vec::new();
    let mut after_blank = true;
    for line in bytes.split_inclusive(|&byte| byte == b'\n') {
        if after_blank && line.starts_with(b"From ") {
            messages.push(Vec::new());
        } else if let Some(message) = messages.last_mut() {
            let quotes = line.iter().take_while(|&&byte| byte == b'>').count();
            let unquoted = quotes > 0 && line[quotes..].starts_with(b"From ");
            message.extend_from_slice(if unquoted { &line[1..] } else { line });
        }
        after_blank = matches!(line, b"\n" | b"\r\n");
    }
    messages
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_mbox_is_split_at_its_separators_and_unquoted() {
        let mbox = b"From a@example.com Mon\nSubject: one\n\n>From here on\n>>From there\n\nFrom b@example.com Tue\nSubject: two\n\nbody\nFrom inside a paragraph\n";
        let messages = split_mbox(mbox);
        assert_eq!(messages.len(), 2);
        assert_eq!(messages[0], b"Subject: one\n\nFrom here on\n>From there\n\n");
        assert!(messages[1].ends_with(b"From inside a paragraph\n"));
    }

    #[test]
    fn a_single_message_with_a_separator_keeps_its_name() {
        let mut names = Vec::new();
        message_or_mbox("x.eml", b"From a Mon\nSubject: one\n\nhi\n".to_vec(), &mut |file| {
            names.push(file.name);
            Ok(())
        })
        .unwrap();
        assert_eq!(names, ["x.eml"]);
    }

    #[test]
    fn folders_archives_and_files_give_the_same_messages() {
        let dir = tempfile::tempdir().unwrap();
        let mail = b"Subject: one\r\n\r\nhi\r\n";
        std::fs::write(dir.path().join("a.eml"), mail).unwrap();
        std::fs::write(dir.path().join("a.toml"), "shows = \"left out\"").unwrap();
        let mut tar = tar::Builder::new(Vec::new());
        let mut header = tar::Header::new_gnu();
        header.set_size(mail.len() as u64);
        header.set_cksum();
        tar.append_data(&mut header, "b.eml", &mail[..]).unwrap();
        let packed = zstd::encode_all(&tar.into_inner().unwrap()[..], 1).unwrap();
        std::fs::write(dir.path().join("b.tar.zst"), packed).unwrap();
        let mut found = Vec::new();
        each(&[dir.path().into()], &mut |file| {
            found.push(file.bytes);
            Ok(())
        })
        .unwrap();
        assert_eq!(found, [mail.to_vec(), mail.to_vec()]);
    }
}
