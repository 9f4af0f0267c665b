//! Judges mail files offline and counts the verdicts of each folder: for setting the weights.
//!
//! ```text
//! cargo run -p verdict --example tally -- [--author-side] [--signals] [--show VERDICT] PATH…
//! ```
//!
//! `--author-side` judges copies that keep only what the author wrote (no trace, list, filter or authentication fields), so
//! that receivers cannot tell the classes apart. `--signals` adds how often each signal was there, in per cent.
//! `--show` names the files judged so, with their strongest reasons.

#![allow(clippy::print_stdout, reason = "a development tool that prints a table")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use message::Direction;
use signal::{Evidence, Observation, Reading, Setting, Unavailable};
use verdict::{Judgement, Outcome, Policy, ROUNDS_MAX, Verdict};

/// The fields an author's program writes.
const AUTHOR_SIDE: [&str; 16] = [
    "from",
    "to",
    "cc",
    "bcc",
    "reply-to",
    "sender",
    "subject",
    "date",
    "message-id",
    "in-reply-to",
    "references",
    "mime-version",
    "content-type",
    "content-transfer-encoding",
    "content-disposition",
    "importance",
];

#[derive(Default)]
struct Options {
    author_side: bool,
    signals: bool,
    show: Option<Verdict>,
    paths: Vec<PathBuf>,
}

#[derive(Default)]
struct Count {
    messages: usize,
    verdicts: BTreeMap<Verdict, usize>,
    signals: BTreeMap<&'static str, usize>,
}

fn main() {
    let options = options();
    let mut folders: BTreeMap<String, Count> = BTreeMap::new();
    let mut files = Vec::new();
    options.paths.iter().for_each(|path| collect(path, &mut files));
    files.sort();
    for file in &files {
        let Ok(bytes) = std::fs::read(file) else { continue };
        let bytes = if options.author_side { author_side(&bytes) } else { bytes };
        let (evidence, judgement) = judged(&bytes);
        let folder = file.parent().map(|folder| folder.display().to_string()).unwrap_or_default();
        let count = folders.entry(folder).or_default();
        count.messages += 1;
        *count.verdicts.entry(judgement.verdict).or_default() += 1;
        for signal in signal::signals::ALL.iter().filter(|_| options.signals) {
            if matches!((signal.read)(&evidence), Reading::Present(_)) {
                *count.signals.entry(signal.name).or_default() += 1;
            }
        }
        if options.show == Some(judgement.verdict) {
            show(file, &judgement);
        }
    }
    print(&folders, options.signals);
}

fn options() -> Options {
    let mut options = Options::default();
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--author-side" => options.author_side = true,
            "--signals" => options.signals = true,
            "--show" => options.show = arguments.next().and_then(|word| Verdict::parse(&word)),
            path => options.paths.push(path.into()),
        }
    }
    options
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) {
    match std::fs::read_dir(path) {
        Ok(entries) => entries.flatten().for_each(|entry| collect(&entry.path(), files)),
        Err(_) => files.push(path.to_owned()),
    }
}

/// Drops header fields; the rest stays byte for byte.
fn author_side(bytes: &[u8]) -> Vec<u8> {
    let mut kept = Vec::with_capacity(bytes.len());
    let mut keeps = false;
    let mut rest = bytes;
    while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
        let (line, after) = rest.split_at(end + 1);
        if line == b"\n" || line == b"\r\n" {
            break;
        }
        if !line.starts_with(b" ") && !line.starts_with(b"\t") {
            let name = line.split(|byte| *byte == b':').next().unwrap_or_default();
            keeps = AUTHOR_SIDE.iter().any(|field| name.trim_ascii().eq_ignore_ascii_case(field.as_bytes()));
        }
        if keeps {
            kept.extend_from_slice(line);
        }
        rest = after;
    }
    kept.extend_from_slice(rest);
    kept
}

fn judged(bytes: &[u8]) -> (Evidence, Judgement) {
    let setting = Arc::new(Setting::default());
    let message = message::parse(bytes);
    let route = message::route::trace(&message, &setting.organisation);
    let as_of = message.date.unwrap_or(Timestamp::UNIX_EPOCH);
    let mut evidence = Evidence::new(Arc::new(message), route, Direction::Inbound, setting, as_of);
    let policy = Policy::default();
    for _ in 0..ROUNDS_MAX {
        match verdict::judge(&evidence, &policy) {
            Outcome::Done(judgement) => return (evidence, judgement),
            Outcome::Ask(questions) => {
                for question in questions {
                    evidence.observations.keep(question, Observation::Unavailable(Unavailable::NoObserver));
                }
            }
        }
    }
    let judgement = verdict::conclude(&evidence, &policy);
    (evidence, judgement)
}

fn show(file: &Path, judgement: &Judgement) {
    println!("{} {} {:.2}", file.display(), judgement.verdict.as_str(), judgement.score);
    for reason in judgement.reasons.iter().filter(|reason| reason.weight != 0.0).take(6) {
        println!("    {:+.1} {}: {}", reason.weight, reason.name, reason.evidence.join("; "));
    }
}

fn print(folders: &BTreeMap<String, Count>, signals: bool) {
    print!("{:<44} {:>6}", "folder", "all");
    Verdict::ALL.iter().for_each(|verdict| print!(" {:>7.7}", verdict.as_str()));
    println!(" {:>7}", "bad %");
    for (folder, count) in folders {
        print!("{folder:<44} {:>6}", count.messages);
        Verdict::ALL.iter().for_each(|verdict| print!(" {:>7}", count.verdicts.get(verdict).unwrap_or(&0)));
        let bad: usize =
            count.verdicts.iter().filter(|(verdict, _)| verdict.is_bad()).map(|(_, count)| count).sum();
        println!(" {:>7.2}", share(bad, count.messages));
    }
    if !signals {
        return;
    }
    for (number, folder) in folders.keys().enumerate() {
        println!("({number}) {folder}");
    }
    for signal in signal::signals::ALL {
        print!("{:<40}", signal.name);
        folders.values().for_each(|count| {
            print!(" {:>6.2}", share(*count.signals.get(signal.name).unwrap_or(&0), count.messages))
        });
        println!();
    }
}

fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { 100.0 * part as f64 / whole as f64 }
}
