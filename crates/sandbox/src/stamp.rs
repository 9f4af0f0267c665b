//! What Exchange Online writes into a message that it delivers: trace fields on top, verdict fields at the end of
//! the header section, and the header firewall that takes away what an outsider may not claim (provider-apis
//! C1–C3). The message's own bytes stay as they came.

use std::net::IpAddr;

use jiff::Timestamp;
use uuid::Uuid;

use crate::mime;

/// The field that tells the sandbox what the native filter shall say; never filed.
pub(crate) const CONTROL: &str = "X-Sandbox-Verdict";

/// What the native filter says of one message. Read from `KEY=VALUE;…` (or `KEY:VALUE;…`), unknown keys ignored.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Verdict {
    pub(crate) scl: i32,
    pub(crate) sfv: String,
    pub(crate) cat: String,
    pub(crate) bcl: u32,
    /// `I` or `J`; decides the folder when given, else the SCL does.
    pub(crate) dest: Option<char>,
    country: String,
    language: String,
    ptr: String,
    ipv: String,
    sfty: String,
    spf: String,
    dkim: String,
    dkim_domain: Option<String>,
    dmarc: String,
    action: String,
    compauth: String,
    reason: String,
    auth_as: String,
    direction: String,
}

impl Default for Verdict {
    fn default() -> Self {
        Self {
            scl: 1,
            sfv: "NSPM".into(),
            cat: "NONE".into(),
            bcl: 0,
            dest: None,
            country: String::new(),
            language: "en".into(),
            ptr: "InfoDomainNonexistent".into(),
            ipv: "NLI".into(),
            sfty: String::new(),
            spf: "none".into(),
            dkim: "none".into(),
            dkim_domain: None,
            dmarc: "none".into(),
            action: "none".into(),
            compauth: "none".into(),
            reason: "405".into(),
            auth_as: "Anonymous".into(),
            direction: "INB".into(),
        }
    }
}

impl Verdict {
    /// Mail between people of the organisation.
    pub(crate) fn internal() -> Self {
        Self {
            scl: -1,
            sfv: "SKI".into(),
            auth_as: "Internal".into(),
            direction: "INT".into(),
            ..Self::default()
        }
    }

    pub(crate) fn parse(text: &str) -> Self {
        let mut verdict = Self::default();
        for pair in text.split(';') {
            let Some((key, value)) = pair.split_once(['=', ':']) else { continue };
            verdict.set(key.trim(), value.trim());
        }
        verdict
    }

    fn set(&mut self, key: &str, value: &str) {
        let value =
            || value.chars().filter(|character| !character.is_control()).take(200).collect::<String>();
        match key.to_ascii_uppercase().as_str() {
            "SCL" => self.scl = value().parse().unwrap_or(self.scl),
            "BCL" => self.bcl = value().parse().unwrap_or(self.bcl),
            "SFV" => self.sfv = value(),
            "CAT" => self.cat = value(),
            "DEST" => self.dest = value().chars().next(),
            "CTRY" => self.country = value(),
            "LANG" => self.language = value(),
            "PTR" => self.ptr = value(),
            "IPV" => self.ipv = value(),
            "SFTY" => self.sfty = value(),
            "SPF" => self.spf = value(),
            "DKIM" => self.dkim = value(),
            "DKIM-DOMAIN" => self.dkim_domain = Some(value()),
            "DMARC" => self.dmarc = value(),
            "ACTION" => self.action = value(),
            "COMPAUTH" => self.compauth = value(),
            "REASON" => self.reason = value(),
            "AUTHAS" => self.auth_as = value(),
            "DIR" => self.direction = value(),
            _ => {}
        }
    }

    /// Junk Email takes what the filter marked spam: SCL 5 and above, unless `dest` says otherwise.
    pub(crate) fn is_junk(&self) -> bool {
        match self.dest {
            Some('J' | 'j') => true,
            Some('I' | 'i') => false,
            _ => self.scl >= 5,
        }
    }
}

/// The circumstances of a delivery.
#[derive(Clone, Debug)]
pub(crate) struct Transit<'a> {
    pub(crate) tenant: Uuid,
    pub(crate) network_message_id: Uuid,
    pub(crate) client_ip: IpAddr,
    pub(crate) helo: &'a str,
    /// Envelope sender; empty for the null sender.
    pub(crate) mail_from: &'a str,
    pub(crate) from_domain: &'a str,
    pub(crate) at: Timestamp,
}

