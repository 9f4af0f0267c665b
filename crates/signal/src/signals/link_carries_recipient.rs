//! The recipient's address stands in the link, so that the page behind it can greet them by name and fill in the form.

use super::kit::*;

pub(super) const SIGNAL: Signal = Signal {
    name: "link-carries-recipient",
    about: "A link carries the recipient's address in the way of phishing pages: after a hash sign or in the path.",
    read,
    examples: &[
        hit(
            "the address after the hash sign",
            "From: x@evil.example\nTo: tom.okafor@harbour.example\n\nhttps://evil.test/login#tom.okafor@harbour.example",
        ),
        hit(
            "the address in base64",
            "From: x@evil.example\nTo: tom.okafor@harbour.example\n\nhttps://evil.test/login#dG9tLm9rYWZvckBoYXJib3VyLmV4YW1wbGU=",
        ),
        miss(
            "an unsubscribe link",
            "From: news@shop.example\nTo: tom.okafor@harbour.example\n\nhttps://shop.example/unsubscribe?email=tom.okafor@harbour.example",
        ),
    ],
};

/// Shorter addresses are found by chance.
const ADDRESS_CHARS_MIN: usize = 8;

fn read(evidence: &Evidence) -> Reading {
    let message = &evidence.message;
    let recipients: Vec<String> = message
        .to
        .iter()
        .chain(&message.cc)
        .filter_map(|named| named.address.as_ref())
        .filter(|address| address.domain().registrable().is_some())
        .map(ToString::to_string)
        .filter(|address| address.len() >= ADDRESS_CHARS_MIN)
        .take(5)
        .collect();
    if recipients.is_empty() {
        return Reading::Absent;
    }
    links_told(evidence, |link| {
        let before_query = link.target.split('?').next().unwrap_or("");
        let fragment = link.target.split_once('#').map_or("", |(_, fragment)| fragment);
        let places = [before_query, fragment].join("\n");
        let lower = places.to_lowercase().replace("%40", "@");
        let is_plain = recipients.iter().any(|address| lower.contains(address.as_str()));
        let is_encoded =
            || recipients.iter().any(|address| link.target.contains(base64(address).trim_end_matches('=')));
        let host = link.host.as_ref().filter(|host| tables::brand_of(host).is_none())?;
        (is_plain || is_encoded()).then(|| format!("the link to {host} carries the recipient's address"))
    })
}

/// Base64 (RFC 4648 §4) of a short text.
fn base64(text: &str) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut encoded = String::new();
    for chunk in text.as_bytes().chunks(3) {
        let bits =
            chunk.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for at in 0..=chunk.len() {
            let index = bits >> (18 - 6 * at) & 63;
            encoded.push(char::from(ALPHABET[index as usize]));
        }
    }
    encoded
}
