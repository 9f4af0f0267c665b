//! Exchange Online's codes in words (Microsoft: "Anti-spam message headers", "Spam confidence level", "Bulk complaint
//! level").

use message::header::forefront::Safety;
use message::header::{Category, Ipv, Sfv};

pub(super) fn scl(scl: i8) -> &'static str {
    match scl {
        -1 => "filtering was skipped",
        0 | 1 => "not spam",
        2..=4 => "set by a rule, not by the filter",
        5 | 6 => "spam",
        7..=9 => "high-confidence spam",
        _ => "outside the scale",
    }
}

pub(super) fn bcl(bcl: u8) -> &'static str {
    match bcl {
        0 => "no bulk sender",
        1..=3 => "few complaints",
        4..=7 => "a mixed number of complaints",
        8 | 9 => "many complaints",
        _ => "outside the scale",
    }
}

pub(super) fn sfv(sfv: &Sfv) -> &'static str {
    match sfv {
        Sfv::Blk => "the sender is on the user's block list",
        Sfv::Nspm => "not spam",
        Sfv::Sfe => "not filtered, the sender is on the user's safe list",
        Sfv::Ska => "not filtered, a policy allows the sender or domain",
        Sfv::Skb => "a policy blocks the sender or domain",
        Sfv::Ski => "not filtered, IP allow list or internal mail",
        Sfv::Skn => "not filtered, a mail-flow rule or connector said so",
        Sfv::Skq => "not filtered, released from quarantine",
        Sfv::Sks => "marked as spam before the filter, by a mail-flow rule",
        Sfv::Spm => "spam",
        Sfv::Unknown(_) => "",
    }
}

pub(super) fn category(category: &Category) -> &'static str {
    match category {
        Category::AntiMalware => "anti-malware",
        Category::BrandImpersonation => "brand impersonation",
        Category::Bulk => "bulk mail",
        Category::DomainImpersonation => "domain impersonation",
        Category::FileType => "the filter of attachment types",
        Category::GraphImpersonation => "impersonation, by mailbox intelligence",
        Category::HighConfidencePhish => "high-confidence phish",
        Category::HighConfidenceSpam => "high-confidence spam",
        Category::IntraOrganisationPhish => "phish inside the organisation",
        Category::Malware => "malware",
        Category::Nothing => "no policy",
        Category::OutboundSpam => "outbound spam",
        Category::Phish => "phish",
        Category::SafeAttachments => "Safe Attachments",
        Category::Spam => "spam",
        Category::Spoof => "spoofing",
        Category::UserImpersonation => "user impersonation",
        Category::Unknown(_) => "",
    }
}

pub(super) fn ipv(ipv: &Ipv) -> String {
    match ipv {
        Ipv::AllowList => "CAL: on the tenant's IP allow list, so not filtered".into(),
        Ipv::NoList => "NLI: on no list".into(),
        Ipv::BlockList => "CBL: on the tenant's block list".into(),
        Ipv::Unknown(code) => crate::view::one_line(code, 40),
    }
}

pub(super) fn safety(safety: &Safety) -> String {
    match safety {
        Safety::DomainImpersonation => "9.19: the domain looks like another".into(),
        Safety::UserImpersonation => "9.20: the sender looks like somebody else".into(),
        Safety::FirstContact => "9.25: first contact".into(),
        Safety::Spoof(code) => format!("{}: spoofing", crate::view::one_line(code, 40)),
        Safety::Unknown(code) => crate::view::one_line(code, 40),
    }
}
