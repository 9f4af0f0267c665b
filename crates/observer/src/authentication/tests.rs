//! Messages signed here, checked against offline answers and loopback name servers.

use std::net::UdpSocket;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use mail_auth::common::crypto::Ed25519Key;
use mail_auth::common::headers::HeaderWriter;
use mail_auth::dkim::{Canonicalization, DkimSigner};
use message::{Address, Domain};
use proptest::prelude::*;
use signal::observation::AuthResult::{Fail, Neutral, None as Nothing, Pass, PermError, SoftFail, TempError};
use signal::observation::{AuthResult, Authentication as Found};

use super::*;

/// In the year 2100: long after every signature made here.
const LONG_AFTER: Timestamp = Timestamp::constant(4_102_444_800, 0);
const AS_OF: Timestamp = Timestamp::constant(1_700_000_000, 0);

const MESSAGE: &str =
    "From: Bob <bob@example.org>\r\nTo: ann@example.com\r\nSubject: Lunch?\r\n\r\nHello  Ann,\r\nlunch?\r\n";

const DNS: &str = r#"
# The sender.
example.org               TXT   "some-verification=1"
example.org               TXT   v=spf1 ip4:192.0.2.0/24 a:hosts.example.org include:_spf.relay.example ~all
_dmarc.example.org        TXT   "v=DMARC1; " "p=reject"
hosts.example.org         A     198.51.100.7
hosts.example.org         AAAA  2001:db8::7
# A service sending for them.
_spf.relay.example        TXT   v=spf1 exists:%{i}.ok.relay.example mx:relay.example -all
203.0.113.5.ok.relay.example A  127.0.0.2
relay.example             MX    10 mx.relay.example
mx.relay.example          A     203.0.113.9
relay.example             TXT   v=spf1 a:hosts.example.org -all
# Troubles.
broken.example            TXT   v=spf1 ip4:999 -all
slow.example              TIMEOUT
asks-slow.example         TXT   v=spf1 a:slow.example -all
_dmarc.slow.example       SERVFAIL
s._domainkey.slow.example SERVFAIL
"#;

fn question(ip: &str, mail_from: &str, header_from: &str) -> Question {
    Question::Authentication {
        ip: ip.parse().ok(),
        helo: "relay.example".to_owned(),
        mail_from: Address::parse(mail_from),
        header_from: Domain::parse(header_from),
    }
}

async fn found(dns: &str, question: &Question, message: &str, as_of: Timestamp) -> Found {
    let resolver = Resolver::offline(Answers::parse(dns).unwrap()).unwrap();
    match Authentication::new(resolver, Source::Original).observe(question, message.as_bytes(), as_of).await {
        Observation::Authentication(found) => found,
        other => panic!("{other:?}"),
    }
}

/// A signature of `domain`, and the record its key is in.
fn signed(message: &str, domain: &str, body: Canonicalization) -> (String, String) {
    let key = Ed25519Key::from_pkcs8_der(&Ed25519Key::generate_pkcs8().unwrap()).unwrap();
    let record =
        format!("s._domainkey.{domain} TXT v=DKIM1; k=ed25519; p={}\n", STANDARD.encode(key.public_key()));
    let signature = DkimSigner::from_key(key)
        .domain(domain)
        .selector("s")
        .headers(["From", "To", "Subject"])
        .expiration(3600)
        .body_canonicalization(body)
        .sign(message.as_bytes())
        .unwrap();
    (format!("{}{message}", signature.to_header()), record)
}

#[tokio::test]
async fn spf_depends_on_who_connected() {
    for (ip, mail_from, expected) in [
        ("192.0.2.1", "bob@example.org", Pass),
        ("198.51.100.7", "bob@example.org", Pass),
        ("2001:db8::7", "bob@example.org", Pass),
        ("203.0.113.9", "bob@example.org", Pass),
        ("203.0.113.5", "bob@example.org", Pass),
        ("203.0.113.6", "bob@example.org", SoftFail),
        ("2001:db8::8", "bob@example.org", SoftFail),
        ("192.0.2.1", "bob@nowhere.example", Nothing),
        ("192.0.2.1", "bob@broken.example", PermError),
        ("192.0.2.1", "bob@slow.example", TempError),
        ("192.0.2.1", "bob@asks-slow.example", TempError),
        // The null sender: the greeting speaks.
        ("198.51.100.7", "", Pass),
        ("192.0.2.1", "", Fail),
        // Unknown is not "no".
        ("unknown", "bob@example.org", TempError),
    ] {
        let spf = found(DNS, &question(ip, mail_from, "example.org"), MESSAGE, AS_OF).await.spf;
        assert_eq!(spf, expected, "{ip} {mail_from}");
    }
}

