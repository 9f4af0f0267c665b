//! The SMTP edge.
#![allow(clippy::unwrap_used, reason = "a panic here is the report")]

mod harness;

use std::sync::Arc;

use harness::{ANN, BO, Smtp, mail, start};
use reqwest::Method;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

async fn newest(tester: &harness::Tester, who: &str) -> Value {
    tester
        .get(&format!("/users/{who}/messages?$select=subject,internetMessageHeaders,parentFolderId"))
        .await
        .1["value"][0]
        .clone()
}

fn header<'a>(message: &'a Value, name: &str) -> Option<&'a str> {
    let headers = message["internetMessageHeaders"].as_array()?;
    headers.iter().find(|one| one["name"].as_str().is_some_and(|own| own.eq_ignore_ascii_case(name)))?["value"].as_str()
}

#[tokio::test]
async fn a_mail_is_taken_stamped_and_filed_for_each_recipient() {
    let tester = start().await;
    let mut smtp = Smtp::connect(&tester.running).await;
    let hello = smtp.say("EHLO mx.sender.example").await;
    for extension in ["SIZE 157286400", "PIPELINING", "STARTTLS", "8BITMIME", "SMTPUTF8", "CHUNKING"] {
        assert!(hello.contains(extension), "{extension} in {hello}");
    }
    assert!(smtp.say("XCLIENT ADDR=192.0.2.77 HELO=mx.sender.example").await.starts_with("220"));
    assert!(smtp.say("MAIL FROM:<carl@sender.example> SIZE=400 BODY=8BITMIME").await.starts_with("250"));
    assert!(smtp.say(&format!("RCPT TO:<{ANN}>")).await.starts_with("250"));
    assert!(smtp.say(&format!("RCPT TO:<{BO}>")).await.starts_with("250"));
    assert!(smtp.say("RCPT TO:<nobody@tenant.example>").await.starts_with("550"));
    assert!(smtp.say("RCPT TO:<carl@elsewhere.example>").await.starts_with("550"));
    assert!(smtp.say("DATA").await.starts_with("354"));
    assert!(smtp.say(&format!("{}..dot\r\n.", mail("over-smtp"))).await.starts_with("250"));
    assert!(smtp.say("QUIT").await.starts_with("221"));
    for who in [ANN, BO] {
        let message = newest(&tester, who).await;
        assert_eq!(message["subject"], "over-smtp");
        assert!(header(&message, "Received-SPF").is_some());
        assert!(header(&message, "X-Forefront-Antispam-Report").unwrap().contains("CIP:192.0.2.77;"));
        assert_eq!(header(&message, "Return-Path"), Some("carl@sender.example"));
    }
    let id = newest(&tester, ANN).await["id"].as_str().unwrap().to_owned();
    let mime = tester
        .request(Method::GET, &format!("/users/{ANN}/messages/{id}/$value"))
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    assert!(mime.ends_with("Hello over-smtp\r\n.dot\r\n"), "dots are unstuffed");
}

#[tokio::test]
async fn the_control_field_makes_the_verdict_and_is_not_filed() {
    let tester = start().await;
    let mut smtp = Smtp::connect(&tester.running).await;
    smtp.say("EHLO mx.sender.example").await;
    let pipelined = format!("MAIL FROM:<>\r\nRCPT TO:<{ANN}>\r\nDATA\r\n");
    smtp.write(pipelined.as_bytes()).await;
    for code in ["250", "250", "354"] {
        assert!(smtp.reply().await.starts_with(code));
    }
    let spam = format!("X-Sandbox-Verdict: SCL=9;SFV=SPM;CAT=HPHSH\r\n{}.", mail("spam"));
    assert!(smtp.say(&spam).await.starts_with("250"));
    let message = newest(&tester, ANN).await;
    assert_eq!(header(&message, "X-MS-Exchange-Organization-SCL"), Some("9"));
    assert_eq!(header(&message, "X-Sandbox-Verdict"), None);
    let (_, junk) = tester.get(&format!("/users/{ANN}/mailFolders/junkemail")).await;
    assert_eq!(message["parentFolderId"], junk["id"]);
}

