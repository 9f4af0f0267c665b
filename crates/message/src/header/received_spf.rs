//! `Received-SPF` (RFC 7208 §9.1) and Trend Micro's `X-TM-Received-SPF`, which has the same shape.

use std::net::IpAddr;

use super::authentication_results::Outcome;
use super::lexer;
use crate::{Domain, ip};

/// One field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceivedSpf {
    /// How many `Received` fields stand above this one.
    pub depth: usize,
    pub outcome: Outcome,
    /// `client-ip=`, or the address in the comment.
    pub client_ip: Option<IpAddr>,
    pub helo: Option<String>,
    /// Who checked: `receiver=`, or the name in front of the colon in the comment.
    pub receiver: Option<String>,
    /// The domain of `envelope-from=`, or that in the comment (`domain of example.com designates …`).
    pub domain: Option<Domain>,
    pub comment: Option<String>,
}

impl ReceivedSpf {
    /// Reads a field value; `None` when it does not even begin with a word.
    pub fn parse(depth: usize, value: &str) -> Option<Self> {
        let (bare, comments) = lexer::without_comments(value);
        let word = bare.split([' ', '\t', ';']).find(|word| !word.is_empty())?;
        let comment = comments.first().map(|comment| (*comment).to_owned());
        let rest = bare.trim_start().get(word.len()..).unwrap_or_default();
        let pairs: Vec<(String, String)> = rest.split([';', ' ', '\t']).take(40).filter_map(pair).collect();
        let key = |name: &str| pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
        let said = comment.as_deref().unwrap_or_default();
        Some(Self {
            depth,
            outcome: Outcome::parse(word.trim_end_matches(':')),
            client_ip: key("client-ip").and_then(ip::read).or_else(|| ip::find(said)),
            helo: key("helo").map(str::to_owned),
            receiver: key("receiver").map(str::to_owned).or_else(|| receiver_of_comment(said)),
            domain: key("envelope-from").and_then(domain).or_else(|| domain_of_comment(said)),
            comment,
        })
    }
}

fn pair(text: &str) -> Option<(String, String)> {
    let (key, value) = text.split_once('=')?;
    Some((key.trim().to_ascii_lowercase(), lexer::unquoted(value.trim()).trim_matches(['<', '>']).to_owned()))
}

fn domain(address: &str) -> Option<Domain> {
    Domain::parse(address.rsplit('@').next().unwrap_or(address))
}

/// `google.com: domain of …`.
fn receiver_of_comment(comment: &str) -> Option<String> {
    let (name, _) = comment.split_once(':')?;
    (name.contains('.') && !name.contains(' ')).then(|| name.to_owned())
}

fn domain_of_comment(comment: &str) -> Option<Domain> {
    let words: Vec<&str> = comment.split_whitespace().take(12).collect();
    let of = words.windows(2).find(|pair| pair[0] == "of").map(|pair| pair[1]);
    let of = of
        .filter(|word| *word != "transitioning")
        .or_else(|| words.windows(2).find(|pair| pair[0] == "transitioning").map(|pair| pair[1]));
    of.and_then(|name| domain(name.trim_matches(['<', '>', '"'])))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_forms_of_the_big_receivers_are_read() {
        for (value, outcome, client_ip, receiver, domain) in [
            (
                "Pass (protection.outlook.com: domain of a.example designates 192.0.2.1 as permitted sender) \
                 receiver=protection.outlook.com; client-ip=192.0.2.1; helo=mx.a.example; pr=C",
                Outcome::Pass,
                Some("192.0.2.1"),
                Some("protection.outlook.com"),
                Some("a.example"),
            ),
            (
                "softfail (google.com: domain of transitioning x@a.example does not designate 2001:db8::1 as permitted \
                 sender) client-ip=2001:db8::1;",
                Outcome::SoftFail,
                Some("2001:db8::1"),
                Some("google.com"),
                Some("a.example"),
            ),
            (
                "Pass (mailfrom) identity=mailfrom; client-ip=192.0.2.2; helo=h; envelope-from=x@a.example; \
                 receiver=<UNKNOWN>",
                Outcome::Pass,
                Some("192.0.2.2"),
                Some("UNKNOWN"),
                Some("a.example"),
            ),
            ("none", Outcome::None, None, None, None),
        ] {
            let spf = ReceivedSpf::parse(0, value).unwrap();
            assert_eq!(spf.outcome, outcome, "{value}");
            assert_eq!(spf.client_ip, client_ip.map(|ip| ip.parse().unwrap()), "{value}");
            assert_eq!(spf.receiver.as_deref(), receiver, "{value}");
            assert_eq!(spf.domain.as_ref().map(Domain::as_str), domain, "{value}");
        }
        assert_eq!(ReceivedSpf::parse(0, " "), None);
    }
}
