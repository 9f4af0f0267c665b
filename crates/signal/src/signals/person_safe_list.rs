//! A person's own list of safe senders, or their address book, overrode the filter.

use message::header::Bypass;

use super::kit::*;

pub(super) const SIGNAL: Signal = Signal {
    name: "person-safe-list",
    about: "The recipient's own safe senders, contacts or rules overrode the provider's filter.",
    read,
    examples: &[
        hit(
            "a safe sender",
            exchange!(
                "X-Forefront-Antispam-Report: CIP:192.0.2.7;SCL:-1;SFV:SFE;CAT:NONE;DIR:INB;\nFrom: a@b.example\n\nHello"
            ),
        ),
        miss(
            "a rule of the organisation",
            exchange!(
                "X-Forefront-Antispam-Report: CIP:192.0.2.7;SCL:-1;SFV:SKN;CAT:NONE;DIR:INB;\nFrom: a@b.example\n\nHello"
            ),
        ),
    ],
};

fn read(evidence: &Evidence) -> Reading {
    let bypass = evidence.message.native.bypass().filter(|bypass| match bypass {
        Bypass::SafeSender | Bypass::Contact | Bypass::PersonalRule => true,
        Bypass::Rule
        | Bypass::IpAllowList
        | Bypass::PolicyAllowedSender
        | Bypass::Released
        | Bypass::Internal
        | Bypass::Level => false,
    });
    told_once(bypass.map(|bypass| bypass.explanation().trim_end_matches('.').to_owned()))
}
