//! DNS answers from a text: offline, the same every time.
//!
//! One record a line, `name TYPE value`, of types `TXT`, `A`, `AAAA`, `MX` (`10 mail.example.org`) and `PTR` (the name is
//! the address). `name SERVFAIL` and `name TIMEOUT` make every question about the name fail. Lines that are empty or begin
//! with `#` say nothing. A name that is not there does not exist.

use std::borrow::Borrow;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt;
use std::hash::Hash;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;
use std::time::Instant;

use hickory_resolver::proto::op::ResponseCode;
use mail_auth::common::parse::TxtRecordParser;
use mail_auth::common::verify::DomainKey;
use mail_auth::dkim::{Atps, DomainKeyReport};
use mail_auth::dmarc::Dmarc;
use mail_auth::spf::{Mechanism, Spf};
use mail_auth::{DnsError, DnssecStatus, MX, RecordSet, ResolverCache, Txt};

use crate::Error;

/// The table.
#[derive(Clone, Default)]
pub struct Answers {
    /// Off: every question goes on to the name servers.
    on: bool,
    txt: HashMap<Box<str>, Txt>,
    mx: HashMap<Box<str>, RecordSet<MX>>,
    ipv4: HashMap<Box<str>, RecordSet<Ipv4Addr>>,
    ipv6: HashMap<Box<str>, RecordSet<Ipv6Addr>>,
    ptr: HashMap<IpAddr, RecordSet<Box<str>>>,
    /// Names whose questions fail.
    failing: HashSet<Box<str>>,
}

impl fmt::Debug for Answers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.on { write!(f, "{} names", self.txt.len()) } else { f.write_str("name servers") }
    }
}

/// What the lines say, before the records of a name are put together.
#[derive(Default)]
struct Lines<'t> {
    txt: BTreeMap<Box<str>, Vec<String>>,
    mx: BTreeMap<Box<str>, Vec<(u16, Box<str>)>>,
    ipv4: BTreeMap<Box<str>, Vec<Ipv4Addr>>,
    ipv6: BTreeMap<Box<str>, Vec<Ipv6Addr>>,
    ptr: BTreeMap<IpAddr, Vec<Box<str>>>,
    failing: BTreeMap<Box<str>, &'t str>,
}

impl Answers {
    /// No table at all.
    pub(super) fn none() -> Self {
        Self::default()
    }

    /// Reads a table.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let mut lines = Lines::default();
        for (number, line) in (1..).zip(text.lines()) {
            let line = line.trim();
            if !line.is_empty() && !line.starts_with('#') {
                lines.read(line).map_err(|why| Error::Answers { line: number, why })?;
            }
        }
        Ok(lines.into_answers())
    }
}

impl<'t> Lines<'t> {
    fn read(&mut self, line: &'t str) -> Result<(), String> {
        let (name, rest) = line.split_once(char::is_whitespace).ok_or("a name and a type are needed")?;
        let rest = rest.trim_start();
        let (kind, value) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
        let value = value.trim();
        let not = |what: &str| format!("{value:?} is no {what}");
        match kind.to_ascii_uppercase().as_str() {
            "TXT" => self.txt.entry(fqdn(name)).or_default().push(joined(value)),
            "A" => {
                self.ipv4.entry(fqdn(name)).or_default().push(value.parse().map_err(|_| not("IPv4 address"))?)
            }
            "AAAA" => {
                self.ipv6.entry(fqdn(name)).or_default().push(value.parse().map_err(|_| not("IPv6 address"))?)
            }
            "MX" => {
                self.mx.entry(fqdn(name)).or_default().push(exchange(value).ok_or_else(|| not("MX record"))?)
            }
            "PTR" => {
                let address = name.parse().map_err(|_| format!("{name:?} is no address"))?;
                self.ptr.entry(address).or_default().push(fqdn(value));
            }
            "SERVFAIL" | "TIMEOUT" => {
                self.failing.insert(fqdn(name), kind);
            }
            other => return Err(format!("{other:?} is no type known here")),
        }
        Ok(())
    }

    fn into_answers(self) -> Answers {
        let mut txt: HashMap<Box<str>, Txt> =
            self.txt.into_iter().map(|(name, texts)| (name.clone(), record(&name, &texts))).collect();
        let failed = |why: &str| Txt::Error(mail_auth::Error::Dns(DnsError::Resolver(why.to_owned())));
        txt.extend(self.failing.iter().map(|(name, why)| (name.clone(), failed(why))));
        Answers {
            on: true,
            txt,
            mx: self.mx.into_iter().map(|(name, exchanges)| (name, by_preference(exchanges))).collect(),
            ipv4: sets(self.ipv4).collect(),
            ipv6: sets(self.ipv6).collect(),
            ptr: sets(self.ptr).collect(),
            failing: self.failing.into_keys().collect(),
        }
    }
}

/// As mail-auth asks: lower case, with the root's dot.
fn fqdn(name: &str) -> Box<str> {
    format!("{}.", name.trim_end_matches('.').to_lowercase()).into()
}

/// The strings of a TXT record are one text; a value without quotes is one string.
fn joined(value: &str) -> String {
    match value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        Some(inner) => inner.split('"').step_by(2).collect(),
        None => value.to_owned(),
    }
}

