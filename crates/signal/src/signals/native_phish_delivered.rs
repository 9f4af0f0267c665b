//! The native filter found phishing, and the message stands in the inbox.

use message::header::Placement;

use super::kit::*;
use super::native_phish::PHISH;

pub(super) const SIGNAL: Signal = Signal {
    name: "native-phish-delivered",
    about: "The provider's own filter takes the message for phishing and it was delivered to the inbox all the same.",
    read,
    examples: &[
        hit("phishing in the inbox", exchange!("X-Forefront-Antispam-Report: CIP:192.0.2.7;SCL:5;SFV:SPM;CAT:PHSH;DIR:INB;\nFrom: a@b.example\n\nHello")).given(&[Given::Folder(Folder::Inbox)]),
        miss("phishing in the junk folder", exchange!("X-Forefront-Antispam-Report: CIP:192.0.2.7;SCL:5;SFV:SPM;CAT:PHSH;DIR:INB;\nFrom: a@b.example\n\nHello")).given(&[Given::Folder(Folder::Junk)]),
    ],
};

fn read(evidence: &Evidence) -> Reading {
    let native = &evidence.message.native;
    let is_in_inbox = match evidence.folder {
        Some(folder) => folder == Folder::Inbox,
        None => native.placement() == Some(Placement::Inbox),
    };
    let is_delivered = PHISH.contains(&native.verdict()) && is_in_inbox;
    let why = native.bypass().map_or("nothing says why", |bypass| bypass.explanation().trim_end_matches('.'));
    told_once(
        is_delivered
            .then(|| format!("the filter says {}, and it is in the inbox: {why}", native.verdict().as_str())),
    )
}
