//! `Authentication-Results` (RFC 8601) and its relatives: the form of Exchange Online without an authserv-id
//! (Microsoft: "Anti-spam message headers in Microsoft 365"), `ARC-Authentication-Results` (RFC 8617 §4.1.1), and
//! the copies that forwarders keep.

use std::net::IpAddr;

use super::lexer;
use crate::{Domain, ip};

/// Results kept of one field; the most seen in real mail is a dozen.
const METHODS_MAX: usize = 100;

/// Properties kept of one result.
const PROPERTIES_MAX: usize = 20;

/// One field: what one server found out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthenticationResults {
    pub kind: Kind,
    /// How many `Received` fields stand above this one: 0 is above them all. See [`super::Native`].
    pub depth: usize,
    /// Who says so; `None` in the form of Exchange Online, which leaves it out.
    pub authserv_id: Option<String>,
    /// In the order written.
    pub methods: Vec<Method>,
}

/// Which field it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `Authentication-Results`.
    Own,
    /// `ARC-Authentication-Results`, with its instance (0 when it has none).
    Arc(u32),
    /// A copy kept by a forwarder: `Authentication-Results-Original`, `X-Original-Authentication-Results`.
    Original,
    /// `X-MS-Exchange-Authentication-Results`: of a first pass through Exchange Online.
    Exchange,
}

/// One result: `spf=pass (comment) smtp.mailfrom=example.com`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Method {
    /// `spf`, `dkim`, `dmarc`, `compauth`, `arc` …, in lower case, without version.
    pub name: String,
    pub outcome: Outcome,
    /// `reason=`; of `compauth` the three-digit code (see [`compauth_meaning`]).
    pub reason: Option<String>,
    /// The comments, joined with `; `.
    pub comment: Option<String>,
    /// `smtp.mailfrom`, `header.d`, `action` …: name in lower case and value, in the order written.
    pub properties: Vec<(String, String)>,
}

/// What came out (RFC 8601 §2.7, and what Microsoft adds).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    Pass,
    Fail,
    SoftFail,
    Neutral,
    None,
    TempError,
    PermError,
    Policy,
    /// Microsoft's DMARC: no record, but SPF or DKIM would have aligned.
    BestGuessPass,
    /// Microsoft's compauth: implicit, with less confidence.
    SoftPass,
    /// Anything else, in lower case.
    Unknown(String),
}

impl Outcome {
    /// Reads a result word, in any case, with the spellings servers use.
    pub fn parse(word: &str) -> Self {
        let word = word.to_ascii_lowercase();
        match word.as_str() {
            "pass" => Self::Pass,
            "fail" | "hardfail" => Self::Fail,
            "softfail" => Self::SoftFail,
            "neutral" => Self::Neutral,
            "none" => Self::None,
            "temperror" | "error" => Self::TempError,
            "permerror" | "unknown" => Self::PermError,
            "policy" => Self::Policy,
            "bestguesspass" => Self::BestGuessPass,
            "softpass" => Self::SoftPass,
            _ => Self::Unknown(word),
        }
    }

    /// The word, as RFC 8601 spells it.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::SoftFail => "softfail",
            Self::Neutral => "neutral",
            Self::None => "none",
            Self::TempError => "temperror",
            Self::PermError => "permerror",
            Self::Policy => "policy",
            Self::BestGuessPass => "bestguesspass",
            Self::SoftPass => "softpass",
            Self::Unknown(word) => word,
        }
    }
}

impl Method {
    /// The first property called `name` (lower case, such as `header.d`).
    pub fn property(&self, name: &str) -> Option<&str> {
        self.properties.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The domain the result is about: `smtp.mailfrom` (or `smtp.helo`) of SPF, `header.d` (or that of `header.i`) of
    /// DKIM, `header.from` of DMARC.
    pub fn domain(&self) -> Option<Domain> {
        let names: &[&str] = match self.name.as_str() {
            "spf" => &["smtp.mailfrom", "smtp.mail", "smtp.helo"],
            "dkim" | "domainkeys" => &["header.d", "header.i"],
            _ => &["header.from"],
        };
        let value = names.iter().find_map(|name| self.property(name))?;
        Domain::parse(value.rsplit('@').next().unwrap_or(value).trim_matches(['<', '>']))
    }

    /// The sending address the server tested, from `smtp.remote-ip` or from the comment (`sender IP is …`,
    /// `… designates 192.0.2.1 as permitted sender`).
    pub fn client_ip(&self) -> Option<IpAddr> {
        let property = self.property("smtp.remote-ip").or_else(|| self.property("policy.iprev"));
        property.and_then(ip::read).or_else(|| self.comment.as_deref().and_then(ip::find))
    }
}

impl AuthenticationResults {
    /// Reads a field value; never fails, at worst there are no methods.
    pub fn parse(kind: Kind, depth: usize, value: &str) -> Self {
        let mut segments = lexer::split(value, ';').into_iter().peekable();
        let instance = segments.next_if(|segment| instance(segment).is_some()).and_then(instance);
        let authserv_id = segments.next_if(|segment| result(segment).is_none()).and_then(authserv_id);
        let kind = match (kind, instance) {
            (Kind::Arc(_), Some(instance)) => Kind::Arc(instance),
            (kind, _) => kind,
        };
        let methods = segments.filter_map(result).take(METHODS_MAX).collect();
        Self { kind, depth, authserv_id, methods }
    }

