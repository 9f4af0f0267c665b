//! The mail in `corpus/`: that it keeps the rules of its README, and that we read it.

#![allow(clippy::unwrap_used)] // Also outside of test functions a panic is the report here.

use std::collections::BTreeSet;
use std::fs;
use std::net::IpAddr;
use std::path::{Path, PathBuf};

use message::organisation::Network;
use message::route::{self, Gateway, Route, Side};
use message::{Domain, Organisation};
use toml::{Table, Value};

const CLASSES: &[&str] = &["clean", "graymail", "spam", "suspicious", "impersonation", "phishing", "malware"];

/// Endings that can belong to nobody (RFC 2606, RFC 6761).
const RESERVED: &[&str] = &["example", "test", "invalid"];

/// The product behind each `path`.
const GATEWAYS: &[(&str, Gateway)] = &[
    ("mimecast", Gateway::Mimecast),
    ("proofpoint", Gateway::Proofpoint),
    ("barracuda", Gateway::BarracudaCloud),
    ("barracuda-appliance", Gateway::BarracudaAppliance),
    ("cisco", Gateway::CiscoIronPort),
    ("symantec", Gateway::Symantec),
    ("trendmicro", Gateway::TrendMicro),
    ("sophos", Gateway::Sophos),
    ("trellix", Gateway::FireEye),
    ("fortimail", Gateway::FortiMail),
    ("forcepoint", Gateway::Forcepoint),
    ("hornetsecurity", Gateway::Hornetsecurity),
    ("vade", Gateway::Vade),
    ("spamexperts", Gateway::SpamExperts),
    ("checkpoint", Gateway::Avanan),
];

/// What cannot be kept to CRLF, because broken line ends are what it shows.
const BROKEN_LINE_ENDS: &[&str] = &["exchange-nul-and-lone-line-ends"];

/// Families in which nothing is wrong with the form.
const WELL_FORMED: &[&str] = &["internal", "outbound", "partners", "services", "newsletters", "lists"];

struct Sample {
    name: String,
    family: String,
    bytes: Vec<u8>,
    facts: Table,
}

impl Sample {
    fn text(&self, key: &str) -> &str {
        self.facts.get(key).and_then(Value::as_str).unwrap_or_else(|| panic!("{}: no `{key}`", self.name))
    }

    fn recipients(&self) -> Vec<&str> {
        let list = self.facts["recipients"].as_array().expect("recipients are a list");
        list.iter().filter_map(Value::as_str).collect()
    }
}

fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../corpus")
}

fn table(path: &Path) -> Table {
    let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    text.parse().unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn samples() -> Vec<Sample> {
    let folders = fs::read_dir(corpus()).unwrap().map(|entry| entry.unwrap().path());
    let mut paths: Vec<_> = folders
        .filter(|path| path.is_dir())
        .flat_map(|folder| fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()))
        .filter(|path| path.extension().is_some_and(|ending| ending == "eml"))
        .collect();
    paths.sort();
    paths.iter().map(|path| sample(path)).collect()
}

fn sample(path: &Path) -> Sample {
    Sample {
        name: path.file_stem().unwrap().to_string_lossy().into_owned(),
        family: path.parent().unwrap().file_name().unwrap().to_string_lossy().into_owned(),
        bytes: fs::read(path).unwrap(),
        facts: table(&path.with_extension("toml")),
    }
}

fn organisation() -> Table {
    table(&corpus().join("organisation.toml"))
}

/// The strings under `key` in each entry of the array of tables `list`.
fn each<'a>(organisation: &'a Table, list: &str, key: &str) -> Vec<&'a str> {
    let entries = organisation[list].as_array().unwrap();
    entries.iter().filter_map(|entry| entry[key].as_str()).collect()
}

fn is_reserved(domain: &str) -> bool {
    domain.rsplit('.').next().is_some_and(|ending| RESERVED.contains(&ending))
}

#[test]
fn there_is_a_week_of_mail_of_every_class_and_gateway() {
    let (samples, organisation) = (samples(), organisation());
    let streamed = samples.iter().filter(|sample| sample.family != "as-delivered").count();
    assert!(streamed >= 140, "{streamed} messages to stream");
    let classes: BTreeSet<_> = samples.iter().map(|sample| sample.text("class")).collect();
    assert_eq!(classes, CLASSES.iter().copied().collect());
    for path in each(&organisation, "gateways", "path") {
        for family in ["gateways", "as-delivered"] {
            let seen = samples.iter().any(|sample| sample.family == family && sample.text("path") == path);
            assert!(seen, "{path} in {family}");
        }
    }
    assert_eq!(each(&organisation, "people", "address").len(), 25);
}

