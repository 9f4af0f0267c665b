//! A message larger than we take: judged by its first bytes, said to be cut off, and never held beyond the bound.
#![allow(clippy::unwrap_used, reason = "a panic here is the report")]

mod common;

use std::time::{Duration, Instant};

use common::{Sandbox, Ward};
use serde_json::json;

/// More than Exchange Online takes in.
const MESSAGE_BYTES: usize = 200 * 1024 * 1024;

/// As much of it as we take.
const TAKEN_BYTES: u64 = 150 * 1024 * 1024;

/// The bytes taken are held as they came, once more where they are worked on, and as read. A server that held the whole
/// message in each of these places would be above.
const MEMORY_BYTES_MAX: u64 = TAKEN_BYTES * 7 / 2;

/// A debug build on a busy machine.
const SOON: Duration = Duration::from_secs(300);

/// An attachment of lines of 998 characters, the longest that SMTP allows (RFC 5321 §4.5.3.1.6).
fn letter() -> String {
    let mut text = String::with_capacity(MESSAGE_BYTES + 2_000);
    text.push_str(
        "From: Sender <sender@sender.example>\r\nTo: people@tidewright.example\r\nSubject: The whole archive\r\n\
         Message-ID: <huge@sender.example>\r\nDate: Tue, 24 Nov 2026 08:00:00 +0000\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nHere it is.\r\n\
         --b\r\nContent-Type: application/octet-stream; name=archive.bin\r\n\
         Content-Disposition: attachment; filename=archive.bin\r\n\r\n",
    );
    let line = format!("{}\r\n", "x".repeat(998));
    while text.len() < MESSAGE_BYTES {
        text.push_str(&line);
    }
    text.push_str("--b--\r\n");
    text
}

#[test]
fn it_is_judged_by_its_first_bytes_and_recorded_as_cut_off() {
    let sandbox = Sandbox::start();
    let people = sandbox.people();
    let mut ward = Ward::start(&sandbox, "");
    ward.wait_until_watching(people.len());
    let before = ward.process().peak_memory_bytes();

    let started = Instant::now();
    sandbox.deliver_text(&letter(), &people[..1], "SCL=1;SFV=NSPM;CAT=NONE;DEST=I");
    println!("delivered after {:.1} s", started.elapsed().as_secs_f64());
    ward.wait_until_judged(1, SOON);
    println!("judged after {:.1} s", started.elapsed().as_secs_f64());

    let message = ward.messages("limit=1").remove(0);
    assert_eq!(message["size_bytes"], json!(TAKEN_BYTES));
    assert_eq!(message["subject"], json!("The whole archive"));
    let told = ward.get(&format!("/api/v1/messages/{}", message["digest"].as_str().unwrap())).json();
    assert!(told["defects"].to_string().contains("bound-reached"), "{}", told["defects"]);
    ward.wait_for_log("longer than we take", SOON);
    if let (Some(before), Some(peak)) = (before, ward.process().peak_memory_bytes()) {
        println!("peak memory: {} MB, before the message {} MB", peak >> 20, before >> 20);
        assert!(peak - before < MEMORY_BYTES_MAX, "held {} MB", (peak - before) >> 20);
    }

    sandbox.deliver(b"Subject: next\r\n\r\nhello\r\n", &people[..1], "SCL=1;SFV=NSPM;DEST=I");
    ward.wait_until_judged(2, SOON);
    let report = ward.stop_and_verify();
    assert_eq!((&report["ok"], &report["deliveries"]), (&json!(true), &json!(2)), "{report}");
}
