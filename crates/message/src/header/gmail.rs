//! What Gmail and Google Groups write: the verdict that routing rules can add, and marks of the way (Google:
//! "Add, edit, or delete routing settings"; the rest is read off real mail).

use crate::Domain;

/// Everything Google wrote.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Gmail {
    /// `X-Gm-Spam`: 1 when Gmail takes the message for spam.
    pub spam: Option<bool>,
    /// `X-Gm-Phishy`: 1 when Gmail takes it for phishing.
    pub phishy: Option<bool>,
    /// `X-Gm-Original-To`: whom it was for before a routing rule changed that.
    pub original_to: Option<String>,
    /// `Delivered-To`, top to bottom; other servers write it too.
    pub delivered_to: Vec<String>,
    /// `X-Gm-Message-State` or `X-Google-DKIM-Signature`: Gmail sent it.
    pub is_sent: bool,
    /// `X-Google-Sender-Delegation`.
    pub sender_delegation: Option<String>,
    /// `X-Google-Group-Id`: it came through a Google group.
    pub group_id: Option<String>,
    /// The domain of `X-Original-Sender`, which Google Groups keep.
    pub original_sender: Option<Domain>,
    /// `X-Forwarded-To` and `X-Forwarded-For`: a person forwards all mail.
    pub is_forwarded: bool,
}

impl Gmail {
    /// Takes one field in; those of others are passed over. Of several with one name the first counts: Gmail writes
    /// on top.
    pub(crate) fn take(&mut self, name: &str, value: &str) {
        match name {
            "x-gm-spam" => self.spam = self.spam.or_else(|| flag(value)),
            "x-gm-phishy" => self.phishy = self.phishy.or_else(|| flag(value)),
            "x-gm-original-to" => keep_first(&mut self.original_to, value),
            "delivered-to" if self.delivered_to.len() < 50 => self.delivered_to.push(value.to_owned()),
            "x-gm-message-state" | "x-google-dkim-signature" => self.is_sent = true,
            "x-google-sender-delegation" => keep_first(&mut self.sender_delegation, value),
            "x-google-group-id" => keep_first(&mut self.group_id, value),
            "x-original-sender" => self.original_sender = value.rsplit('@').next().and_then(Domain::parse),
            "x-forwarded-to" | "x-forwarded-for" => self.is_forwarded = true,
            _ => {}
        }
    }
}

fn flag(value: &str) -> Option<bool> {
    match value {
        "0" => Some(false),
        "1" => Some(true),
        _ => None,
    }
}

fn keep_first(slot: &mut Option<String>, value: &str) {
    slot.get_or_insert_with(|| value.to_owned());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdict_and_marks_are_read() {
        let mut gmail = Gmail::default();
        for (name, value) in [
            ("x-gm-spam", "0"),
            ("x-gm-phishy", "1"),
            ("x-gm-spam", "1"),
            ("delivered-to", "ann@b.example"),
            ("x-google-group-id", "77"),
            ("x-original-sender", "bo@a.example"),
        ] {
            gmail.take(name, value);
        }
        assert_eq!((gmail.spam, gmail.phishy), (Some(false), Some(true)));
        assert_eq!(gmail.group_id.as_deref(), Some("77"));
        assert_eq!(gmail.original_sender, Domain::parse("a.example"));
        let mut gmail = Gmail::default();
        gmail.take("x-gm-spam", "maybe");
        assert_eq!(gmail, Gmail::default());
    }
}