/// How a message is to be filed.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Mode {
    Stamp(Box<Verdict>),
    /// The sample brings its native fields along: bytes stay exactly as they are.
    Keep,
}

/// Decides the mode from the control text; keeping needs native fields to keep.
pub(crate) fn mode(control: Option<&str>, envelope: &mime::Envelope) -> Mode {
    let has_native = [
        "X-Forefront-Antispam-Report",
        "X-MS-Exchange-Organization-SCL",
        "X-MS-Exchange-Organization-AuthAs",
    ]
    .iter()
    .any(|name| envelope.header(name).is_some());
    match control.map(str::trim) {
        Some(word) if word.eq_ignore_ascii_case("keep") && has_native => Mode::Keep,
        Some(word) if !word.eq_ignore_ascii_case("keep") => Mode::Stamp(Box::new(Verdict::parse(word))),
        _ => Mode::Stamp(Box::default()),
    }
}

/// Where a kept sample's own fields send it.
pub(crate) fn kept_is_junk(envelope: &mime::Envelope) -> bool {
    let delivery =
        envelope.header("X-Microsoft-Antispam-Mailbox-Delivery").unwrap_or_default().to_ascii_lowercase();
    if delivery.contains("dest:j") {
        return true;
    }
    if delivery.contains("dest:i") {
        return false;
    }
    let scl =
        envelope.header("X-MS-Exchange-Organization-SCL").and_then(|scl| scl.trim().parse::<i32>().ok());
    let reported = || {
        let report = envelope.header("X-Forefront-Antispam-Report")?;
        report.split(';').find_map(|pair| pair.trim().strip_prefix("SCL:"))?.parse::<i32>().ok()
    };
    scl.or_else(reported).is_some_and(|scl| scl >= 5)
}

/// Takes the control field out; everything else stays byte for byte.
pub(crate) fn without_control(bytes: &[u8]) -> (Vec<u8>, Option<String>) {
    let (fields, body) = bytes.split_at(mime::body_start(bytes));
    let mut kept = Vec::with_capacity(bytes.len());
    let mut control = None;
    for field in split_fields(fields) {
        if field_name(field).eq_ignore_ascii_case(CONTROL) {
            control = Some(unfolded_value(field));
        } else {
            kept.extend_from_slice(field);
        }
    }
    kept.extend_from_slice(body);
    (kept, control)
}

/// Takes every field of one name out.
pub(crate) fn without_field(bytes: &[u8], name: &str) -> Vec<u8> {
    let (fields, body) = bytes.split_at(mime::body_start(bytes));
    let others =
        split_fields(fields).into_iter().filter(|field| !field_name(field).eq_ignore_ascii_case(name));
    others.chain(std::iter::once(body)).flatten().copied().collect()
}

/// Writes the native fields of an inbound delivery around `bytes`.
pub(crate) fn inbound(bytes: &[u8], verdict: &Verdict, transit: &Transit<'_>) -> Vec<u8> {
    let servers = Servers::of(transit.network_message_id);
    assemble(
        bytes,
        &trace_inbound(verdict, transit, &servers),
        &verdict_fields(verdict, transit, &servers),
        true,
    )
}

/// Writes what a message between two mailboxes of the organisation carries.
pub(crate) fn internal(bytes: &[u8], transit: &Transit<'_>) -> Vec<u8> {
    let servers = Servers::of(transit.network_message_id);
    let verdict = Verdict::internal();
    let date = rfc5322(transit.at);
    let trace = format!(
        "Received: from {mailbox}\r\n ([fe80::1c2d:3e4f:5a6b:7c8d]) by {mailbox}\r\n ([fe80::1c2d:3e4f:5a6b:7c8d%4]) \
         with mapi id 15.20.9343.011; {date}\r\n",
        mailbox = servers.mailbox,
    );
    assemble(bytes, &trace, &verdict_fields(&verdict, transit, &servers), false)
}

