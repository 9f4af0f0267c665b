//! CPU time per message of full judging on one core, beside two floors: the MIME library's own parse, and hashing the bytes.
//!
//! ```sh
//! cargo bench -p verdict                                  # the mail of corpus/
//! INNERWARD_CORPUS=/path/to/mail cargo bench -p verdict   # every .eml below a folder
//! ```
//!
//! Each figure is the fastest of several passes over all messages; read the ratios, which hold on a busy machine too.

#![allow(clippy::print_stdout, reason = "a benchmark prints what it measured")]

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use message::{Digest, Direction, Message, Organisation};
use signal::{Evidence, Observation, Setting, Unavailable};
use verdict::{Judgement, Outcome, Policy};

/// The fastest of so many.
const PASSES: usize = 5;

/// More than this says nothing new.
const MESSAGES_MAX: usize = 3_000;

#[allow(clippy::disallowed_methods, reason = "a benchmark reads where its mail is")]
fn main() {
    let folder = std::env::var("INNERWARD_CORPUS")
        .map_or_else(|_| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../corpus"), PathBuf::from);
    let mail = mail_below(&folder);
    assert!(!mail.is_empty(), "no .eml below {}", folder.display());
    let bytes: usize = mail.iter().map(Vec::len).sum();
    println!(
        "{} messages, {} KiB on average, from {}",
        mail.len(),
        bytes / mail.len() / 1024,
        folder.display()
    );

    let policy = Policy::default();
    let setting = Arc::new(Setting::default());
    let full = fastest(&mail, |bytes| {
        black_box(judge(bytes, &setting, &policy));
    });
    let ours = fastest(&mail, |bytes| {
        black_box(message::parse(bytes));
    });
    let library = fastest(&mail, |bytes| {
        black_box(mailparse::parse_mail(bytes).is_ok());
    });
    let hashing = fastest(&mail, |bytes| {
        black_box(Digest::of(bytes));
    });
    println!("{:<42} {:>12} {:>16}", "", "µs/message", "× library parse");
    let rows = [
        ("full judging (parse, route, signals, verdict)", full),
        ("message::parse (parts decoded, links, files)", ours),
        ("mailparse::parse_mail (structure only)", library),
        ("SHA-256 of the bytes", hashing),
    ];
    for (what, time) in rows {
        let each = time.as_secs_f64() * 1e6 / mail.len() as f64;
        println!("{what:<46} {each:>8.1} {:>16.2}", time.as_secs_f64() / library.as_secs_f64());
    }
}

fn fastest(mail: &[Vec<u8>], work: impl Fn(&[u8])) -> Duration {
    let pass = |_| {
        let start = Instant::now();
        mail.iter().for_each(|bytes| work(bytes));
        start.elapsed()
    };
    (0..PASSES).map(pass).min().unwrap_or_default()
}

/// As the server judges, with nobody to ask.
fn judge(bytes: &[u8], setting: &Arc<Setting>, policy: &Policy) -> Judgement {
    let message: Arc<Message> = Arc::new(message::parse(bytes));
    let nowhere = Organisation::default();
    let route = message::route::trace(&message, &nowhere);
    let direction = Direction::of(&message, &route, &nowhere);
    let mut evidence = Evidence::new(message, route, direction, setting.clone(), Timestamp::UNIX_EPOCH);
    for _ in 0..verdict::ROUNDS_MAX {
        match verdict::judge(&evidence, policy) {
            Outcome::Done(judgement) => return judgement,
            Outcome::Ask(questions) => questions.into_iter().for_each(|question| {
                evidence.observations.keep(question, Observation::Unavailable(Unavailable::NoObserver));
            }),
        }
    }
    verdict::conclude(&evidence, policy)
}

/// Evenly thinned to the most we look at.
fn mail_below(folder: &Path) -> Vec<Vec<u8>> {
    let mut paths = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|suffix| suffix == "eml") {
                paths.push(path);
            }
        }
    }
    paths.sort();
    let step = paths.len().div_ceil(MESSAGES_MAX).max(1);
    paths.iter().step_by(step).filter_map(|path| std::fs::read(path).ok()).collect()
}