    /// The results called `name` (lower case), in the order written.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Method> + 'a {
        self.methods.iter().filter(move |method| method.name == name)
    }

    /// The first result called `name`.
    pub fn method(&self, name: &str) -> Option<&Method> {
        self.methods.iter().find(|method| method.name == name)
    }

    /// Whether it has the form that only Exchange Online Protection writes: no authserv-id, and SPF first with the
    /// sending address in a comment.
    pub fn is_exchange_online_form(&self) -> bool {
        let spf_first = self.methods.first().filter(|method| method.name == "spf");
        self.authserv_id.is_none()
            && spf_first
                .is_some_and(|spf| spf.comment.as_deref().is_some_and(|c| c.starts_with("sender IP is")))
    }

    /// Whether `domain` (lower case) or a host below it wrote the field, as its authserv-id says.
    pub fn is_by(&self, domain: &str) -> bool {
        let Some(id) = &self.authserv_id else { return false };
        id.strip_suffix(domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    }
}

/// `i=1` alone in its segment (RFC 8617 §4.1.1).
fn instance(segment: &str) -> Option<u32> {
    segment.trim().strip_prefix("i=")?.trim().parse().ok()
}

/// The first word, in lower case; the version after it is of no use.
fn authserv_id(segment: &str) -> Option<String> {
    let (bare, _) = lexer::without_comments(segment);
    bare.split_whitespace().next().map(|word| lexer::unquoted(word).to_lowercase())
}

/// One segment between semicolons; `None` when it is not `method=result …`.
fn result(segment: &str) -> Option<Method> {
    let (bare, comments) = lexer::without_comments(segment);
    let mut pairs = pairs(&bare).into_iter();
    let (name, outcome) =
        pairs.next().filter(|(name, outcome)| !name.contains('.') && !outcome.is_empty())?;
    let name = name.split('/').next().unwrap_or_default().to_owned();
    let mut method = Method {
        name,
        outcome: Outcome::parse(&outcome),
        reason: None,
        comment: (!comments.is_empty()).then(|| comments.join("; ")),
        properties: Vec::new(),
    };
    for (key, value) in pairs.take(PROPERTIES_MAX) {
        match key.as_str() {
            "reason" => method.reason = Some(value),
            _ => method.properties.push((key, value)),
        }
    }
    Some(method)
}

/// `key=value` pairs, blanks allowed around `=`; words that belong to none are skipped, and a value that is missing
/// (`smtp.mailfrom= header.d=x`) is empty.
fn pairs(bare: &str) -> Vec<(String, String)> {
    let mut rest = bare;
    let mut pairs = Vec::new();
    while let Some(equals) = rest.find('=') {
        let key = rest[..equals].split_whitespace().next_back().unwrap_or_default().to_ascii_lowercase();
        let (value, after) = value(&rest[equals + 1..]);
        if !key.is_empty() {
            pairs.push((key, value));
        }
        rest = after;
    }
    pairs
}

fn value(text: &str) -> (String, &str) {
    let trimmed = text.trim_start();
    if trimmed.starts_with('"')
        && let Some(lexer::Span::Quoted(quoted)) = lexer::spans(trimmed).into_iter().next()
    {
        return (lexer::unquoted(&trimmed[quoted.clone()]), &trimmed[quoted.end..]);
    }
    let word = trimmed.split(char::is_whitespace).next().unwrap_or_default();
    let is_next_pair = trimmed.len() < text.len() && word.contains('=');
    if is_next_pair { (String::new(), trimmed) } else { (word.to_owned(), &trimmed[word.len()..]) }
}

/// What a compauth reason code means (Microsoft: "Anti-spam message headers in Microsoft 365"); `None` for a code
/// Microsoft does not explain.
pub fn compauth_meaning(code: &str) -> Option<&'static str> {
    let meaning = match (code, code.as_bytes().first()) {
        ("000", _) => {
            "failed explicit authentication: DMARC failed and the policy asks for quarantine or reject"
        }
        ("001", _) => "failed implicit authentication: no or only weak SPF, DKIM or DMARC records",
        ("002", _) => "the administrator forbids this sender to send for this domain",
        ("010", _) => "failed DMARC with quarantine or reject for a domain of the organisation itself",
        ("130", _) => "passed: a trusted ARC seal overrode the DMARC failure",
        (_, Some(b'1' | b'7')) => "passed",
        (_, Some(b'2')) => "passed softly, by implicit authentication",
        (_, Some(b'3')) => "not checked",
        (_, Some(b'4' | b'9')) => "bypassed",
        (_, Some(b'6')) => "failed implicit authentication for a domain of the organisation itself",
        _ => return None,
    };
    Some(meaning)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(value: &str) -> AuthenticationResults {
        AuthenticationResults::parse(Kind::Own, 0, value)
    }