fn exchange(value: &str) -> Option<(u16, Box<str>)> {
    let (preference, host) = value.split_once(char::is_whitespace)?;
    Some((preference.parse().ok()?, fqdn(host.trim())))
}

fn by_preference(mut exchanges: Vec<(u16, Box<str>)>) -> RecordSet<MX> {
    exchanges.sort_unstable();
    set(exchanges.into_iter().map(|(preference, host)| MX { preference, exchanges: [host].into() }).collect())
}

fn sets<K, T>(records: BTreeMap<K, Vec<T>>) -> impl Iterator<Item = (K, RecordSet<T>)> {
    records.into_iter().map(|(name, records)| (name, set(records)))
}

fn set<T>(records: Vec<T>) -> RecordSet<T> {
    RecordSet { rrset: Arc::from(records), dnssec_status: DnssecStatus::Indeterminate }
}

/// The texts of a name, read as the name says they are meant.
fn record(name: &str, texts: &[String]) -> Txt {
    if name.starts_with("_dmarc.") {
        first::<Dmarc>(texts).into()
    } else if name.starts_with("_report._domainkey.") {
        first::<DomainKeyReport>(texts).into()
    } else if name.contains("._domainkey.") {
        first::<DomainKey>(texts).into()
    } else if name.contains("._atps.") {
        first::<Atps>(texts).into()
    } else {
        first::<Spf>(texts).map(without_exists).into()
    }
}

/// The first that can be read, as with a name server's answer.
fn first<T: TxtRecordParser>(texts: &[String]) -> mail_auth::Result<T> {
    let mut found = Err(mail_auth::Error::Dns(DnsError::InvalidRecordType));
    for text in texts {
        found = T::parse(text.as_bytes());
        if found.is_ok() {
            break;
        }
    }
    found
}

/// `exists:x` in the words of `a:x/0//0`, which mean the same to an IPv4 client. mail-auth takes any kept answer for
/// `exists`, even that there are no addresses, and we keep that answer for every name.
fn without_exists(mut spf: Spf) -> Spf {
    for directive in &mut spf.directives {
        if let Mechanism::Exists { macro_string } = &directive.mechanism {
            let macro_string = macro_string.clone();
            directive.mechanism = Mechanism::A { macro_string, ip4_mask: 0, ip6_mask: 0 };
        }
    }
    spf
}

impl ResolverCache<Box<str>, Txt> for Answers {
    fn get<Q>(&self, name: &Q) -> Option<Txt>
    where
        Box<str>: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        let nowhere = || Txt::Error(mail_auth::Error::Dns(DnsError::RecordNotFound(ResponseCode::NXDomain)));
        self.on.then(|| self.txt.get(name).cloned().unwrap_or_else(nowhere))
    }

    fn remove<Q>(&self, _name: &Q) -> Option<Txt>
    where
        Box<str>: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        None
    }

    /// hickory keeps what the name servers said.
    fn insert(&self, _name: Box<str>, _answer: Txt, _until: Instant) {}
}

/// Address-like records: an absent name has none, a failing one goes on to a resolver that has no servers and fails.
macro_rules! record_sets {
    ($($key:ty => $value:ty, $table:ident, $fails:expr;)+) => {
        $(
            impl ResolverCache<$key, RecordSet<$value>> for Answers {
                fn get<Q>(&self, name: &Q) -> Option<RecordSet<$value>>
                where
                    $key: Borrow<Q>,
                    Q: Hash + Eq + ?Sized,
                {
                    let fails: fn(&Self, &Q) -> bool = $fails;
                    let answers = self.on && !fails(self, name);
                    answers.then(|| self.$table.get(name).cloned().unwrap_or_else(|| set(Vec::new())))
                }

                fn remove<Q>(&self, _name: &Q) -> Option<RecordSet<$value>>
                where
                    $key: Borrow<Q>,
                    Q: Hash + Eq + ?Sized,
                {
                    None
                }

                fn insert(&self, _name: $key, _answer: RecordSet<$value>, _until: Instant) {}
            }
        )+
    };
}

record_sets! {
    Box<str> => MX, mx, |answers, name| answers.failing.contains(name);
    Box<str> => Ipv4Addr, ipv4, |answers, name| answers.failing.contains(name);
    Box<str> => Ipv6Addr, ipv6, |answers, name| answers.failing.contains(name);
    IpAddr => Box<str>, ptr, |_, _| false;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_record_is_refused_with_its_line() {
        for (line, part) in [
            ("example.org", "a name and a type"),
            ("example.org A 192.0.2", "no IPv4 address"),
            ("example.org AAAA 192.0.2.1", "no IPv6 address"),
            ("example.org MX mail.example.org", "no MX record"),
            ("example.org PTR mail.example.org", "no address"),
            ("example.org SRV x", "no type known here"),
        ] {
            let error = Answers::parse(&format!("# table\n\n{line}")).unwrap_err().to_string();
            assert!(error.starts_with("line 3") && error.contains(part), "{error}");
        }
    }

    #[test]
    fn the_strings_of_a_record_are_one_text() {
        for (value, text) in
            [("v=spf1 -all", "v=spf1 -all"), ("\"v=spf1 \" \"-all\"", "v=spf1 -all"), ("\"\"", "")]
        {
            assert_eq!(joined(value), text);
        }
    }
}
