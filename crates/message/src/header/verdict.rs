//! What the native filter found, and what switched it off.

use super::forefront::{Category, Ipv, Sfv, Way};
use super::native::Native;

/// The native filter's finding in one word. `Unknown` when it did not run, or nothing says so.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NativeVerdict {
    Clean,
    Bulk,
    Spam,
    HighConfidenceSpam,
    Phish,
    HighConfidencePhish,
    Malware,
    Spoof,
    Impersonation,
    #[default]
    Unknown,
}

impl NativeVerdict {
    /// In kebab case, as `explain --json` prints it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Clean => "clean",
            Self::Bulk => "bulk",
            Self::Spam => "spam",
            Self::HighConfidenceSpam => "high-confidence-spam",
            Self::Phish => "phish",
            Self::HighConfidencePhish => "high-confidence-phish",
            Self::Malware => "malware",
            Self::Spoof => "spoof",
            Self::Impersonation => "impersonation",
            Self::Unknown => "unknown",
        }
    }

    /// The policy that decided comes first (some verdicts are never bypassed), then the filter's verdict, then the
    /// level.
    pub(super) fn read(native: &Native) -> Self {
        let by_category = native.category().and_then(of_category);
        let by_filter = || native.sfv().and_then(|sfv| of_sfv(sfv, native));
        by_category
            .or_else(by_filter)
            .or_else(|| of_level(native))
            .or_else(|| of_gmail(native))
            .unwrap_or_default()
    }
}

fn of_category(category: &Category) -> Option<NativeVerdict> {
    Some(match category {
        Category::AntiMalware | Category::FileType | Category::Malware | Category::SafeAttachments => {
            NativeVerdict::Malware
        }
        Category::BrandImpersonation
        | Category::DomainImpersonation
        | Category::GraphImpersonation
        | Category::UserImpersonation => NativeVerdict::Impersonation,
        Category::Bulk => NativeVerdict::Bulk,
        Category::HighConfidencePhish => NativeVerdict::HighConfidencePhish,
        Category::HighConfidenceSpam => NativeVerdict::HighConfidenceSpam,
        Category::IntraOrganisationPhish | Category::Phish => NativeVerdict::Phish,
        Category::OutboundSpam | Category::Spam => NativeVerdict::Spam,
        Category::Spoof => NativeVerdict::Spoof,
        Category::Nothing | Category::Unknown(_) => return None,
    })
}

fn of_sfv(sfv: &Sfv, native: &Native) -> Option<NativeVerdict> {
    match sfv {
        Sfv::Nspm => Some(NativeVerdict::Clean),
        Sfv::Spm | Sfv::Sks | Sfv::Skb | Sfv::Blk => of_level(native).or(Some(NativeVerdict::Spam)),
        Sfv::Sfe | Sfv::Ska | Sfv::Ski | Sfv::Skn | Sfv::Skq => Some(NativeVerdict::Unknown),
        Sfv::Unknown(_) => None,
    }
}

/// Microsoft: "Spam confidence level (SCL)". 2 to 4 are not stamped by the filter, but rules may.
fn of_level(native: &Native) -> Option<NativeVerdict> {
    let is_suspected_phish = native.exchange.organization.pcl.is_some_and(|pcl| pcl >= 4);
    Some(match native.scl()? {
        5..=9 if is_suspected_phish => NativeVerdict::Phish,
        7..=9 => NativeVerdict::HighConfidenceSpam,
        5..=6 => NativeVerdict::Spam,
        0..=4 => NativeVerdict::Clean,
        _ => NativeVerdict::Unknown,
    })
}

/// Routing rules can have Gmail write its verdict into the header.
fn of_gmail(native: &Native) -> Option<NativeVerdict> {
    match (native.gmail.phishy, native.gmail.spam) {
        (Some(true), _) => Some(NativeVerdict::Phish),
        (_, Some(true)) => Some(NativeVerdict::Spam),
        (_, Some(false)) => Some(NativeVerdict::Clean),
        _ => None,
    }
}

