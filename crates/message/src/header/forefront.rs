//! `X-Forefront-Antispam-Report`: what Exchange Online Protection found (Microsoft: "Anti-spam message headers in
//! Microsoft 365" and "How EOP validates the From address"; values marked *seen* come from real mail). The same
//! shape stands in `-Untrusted` copies (a report that came in from outside, renamed by Exchange) and, shorter, in
//! `X-MS-Exchange-CrossPremises-Antispam-ScanContext` (the first pass of mail that left for a connector and
//! came back).

use std::net::IpAddr;

use super::lexer;
use crate::ip;

/// Unknown keys kept of one report.
const OTHERS_MAX: usize = 50;

/// One report.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Forefront {
    pub copy: Copy,
    /// How many `Received` fields stand above this one. Exchange writes its reports at the end of the header
    /// section, so the depth says little.
    pub depth: usize,
    /// Spam confidence: -1 not filtered, 0 and 1 not spam, 5 and 6 spam, 7 to 9 spam with high confidence.
    pub scl: Option<i8>,
    pub sfv: Option<Sfv>,
    pub category: Option<Category>,
    /// `CIP`: the connecting address; `None` for 255.255.255.255, which stands for mail from inside the service.
    pub connecting_ip: Option<IpAddr>,
    /// `CTRY`: country of that address, two letters.
    pub country: Option<String>,
    /// `LANG`: language the text seems to be in.
    pub language: Option<String>,
    /// `H`: HELO name.
    pub helo: Option<String>,
    /// `PTR`: reverse name of the connecting address; `None` for `InfoDomainNonexistent` and `InfoNoRecords`.
    pub reverse: Option<String>,
    /// `DIR`.
    pub way: Option<Way>,
    pub ipv: Option<Ipv>,
    pub safety: Option<Safety>,
    /// `SRV:BULK`: bulk over the threshold of the policy.
    pub is_bulk: bool,
    /// `ARC`, as written.
    pub arc: Option<String>,
    /// `SFS`: ids of internal rules, as written.
    pub sfs: Option<String>,
    /// Every other key with its value, in the order written.
    pub others: Vec<(String, String)>,
}

/// Which copy of the report this is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Copy {
    /// `X-Forefront-Antispam-Report`: of the Exchange organisation that had the message last.
    #[default]
    Plain,
    /// `…-Untrusted`: came in from outside; of the sender's Exchange, or forged.
    Untrusted,
    /// `X-MS-Exchange-CrossPremises-Antispam-ScanContext`: of the first pass.
    CrossPremises,
}

impl Copy {
    /// The name of the field.
    pub fn field(self) -> &'static str {
        match self {
            Self::Plain => "X-Forefront-Antispam-Report",
            Self::Untrusted => "X-Forefront-Antispam-Report-Untrusted",
            Self::CrossPremises => "X-MS-Exchange-CrossPremises-Antispam-ScanContext",
        }
    }
}

/// `SFV`: the spam filtering verdict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sfv {
    /// Sender on the user's block list.
    Blk,
    /// Not spam.
    Nspm,
    /// Sender on the user's safe list; not filtered.
    Sfe,
    /// Sender or domain allowed in a policy; not filtered.
    Ska,
    /// Sender or domain blocked in a policy.
    Skb,
    /// IP allow list (in older mail: mail inside the organisation); not filtered.
    Ski,
    /// Marked not spam before the filter (a mail flow rule set SCL -1, a connector); not filtered.
    Skn,
    /// Released from quarantine; not filtered.
    Skq,
    /// Marked spam before the filter (a mail flow rule).
    Sks,
    /// Spam.
    Spm,
    Unknown(String),
}

impl Sfv {
    /// Reads the value, in any case.
    pub fn parse(value: &str) -> Self {
        let value = value.to_ascii_uppercase();
        match value.as_str() {
            "BLK" => Self::Blk,
            "NSPM" => Self::Nspm,
            "SFE" => Self::Sfe,
            "SKA" => Self::Ska,
            "SKB" => Self::Skb,
            "SKI" => Self::Ski,
            "SKN" => Self::Skn,
            "SKQ" => Self::Skq,
            "SKS" => Self::Sks,
            "SPM" => Self::Spm,
            _ => Self::Unknown(value),
        }
    }

