//! IP addresses as mail writes them.

use std::net::{IpAddr, Ipv6Addr};

/// Reads an address the way header fields write it: bare, in brackets, as the literals of RFC 5321 §4.1.3
/// (`[IPv6:2001:db8::1]`), with a port (`[192.0.2.1]:25`), a zone (`fe80::1%3`), or punctuation around it.
/// An IPv4 address mapped into IPv6 (RFC 4291 §2.5.5.2) is given as IPv4. `None` when there is no address.
pub(crate) fn read(text: &str) -> Option<IpAddr> {
    let text = text.trim().trim_matches(['<', '>', '(', ')', '"', '\'', ',', ';']);
    let text = match text.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or(rest),
        None => text.trim_end_matches([']', '.']),
    };
    let text =
        text.get(..5).filter(|tag| tag.eq_ignore_ascii_case("ipv6:")).map_or(text, |tag| &text[tag.len()..]);
    let text = text.split('%').next().unwrap_or(text);
    text.parse().ok().or_else(|| without_port(text)).map(|ip: IpAddr| ip.to_canonical())
}

/// `192.0.2.1:25`.
fn without_port(text: &str) -> Option<IpAddr> {
    let (address, port) = text.rsplit_once(':')?;
    let port_fits = !port.is_empty() && port.len() <= 5 && port.bytes().all(|byte| byte.is_ascii_digit());
    (port_fits && address.contains('.')).then(|| address.parse().ok()).flatten()
}

/// The first address among the words of `text`.
pub(crate) fn find(text: &str) -> Option<IpAddr> {
    text.split(|c: char| c.is_whitespace() || matches!(c, '=' | ',' | ';' | '(' | ')')).find_map(read)
}

/// Whether nobody outside can have this address: loopback, link-local, private (RFC 1918, RFC 4193), shared
/// (RFC 6598) or unspecified.
pub(crate) fn is_private(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => {
            let shared = ip.octets()[0] == 100 && (ip.octets()[1] & 0xc0) == 64;
            ip.is_private() || ip.is_loopback() || ip.is_link_local() || ip.is_unspecified() || shared
        }
        IpAddr::V6(ip) => ip.is_loopback() || ip.is_unspecified() || is_local_v6(ip),
    }
}

fn is_local_v6(ip: Ipv6Addr) -> bool {
    let head = ip.segments()[0];
    (head & 0xfe00) == 0xfc00 || (head & 0xffc0) == 0xfe80
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_written_form_is_read() {
        for (written, ip) in [
            ("192.0.2.1", "192.0.2.1"),
            ("[192.0.2.1]", "192.0.2.1"),
            ("[192.0.2.1]:54178", "192.0.2.1"),
            ("192.0.2.1:25", "192.0.2.1"),
            ("[IPv6:2001:db8::1]", "2001:db8::1"),
            ("IPv6:2001:db8::1", "2001:db8::1"),
            ("[fe80::103c:108c%3]", "fe80::103c:108c"),
            ("(::1)", "::1"),
            ("::ffff:192.0.2.1", "192.0.2.1"),
        ] {
            assert_eq!(read(written), Some(ip.parse().unwrap()), "{written}");
        }
        for bad in ["", "[]", "host.example", "192.0.2", "8.11.6", "IPv6:", "1.2.3.4.5", "é", "[ééé"] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }

    #[test]
    fn private_means_unreachable_from_outside() {
        for (ip, private) in [
            ("10.1.2.3", true),
            ("172.31.0.1", true),
            ("172.32.0.1", false),
            ("100.64.0.1", true),
            ("100.128.0.1", false),
            ("169.254.1.1", true),
            ("::1", true),
            ("fd00::1", true),
            ("fe80::1", true),
            ("2001:db8::1", false),
            ("198.51.100.1", false),
        ] {
            assert_eq!(is_private(ip.parse().unwrap()), private, "{ip}");
        }
    }
}
