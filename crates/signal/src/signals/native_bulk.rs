//! The native filter calls it bulk.

use message::header::NativeVerdict;

use super::kit::*;

pub(super) const SIGNAL: Signal = Signal {
    name: "native-bulk",
    about: "The provider's own filter takes the message for bulk mail.",
    read,
    examples: &[
        hit(
            "a bulk complaint level of 7",
            exchange!(
                "X-Forefront-Antispam-Report: CIP:192.0.2.7;SCL:1;SFV:NSPM;CAT:NONE;DIR:INB;\nX-Microsoft-Antispam: BCL:7;\nFrom: a@b.example\n\nHello"
            ),
        ),
        miss(
            "a level of 2",
            exchange!(
                "X-Forefront-Antispam-Report: CIP:192.0.2.7;SCL:1;SFV:NSPM;CAT:NONE;DIR:INB;\nX-Microsoft-Antispam: BCL:2;\nFrom: a@b.example\n\nHello"
            ),
        ),
    ],
};

/// Microsoft: "Bulk complaint level": the default threshold of the standard policies is 6 or 7.
const BCL_MIN: u8 = 6;

fn read(evidence: &Evidence) -> Reading {
    let native = &evidence.message.native;
    let mut sentences = Vec::new();
    if native.verdict() == NativeVerdict::Bulk {
        sentences.push("the provider's filter calls it bulk".to_owned());
    }
    if let Some(level) = native.bcl().filter(|level| *level >= BCL_MIN) {
        sentences.push(format!("its bulk complaint level is {level} of 9"));
    }
    told(sentences)
}
