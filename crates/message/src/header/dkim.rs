//! The tags of `DKIM-Signature` (RFC 6376 §3.5). Whether a signature verifies is for an observer to find out.

use jiff::Timestamp;

use super::lexer;
use crate::{Address, Domain};

/// One signature, as it claims.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DkimSignature {
    /// How many `Received` fields stand above this one.
    pub depth: usize,
    /// `d=`.
    pub domain: Option<Domain>,
    /// `s=`.
    pub selector: Option<String>,
    /// `a=`, such as `rsa-sha256`.
    pub algorithm: Option<String>,
    /// `c=`, such as `relaxed/simple`; RFC 6376 reads `simple/simple` when absent.
    pub canonicalization: Option<String>,
    /// `h=`, in lower case, in the order signed.
    pub signed_fields: Vec<String>,
    /// `l=`: only so many bytes of the body are signed, anybody may add to them.
    pub body_length: Option<u64>,
    /// `t=`.
    pub signed_at: Option<Timestamp>,
    /// `x=`.
    pub expires_at: Option<Timestamp>,
    /// The domain of `i=`.
    pub identity_domain: Option<Domain>,
    /// `i=`, when it is a whole address.
    pub identity: Option<Address>,
    /// `b=` without white space.
    pub signature: String,
}

impl DkimSignature {
    /// Reads a field value; never fails, at worst every tag is missing.
    pub fn parse(depth: usize, value: &str) -> Self {
        let mut read = Self { depth, ..Self::default() };
        for (name, value) in lexer::tags(value).take(40) {
            match name.as_str() {
                "d" => read.domain = Domain::parse(value),
                "s" => read.selector = Some(value.to_owned()),
                "a" => read.algorithm = Some(value.to_ascii_lowercase()),
                "c" => read.canonicalization = Some(value.to_ascii_lowercase()),
                "h" => {
                    read.signed_fields =
                        value.split(':').take(500).map(|f| f.trim().to_ascii_lowercase()).collect()
                }
                "l" => read.body_length = value.parse().ok(),
                "t" => read.signed_at = seconds(value),
                "x" => read.expires_at = seconds(value),
                "i" => {
                    read.identity = Address::parse(value);
                    read.identity_domain = value.rsplit('@').next().and_then(Domain::parse);
                }
                "b" => read.signature = value.split_whitespace().collect(),
                _ => {}
            }
        }
        read
    }

    /// How often `field` (lower case) is in `h=`: once more than it stands in the message means that nobody can add
    /// another (RFC 6376 §8.15).
    pub fn signs(&self, field: &str) -> usize {
        self.signed_fields.iter().filter(|name| *name == field).count()
    }
}

fn seconds(value: &str) -> Option<Timestamp> {
    Timestamp::from_second(value.parse().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_tag_is_read() {
        let signature = DkimSignature::parse(
            2,
            "v=1; a=RSA-sha256; c=relaxed/simple; d=A.example; s=s1; h=From:To : Subject:from; l=100; t=1700000000; \
             x=1700003600; i=ann@mail.a.example; bh=xx=; b=Ab Cd=",
        );
        assert_eq!(signature.domain, Domain::parse("a.example"));
        assert_eq!(signature.selector.as_deref(), Some("s1"));
        assert_eq!(signature.algorithm.as_deref(), Some("rsa-sha256"));
        assert_eq!(signature.signs("from"), 2);
        assert_eq!(signature.body_length, Some(100));
        assert_eq!(signature.expires_at.unwrap().as_second(), 1_700_003_600);
        assert_eq!(signature.identity_domain, Domain::parse("mail.a.example"));
        assert_eq!(signature.signature, "AbCd=");
    }

    #[test]
    fn junk_leaves_tags_missing() {
        let signature = DkimSignature::parse(0, "d=; t=99999999999999999999; l=-1; ;;=;i=@");
        assert_eq!(signature, DkimSignature::default());
    }
}
