//! A host without a name.

use message::link::Trick;

use super::kit::*;

pub(super) const SIGNAL: Signal = Signal {
    name: "link-to-ip",
    about: "A link goes to a bare IP address instead of a named host.",
    read,
    examples: &[
        hit("an address", "From: a@b.example\n\nhttp://198.51.100.7/login"),
        hit("an address written as one number", "From: a@b.example\n\nhttp://3325256455/login"),
        miss("a private network's address", "From: a@b.example\n\nhttp://192.168.1.1/setup"),
        miss("a name", "From: a@b.example\n\nhttp://198-51-100-7.example/"),
    ],
};

fn read(evidence: &Evidence) -> Reading {
    links_told(evidence, |link| {
        let ip = link.ip.filter(|ip| !is_private(*ip))?;
        let how = if link.tricks.contains(&Trick::NumericHost) { ", written as a number" } else { "" };
        Some(format!("a link goes to {ip}{how}"))
    })
}

/// Nobody outside reaches these (RFC 1918, RFC 4193 and loopback).
fn is_private(ip: std::net::IpAddr) -> bool {
    match ip {
        std::net::IpAddr::V4(ip) => {
            ip.is_private() || ip.is_loopback() || ip.is_link_local() || ip.is_unspecified()
        }
        std::net::IpAddr::V6(ip) => ip.is_loopback() || ip.is_unspecified() || ip.is_unique_local(),
    }
}
