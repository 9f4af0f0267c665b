//! Domain names, normalised once.

use std::fmt;

/// A domain name in the one form everything compares: lower case, A-labels (UTS 46, non-transitional, as
/// browsers do), no trailing dot.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Domain(Box<str>);

/// RFC 1035 §2.3.4.
const NAME_BYTES_MAX: usize = 253;
const LABEL_BYTES_MAX: usize = 63;

impl Domain {
    /// Normalises `text`; `None` when no host could have that name (empty, a bad label, an address literal).
    /// Underscores are allowed, because mail has them.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim().trim_end_matches('.');
        let ascii = idna::domain_to_ascii_cow(text.as_bytes(), idna::AsciiDenyList::EMPTY).ok()?;
        let well_formed = !ascii.is_empty()
            && ascii.len() <= NAME_BYTES_MAX
            && ascii.parse::<std::net::Ipv4Addr>().is_err()
            && ascii.split('.').all(is_label);
        well_formed.then(|| Self(ascii.into()))
    }

    /// The normalised name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The registrable domain (public suffix and one label, from the Public Suffix List compiled in); `None` for a
    /// bare suffix and for names under no known suffix.
    pub fn registrable(&self) -> Option<Self> {
        let domain = psl::domain(self.0.as_bytes())?;
        let name = std::str::from_utf8(domain.as_bytes()).ok()?;
        Some(Self(name.into()))
    }

    /// The registrable domain, or the whole name where there is none: what to compare two organisations by.
    pub fn organisational(&self) -> Self {
        self.registrable().unwrap_or_else(|| self.clone())
    }

    /// Whether this is `parent` or lies below it.
    pub fn is_within(&self, parent: &Self) -> bool {
        match self.0.strip_suffix(&*parent.0) {
            Some(rest) => rest.is_empty() || rest.ends_with('.'),
            None => false,
        }
    }

    /// The name as a person sees it: `xn--` labels decoded where they decode.
    pub fn to_unicode(&self) -> String {
        idna::domain_to_unicode(&self.0).0
    }
}

fn is_label(label: &str) -> bool {
    !label.is_empty()
        && label.len() <= LABEL_BYTES_MAX
        && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}

impl fmt::Display for Domain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Domain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Domain({})", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn domain(text: &str) -> Domain {
        Domain::parse(text).expect("a domain")
    }

    #[test]
    fn names_are_normalised() {
        for (given, kept) in [
            ("Example.COM", "example.com"),
            ("example.com.", "example.com"),
            ("bücher.example", "xn--bcher-kva.example"),
            ("_dmarc.example.com", "_dmarc.example.com"),
            ("localhost", "localhost"),
        ] {
            assert_eq!(domain(given).as_str(), kept);
        }
    }

    #[test]
    fn what_no_host_is_named_is_refused() {
        for bad in ["", ".", "a..b", "exa mple.com", "192.0.2.1", "[192.0.2.1]", &"a".repeat(64), "a@b"] {
            assert_eq!(Domain::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn the_registrable_domain_follows_the_public_suffix_list() {
        for (name, registrable) in [
            ("mail.example.co.uk", Some("example.co.uk")),
            ("example.com", Some("example.com")),
            ("co.uk", None),
        ] {
            assert_eq!(domain(name).registrable().as_ref().map(Domain::as_str), registrable, "{name}");
        }
    }

    #[test]
    fn within_means_whole_labels() {
        assert!(domain("a.example.com").is_within(&domain("example.com")));
        assert!(domain("example.com").is_within(&domain("example.com")));
        assert!(!domain("badexample.com").is_within(&domain("example.com")));
    }
}