    #[test]
    fn exchange_online_leaves_out_who_it_is() {
        let results = read(
            "spf=pass (sender IP is 192.0.2.7) smtp.mailfrom=sender.example; dkim=fail (body hash did not verify) \
             header.d=sender.example;dmarc=bestguesspass action=none header.from=sender.example;\
             compauth=pass reason=109",
        );
        assert_eq!(results.authserv_id, None);
        assert!(results.is_exchange_online_form());
        let spf = results.method("spf").unwrap();
        assert_eq!(spf.outcome, Outcome::Pass);
        assert_eq!(spf.client_ip(), Some("192.0.2.7".parse().unwrap()));
        assert_eq!(spf.domain(), Domain::parse("sender.example"));
        assert_eq!(results.method("dkim").unwrap().comment.as_deref(), Some("body hash did not verify"));
        assert_eq!(results.method("dmarc").unwrap().outcome, Outcome::BestGuessPass);
        assert_eq!(results.method("dmarc").unwrap().property("action"), Some("none"));
        assert_eq!(results.method("compauth").unwrap().reason.as_deref(), Some("109"));
    }

    #[test]
    fn gmail_names_itself_and_every_signature() {
        let results = read(
            "mx.google.com; dkim=pass header.i=@a.example header.s=s1 header.b=Ab1=; dkim=neutral (no key) \
             header.i=@b.example; spf=softfail (google.com: domain of transitioning x@a.example does not designate \
             2001:db8::9 as permitted sender) smtp.mailfrom=x@a.example; dmarc=pass (p=NONE sp=NONE dis=NONE) \
             header.from=a.example",
        );
        assert!(results.is_by("google.com") && !results.is_by("oogle.com"));
        let signers: Vec<_> = results.all("dkim").map(|dkim| dkim.domain().unwrap().to_string()).collect();
        assert_eq!(signers, ["a.example", "b.example"]);
        assert_eq!(results.method("dkim").unwrap().property("header.b"), Some("Ab1="));
        assert_eq!(results.method("spf").unwrap().client_ip(), Some("2001:db8::9".parse().unwrap()));
    }

    #[test]
    fn arc_results_carry_their_instance() {
        let value = "i=2; mx.microsoft.com 1; spf=none smtp.rcpttodomain=b.example smtp.mailfrom=; dkim=none; arc=none";
        let results = AuthenticationResults::parse(Kind::Arc(0), 3, value);
        assert_eq!(results.kind, Kind::Arc(2));
        assert_eq!(results.authserv_id.as_deref(), Some("mx.microsoft.com"));
        assert_eq!(results.methods.len(), 3);
        assert_eq!(results.method("spf").unwrap().property("smtp.mailfrom"), Some(""));
    }

    #[test]
    fn odd_fields_are_read_as_far_as_they_go() {
        for (value, names) in [
            ("", vec![]),
            ("mx.example; none", vec![]),
            (
                "mx.example 1; spf = pass ; dkim/1=fail reason=\"bad; key\" header.d = x.example",
                vec!["spf", "dkim"],
            ),
            // Exchange Online once put the recipient's domain into segments of its own.
            (
                "spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=a.example; b.example; dkim=none (message not signed) \
                 header.d=none;b.example; dmarc=none",
                vec!["spf", "dkim", "dmarc"],
            ),
            ("mx.example;;;spf=pass (unclosed", vec!["spf"]),
        ] {
            let results = read(value);
            let found: Vec<_> = results.methods.iter().map(|method| method.name.as_str()).collect();
            assert_eq!(found, names, "{value}");
        }
    }
}
