//! The native filter found phishing, forgery or impersonation.

use message::header::NativeVerdict;

use super::kit::*;
use super::native_malware::verdict_told;

pub(super) const SIGNAL: Signal = Signal {
    name: "native-phish",
    about: "The provider's own filter takes the message for phishing.",
    read,
    examples: &[
        hit(
            "high-confidence phishing",
            exchange!(
                "X-Forefront-Antispam-Report: CIP:192.0.2.7;SCL:9;SFV:SPM;CAT:HPHISH;DIR:INB;\nFrom: a@b.example\n\nHello"
            ),
        ),
        miss(
            "a report that came with the message",
            "X-Forefront-Antispam-Report: CIP:192.0.2.7;SCL:9;SFV:SPM;CAT:HPHISH;DIR:INB;\nFrom: a@b.example\n\nHello",
        ),
    ],
};

fn read(evidence: &Evidence) -> Reading {
    verdict_told(evidence, &PHISH)
}

/// Both degrees of it.
pub(super) const PHISH: [NativeVerdict; 2] = [NativeVerdict::Phish, NativeVerdict::HighConfidencePhish];
