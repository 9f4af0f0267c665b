//! Reading the address that connected to a gateway from the gateway's own header field.

use std::net::IpAddr;

use crate::{Headers, ip};

/// One field a gateway writes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TrueIp {
    /// As the vendor writes it.
    pub(crate) field: &'static str,
    pub(crate) form: Form,
    /// A field that must stand in the message too, because the name alone is used by others.
    pub(crate) beside: Option<&'static str>,
}

/// How the address is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// `192.0.2.1`, or `[192.0.2.1]`.
    Bare,
    /// `mx.a.example[192.0.2.1]`, with more behind it.
    NameAndAddress,
    /// `… client-ip=192.0.2.1; …`.
    ClientIp,
    /// `IP-192.0.2.1-127.0.0.2-…`.
    Dashed,
}

impl TrueIp {
    /// The address in the topmost such field that stands between the two depths: below the hop that took the message
    /// from the gateway, and above the line the gateway wrote itself. Anything lower can be the sender's.
    pub(crate) fn read(&self, headers: &Headers, above: usize, at_most: usize) -> Option<IpAddr> {
        let mut depth = 0;
        for field in headers.iter() {
            if super::super::received::is_trace(&field.name) {
                depth += 1;
            }
            let is_in_place = above < depth && depth <= at_most;
            if is_in_place && field.name.eq_ignore_ascii_case(self.field) {
                let is_complete =
                    self.beside.is_none_or(|name| headers.iter().any(|f| f.name.eq_ignore_ascii_case(name)));
                return self.form.read(&field.value).filter(|ip| is_complete && !ip::is_private(*ip));
            }
        }
        None
    }
}

impl Form {
    fn read(self, value: &str) -> Option<IpAddr> {
        match self {
            Self::Bare => ip::read(value),
            Self::NameAndAddress => {
                value.split_once('[').and_then(|(_, rest)| ip::read(rest.split(']').next()?))
            }
            Self::ClientIp => value.split_once("client-ip=").and_then(|(_, rest)| ip::find(rest)),
            Self::Dashed => {
                value.split_once("IP-").and_then(|(_, rest)| ip::read(rest.split(['-', ' ']).next()?))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_is_read() {
        for (form, value) in [
            (Form::Bare, "192.0.2.1"),
            (Form::Bare, "[192.0.2.1]"),
            (Form::NameAndAddress, "mx.a.example[192.0.2.1], TLS=1, IP=192.0.2.1"),
            (Form::ClientIp, "Pass (domain of a.example) client-ip=192.0.2.1; helo=x"),
            (Form::Dashed, "IP-192.0.2.1-127.0.0.2"),
        ] {
            assert_eq!(form.read(value), Some("192.0.2.1".parse().unwrap()), "{value}");
            assert_eq!(form.read("nothing here"), None);
        }
    }
}
