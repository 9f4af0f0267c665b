//! What is locked with a password cannot be scanned by anyone on the way.

use super::kit::*;

pub(super) const SIGNAL: Signal = Signal {
    name: "attachment-encrypted",
    about: "An attachment is locked with a password, so that no filter can look inside.",
    read,
    examples: &[
        hit(
            "a ZIP archive with an encrypted member",
            "From: a@b.example\nContent-Type: application/zip; name=\"scan.zip\"\nContent-Transfer-Encoding: base64\n\nUEsDBBQAAQAAAAAAIShHQq0nFAAAABQAAAAFAAAAYS50eHR4eHh4eHh4eHh4eHh4eHh4eHh4eFBLAQIUAxQAAQAAAAAAIShHQq0nFAAAABQAAAAFAAAAAAAAAAAAAACAAQAAAABhLnR4dFBLBQYAAAAAAQABADMAAAA3AAAAAAA=",
        ),
        miss(
            "a ZIP archive that opens",
            "From: a@b.example\nContent-Type: application/zip; name=\"scan.zip\"\nContent-Transfer-Encoding: base64\n\nUEsDBBQAAAAAAAAAIShHQq0nFAAAABQAAAAFAAAAYS50eHR4eHh4eHh4eHh4eHh4eHh4eHh4eFBLAQIUAxQAAAAAAAAAIShHQq0nFAAAABQAAAAFAAAAAAAAAAAAAACAAQAAAABhLnR4dFBLBQYAAAAAAQABADMAAAA3AAAAAAA=",
        ),
    ],
};

fn read(evidence: &Evidence) -> Reading {
    attachments_told(evidence, |attachment| {
        is_locked(attachment).then(|| format!("{} needs a password", file(&attachment.name)))
    })
}

/// Locked as a whole, or one of its members.
pub(super) fn is_locked(attachment: &Attachment) -> bool {
    attachment.contents.encrypted || attachment.contents.members.iter().any(|member| member.encrypted)
}