/// Trace fields, the message's fields through the firewall, verdict fields, body.
fn assemble(bytes: &[u8], trace: &str, verdict: &str, from_outside: bool) -> Vec<u8> {
    let (fields, body) = bytes.split_at(mime::body_start(bytes));
    let mut stamped = Vec::with_capacity(bytes.len() + trace.len() + verdict.len());
    stamped.extend_from_slice(trace.as_bytes());
    let (own, separator) = split_separator(fields);
    if separator.is_empty() {
        // No empty line to stand before: everything of ours goes on top.
        stamped.extend_from_slice(verdict.as_bytes());
    }
    for field in split_fields(own) {
        if from_outside {
            push_through_firewall(&mut stamped, field)
        } else {
            stamped.extend_from_slice(field)
        }
    }
    if !separator.is_empty() {
        stamped.extend_from_slice(verdict.as_bytes());
    }
    stamped.extend_from_slice(separator);
    stamped.extend_from_slice(body);
    stamped
}

/// The header firewall: organisation fields from outside are dropped, verdicts kept under another name.
fn push_through_firewall(stamped: &mut Vec<u8>, field: &[u8]) {
    const DROPPED: [&str; 4] = [
        "x-ms-exchange-organization-",
        "x-ms-exchange-forest-",
        "x-ms-exchange-crosstenant-",
        "x-microsoft-antispam-mailbox-delivery",
    ];
    let name = field_name(field).to_ascii_lowercase();
    let untrusted = match name.as_str() {
        "x-forefront-antispam-report" => Some("X-Forefront-Antispam-Report-Untrusted"),
        "x-microsoft-antispam" => Some("X-Microsoft-Antispam-Untrusted"),
        "authentication-results" if unfolded_value(field).starts_with("spf=") => {
            Some("Authentication-Results-Original")
        }
        _ => None,
    };
    match untrusted {
        Some(renamed) => {
            stamped.extend_from_slice(renamed.as_bytes());
            stamped.extend_from_slice(&field[field_name(field).len()..]);
        }
        None if DROPPED.iter().any(|prefix| name.starts_with(prefix)) => {}
        None => stamped.extend_from_slice(field),
    }
}

fn split_separator(fields: &[u8]) -> (&[u8], &[u8]) {
    for separator in [&b"\r\n"[..], b"\n"] {
        if let Some(own) = fields.strip_suffix(separator)
            && (own.is_empty() || own.ends_with(b"\n"))
        {
            return (own, &fields[own.len()..]);
        }
    }
    (fields, &[])
}

/// Splits a header section into fields with their folded lines, losing no byte.
fn split_fields(section: &[u8]) -> Vec<&[u8]> {
    let mut fields = Vec::new();
    let mut start = 0;
    for (at, byte) in section.iter().enumerate() {
        let next = section.get(at + 1);
        let continues = matches!(next, Some(b' ' | b'\t'));
        if *byte == b'\n' && !continues {
            fields.push(&section[start..=at]);
            start = at + 1;
        }
    }
    if start < section.len() {
        fields.push(&section[start..]);
    }
    fields
}

fn field_name(field: &[u8]) -> &str {
    let end = field.iter().position(|byte| *byte == b':').unwrap_or(0);
    std::str::from_utf8(&field[..end]).unwrap_or_default().trim_end()
}

fn unfolded_value(field: &[u8]) -> String {
    let text = String::from_utf8_lossy(field);
    let value = text.split_once(':').map(|(_, value)| value).unwrap_or_default();
    value.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Machine names as they look in Microsoft's trace fields.
struct Servers {
    front: String,
    proxy: String,
    hub: String,
    mailbox: String,
}

impl Servers {
    fn of(id: Uuid) -> Self {
        let number = id.as_u128();
        let digits = |shift: u32, modulus: u128| (number >> shift) % modulus;
        Self {
            front: format!("DB1PEPF000{:05X}", digits(8, 0xf_ffff)),
            proxy: format!("DU2PR04CA{:04}", digits(16, 10_000)),
            hub: format!("AM9PR04MB{:04}", digits(24, 10_000)),
            mailbox: format!("PAXPR04MB{:04}.eurprd04.prod.outlook.com", digits(32, 10_000)),
        }
    }
}

fn trace_inbound(verdict: &Verdict, transit: &Transit<'_>, servers: &Servers) -> String {
    let date = rfc5322(transit.at);
    let Servers { front, proxy, hub, mailbox } = servers;
    let (ip, helo) = (transit.client_ip, printable(transit.helo));
    let tls = "(version=TLS1_3, cipher=TLS_AES_256_GCM_SHA384)";
    format!(
        "Received: from {hub}.eurprd04.prod.outlook.com (2603:10a6:20b:40a::9) by\r\n {mailbox} with HTTPS; {date}\r\n\
         Received: from {proxy}.eurprd04.prod.outlook.com (2603:10a6:10:28d::11)\r\n by \
         {hub}.eurprd04.prod.outlook.com (2603:10a6:20b:40a::9) with\r\n Microsoft SMTP Server {tls} id\r\n \
         15.20.9343.11; {date}\r\n\
         Received: from {front}.eurprd03.prod.outlook.com\r\n (2603:10a6:10:28d:cafe::76) by \
         {proxy}.outlook.office365.com\r\n (2603:10a6:10:28d::11) with Microsoft SMTP Server {tls} id\r\n \
         15.20.9343.10 via Frontend Transport; {date}\r\n\
         {authentication}{spf}\
         Received: from {helo} ({ip}) by\r\n {front}.mail.protection.outlook.com (10.167.8.103) with Microsoft\r\n \
         SMTP Server {tls} id 15.20.9343.10\r\n via Frontend Transport; {date}\r\n",
        authentication = authentication_results(verdict, transit),
        spf = received_spf(verdict, transit),
    )
}

fn envelope_domain<'a>(transit: &Transit<'a>) -> &'a str {
    transit.mail_from.rsplit_once('@').map_or(transit.helo, |(_, domain)| domain)
}

