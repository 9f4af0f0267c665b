//! A disk image opens as a drive on a double click, and what lies on it carries no mark of the web.

use super::kit::*;

pub(super) const SIGNAL: Signal = Signal {
    name: "attachment-disk-image",
    about: "A disk image is attached, which opens as a drive and hides where its files came from.",
    read,
    examples: &[
        hit(
            "an attached ISO image, known by its name when its content is cut",
            "From: a@b.example\nContent-Type: application/octet-stream; name=\"order.iso\"\nContent-Transfer-Encoding: base64\n\nAAAA",
        ),
        miss(
            "a picture",
            "From: a@b.example\nContent-Type: image/png; name=\"disk.png\"\nContent-Transfer-Encoding: base64\n\niVBORw0KGgo=",
        ),
    ],
};

const EXTENSIONS: [&str; 6] = ["iso", "img", "vhd", "vhdx", "dmg", "udf"];

fn read(evidence: &Evidence) -> Reading {
    attachments_told(evidence, |attachment| {
        let named =
            extension(&attachment.name).is_some_and(|extension| EXTENSIONS.contains(&extension.as_str()));
        (named || attachment.kind == FileKind::DiskImage)
            .then(|| format!("{} is a disk image", file(&attachment.name)))
    })
}
