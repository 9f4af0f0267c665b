//! SPF, DKIM, DMARC and compauth as one server saw them.

use std::net::IpAddr;

use super::authentication_results::{AuthenticationResults, Method, Outcome};
use crate::Domain;

/// One server's view.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen<'a> {
    /// The field it was read from.
    pub results: &'a AuthenticationResults,
    pub spf: Option<Outcome>,
    /// The domain SPF was checked for.
    pub spf_domain: Option<Domain>,
    /// The address SPF was checked with.
    pub client_ip: Option<IpAddr>,
    /// The best outcome of all signatures.
    pub dkim: Option<Outcome>,
    /// The domains whose signatures passed.
    pub dkim_domains: Vec<Domain>,
    pub dmarc: Option<Outcome>,
    /// What DMARC led to: `none`, `quarantine`, `oreject` …, in lower case.
    pub dmarc_action: Option<String>,
    /// Microsoft's composite authentication.
    pub compauth: Option<Outcome>,
    /// Its three-digit reason; see [`super::authentication_results::compauth_meaning`].
    pub compauth_reason: Option<String>,
}

impl<'a> Seen<'a> {
    pub(crate) fn read(results: &'a AuthenticationResults) -> Self {
        let spf = results.method("spf");
        let dmarc = results.method("dmarc");
        let compauth = results.method("compauth");
        let passed = results.all("dkim").filter(|dkim| dkim.outcome == Outcome::Pass);
        Self {
            results,
            spf: spf.map(|spf| spf.outcome.clone()),
            spf_domain: spf.and_then(Method::domain),
            client_ip: spf.and_then(Method::client_ip),
            dkim: best(results.all("dkim")),
            dkim_domains: passed.filter_map(Method::domain).collect(),
            dmarc: dmarc.map(|dmarc| dmarc.outcome.clone()),
            dmarc_action: dmarc.and_then(action),
            compauth: compauth.map(|compauth| compauth.outcome.clone()),
            compauth_reason: compauth.and_then(|compauth| compauth.reason.clone()),
        }
    }
}

/// `pass` if one passed; otherwise what the first says.
fn best<'m>(signatures: impl Iterator<Item = &'m Method>) -> Option<Outcome> {
    let outcomes: Vec<&Outcome> = signatures.map(|signature| &signature.outcome).collect();
    let passed = outcomes.iter().find(|outcome| ***outcome == Outcome::Pass);
    passed.or(outcomes.first()).map(|outcome| (*outcome).clone())
}

/// Microsoft's `action=`, or Gmail's `dis=` in the comment.
fn action(dmarc: &Method) -> Option<String> {
    let disposition =
        || dmarc.comment.as_deref()?.split_whitespace().find_map(|word| word.strip_prefix("dis="));
    dmarc.property("action").or_else(disposition).map(str::to_ascii_lowercase)
}