fn authentication_results(verdict: &Verdict, transit: &Transit<'_>) -> String {
    let Verdict { spf, dkim, dmarc, action, compauth, reason, .. } = verdict;
    let comment = match dkim.as_str() {
        "pass" => "signature was verified",
        "fail" => "body hash did not verify",
        _ => "message not signed",
    };
    let from_domain = printable(transit.from_domain);
    let signer = match dkim.as_str() {
        "none" => "none".to_owned(),
        _ => verdict.dkim_domain.clone().unwrap_or_else(|| from_domain.clone()),
    };
    format!(
        "Authentication-Results: spf={spf} (sender IP is {ip})\r\n smtp.mailfrom={mail_from}; dkim={dkim} ({comment})\r\n \
         header.d={signer};dmarc={dmarc} action={action}\r\n header.from={from_domain};compauth={compauth} \
         reason={reason}\r\n",
        ip = transit.client_ip,
        mail_from = printable(envelope_domain(transit)),
    )
}

fn received_spf(verdict: &Verdict, transit: &Transit<'_>) -> String {
    let domain = printable(envelope_domain(transit));
    let (ip, helo) = (transit.client_ip, printable(transit.helo));
    let us = "protection.outlook.com";
    let (word, finding, suffix) = match verdict.spf.as_str() {
        "pass" => ("Pass", format!("{domain} designates {ip} as\r\n permitted sender"), " pr=C"),
        "fail" => ("Fail", format!("{domain} does not\r\n designate {ip} as permitted sender"), ""),
        "softfail" => (
            "SoftFail",
            format!("transitioning {domain}\r\n discourages use of {ip} as permitted sender"),
            "",
        ),
        "neutral" => ("Neutral", format!("{domain} neither permits\r\n nor denies {ip}"), ""),
        _ => {
            return format!(
                "Received-SPF: None ({us}: {domain} does not designate\r\n permitted sender hosts)\r\n"
            );
        }
    };
    format!(
        "Received-SPF: {word} ({us}: domain of\r\n {finding})\r\n receiver={us}; client-ip={ip};\r\n helo={helo};{suffix}\r\n"
    )
}