#[tokio::test]
async fn a_kept_sample_is_not_touched() {
    let tester = start().await;
    let sample = format!("X-MS-Exchange-Organization-SCL: 5\r\n{}", mail("sample"));
    let body = serde_json::json!({"raw": sample, "to": [ANN], "verdict": "keep"});
    let filed = tester.control(Method::POST, "/mail", body).await["filed"][0].clone();
    assert_eq!(filed["folder"], "Junk Email");
    let path = format!("/users/{ANN}/messages/{}/$value", filed["id"].as_str().unwrap());
    assert_eq!(tester.request(Method::GET, &path).send().await.unwrap().text().await.unwrap(), sample);
}

#[tokio::test]
async fn a_bare_line_feed_does_not_end_a_mail() {
    let tester = start().await;
    let mut smtp = Smtp::connect(&tester.running).await;
    smtp.say("EHLO mx.sender.example").await;
    smtp.say("MAIL FROM:<carl@sender.example>").await;
    smtp.say(&format!("RCPT TO:<{ANN}>")).await;
    smtp.say("DATA").await;
    smtp.write(format!("{}\n.\nMAIL FROM:<smuggled@sender.example>\r\n.\r\n", mail("one")).as_bytes()).await;
    assert!(smtp.reply().await.starts_with("250 2.6.0"));
    let (_, list) = tester.get(&format!("/users/{ANN}/messages")).await;
    assert_eq!(list["value"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn chunks_arrive_as_one_mail() {
    let tester = start().await;
    let mut smtp = Smtp::connect(&tester.running).await;
    smtp.say("EHLO mx.sender.example").await;
    smtp.say("MAIL FROM:<carl@sender.example>").await;
    smtp.say(&format!("RCPT TO:<{ANN}>")).await;
    let whole = mail("chunked");
    let (first, second) = whole.split_at(40);
    smtp.write(format!("BDAT {}\r\n{first}", first.len()).as_bytes()).await;
    assert!(smtp.reply().await.starts_with("250"));
    smtp.write(format!("BDAT {} LAST\r\n{second}", second.len()).as_bytes()).await;
    assert!(smtp.reply().await.starts_with("250 2.6.0"));
    assert_eq!(newest(&tester, ANN).await["subject"], "chunked");
}

#[tokio::test]
async fn disorder_is_answered_and_bounded() {
    let tester = start().await;
    let mut smtp = Smtp::connect(&tester.running).await;
    assert!(smtp.say("MAIL FROM:<a@b.example>").await.starts_with("503"));
    assert!(smtp.say("DATA").await.starts_with("503"));
    assert!(smtp.say("RUBBISH").await.starts_with("500"));
    assert!(smtp.say(&"x".repeat(10_000)).await.starts_with("500"));
    smtp.say("EHLO mx.sender.example").await;
    assert!(smtp.say("MAIL FROM:<a@b.example> SIZE=209715200").await.starts_with("552"));
    let mut last = String::new();
    for _ in 0..20 {
        last = smtp.say("RUBBISH").await;
        if !last.starts_with("500") {
            break;
        }
    }
    assert!(last.is_empty() || last.starts_with("421"), "{last}");
}

#[tokio::test]
async fn a_session_goes_over_to_tls_and_starts_anew() {
    let tester = start().await;
    let mut stream = TcpStream::connect(tester.running.smtp_addr).await.unwrap();
    let mut buffer = vec![0; 4096];
    for (say, expect) in [("", "220"), ("EHLO mx.sender.example\r\n", "250"), ("STARTTLS\r\n", "220")] {
        stream.write_all(say.as_bytes()).await.unwrap();
        let read = stream.read(&mut buffer).await.unwrap();
        assert!(buffer[..read].starts_with(expect.as_bytes()));
    }
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(tester.running.ca_pem.as_bytes()).unwrap()).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let config = config.with_root_certificates(roots).with_no_client_auth();
    let connector = TlsConnector::from(Arc::new(config));
    let mut stream = connector.connect(ServerName::try_from("localhost").unwrap(), stream).await.unwrap();
    stream.write_all(b"MAIL FROM:<carl@sender.example>\r\n").await.unwrap();
    let read = stream.read(&mut buffer).await.unwrap();
    assert!(buffer[..read].starts_with(b"503"), "the greeting must be said again");
    stream.write_all(b"EHLO mx.sender.example\r\n").await.unwrap();
    let read = stream.read(&mut buffer).await.unwrap();
    assert!(!String::from_utf8_lossy(&buffer[..read]).contains("STARTTLS"));
}
