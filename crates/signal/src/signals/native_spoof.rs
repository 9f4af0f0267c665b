//! The native filter found a forged or imitated sender.

use message::header::NativeVerdict;

use super::kit::*;
use super::native_malware::verdict_told;

pub(super) const SIGNAL: Signal = Signal {
    name: "native-spoof",
    about: "The provider's own filter takes the sender for forged or for an imitation of someone.",
    read,
    examples: &[
        hit(
            "a person's imitation",
            exchange!(
                "X-Forefront-Antispam-Report: CIP:192.0.2.7;SCL:5;SFV:SPM;CAT:UIMP;SFTY:9.20;DIR:INB;\nFrom: a@b.example\n\nHello"
            ),
        ),
        miss(
            "a first contact, which is no accusation",
            exchange!(
                "X-Forefront-Antispam-Report: CIP:192.0.2.7;SCL:1;SFV:NSPM;CAT:NONE;SFTY:9.25;DIR:INB;\nFrom: a@b.example\n\nHello"
            ),
        ),
    ],
};

fn read(evidence: &Evidence) -> Reading {
    verdict_told(evidence, &[NativeVerdict::Spoof, NativeVerdict::Impersonation])
}