#[tokio::test]
async fn dmarc_passes_when_an_aligned_check_does() {
    let (message, key) = signed(MESSAGE, "example.org", Canonicalization::Relaxed);
    let (elsewhere, other_key) = signed(MESSAGE, "relay.example", Canonicalization::Relaxed);
    let dns = format!("{DNS}{key}{other_key}");
    for (message, ip, mail_from, header_from, expected) in [
        (MESSAGE, "192.0.2.1", "bob@example.org", "example.org", Pass),
        (MESSAGE, "192.0.2.1", "bob@example.org", "mail.example.org", Pass),
        (MESSAGE, "203.0.113.6", "bob@example.org", "example.org", Fail),
        (MESSAGE, "198.51.100.7", "bounce@relay.example", "example.org", Fail),
        (&elsewhere, "198.51.100.7", "bounce@relay.example", "example.org", Fail),
        (&message, "198.51.100.7", "bounce@relay.example", "example.org", Pass),
        (&message, "unknown", "bounce@relay.example", "example.org", Pass),
        // SPF might have passed: nobody can say "fail".
        (MESSAGE, "unknown", "bob@example.org", "example.org", TempError),
        (MESSAGE, "192.0.2.1", "bob@example.org", "relay.example", Nothing),
        (MESSAGE, "192.0.2.1", "bob@example.org", "slow.example", TempError),
        (MESSAGE, "192.0.2.1", "bob@example.org", "", Nothing),
    ] {
        let dmarc = found(&dns, &question(ip, mail_from, header_from), message, AS_OF).await.dmarc;
        assert_eq!(dmarc, expected, "{ip} {mail_from} {header_from}");
    }
}

#[tokio::test]
async fn a_signature_verifies_until_something_signed_is_changed() {
    let (message, key) = signed(MESSAGE, "Example.org", Canonicalization::Relaxed);
    let (slow, _) = signed(MESSAGE, "slow.example", Canonicalization::Relaxed);
    for (what, message, key, expected) in [
        ("as signed", message.clone(), &*key, Pass),
        ("with a field on top", format!("X-Spam: no\r\n{message}"), &key, Pass),
        ("with other blanks", message.replace("Hello  Ann", "Hello Ann"), &key, Pass),
        ("another body", message.replace("lunch?", "money?"), &key, Fail),
        ("another subject", message.replace("Lunch?", "Money?"), &key, Fail),
        ("no key", message.clone(), "", PermError),
        ("no signature", MESSAGE.to_owned(), &key, Nothing),
        ("no answer", slow, "", TempError),
        ("nonsense", format!("DKIM-Signature: v=1; nonsense\r\n{MESSAGE}"), "", Neutral),
    ] {
        let found = found(&format!("{DNS}{key}"), &question("", "", "example.org"), &message, AS_OF).await;
        assert_eq!(found.dkim, expected, "{what}");
        let signers: &[&str] = if expected == Pass { &["example.org"] } else { &[] };
        assert_eq!(found.dkim_domains, signers, "{what}");
    }
}

/// One good signature is enough, whatever the others are.
#[tokio::test]
async fn the_best_signature_counts() {
    let (message, key) = signed(MESSAGE, "example.org", Canonicalization::Simple);
    let (both, other_key) = signed(&message, "relay.example", Canonicalization::Relaxed);
    for (keys, expected, signers) in [
        (format!("{key}{other_key}"), Pass, vec!["relay.example", "example.org"]),
        (key, Pass, vec!["example.org"]),
        (String::new(), PermError, vec![]),
    ] {
        let found = found(&format!("{DNS}{keys}"), &question("", "", "example.org"), &both, AS_OF).await;
        assert_eq!(
            (found.dkim, found.dkim_domains),
            (expected, signers.iter().map(ToString::to_string).collect())
        );
    }
}

#[tokio::test]
async fn a_signature_is_as_old_as_the_time_of_judging_makes_it() {
    let (message, key) = signed(MESSAGE, "example.org", Canonicalization::Relaxed);
    for (as_of, expected) in [(AS_OF, Pass), (LONG_AFTER, Fail)] {
        assert_eq!(found(&key, &question("", "", "example.org"), &message, as_of).await.dkim, expected);
    }
}

/// RFC 6376 §3.4.4 takes blanks and empty lines at the end away; mail-auth 0.13 does not where they are mixed.
#[tokio::test]
async fn last_lines_of_blanks_do_not_break_a_relaxed_signature() {
    let (relaxed, relaxed_key) = signed(MESSAGE, "example.org", Canonicalization::Relaxed);
    let (simple, simple_key) = signed(MESSAGE, "example.org", Canonicalization::Simple);
    for (what, message, key, expected) in [
        ("relaxed", format!("{relaxed} \r\n\t\r\n"), &relaxed_key, Pass),
        ("relaxed, tampered", format!("{relaxed} \r\n x\r\n \r\n"), &relaxed_key, Fail),
        ("simple", format!("{simple} \r\n\t\r\n"), &simple_key, Fail),
        ("simple, empty lines", format!("{simple}\r\n\r\n"), &simple_key, Pass),
    ] {
        let found = found(key, &question("", "", "example.org"), &message, AS_OF).await;
        assert_eq!(found.dkim, expected, "{what}");
        assert_eq!(found.dkim_domains.len(), usize::from(expected == Pass), "{what}: once");
    }
}