/// What switched the native filter off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Bypass {
    /// `SFV:SKN`: a mail flow rule or a connector.
    Rule,
    /// `IPV:CAL`, or `SFV:SKI` on mail from outside.
    IpAllowList,
    /// `SFV:SKA`.
    PolicyAllowedSender,
    /// `SFV:SFE`, or the mailbox's own word.
    SafeSender,
    /// The mailbox's own word: the sender is in the address book.
    Contact,
    /// A rule or setting of the person's own put the message where it is.
    PersonalRule,
    /// `SFV:SKQ`.
    Released,
    /// Mail inside the organisation is not filtered; nobody configured that.
    Internal,
    /// SCL -1 and nothing that says why.
    Level,
}

impl Bypass {
    /// In kebab case, as `explain --json` prints it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Rule => "rule",
            Self::IpAllowList => "ip-allow-list",
            Self::PolicyAllowedSender => "policy-allowed-sender",
            Self::SafeSender => "safe-sender",
            Self::Contact => "contact",
            Self::PersonalRule => "personal-rule",
            Self::Released => "released",
            Self::Internal => "internal",
            Self::Level => "level",
        }
    }

    /// One line for people.
    pub fn explanation(self) -> &'static str {
        match self {
            Self::Rule => {
                "A mail flow rule or a connector told Exchange Online to skip its spam filter (SFV:SKN)."
            }
            Self::IpAllowList => {
                "The connecting address is on the tenant's IP allow list (IPV:CAL or SFV:SKI)."
            }
            Self::PolicyAllowedSender => "An anti-spam policy allows this sender or domain (SFV:SKA).",
            Self::SafeSender => {
                "The recipient has put the sender or the sender's domain on the list of safe senders."
            }
            Self::Contact => "The sender is in the recipient's address book.",
            Self::PersonalRule => "A rule of the recipient's own decided where the message goes.",
            Self::Released => "The message was released from quarantine (SFV:SKQ).",
            Self::Internal => "Mail inside the organisation is not filtered for spam.",
            Self::Level => "The message was marked as not to be filtered (SCL -1); nothing says by what.",
        }
    }

    pub(super) fn read(native: &Native) -> Option<Self> {
        let by_report = native.trusted_forefront().and_then(|report| match report.sfv {
            Some(Sfv::Skn) => Some(Self::Rule),
            Some(Sfv::Ski) if native.is_internal() || report.way == Some(Way::Internal) => {
                Some(Self::Internal)
            }
            Some(Sfv::Ski) => Some(Self::IpAllowList),
            Some(Sfv::Ska) => Some(Self::PolicyAllowedSender),
            Some(Sfv::Sfe) => Some(Self::SafeSender),
            Some(Sfv::Skq) => Some(Self::Released),
            _ if report.ipv == Some(Ipv::AllowList) => Some(Self::IpAllowList),
            _ => None,
        });
        by_report.or_else(|| of_mailbox(native)).or_else(|| of_skipped_level(native))
    }
}

/// Safe senders and contacts matter only where they decided: the mailbox names them as its reason, or the filter
/// said spam and the message is in the inbox all the same.
fn of_mailbox(native: &Native) -> Option<Bypass> {
    native.trusted_exchange()?;
    let delivery = native.mailbox_delivery.as_ref()?;
    match delivery.reason.as_deref() {
        Some("TrustedSenderList") => Some(Bypass::SafeSender),
        Some("SenderInAddressBook") => Some(Bypass::Contact),
        Some("CustomRules") => Some(Bypass::PersonalRule),
        _ if delivery.is_user_configured || delivery.is_junk_rule => Some(Bypass::PersonalRule),
        _ => None,
    }
}

fn of_skipped_level(native: &Native) -> Option<Bypass> {
    let is_skipped = native.scl()? == -1;
    let by_sender = native.is_internal().then_some(Bypass::Internal);
    is_skipped.then(|| by_sender.unwrap_or(Bypass::Level))
}
