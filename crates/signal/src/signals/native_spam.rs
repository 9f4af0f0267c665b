//! The native filter found spam.

use message::header::{NativeVerdict, Placement};

use super::kit::*;
use super::native_malware::verdict_told;

pub(super) const SIGNAL: Signal = Signal {
    name: "native-spam",
    about: "The provider's own filter takes the message for spam, or put it into the junk folder.",
    read,
    examples: &[
        hit(
            "spam",
            exchange!(
                "X-Forefront-Antispam-Report: CIP:192.0.2.7;SCL:5;SFV:SPM;CAT:SPM;DIR:INB;\nFrom: a@b.example\n\nHello"
            ),
        ),
        hit("mail in the junk folder", "From: a@b.example\n\nHello").given(&[Given::Folder(Folder::Junk)]),
        miss(
            "mail that passed",
            exchange!(
                "X-Forefront-Antispam-Report: CIP:192.0.2.7;SCL:1;SFV:NSPM;CAT:NONE;DIR:INB;\nFrom: a@b.example\n\nHello"
            ),
        ),
    ],
};

fn read(evidence: &Evidence) -> Reading {
    let filter = verdict_told(evidence, &[NativeVerdict::Spam, NativeVerdict::HighConfidenceSpam]);
    if filter != Reading::Absent {
        return filter;
    }
    let is_junked = match evidence.folder {
        Some(folder) => folder == Folder::Junk,
        None => evidence.message.native.placement() == Some(Placement::Junk),
    };
    told_once(is_junked.then(|| "the provider put it into the junk folder".to_owned()))
}
