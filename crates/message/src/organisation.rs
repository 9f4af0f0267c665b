//! What has to be known of an organisation to read its mail: which domains are its own and which gateways it
//! has put in front.

use std::net::IpAddr;

use crate::Domain;

/// The owner of the mailboxes. Everything may be empty (the command line knows nothing of the organisation);
/// then the provider's own marks decide what is inside and what is outside.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Organisation {
    /// Accepted domains (Microsoft) or primary and secondary domains (Google); subdomains are not implied.
    pub domains: Vec<Domain>,
    /// Networks of the organisation's own gateways and servers in front of the provider.
    pub gateways: Vec<Network>,
    /// Host names of those, matched as suffixes on whole labels.
    pub gateway_hosts: Vec<Domain>,
}

impl Organisation {
    /// Whether `domain` is one of the organisation's own.
    pub fn owns(&self, domain: &Domain) -> bool {
        self.domains.contains(domain)
    }
}

/// An address block in CIDR form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Network {
    address: IpAddr,
    prefix_bits: u8,
}

impl Network {
    /// Reads `192.0.2.0/24`, `2001:db8::/32` or a single address; `None` when it is neither, or when the prefix
    /// is longer than the address.
    pub fn parse(text: &str) -> Option<Self> {
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address.parse::<IpAddr>().ok()?, Some(prefix.parse::<u8>().ok()?)),
            None => (text.parse::<IpAddr>().ok()?, None),
        };
        let longest = if address.is_ipv4() { 32 } else { 128 };
        let prefix_bits = prefix.unwrap_or(longest);
        (prefix_bits <= longest).then_some(Self { address, prefix_bits })
    }

    /// Whether `ip` lies in the block. The two address families never match each other.
    pub fn contains(&self, ip: IpAddr) -> bool {
        match (self.address, ip) {
            (IpAddr::V4(block), IpAddr::V4(ip)) => {
                let mask = u32::MAX.checked_shl(32 - u32::from(self.prefix_bits)).unwrap_or(0);
                u32::from(block) & mask == u32::from(ip) & mask
            }
            (IpAddr::V6(block), IpAddr::V6(ip)) => {
                let mask = u128::MAX.checked_shl(128 - u32::from(self.prefix_bits)).unwrap_or(0);
                u128::from(block) & mask == u128::from(ip) & mask
            }
            (IpAddr::V4(_), IpAddr::V6(_)) | (IpAddr::V6(_), IpAddr::V4(_)) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_contain_what_cidr_says() {
        let rows = [
            ("192.0.2.0/24", "192.0.2.255", true),
            ("192.0.2.0/24", "192.0.3.0", false),
            ("0.0.0.0/0", "203.0.113.9", true),
            ("192.0.2.7", "192.0.2.7", true),
            ("192.0.2.7", "192.0.2.8", false),
            ("2001:db8::/32", "2001:db8:ffff::1", true),
            ("2001:db8::/32", "2001:db9::1", false),
            ("::/0", "2001:db9::1", true),
            ("::/0", "192.0.2.1", false),
        ];
        for (network, ip, inside) in rows {
            let network = Network::parse(network).expect("a network");
            assert_eq!(network.contains(ip.parse().expect("an address")), inside, "{network:?} {ip}");
        }
    }

    #[test]
    fn what_is_no_network_is_refused() {
        for bad in ["", "192.0.2", "192.0.2.0/33", "2001:db8::/129", "host.example", "192.0.2.0/-1"] {
            assert_eq!(Network::parse(bad), None, "{bad}");
        }
    }
}
