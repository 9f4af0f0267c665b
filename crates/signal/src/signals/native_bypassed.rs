//! The native filter did not look, or its word did not count, and this is why.

use message::header::Bypass;

use super::kit::*;

pub(super) const SIGNAL: Signal = Signal {
    name: "native-bypassed",
    about: "The provider's own filter was switched off for this message by a rule or list of the organisation.",
    read,
    examples: &[
        hit(
            "a mail flow rule that sets SCL -1",
            exchange!(
                "X-Forefront-Antispam-Report: CIP:192.0.2.7;SCL:-1;SFV:SKN;CAT:NONE;DIR:INB;\nFrom: a@b.example\n\nHello"
            ),
        ),
        hit(
            "an IP allow list",
            exchange!(
                "X-Forefront-Antispam-Report: CIP:192.0.2.7;IPV:CAL;SCL:-1;SFV:SKI;CAT:NONE;DIR:INB;\nFrom: a@b.example\n\nHello"
            ),
        ),
        miss(
            "mail that was filtered",
            exchange!(
                "X-Forefront-Antispam-Report: CIP:192.0.2.7;IPV:NLI;SCL:1;SFV:NSPM;CAT:NONE;DIR:INB;\nFrom: a@b.example\n\nHello"
            ),
        ),
        miss(
            "a person's own list, which is told apart",
            exchange!(
                "X-Forefront-Antispam-Report: CIP:192.0.2.7;IPV:NLI;SCL:-1;SFV:SFE;CAT:NONE;DIR:INB;\nFrom: a@b.example\n\nHello"
            ),
        ),
    ],
};

fn read(evidence: &Evidence) -> Reading {
    let bypass = evidence.message.native.bypass().filter(|bypass| match bypass {
        Bypass::Rule
        | Bypass::IpAllowList
        | Bypass::PolicyAllowedSender
        | Bypass::Released
        | Bypass::Level => true,
        Bypass::SafeSender | Bypass::Contact | Bypass::PersonalRule | Bypass::Internal => false,
    });
    told_once(
        bypass
            .filter(|_| is_inbound(evidence))
            .map(|bypass| bypass.explanation().trim_end_matches('.').to_owned()),
    )
}
