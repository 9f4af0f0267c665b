//! Addresses written so that the eye stops at the wrong place.

use message::link::Trick;

use super::kit::*;

pub(super) const SIGNAL: Signal = Signal {
    name: "link-written-to-deceive",
    about: "A link is written so that its host is misread: something before an @, encoded letters, a very long subdomain.",
    read,
    examples: &[
        hit("a bank before the @", "From: a@b.example\n\nhttps://www.bank.example@evil.test/login"),
        hit(
            "a percent-encoded host",
            "From: a@b.example\nContent-Type: text/html\n\n<a href=\"https://%65vil.test/\">here</a>",
        ),
        hit(
            "a very long name in front",
            "From: a@b.example\n\nhttps://secure.account.update.login.session.verify.customer.portal.online-banking-services.evil.test/",
        ),
        miss("an @ in the path", "From: a@b.example\n\nhttps://social.example/@ann"),
    ],
};

/// Bytes of everything in front of the registrable name; cloud services reach some 60.
const FRONT_BYTES_MAX: usize = 70;

fn read(evidence: &Evidence) -> Reading {
    links_told(evidence, |link| {
        let host = link.host.as_ref()?;
        let deceives = |trick: &&Trick| {
            matches!(trick, Trick::Userinfo | Trick::EncodedHost | Trick::Backslash | Trick::Compatibility)
        };
        if let Some(trick) = link.tricks.iter().find(deceives) {
            return Some(format!("the link to {host} is written with {}", trick.describe()));
        }
        let root = host.organisational();
        let front_bytes = host.as_str().len() - root.as_str().len();
        (front_bytes > FRONT_BYTES_MAX)
            .then(|| format!("the link to {root} has {front_bytes} characters in front of its name"))
    })
}