fn verdict_fields(verdict: &Verdict, transit: &Transit<'_>, servers: &Servers) -> String {
    let Transit { tenant, network_message_id: id, client_ip: ip, at, .. } = transit;
    let helo = printable(transit.helo);
    let internal = verdict.auth_as == "Internal";
    let directionality = if internal { "Originating" } else { "Incoming" };
    let entity = if internal { "Hosted" } else { "Internet" };
    let source = if internal {
        servers.mailbox.clone()
    } else {
        format!("{}.eurprd03.prod.outlook.com", servers.front)
    };
    let arrival = at.strftime("%d %b %Y %H:%M:%S.%4f").to_string();
    let Verdict { scl, sfv, cat, bcl, country, language, ptr, ipv, sfty, auth_as, direction, .. } = verdict;
    let cip = if internal { "255.255.255.255".to_owned() } else { ip.to_string() };
    let spam_rules = "(13230040)(376014)(1800799024)(82310400026)(36860700013)";
    let safety = if sfty.is_empty() { String::new() } else { format!("SFTY:{sfty};") };
    let dest = if verdict.is_junk() { 'J' } else { 'I' };
    let outcome = if verdict.is_junk() { "OFR:SpamFilterAuthJ;" } else { "" };
    let folder = if verdict.is_junk() { "RF:JunkEmail;" } else { "" };
    let mut fields = format!(
        "Return-Path: {sender}\r\n\
         X-MS-Exchange-Organization-ExpirationStartTime: {arrival}\r\n (UTC)\r\n\
         X-MS-Exchange-Organization-ExpirationStartTimeReason: OriginalSubmit\r\n\
         X-MS-Exchange-Organization-ExpirationInterval: 1:00:00:00.0000000\r\n\
         X-MS-Exchange-Organization-ExpirationIntervalReason: OriginalSubmit\r\n\
         X-MS-Exchange-Organization-Network-Message-Id:\r\n {id}\r\n\
         X-EOPAttributedMessage: 0\r\n\
         X-EOPTenantAttributedMessage: {tenant}:0\r\n\
         X-MS-Exchange-Organization-MessageDirectionality: {directionality}\r\n\
         X-MS-PublicTrafficType: Email\r\n\
         X-MS-Exchange-Organization-AuthSource:\r\n {source}\r\n\
         X-MS-Exchange-Organization-AuthAs: {auth_as}\r\n\
         X-MS-Office365-Filtering-Correlation-Id: {id}\r\n\
         X-MS-Exchange-Organization-SCL: {scl}\r\n\
         X-Microsoft-Antispam: BCL:{bcl};ARA:13230040|376014|1800799024|82310400026|36860700013;\r\n\
         X-Forefront-Antispam-Report:\r\n CIP:{cip};CTRY:{country};LANG:{language};SCL:{scl};SRV:{srv};IPV:{ipv};SFV:{sfv};\
         H:{helo};PTR:{ptr};CAT:{cat};SFS:{spam_rules};{safety}DIR:{direction};\r\n\
         X-MS-Exchange-CrossTenant-OriginalArrivalTime: {arrival}\r\n (UTC)\r\n\
         X-MS-Exchange-CrossTenant-Network-Message-Id: {id}\r\n\
         X-MS-Exchange-CrossTenant-Id: {tenant}\r\n\
         X-MS-Exchange-CrossTenant-AuthSource:\r\n {source}\r\n\
         X-MS-Exchange-CrossTenant-AuthAs: {auth_as}\r\n\
         X-MS-Exchange-CrossTenant-FromEntityHeader: {entity}\r\n\
         X-MS-Exchange-Transport-CrossTenantHeadersStamped: {hub}\r\n\
         X-MS-Exchange-Transport-EndToEndLatency: 00:00:01.4142135\r\n\
         X-Microsoft-Antispam-Mailbox-Delivery:\r\n \
         ucf:0;jmr:0;auth:0;dest:{dest};{outcome}ENG:(910001)(944506478)(944626604)(920097)(425001);{folder}\r\n",
        sender = printable(transit.mail_from),
        srv = if cat == "BULK" { "BULK" } else { "" },
        hub = servers.hub,
    );
    if !internal {
        fields.push_str(&format!("X-MS-Exchange-EOPDirect: true\r\nX-Sender-IP: {ip}\r\n"));
    }
    fields
}

/// Text from outside, safe inside one header line.
fn printable(text: &str) -> String {
    text.chars().filter(|character| !character.is_control()).take(300).collect()
}