#[test]
fn the_facts_beside_each_message_are_whole() {
    let organisation = organisation();
    let paths = each(&organisation, "gateways", "path");
    for sample in samples() {
        let name = &sample.name;
        assert_eq!(sample.text("origin"), "written for this project", "{name}");
        assert_eq!(sample.text("licence"), "MIT OR Apache-2.0", "{name}");
        assert!(!sample.text("shows").is_empty(), "{name}");
        assert!(CLASSES.contains(&sample.text("class")), "{name}");
        assert!(["inbound", "outbound", "internal"].contains(&sample.text("direction")), "{name}");
        assert!(sample.text("path") == "direct" || paths.contains(&sample.text("path")), "{name}");
        assert!(sample.text("client_ip").parse::<IpAddr>().is_ok(), "{name}");
        assert!((0..7).contains(&sample.facts["day"].as_integer().unwrap()), "{name}");
        let dest = sample.facts["native"]["dest"].as_str().unwrap();
        assert!(["inbox", "junk", "quarantine"].contains(&dest), "{name}: {dest}");
    }
}

#[test]
fn mail_that_comes_in_is_addressed_to_somebody_who_exists() {
    let organisation = organisation();
    let mut known: BTreeSet<_> = each(&organisation, "people", "address").into_iter().collect();
    for person in organisation["people"].as_array().unwrap() {
        known.extend(person["aliases"].as_array().unwrap().iter().filter_map(Value::as_str));
    }
    for sample in samples().iter().filter(|sample| sample.text("direction") != "outbound") {
        for recipient in sample.recipients() {
            assert!(known.contains(recipient), "{}: {recipient}", sample.name);
        }
    }
}

#[test]
fn nobody_real_is_written_to_or_from() {
    for sample in samples() {
        let message = message::parse(&sample.bytes);
        let addresses = message.from.iter().chain(&message.reply_to).chain(message.recipients());
        for address in addresses.filter_map(|named| named.address.as_ref()) {
            assert!(is_reserved(address.domain().as_str()), "{}: {address}", sample.name);
        }
        let envelope = sample.recipients().into_iter().chain([sample.text("sender")]);
        for (_, domain) in envelope.filter_map(|address| address.rsplit_once('@')) {
            assert!(is_reserved(domain), "{}: {domain}", sample.name);
        }
    }
}

#[test]
fn lines_end_in_crlf() {
    for sample in samples().iter().filter(|sample| !BROKEN_LINE_ENDS.contains(&sample.name.as_str())) {
        let lone = sample.bytes.iter().enumerate().find(|(at, byte)| match byte {
            b'\n' => *at == 0 || sample.bytes[at - 1] != b'\r',
            b'\r' => sample.bytes.get(at + 1) != Some(&b'\n'),
            _ => false,
        });
        assert_eq!(lone, None, "{}", sample.name);
    }
}

#[test]
fn the_well_formed_families_read_without_a_defect() {
    for sample in samples().iter().filter(|sample| WELL_FORMED.contains(&sample.family.as_str())) {
        let message = message::parse(&sample.bytes);
        assert!(message.defects.is_empty(), "{}: {:?}", sample.name, message.defects);
        assert!(message.author().is_some(), "{}", sample.name);
        assert!(message.date.is_some(), "{}", sample.name);
        assert!(!message.subject.is_empty(), "{}", sample.name);
    }
}

/// The organisation as it would be declared: its domains, and the networks of the gateways it has in front.
fn declared() -> Organisation {
    let organisation = organisation();
    let networks = each(&organisation, "gateways", "network");
    let domains = organisation["domains"].as_array().unwrap();
    Organisation {
        domains: domains.iter().filter_map(|domain| Domain::parse(domain.as_str()?)).collect(),
        gateways: networks.into_iter().filter_map(Network::parse).collect(),
        ..Organisation::default()
    }
}

fn in_front(route: &Route) -> Vec<&'static str> {
    let passed = route.gateways.iter().filter(|passage| passage.side == Side::Recipient);
    let named = passed.map(|passage| GATEWAYS.iter().find(|(_, gateway)| *gateway == passage.gateway));
    named.map(|name| name.map_or("other", |(path, _)| path)).collect()
}

#[test]
fn delivered_mail_shows_its_true_sender_behind_every_gateway() {
    let organisation = declared();
    for sample in samples().iter().filter(|sample| sample.family == "as-delivered") {
        let expected = &sample.facts["expect"];
        let route = route::trace(&message::parse(&sample.bytes), &organisation);
        if let Some(ip) = expected.get("true_ip").and_then(Value::as_str) {
            let origin = route.origin.as_ref().map(|origin| origin.ip.to_string());
            assert_eq!(origin.as_deref(), Some(ip), "{}", sample.name);
        }
        let gateways: Vec<_> =
            expected["gateways"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
        assert_eq!(in_front(&route), gateways, "{}", sample.name);
    }
}

#[test]
fn delivered_mail_shows_whether_the_native_filter_was_switched_off() {
    for sample in samples().iter().filter(|sample| sample.family == "as-delivered") {
        let Some(bypassed) = sample.facts["expect"].get("bypassed").and_then(Value::as_bool) else {
            continue;
        };
        let bypass = message::parse(&sample.bytes).native.bypass();
        assert_eq!(bypass.is_some(), bypassed, "{}: {bypass:?}", sample.name);
    }
}