#[tokio::test]
async fn bytes_put_together_again_are_said_to_be() {
    for (source, rebuilt) in [(Source::Original, false), (Source::Rebuilt, true)] {
        let resolver = Resolver::offline(Answers::parse(DNS).unwrap()).unwrap();
        let observer = Authentication::new(resolver, source);
        let observation = observer.observe(&question("", "", "example.org"), MESSAGE.as_bytes(), AS_OF).await;
        assert!(matches!(observation, Observation::Authentication(found) if found.rebuilt == rebuilt));
    }
}

#[tokio::test]
async fn a_header_section_past_all_bounds_is_not_evaluated() {
    let huge = format!("X: {}\r\n{MESSAGE}", "y".repeat(bounds::HEADER_BYTES_MAX));
    let resolver = Resolver::offline(Answers::parse("").unwrap()).unwrap();
    let observer = Authentication::new(resolver, Source::Original);
    let observation = observer.observe(&question("", "", "example.org"), huge.as_bytes(), AS_OF).await;
    assert!(matches!(observation, Observation::Unavailable(Unavailable::Failed(_))), "{observation:?}");
}

/// Ten thousand names in one signature, ten thousand fields to look for each of them in.
#[tokio::test]
async fn a_costly_signature_costs_little() {
    let names = vec!["a"; 50_000].join(":");
    let signature =
        format!("DKIM-Signature: v=1; a=rsa-sha256; d=example.org; s=s; bh=YQ==; b=YQ==; h={names}\r\n");
    let message = format!("{signature}{}{MESSAGE}", "b:\r\n".repeat(30_000));
    let begun = Instant::now();
    let found = found(DNS, &question("", "", "example.org"), &message, AS_OF).await;
    assert_eq!(found.dkim, Neutral);
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
}

/// What is sent back for a question.
type Reply = fn(&[u8]) -> Vec<u8>;

/// A name server on loopback that answers every question like this; `None`: not at all.
fn name_server(answer: Option<Reply>) -> Resolver {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let address = socket.local_addr().unwrap();
    std::thread::spawn(move || {
        let mut question = [0; 1500];
        while let Ok((length, from)) = socket.recv_from(&mut question) {
            if let Some(answer) = answer {
                socket.send_to(&answer(&question[..length]), from).unwrap();
            }
        }
    });
    Resolver::server(address).unwrap()
}

/// The question back as an answer with a response code (RFC 1035 §4.1.1) and without additional records.
fn coded(question: &[u8], code: u8, answers: u8) -> Vec<u8> {
    let name_end = 12 + question[12..].iter().position(|byte| *byte == 0).unwrap();
    let mut answer = question[..name_end + 5].to_vec();
    answer[2] |= 0x80;
    answer[3] = 0x80 | code;
    answer[7] = answers;
    answer[11] = 0;
    answer
}

/// One TXT record, whatever was asked.
fn spf_for_all(question: &[u8]) -> Vec<u8> {
    const TEXT: &[u8] = b"v=spf1 ip4:192.0.2.1 -all";
    let mut answer = coded(question, 0, 1);
    answer.extend_from_slice(&[
        0xc0,
        12,
        0,
        16,
        0,
        1,
        0,
        0,
        0,
        60,
        0,
        TEXT.len() as u8 + 1,
        TEXT.len() as u8,
    ]);
    answer.extend_from_slice(TEXT);
    answer
}

#[tokio::test]
async fn name_servers_are_asked_and_may_fail() {
    let servers: [(Option<Reply>, AuthResult); 4] = [
        (Some(spf_for_all), Pass),
        (Some(|question| coded(question, 3, 0)), Nothing),
        (Some(|question| coded(question, 2, 0)), TempError),
        (None, TempError),
    ];
    for (answer, expected) in servers {
        let observer = Authentication::new(name_server(answer), Source::Original);
        let begun = Instant::now();
        let question = question("192.0.2.1", "bob@example.org", "");
        let observation = observer.observe(&question, b"", AS_OF).await;
        assert!(
            matches!(&observation, Observation::Authentication(found) if found.spf == expected),
            "{observation:?}"
        );
        assert!(begun.elapsed() < bounds::CHECK + bounds::LOOKUP, "{expected:?}: {:?}", begun.elapsed());
    }
}

/// Made once: making a resolver reads the system's certificates.
static OBSERVER: LazyLock<Authentication> = LazyLock::new(|| {
    let resolver = Resolver::offline(Answers::parse(DNS).unwrap()).unwrap();
    Authentication::new(resolver, Source::Original)
});

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn no_bytes_bring_it_down(header in "(DKIM-Signature: |From: |[a-z]{0,5})?[ -~\r\n\t]{0,200}", body in any::<Vec<u8>>()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let message = [header.as_bytes(), b"\r\n\r\n", &body].concat();
        let question = question("192.0.2.1", "bob@example.org", "example.org");
        let observation = runtime.block_on(OBSERVER.observe(&question, &message, AS_OF));
        prop_assert!(matches!(observation, Observation::Authentication(_)), "{observation:?}");
    }
}
