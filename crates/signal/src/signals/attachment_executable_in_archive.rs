//! Archives carry past filters what they would stop in the open.

use super::attachment_executable::what_runs;
use super::kit::*;

pub(super) const SIGNAL: Signal = Signal {
    name: "attachment-executable-in-archive",
    about: "An attached archive holds a program, script or shortcut.",
    read,
    examples: &[
        hit(
            "a script in a ZIP archive",
            "From: a@b.example\nContent-Type: application/zip; name=\"invoice.zip\"\nContent-Transfer-Encoding: base64\n\nUEsDBBQAAAAAAAAAIShHQq0nFAAAABQAAAAEAAAAYS5qc3h4eHh4eHh4eHh4eHh4eHh4eHh4UEsBAhQDFAAAAAAAAAAhKEdCrScUAAAAFAAAAAQAAAAAAAAAAAAAAIABAAAAAGEuanNQSwUGAAAAAAEAAQAyAAAANgAAAAAA",
        ),
        miss(
            "a text in a ZIP archive",
            "From: a@b.example\nContent-Type: application/zip; name=\"scan.zip\"\nContent-Transfer-Encoding: base64\n\nUEsDBBQAAAAAAAAAIShHQq0nFAAAABQAAAAFAAAAYS50eHR4eHh4eHh4eHh4eHh4eHh4eHh4eFBLAQIUAxQAAAAAAAAAIShHQq0nFAAAABQAAAAFAAAAAAAAAAAAAACAAQAAAABhLnR4dFBLBQYAAAAAAQABADMAAAA3AAAAAAA=",
        ),
    ],
};

fn read(evidence: &Evidence) -> Reading {
    attachments_told(evidence, |attachment| {
        // Programs are often sent as archives of source text; a lone script among many files is one of them.
        let members = &attachment.contents.members;
        let (member, what) =
            members.iter().find_map(|member| Some((member, what_runs(member.kind, &member.name)?)))?;
        let is_package = members.len() > PACKAGE_MEMBERS_MIN && what.ends_with("by its name");
        (!is_package).then(|| format!("{} in {} is {what}", file(&member.name), file(&attachment.name)))
    })
}

/// An archive of more files than this is a package of some kind.
const PACKAGE_MEMBERS_MIN: usize = 12;
