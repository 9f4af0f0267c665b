//! Who runs a host, by its name or its address. A name in a `by` clause is a claim; what makes it true is the place
//! of the hop on the way (see [`super::boundary`]).

use std::net::IpAddr;
use std::sync::LazyLock;

use super::gateway::{self, Gateway};
use crate::Organisation;
use crate::organisation::Network;

/// Who runs a host, by its name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Operator {
    #[default]
    Unknown,
    Microsoft,
    Google,
    Gateway(Gateway),
}

/// Names under which Microsoft runs mail servers, its national clouds and its older services among them.
const MICROSOFT_HOSTS: [&str; 10] = [
    "outlook.com",
    "office365.com",
    "exchangelabs.com",
    "hotmail.com",
    "outlook.office365.us",
    "protection.office365.us",
    "partner.outlook.cn",
    "frontbridge.com",
    "bigfish.com",
    "global.frontbridge.com",
];

/// Names of the hosts through which mail leaves Exchange Online for other organisations (and for connectors).
const MICROSOFT_OUTBOUND_HOSTS: [&str; 4] = [
    "outbound.protection.outlook.com",
    "outbound.protection.partner.outlook.cn",
    "outbound.protection.office365.us",
    "outbound.messaging.microsoft.com",
];

/// Networks Microsoft uses between its own mail servers ("Office 365 URLs and IP address ranges", Exchange Online;
/// 2603:1000::/24 and 2a01:111::/32 carry the traffic inside the service).
const MICROSOFT_NETWORKS: [&str; 10] = [
    "2603:1000::/24",
    "2a01:111::/32",
    "40.92.0.0/15",
    "40.107.0.0/16",
    "52.100.0.0/14",
    "104.47.0.0/17",
    "65.52.0.0/14",
    "157.54.0.0/15",
    "157.56.0.0/14",
    "207.46.0.0/16",
];

const GOOGLE_HOSTS: [&str; 4] = ["google.com", "googlemail.com", "gmail.com", "1e100.net"];

/// 2002::/16 stands for Google's inner addresses in `by` clauses (6to4 of 10/8).
const GOOGLE_INNER_PREFIX: &str = "2002:";

impl Operator {
    /// Reads it off a host name in lower case, or off the inner addresses Google writes instead.
    pub(crate) fn of_host(host: Option<&str>) -> Self {
        let Some(host) = host else { return Self::Unknown };
        if is_under_any(host, &MICROSOFT_HOSTS) {
            return Self::Microsoft;
        }
        if is_under_any(host, &GOOGLE_HOSTS) || host.starts_with(GOOGLE_INNER_PREFIX) {
            return Self::Google;
        }
        gateway::of_host(host).map_or(Self::Unknown, Self::Gateway)
    }
}

/// Whether mail from `host` has left a Microsoft 365 organisation.
pub(crate) fn is_microsoft_outbound(host: &str) -> bool {
    is_under_any(host, &MICROSOFT_OUTBOUND_HOSTS)
}

/// Whether `ip` is used between Microsoft's own mail servers.
pub(crate) fn is_microsoft_network(ip: IpAddr) -> bool {
    static NETWORKS: LazyLock<Vec<Network>> =
        LazyLock::new(|| MICROSOFT_NETWORKS.iter().filter_map(|text| Network::parse(text)).collect());
    NETWORKS.iter().any(|network| network.contains(ip))
}

/// Whether `host` is one of `suffixes` or lies below it, on whole labels. HELO names come as written, and several
/// regions of Exchange Online write `….PROD.OUTLOOK.COM`.
pub(crate) fn is_under_any(host: &str, suffixes: &[&str]) -> bool {
    suffixes.iter().any(|suffix| is_under(host, suffix))
}

fn is_under(host: &str, suffix: &str) -> bool {
    let split = host.len().checked_sub(suffix.len()).and_then(|at| host.split_at_checked(at));
    split.is_some_and(|(rest, end)| {
        end.eq_ignore_ascii_case(suffix) && (rest.is_empty() || rest.ends_with('.'))
    })
}

/// Whether the organisation has declared the host its own, by address or by a name that has been verified.
pub(crate) fn is_declared(
    organisation: &Organisation,
    ip: Option<IpAddr>,
    verified_name: Option<&str>,
) -> bool {
    let by_network = ip.is_some_and(|ip| organisation.gateways.iter().any(|network| network.contains(ip)));
    let by_name = |name: &str| organisation.gateway_hosts.iter().any(|host| is_under(name, host.as_str()));
    by_network || verified_name.is_some_and(by_name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_the_operator() {
        for (host, operator) in [
            ("bl0pr05mb4724.namprd05.prod.outlook.com", Operator::Microsoft),
            ("mw2nam12ft051.mail.protection.outlook.com", Operator::Microsoft),
            ("ch0p221ca0018.outlook.office365.com", Operator::Microsoft),
            ("LO4P265CA0161.GBRP265.PROD.OUTLOOK.COM", Operator::Microsoft),
            ("mx.google.com", Operator::Google),
            ("2002:a05:6214:5241:b0:534:224c:14f3", Operator::Google),
            ("mx0a-00000000.pphosted.com", Operator::Gateway(Gateway::Proofpoint)),
            ("notoutlook.com", Operator::Unknown),
            ("outlook.com.evil.example", Operator::Unknown),
        ] {
            assert_eq!(Operator::of_host(Some(host)), operator, "{host}");
        }
    }

    #[test]
    fn every_network_of_the_tables_is_one() {
        for network in MICROSOFT_NETWORKS {
            assert!(Network::parse(network).is_some(), "{network}");
        }
    }
}