    /// As Microsoft writes it.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Blk => "BLK",
            Self::Nspm => "NSPM",
            Self::Sfe => "SFE",
            Self::Ska => "SKA",
            Self::Skb => "SKB",
            Self::Ski => "SKI",
            Self::Skn => "SKN",
            Self::Skq => "SKQ",
            Self::Sks => "SKS",
            Self::Spm => "SPM",
            Self::Unknown(value) => value,
        }
    }
}

/// `CAT`: the policy that decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Category {
    /// `AMP`: anti-malware.
    AntiMalware,
    /// `BIMP`.
    BrandImpersonation,
    Bulk,
    /// `DIMP`.
    DomainImpersonation,
    /// `FTBP`: the common attachment filter.
    FileType,
    /// `GIMP`: mailbox intelligence.
    GraphImpersonation,
    /// `HPHSH`, `HPHISH`.
    HighConfidencePhish,
    /// `HSPM`.
    HighConfidenceSpam,
    /// `INTOS`: phish inside the organisation.
    IntraOrganisationPhish,
    /// `MALW`.
    Malware,
    /// `NONE` (seen): no policy.
    Nothing,
    /// `OSPM`: outbound spam.
    OutboundSpam,
    /// `PHSH`.
    Phish,
    /// `SAP`.
    SafeAttachments,
    /// `SPM`.
    Spam,
    Spoof,
    /// `UIMP`.
    UserImpersonation,
    Unknown(String),
}

/// Microsoft's codes, in their order.
const CATEGORIES: [(&str, Category); 18] = [
    ("AMP", Category::AntiMalware),
    ("BIMP", Category::BrandImpersonation),
    ("BULK", Category::Bulk),
    ("DIMP", Category::DomainImpersonation),
    ("FTBP", Category::FileType),
    ("GIMP", Category::GraphImpersonation),
    ("HPHSH", Category::HighConfidencePhish),
    ("HPHISH", Category::HighConfidencePhish),
    ("HSPM", Category::HighConfidenceSpam),
    ("INTOS", Category::IntraOrganisationPhish),
    ("MALW", Category::Malware),
    ("NONE", Category::Nothing),
    ("OSPM", Category::OutboundSpam),
    ("PHSH", Category::Phish),
    ("SAP", Category::SafeAttachments),
    ("SPM", Category::Spam),
    ("SPOOF", Category::Spoof),
    ("UIMP", Category::UserImpersonation),
];

impl Category {
    /// Reads the value, in any case.
    pub fn parse(value: &str) -> Self {
        let known = CATEGORIES.iter().find(|(code, _)| code.eq_ignore_ascii_case(value));
        known.map_or_else(|| Self::Unknown(value.to_ascii_uppercase()), |(_, category)| category.clone())
    }

    /// As Microsoft writes it.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Unknown(value) => value,
            known => CATEGORIES.iter().find(|(_, category)| category == known).map_or("", |(code, _)| code),
        }
    }
}

/// `DIR`: the way as Exchange Online sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    Inbound,
    Outbound,
    Internal,
}

impl Way {
    fn parse(value: &str) -> Option<Self> {
        match value.to_ascii_uppercase().as_str() {
            "INB" | "INCOMING" => Some(Self::Inbound),
            "OUT" | "OUTGOING" | "ORIGINATING" => Some(Self::Outbound),
            "INT" => Some(Self::Internal),
            _ => None,
        }
    }
}

/// `IPV`: what is known of the connecting address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ipv {
    /// `CAL`: on the tenant's IP allow list; not filtered.
    AllowList,
    /// `NLI`: on no list.
    NoList,
    /// `CBL` (older): on the tenant's block list.
    BlockList,
    Unknown(String),
}

impl Ipv {
    fn parse(value: &str) -> Self {
        match value.to_ascii_uppercase().as_str() {
            "CAL" => Self::AllowList,
            "NLI" => Self::NoList,
            "CBL" => Self::BlockList,
            other => Self::Unknown(other.to_owned()),
        }
    }
}

/// `SFTY`: the safety tip shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Safety {
    /// 9.19.
    DomainImpersonation,
    /// 9.20.
    UserImpersonation,
    /// 9.25.
    FirstContact,
    /// 9.11 to 9.24 otherwise: spoofing, in older mail.
    Spoof(String),
    Unknown(String),
}

impl Safety {
    fn parse(value: &str) -> Self {
        let minor = value.strip_prefix("9.").and_then(|minor| minor.parse::<u8>().ok());
        match minor {
            Some(19) => Self::DomainImpersonation,
            Some(20) => Self::UserImpersonation,
            Some(25) => Self::FirstContact,
            Some(11..=24) => Self::Spoof(value.to_owned()),
            _ => Self::Unknown(value.to_owned()),
        }
    }
}

