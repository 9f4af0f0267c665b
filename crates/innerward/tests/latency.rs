//! How long a bad message lies in an inbox: from delivery to our quarantine, by the tenant's own books, notices on.
//!
//! ```sh
//! cargo test --release -p innerward --test latency -- --nocapture
//! ```

#![allow(clippy::unwrap_used, reason = "a panic here is the report")]

mod common;

use std::time::Duration;

use common::{Sandbox, Ward, letters};
use jiff::Timestamp;
use serde_json::Value;

/// Enough for a 99th percentile that is not one message.
const MESSAGES: usize = 300;

/// Between two deliveries.
const PAUSE: Duration = Duration::from_millis(20);

#[test]
fn bad_mail_leaves_the_inbox_and_how_soon_is_printed() {
    let sandbox = Sandbox::start();
    let people = sandbox.people();
    let mut ward = Ward::start(&sandbox, "");
    ward.wait_until_watching(people.len());
    for number in 0..MESSAGES {
        let recipient = &people[number % people.len()..][..1];
        sandbox.deliver(
            letters::disguised_program(number).as_bytes(),
            recipient,
            "SCL=1;SFV=NSPM;CAT=NONE;DEST=I",
        );
        std::thread::sleep(PAUSE);
    }
    ward.wait_until_judged(MESSAGES, Duration::from_secs(120));
    ward.wait_until_idle(Duration::from_secs(120));

    let mut times_ms: Vec<i64> = people
        .iter()
        .flat_map(|who| {
            let history = sandbox.get(&format!("mailboxes/{who}/history"));
            let rows = history["history"].as_array().unwrap().clone();
            (0..MESSAGES)
                .filter_map(move |number| from_delivery_to_quarantine_ms(&rows, number))
                .collect::<Vec<_>>()
        })
        .collect();
    times_ms.sort_unstable();
    assert_eq!(times_ms.len(), MESSAGES, "every one of them in quarantine");
    let percentile = |hundredths: usize| times_ms[(MESSAGES - 1) * hundredths / 100];
    println!("\nfrom delivery to quarantine, {MESSAGES} messages, {} mailboxes, notices on", people.len());
    println!(
        "p50 {} ms, p90 {} ms, p99 {} ms, slowest {} ms\n",
        percentile(50),
        percentile(90),
        percentile(99),
        percentile(100)
    );
}

/// `None` when the message is not in this mailbox, or was not moved.
fn from_delivery_to_quarantine_ms(rows: &[Value], number: usize) -> Option<i64> {
    let id = letters::message_id(number);
    let of_it = || rows.iter().filter(|row| row["internet_message_id"] == id.as_str());
    let arrived = of_it().find(|row| row["what"] != "moved")?;
    let moved = of_it().find(|row| row["what"] == "moved")?;
    let at = |row: &Value| row["at"].as_str().unwrap().parse::<Timestamp>().unwrap().as_millisecond();
    Some(at(moved) - at(arrived))
}
