//! Mail addresses, normalised once, and the names shown beside them.

use std::fmt;

use crate::Domain;

/// An address (RFC 5321 §4.1.2 `Mailbox`): local part as written, domain normalised. Compared with the local part
/// in lower case, as Microsoft 365 and Gmail do.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address {
    local: Box<str>,
    domain: Domain,
}

/// RFC 5321 §4.5.3.1.1 says 64; real mail (bounce and VERP addresses) goes beyond.
const LOCAL_BYTES_MAX: usize = 256;

impl Address {
    /// Reads `local@domain`, with or without angle brackets; `None` when either half cannot be.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let text = text.strip_prefix('<').and_then(|inner| inner.strip_suffix('>')).unwrap_or(text);
        let (local, domain) = text.rsplit_once('@')?;
        // In lower case first: that can make it longer, and what is shown must parse to the same address again.
        let local = local.trim_matches(|c: char| c == '"' || c.is_whitespace()).to_lowercase();
        let fits = !local.is_empty() && local.len() <= LOCAL_BYTES_MAX && !local.contains(char::is_control);
        let domain = Domain::parse(domain)?;
        fits.then(|| Self { local: local.into(), domain })
    }

    /// The part before the `@`, in lower case, unquoted.
    pub fn local(&self) -> &str {
        &self.local
    }

    /// The part after the `@`.
    pub fn domain(&self) -> &Domain {
        &self.domain
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.local, self.domain)
    }
}

/// Redacted: logs must not carry addresses.
impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Address(…@{})", self.domain)
    }
}

/// One entry of an address field (RFC 5322 §3.4 `mailbox`): the name shown, the address meant.
#[derive(Clone, PartialEq, Eq)]
pub struct NamedAddress {
    /// The display name, decoded (RFC 2047), without quotes; empty when there is none.
    pub name: String,
    /// The address; `None` when what stands there is none.
    pub address: Option<Address>,
    /// The address as written, for showing.
    pub written: String,
}

impl fmt::Debug for NamedAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NamedAddress(…, {:?})", self.address)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_normalised() {
        for (given, kept) in [
            ("Ann@Example.COM", "ann@example.com"),
            ("<ann@example.com>", "ann@example.com"),
            ("\"ann\"@example.com", "ann@example.com"),
            ("a@b@example.com", "a@b@example.com"),
        ] {
            assert_eq!(Address::parse(given).expect("an address").to_string(), kept);
        }
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for bad in
            ["", "ann", "@example.com", "ann@", "ann@exa mple", "ann@[192.0.2.1]", "a\u{7}b@example.com"]
        {
            assert_eq!(Address::parse(bad), None, "{bad}");
        }
    }

    /// The store keeps addresses as they are shown.
    #[test]
    fn what_is_shown_parses_to_the_same_address() {
        let long = format!("{}@example.com", "İ".repeat(128));
        assert_eq!(Address::parse(&long), None);
        for given in
            ["\" ann\"@example.com", "\"\" ann \"\"@example.com", "<ann@example.com", "ΑΝΝΑΣ@example.com"]
        {
            let address = Address::parse(given).expect("an address");
            assert_eq!(Address::parse(&address.to_string()), Some(address), "{given}");
        }
    }

    #[test]
    fn debug_output_names_nobody() {
        let address = Address::parse("ann@example.com").expect("an address");
        assert!(!format!("{address:?}").contains("ann"));
    }
}