impl Forefront {
    /// Reads a field value; never fails, at worst everything is missing.
    pub fn parse(copy: Copy, depth: usize, value: &str) -> Self {
        let mut report = Self { copy, depth, ..Self::default() };
        for pair in value.split(';') {
            let Some((key, value)) = pair.split_once(':') else { continue };
            let (key, value) = (key.trim(), lexer::unquoted(value.trim()));
            if !value.is_empty() {
                report.take(&key.to_ascii_uppercase(), value);
            }
        }
        report
    }

    fn take(&mut self, key: &str, value: String) {
        match key {
            "ARC" => self.arc = Some(value),
            "CAT" => self.category = Some(Category::parse(&value)),
            "CIP" => self.connecting_ip = ip::read(&value).filter(|ip| ip.to_string() != "255.255.255.255"),
            "CTRY" => self.country = Some(value.to_ascii_uppercase()),
            "DIR" => self.way = Way::parse(&value),
            "H" => self.helo = Some(value),
            "IPV" => self.ipv = Some(Ipv::parse(&value)),
            "LANG" => self.language = Some(value.to_ascii_lowercase()),
            "PTR" => self.reverse = Some(value).filter(|name| !name.starts_with("Info")),
            "SCL" => self.scl = value.parse().ok(),
            "SFS" => self.sfs = Some(value),
            "SFTY" => self.safety = Some(Safety::parse(&value)),
            "SFV" => self.sfv = Some(Sfv::parse(&value)),
            "SRV" => self.is_bulk = value.eq_ignore_ascii_case("BULK"),
            _ if self.others.len() < OTHERS_MAX => self.others.push((key.to_owned(), value)),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_is_read() {
        let report = Forefront::parse(
            Copy::Plain,
            1,
            "CIP:2001:db8::7;CTRY:US;LANG:EN;SCL:-1;SRV:BULK;IPV:CAL;SFV:SKN;H:mx.a.example;PTR:mx.a.example;CAT:HPHISH;\
             SFS:(13230040)(1800799024);DIR:INB;SFTY:9.25;ARC:AAR;SFP:1102;",
        );
        assert_eq!(report.connecting_ip, Some("2001:db8::7".parse().unwrap()));
        assert_eq!((report.country.as_deref(), report.language.as_deref()), (Some("US"), Some("en")));
        assert_eq!(report.scl, Some(-1));
        assert_eq!(report.sfv, Some(Sfv::Skn));
        assert_eq!(report.ipv, Some(Ipv::AllowList));
        assert_eq!(report.category, Some(Category::HighConfidencePhish));
        assert_eq!(report.way, Some(Way::Inbound));
        assert_eq!(report.safety, Some(Safety::FirstContact));
        assert_eq!(report.reverse.as_deref(), Some("mx.a.example"));
        assert_eq!(report.sfs.as_deref(), Some("(13230040)(1800799024)"));
        assert!(report.is_bulk);
        assert_eq!(report.others, [("SFP".to_owned(), "1102".to_owned())]);
    }

    #[test]
    fn placeholders_are_no_values() {
        let report = Forefront::parse(
            Copy::Plain,
            0,
            "CIP:255.255.255.255;CTRY:;PTR:InfoDomainNonexistent;SCL:x;SRV:;junk;:",
        );
        assert_eq!(report, Forefront::default());
    }

    #[test]
    fn what_microsoft_adds_later_is_kept() {
        let report = Forefront::parse(Copy::Untrusted, 0, "SFV:NEW;CAT:XYZ;IPV:ABC;SFTY:9.99;NOVEL:1");
        assert_eq!(report.sfv, Some(Sfv::Unknown("NEW".into())));
        assert_eq!(report.category.as_ref().map(Category::as_str), Some("XYZ"));
        assert_eq!(report.safety, Some(Safety::Unknown("9.99".into())));
        assert_eq!(report.others.len(), 1);
    }

    #[test]
    fn codes_are_written_as_they_are_read() {
        for (code, category) in CATEGORIES {
            assert_eq!(Category::parse(code), category);
            assert!(category.as_str() == code || code == "HPHISH");
        }
        for code in ["BLK", "NSPM", "SFE", "SKA", "SKB", "SKI", "SKN", "SKQ", "SKS", "SPM", "ZZZ"] {
            assert_eq!(Sfv::parse(code).as_str(), code);
        }
    }
}
