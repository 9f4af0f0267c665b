//! The secure email gateways and mail services we know: what gives each away, and where each writes down who
//! connected to it. The products are rows of [`table`]; adding one touches the enum and the table.

mod table;
mod true_ip;

use std::net::IpAddr;
use std::sync::LazyLock;

use super::operator;
use crate::Headers;
use crate::organisation::Network;

pub(crate) use true_ip::TrueIp;

/// A known secure email gateway or mail security service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Gateway {
    Area1,
    Avanan,
    BarracudaAppliance,
    BarracudaCloud,
    Bitdefender,
    CiscoIronPort,
    Cloudmark,
    CodeTwo,
    Eset,
    Exclaimer,
    Expurgate,
    FireEye,
    Forcepoint,
    FortiMail,
    Hornetsecurity,
    Kaspersky,
    Libraesva,
    MailGuard,
    MailMarshal,
    MailRoute,
    Mimecast,
    /// A server the organisation has declared its own, of no product we know.
    Own,
    Proofpoint,
    ProofpointEssentials,
    Retarus,
    SeppMail,
    Sophos,
    SpamExperts,
    SpamTitan,
    Symantec,
    Tessian,
    TrendMicro,
    Vade,
    Zix,
}

/// What a product does on the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Stands in front of the mailbox service, or behind the sender's.
    Gateway,
    /// Takes mail out of the mailbox service and hands it back: signatures, encryption, inline filters.
    Loop,
}

/// One product.
#[derive(Debug)]
pub(crate) struct Profile {
    pub(crate) gateway: Gateway,
    /// For people.
    pub(crate) name: &'static str,
    pub(crate) role: Role,
    /// Names of its hosts, as suffixes on whole labels.
    pub(crate) hosts: &'static [&'static str],
    /// Networks it sends from, as the vendor publishes them. They name a host where the receiving server wrote down
    /// no reverse name, and need not be complete.
    pub(crate) networks: &'static [&'static str],
    /// Names of header fields only it writes, in lower case; `…*` means a prefix.
    pub(crate) headers: &'static [&'static str],
    /// Where it writes down the address that connected to it, best first.
    pub(crate) true_ip: &'static [TrueIp],
}

impl Gateway {
    /// The name for people, such as `Cisco Secure Email`.
    pub fn name(self) -> &'static str {
        self.profile().name
    }

    /// What it does on the way.
    pub fn role(self) -> Role {
        self.profile().role
    }

    /// All products, in order.
    pub fn all() -> impl Iterator<Item = Self> {
        table::PROFILES.iter().map(|profile| profile.gateway)
    }

    pub(crate) fn profile(self) -> &'static Profile {
        let row = table::PROFILES.iter().find(|profile| profile.gateway == self);
        row.expect("every gateway has a row: a test below goes through them")
    }

    /// Whether `host` (lower case) is one of its own.
    pub(crate) fn runs(self, host: &str) -> bool {
        operator::is_under_any(host, self.profile().hosts)
    }
}

/// The product whose host has this name (lower case).
pub(crate) fn of_host(host: &str) -> Option<Gateway> {
    let row = table::PROFILES.iter().find(|profile| operator::is_under_any(host, profile.hosts));
    row.map(|profile| profile.gateway)
}

/// The product that sends from this address.
pub(crate) fn of_ip(ip: IpAddr) -> Option<Gateway> {
    static NETWORKS: LazyLock<Vec<(Network, Gateway)>> = LazyLock::new(networks);
    NETWORKS.iter().find(|(network, _)| network.contains(ip)).map(|(_, gateway)| *gateway)
}

fn networks() -> Vec<(Network, Gateway)> {
    let of_row = |profile: &'static Profile| {
        let parsed = profile.networks.iter().filter_map(|text| Network::parse(text));
        parsed.map(|network| (network, profile.gateway))
    };
    table::PROFILES.iter().flat_map(of_row).collect()
}

/// A header field that gives a product away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fingerprint {
    pub(crate) gateway: Gateway,
    /// Its name, as written.
    pub(crate) field: String,
    /// How many `Received` fields stand above it.
    pub(crate) depth: usize,
}

/// The first field of each product, top to bottom.
pub(crate) fn fingerprints(headers: &Headers) -> Vec<Fingerprint> {
    let mut found: Vec<Fingerprint> = Vec::new();
    let mut depth = 0;
    for field in headers.iter() {
        if super::received::is_trace(&field.name) {
            depth += 1;
            continue;
        }
        let name = field.name.to_ascii_lowercase();
        if let Some(gateway) = of_field(&name)
            && !found.iter().any(|known| known.gateway == gateway)
        {
            found.push(Fingerprint { gateway, field: field.name.clone(), depth });
        }
    }
    found
}

fn of_field(name: &str) -> Option<Gateway> {
    let is_named = |pattern: &&str| match pattern.strip_suffix('*') {
        Some(prefix) => name.starts_with(prefix),
        None => name == *pattern,
    };
    let row = table::PROFILES.iter().find(|profile| profile.headers.iter().any(is_named));
    row.map(|profile| profile.gateway)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_complete_and_the_table_is_sorted() {
        let all: Vec<Gateway> = Gateway::all().collect();
        assert!(all.is_sorted(), "one row for each, in the order of the enum");
        assert_eq!(all.len(), Gateway::Zix as usize + 1);
        for profile in &table::PROFILES {
            for network in profile.networks {
                assert!(Network::parse(network).is_some(), "{network}");
            }
            for text in profile.hosts.iter().chain(profile.headers) {
                assert_eq!(*text, text.to_ascii_lowercase());
            }
        }
    }

    #[test]
    fn hosts_addresses_and_fields_name_the_product() {
        assert_eq!(of_host("mx1.hc0000-00.iphmx.com"), Some(Gateway::CiscoIronPort));
        assert_eq!(of_host("iphmx.com.evil.example"), None);
        assert_eq!(of_ip("170.10.133.124".parse().unwrap()), Some(Gateway::Mimecast));
        assert_eq!(of_field("x-feas-client-ip"), Some(Gateway::FortiMail));
        assert_eq!(of_field("x-mailer"), None);
    }
}
