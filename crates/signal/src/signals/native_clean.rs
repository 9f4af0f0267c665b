//! The native filter looked and found nothing.

use message::header::NativeVerdict;

use super::kit::*;

pub(super) const SIGNAL: Signal = Signal {
    name: "native-clean",
    about: "The provider's own filter looked at the message and found nothing.",
    read,
    examples: &[
        hit(
            "a clean report",
            exchange!(
                "X-Forefront-Antispam-Report: CIP:192.0.2.7;SCL:1;SFV:NSPM;CAT:NONE;DIR:INB;\nFrom: a@b.example\n\nHello"
            ),
        ),
        miss(
            "a report that says it did not look",
            exchange!(
                "X-Forefront-Antispam-Report: CIP:192.0.2.7;SCL:-1;SFV:SKN;CAT:NONE;DIR:INB;\nFrom: a@b.example\n\nHello"
            ),
        ),
    ],
};

fn read(evidence: &Evidence) -> Reading {
    let native = &evidence.message.native;
    let is_clean = native.verdict() == NativeVerdict::Clean && native.bypass().is_none();
    told_once(is_clean.then(|| "the provider's filter found nothing".to_owned()))
}
