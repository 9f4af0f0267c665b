//! What Exchange Online says beside the report: `X-Microsoft-Antispam` (bulk level), and what was decided in the
//! mailbox: `X-Microsoft-Antispam-Mailbox-Delivery` and `X-Message-Delivery`. Microsoft documents only the bulk
//! level ("Bulk complaint level in EOP"); the keys of the other two are read off real mail.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// `X-Microsoft-Antispam`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Antispam {
    /// `BCL`: 0 no bulk sender, 1 to 3 few complaints, 4 to 7 mixed, 8 and 9 many.
    pub bcl: Option<u8>,
    /// `ARA`: ids of internal rules, as written.
    pub ara: Option<String>,
}

impl Antispam {
    /// Reads a field value.
    pub fn parse(value: &str) -> Self {
        let mut antispam = Self::default();
        for (key, value) in keys(value) {
            match key.as_str() {
                "bcl" => antispam.bcl = value.parse().ok(),
                "ara" => antispam.ara = Some(value.to_owned()),
                _ => {}
            }
        }
        antispam
    }
}

/// `X-Microsoft-Antispam-Mailbox-Delivery`: where the mailbox put the message, and on whose word.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MailboxDelivery {
    /// `dest`.
    pub placement: Option<Placement>,
    /// `OFR`: the reason that overrode the rest (`SpamFilterAuthJ`, `TrustedSenderList`, `SenderInAddressBook`,
    /// `CustomRules`, `SpamFilterPass` …).
    pub reason: Option<String>,
    /// `RF`: the folder the rule chose (`JunkEmail`).
    pub folder: Option<String>,
    /// `wl`, `pcwl`: the sender or the sender's domain is on the person's list of safe senders.
    pub is_safe_sender: bool,
    /// `abwl`: the sender is in the person's address book.
    pub is_contact: bool,
    /// `ucf`: a rule or setting of the person's own decided.
    pub is_user_configured: bool,
    /// `jmr`: the person's junk mail rule decided.
    pub is_junk_rule: bool,
    /// `auth`: the sender passed authentication.
    pub is_authenticated: Option<bool>,
    /// `ENG`: ids of internal rules, as written.
    pub eng: Option<String>,
}

/// Where the provider put the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Placement {
    /// `I`.
    Inbox,
    /// `J`.
    Junk,
    /// `C`: a folder a person's own rule chose.
    CustomFolder,
    /// `D`: deleted.
    Deleted,
    /// Any other letter.
    Unknown(char),
}

impl Placement {
    fn parse(value: &str) -> Option<Self> {
        let letter = value.chars().next()?.to_ascii_uppercase();
        Some(match letter {
            'I' => Self::Inbox,
            'J' => Self::Junk,
            'C' => Self::CustomFolder,
            'D' => Self::Deleted,
            letter => Self::Unknown(letter),
        })
    }

    /// In words.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Inbox => "inbox",
            Self::Junk => "junk",
            Self::CustomFolder => "custom folder",
            Self::Deleted => "deleted",
            Self::Unknown(_) => "unknown",
        }
    }
}

impl MailboxDelivery {
    /// Reads a field value; never fails, at worst everything is missing.
    pub fn parse(value: &str) -> Self {
        let mut delivery = Self::default();
        for (key, value) in keys(value) {
            match key.as_str() {
                "dest" => delivery.placement = Placement::parse(value),
                "ofr" => delivery.reason = Some(value.to_owned()),
                "rf" => delivery.folder = Some(value.to_owned()),
                "wl" | "pcwl" => delivery.is_safe_sender |= value == "1",
                "abwl" => delivery.is_contact = value == "1",
                "ucf" => delivery.is_user_configured = value == "1",
                "jmr" => delivery.is_junk_rule = value == "1",
                "auth" => delivery.is_authenticated = Some(value == "1"),
                "eng" => delivery.eng = Some(value.to_owned()),
                _ => {}
            }
        }
        delivery
    }
}

/// `X-Message-Delivery` of the consumer service: Base64 of `V=1.1;us=0;l=0;a=0;D=2;GD=2;SCL=6`. Gives the SCL it was
/// delivered with, which may differ from the one stamped in transport; `None` when it cannot be read.
pub fn message_delivery_scl(value: &str) -> Option<i8> {
    let bytes = STANDARD.decode(value.get(..value.len().min(400))?.trim()).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    text.split(';').find_map(|pair| pair.strip_prefix("SCL="))?.parse().ok()
}

/// `key:value` pairs, keys in lower case, without empty values.
fn keys(value: &str) -> impl Iterator<Item = (String, &str)> {
    value.split(';').filter_map(|pair| {
        let (key, value) = pair.split_once(':')?;
        let value = value.trim();
        (!value.is_empty()).then(|| (key.trim().to_ascii_lowercase(), value))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bulk_level_is_read() {
        for (value, bcl) in
            [("BCL:0;", Some(0)), ("BCL:6;ARA:123|456;", Some(6)), ("BCL:x", None), ("", None)]
        {
            assert_eq!(Antispam::parse(value).bcl, bcl, "{value}");
        }
    }

    #[test]
    fn the_mailbox_says_where_and_why() {
        let junk = MailboxDelivery::parse(
            "ucf:0;jmr:0;ex:0;auth:0;dest:J;OFR:SpamFilterAuthJ;ENG:(1)(2);RF:JunkEmail;",
        );
        assert_eq!(junk.placement, Some(Placement::Junk));
        assert_eq!(junk.reason.as_deref(), Some("SpamFilterAuthJ"));
        assert_eq!(junk.folder.as_deref(), Some("JunkEmail"));
        assert_eq!(junk.is_authenticated, Some(false));
        assert_eq!(junk.eng.as_deref(), Some("(1)(2)"));
        let safe =
            MailboxDelivery::parse("wl:1;pcwl:1;abwl:0;ucf:0;jmr:0;auth:1;dest:I;OFR:TrustedSenderList;");
        assert!(safe.is_safe_sender && !safe.is_contact);
        assert_eq!(MailboxDelivery::parse("dest:X").placement, Some(Placement::Unknown('X')));
        assert_eq!(MailboxDelivery::parse(";;:;dest:"), MailboxDelivery::default());
    }

    #[test]
    fn the_delivered_level_is_read_from_its_coding() {
        let coded = STANDARD.encode("V=1.1;us=0;l=0;a=0;D=1;GD=2;SCL=-1");
        assert_eq!(message_delivery_scl(&coded), Some(-1));
        for bad in ["", "!!", "VGVzdA==", "é"] {
            assert_eq!(message_delivery_scl(bad), None, "{bad}");
        }
    }
}