/// RFC 5322 §3.3.
pub(crate) fn rfc5322(at: Timestamp) -> String {
    at.strftime("%a, %-d %b %Y %H:%M:%S +0000").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn transit() -> Transit<'static> {
        Transit {
            tenant: Uuid::from_u128(1),
            network_message_id: Uuid::from_u128(2),
            client_ip: "192.0.2.7".parse().unwrap(),
            helo: "mx.sender.example",
            mail_from: "ann@sender.example",
            from_domain: "sender.example",
            at: "2026-11-20T08:00:02.5Z".parse().unwrap(),
        }
    }

    #[test]
    fn own_bytes_stay_in_one_piece_and_in_order() {
        let mail = b"From: ann@sender.example\nSubject: a\r\n b\r\n\r\nbody\n.\r\n";
        let stamped = inbound(mail, &Verdict::default(), &transit());
        let text = String::from_utf8(stamped).unwrap();
        assert!(
            text.contains(
                "From: ann@sender.example\nSubject: a\r\n b\r\nReturn-Path: ann@sender.example\r\n"
            )
        );
        assert!(text.ends_with("\r\n\r\nbody\n.\r\n"));
    }

    #[test]
    fn the_verdict_is_stamped_as_given() {
        let verdict = Verdict::parse(
            "SCL=6;SFV=SPM;CAT=SPM;SPF=pass;DKIM=pass;DMARC=pass;COMPAUTH=pass;REASON=100;CTRY=SE",
        );
        assert!(verdict.is_junk());
        let stamped = inbound(b"From: a@b.example\r\n\r\n", &verdict, &transit());
        let read = mime::envelope(&stamped);
        assert_eq!(read.header("X-MS-Exchange-Organization-SCL"), Some("6"));
        let report = read.header("X-Forefront-Antispam-Report").unwrap();
        assert!(
            report
                .starts_with("CIP:192.0.2.7;CTRY:SE;LANG:en;SCL:6;SRV:;IPV:NLI;SFV:SPM;H:mx.sender.example;")
        );
        let results = read.header("Authentication-Results").unwrap();
        assert!(
            results.starts_with("spf=pass (sender IP is 192.0.2.7) smtp.mailfrom=sender.example; dkim=pass")
        );
        assert!(results.ends_with("header.from=sender.example;compauth=pass reason=100"));
        assert!(read.header("X-Microsoft-Antispam-Mailbox-Delivery").unwrap().contains("dest:J;"));
    }

    #[test]
    fn the_firewall_takes_forged_fields_away() {
        let forged =
            b"X-MS-Exchange-Organization-SCL: -1\r\nX-MS-Exchange-Organization-AuthAs:\r\n Internal\r\n\
            X-Forefront-Antispam-Report: SCL:-1;\r\nSubject: x\r\n\r\n";
        let read = mime::envelope(&inbound(forged, &Verdict::default(), &transit()));
        let all = |name: &str| {
            read.headers
                .iter()
                .filter(|(field, _)| field.eq_ignore_ascii_case(name))
                .map(|(_, value)| value.as_str())
                .collect::<Vec<_>>()
        };
        assert_eq!(all("X-MS-Exchange-Organization-SCL"), ["1"]);
        assert_eq!(all("X-MS-Exchange-Organization-AuthAs"), ["Anonymous"]);
        assert_eq!(all("X-Forefront-Antispam-Report-Untrusted"), ["SCL:-1;"]);
        assert_eq!(all("Subject"), ["x"]);
    }

    #[test]
    fn control_is_taken_out_and_nothing_else() {
        let (bytes, control) =
            without_control(b"A: 1\r\nX-Sandbox-Verdict: SCL=5;\r\n SFV=SPM\r\nB: 2\n\nbody");
        assert_eq!(bytes, b"A: 1\r\nB: 2\n\nbody");
        assert_eq!(control.as_deref(), Some("SCL=5; SFV=SPM"));
        assert_eq!(Verdict::parse("SCL=5; SFV=SPM").sfv, "SPM");
    }

    #[test]
    fn keeping_needs_something_to_keep() {
        let native = mime::envelope(b"X-MS-Exchange-Organization-SCL: 9\r\n\r\n");
        assert_eq!(mode(Some("keep"), &native), Mode::Keep);
        assert!(kept_is_junk(&native));
        assert_eq!(mode(Some("keep"), &mime::envelope(b"\r\n")), Mode::Stamp(Box::default()));
        assert_eq!(mode(None, &native), Mode::Stamp(Box::default()));
    }

    #[test]
    fn hostile_circumstances_make_no_new_fields() {
        let hostile = Transit { helo: "x\r\nEvil: 1", mail_from: "a\r\nEvil: 2@b", ..transit() };
        for bytes in [&b""[..], b"no colon", b"\r\n", b"A: 1", b" folded\r\n\r\n"] {
            let stamped = inbound(bytes, &Verdict::parse("SCL=9\r\nEvil: 3"), &hostile);
            assert!(mime::envelope(&stamped).headers.iter().all(|(name, _)| name != "Evil"));
        }
    }
}
