//! A locked archive whose password stands in the message: the lock is there for the filters, not for the reader.

use std::sync::LazyLock;

use super::attachment_encrypted::is_locked;
use super::kit::*;

pub(super) const SIGNAL: Signal = Signal {
    name: "attachment-encrypted-with-password",
    about: "An attachment is locked and the message itself gives the password, which keeps only filters out.",
    read,
    examples: &[
        hit(
            "an encrypted ZIP archive and its password",
            "From: a@b.example\nContent-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: text/plain\n\nThe archive password is 1234.\n--x\nContent-Type: application/zip; name=\"scan.zip\"\nContent-Transfer-Encoding: base64\n\nUEsDBBQAAQAAAAAAIShHQq0nFAAAABQAAAAFAAAAYS50eHR4eHh4eHh4eHh4eHh4eHh4eHh4eFBLAQIUAxQAAQAAAAAAIShHQq0nFAAAABQAAAAFAAAAAAAAAAAAAACAAQAAAABhLnR4dFBLBQYAAAAAAQABADMAAAA3AAAAAAA=\n--x--\n",
        ),
        miss(
            "an archive that opens, and talk of a password",
            "From: a@b.example\nContent-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: text/plain\n\nThe archive password is 1234.\n--x\nContent-Type: application/zip; name=\"scan.zip\"\nContent-Transfer-Encoding: base64\n\nUEsDBBQAAAAAAAAAIShHQq0nFAAAABQAAAAFAAAAYS50eHR4eHh4eHh4eHh4eHh4eHh4eHh4eFBLAQIUAxQAAAAAAAAAIShHQq0nFAAAABQAAAAFAAAAAAAAAAAAAACAAQAAAABhLnR4dFBLBQYAAAAAAQABADMAAAA3AAAAAAA=\n--x--\n",
        ),
    ],
};

static PHRASES: LazyLock<Phrases> =
    LazyLock::new(|| Phrases::read(include_str!("../phrases/file_password.txt")));

fn read(evidence: &Evidence) -> Reading {
    let locked = evidence.message.attachments.iter().find(|attachment| is_locked(attachment));
    match locked {
        None => Reading::Absent,
        Some(attachment) => match lure(evidence, &PHRASES) {
            Reading::Present(said) => told(
                [format!("{} needs a password", file(&attachment.name))].into_iter().chain(said).collect(),
            ),
            other => other,
        },
    }
}
