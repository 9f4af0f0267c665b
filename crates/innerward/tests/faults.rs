//! The fault journey: mail keeps arriving while notices are dropped, doubled and late, Graph throttles, delta tokens are lost,
//! and the server is killed outright again and again. Afterwards: arrived = judged, and each plan carried out exactly once.
//!
//! ```sh
//! cargo test --release -p innerward --test faults -- --nocapture              # 300 messages, 5 kills
//! SLOW=1 cargo test --release -p innerward --test faults -- --nocapture       # 2,000 messages, 20 kills
//! ```

mod common;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use common::{Sandbox, Ward, letters};
use rand::rngs::StdRng;
use rand::seq::SliceRandom as _;
use rand::{Rng as _, SeedableRng as _};
use serde_json::{Value, json};

/// How much of everything.
struct Size {
    messages: usize,
    kills: usize,
}

/// One in so many is something to act upon.
const BAD_EVERY: usize = 4;

/// For everything to be judged after the last fault is lifted.
const SETTLED_WITHIN: Duration = Duration::from_secs(240);

#[test]
fn nothing_is_missed_lost_or_done_twice() {
    #[allow(clippy::disallowed_methods, reason = "a test's size is asked for in its environment")]
    let size = match std::env::var_os("SLOW") {
        Some(_) => Size { messages: 2_000, kills: 20 },
        None => Size { messages: 300, kills: 5 },
    };
    let sandbox = Sandbox::start();
    let people = sandbox.people();
    let mut ward = Ward::start(&sandbox, "sweep_s = 5");
    ward.wait_until_watching(people.len());
    sandbox.put("faults", &faults());

    let mut random = StdRng::seed_from_u64(20_261_124);
    let mut kill_at: Vec<usize> = (1..size.messages).collect();
    kill_at.shuffle(&mut random);
    kill_at.truncate(size.kills);
    let started = Instant::now();
    let mut sent: BTreeMap<String, usize> = BTreeMap::new();
    for number in 0..size.messages {
        let recipients = some_of(&people, &mut random);
        sent.insert(letters::message_id(number), recipients.len());
        let letter =
            if is_bad(number) { letters::disguised_program(number) } else { letters::ordinary(number) };
        sandbox.deliver(letter.as_bytes(), &recipients, "SCL=1;SFV=NSPM;CAT=NONE;DEST=I");
        if number % 97 == 50 {
            sandbox.post("delta/lose", &json!({ "mailbox": recipients[0] }));
        }
        if kill_at.contains(&number) {
            std::thread::sleep(Duration::from_millis(random.random_range(0..400)));
            ward.kill_and_start_again();
        }
    }
    sandbox.delete("faults");
    let copies: usize = sent.values().sum();
    ward.wait_until_judged(copies, SETTLED_WITHIN);
    ward.wait_until_idle(SETTLED_WITHIN);
    let report = ward.stop_and_verify();

    let moves = sandbox.moves_into_quarantine(&people);
    let bad = (0..size.messages).filter(|number| is_bad(*number));
    let expected: usize = bad.clone().map(|number| sent[&letters::message_id(number)]).sum();
    let once = moves.values().filter(|times| **times == 1).count();
    let counters = sandbox.get("counters");
    println!("\n{:<44} {:>8}", "messages sent", size.messages);
    println!("{:<44} {:>8}", "copies delivered to mailboxes", copies);
    println!("{:<44} {:>8}", "copies on record", report["deliveries"]);
    println!("{:<44} {:>8}", "copies not judged", report["unjudged"]);
    println!("{:<44} {:>8}", "copies to quarantine", expected);
    println!("{:<44} {:>8}", "  moved exactly once", once);
    println!("{:<44} {:>8}", "  moved more than once", moves.len() - once);
    println!("{:<44} {:>8}", "server killed (SIGKILL)", size.kills);
    println!("{:<44} {:>8}", "audit records, chain whole", report["audit_records"]);
    println!("{:<44} {:>8.1}", "seconds", started.elapsed().as_secs_f64());
    println!("faults met, as the tenant counted them: {counters}\n");

    assert_eq!(report["ok"], json!(true), "{report}");
    assert_eq!(report["deliveries"], json!(copies));
    assert_eq!(report["unjudged"], json!(0));
    assert_eq!(moves.len(), expected, "copies in quarantine");
    assert_eq!(once, expected, "each exactly once");
}

/// Three in ten notices lost, two in ten doubled, late ones, and storms of 429 in single requests and in batches.
fn faults() -> Value {
    json!({
        "notices": { "drop": 0.3, "duplicate": 0.2, "late": 0.2, "late_ms": [200, 1500], "reorder": 0.2 },
        "storms": [{ "status": 429, "probability": 0.08, "retry_after_s": 1 }],
        "unreadable_ms": 300,
    })
}

fn is_bad(number: usize) -> bool {
    number.is_multiple_of(BAD_EVERY)
}

fn some_of(people: &[String], random: &mut StdRng) -> Vec<String> {
    let mut some = people.to_vec();
    some.shuffle(random);
    some.truncate(random.random_range(1..=3));
    some
}
