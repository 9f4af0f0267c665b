//! How much of the `Received` fields of real mail is read: `cargo run -p message --example hops -- PATH…`. For each
//! claim, the share of the fields that hold one from which it was read, and samples of the others.
#![allow(clippy::print_stdout, reason = "printing is what an example is for")]

use std::path::{Path, PathBuf};

use message::{Headers, route};
use regex::Regex;

/// Samples printed of the fields from which something was not read.
const SAMPLES: usize = 15;

#[derive(Default)]
struct Count {
    held: usize,
    read: usize,
    missed: Vec<String>,
}

impl Count {
    fn take(&mut self, is_held: bool, is_read: bool, value: &str) {
        if !is_held {
            return;
        }
        self.held += 1;
        self.read += usize::from(is_read);
        if !is_read {
            self.missed.push(value.to_owned());
        }
    }

    fn print(&self, name: &str) {
        let share = 100.0 * self.read as f64 / self.held.max(1) as f64;
        println!("{name}: {} of {} read, {share:.2} %", self.read, self.held);
        let step = (self.missed.len() / SAMPLES).max(1);
        for value in self.missed.iter().step_by(step).take(SAMPLES) {
            println!("    {}", value.chars().take(300).collect::<String>());
        }
    }
}

fn main() {
    let address = Regex::new(
        r"(?i)(?:^|[\s\[(:=@])(?:\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}|(?:[0-9a-f]{1,4}:){2,7}[0-9a-f]{1,4}|[0-9a-f:]*::[0-9a-f:.]*)(?:[\s\]%):]|$)",
    )
    .expect("a pattern");
    let by = Regex::new(r"(?i)(?:^|\s)by\s+\S").expect("a pattern");
    let from = Regex::new(r"(?i)^\s*from\s").expect("a pattern");
    let clock = Regex::new(r"\d{1,2}:\d{2}(?::\d{2})?").expect("a pattern");
    let (mut ips, mut bys, mut dates) = (Count::default(), Count::default(), Count::default());
    for file in std::env::args().skip(1).flat_map(|path| files(Path::new(&path))) {
        let headers = Headers::parse(&std::fs::read(&file).expect("a readable file"));
        let values = headers.iter().filter(|field| field.is("Received") || field.is("X-Received"));
        for (hop, field) in route::hops(&headers).iter().zip(values) {
            let value = &field.value;
            let sender = by.find(value).map_or(value.as_str(), |by| &value[..by.start()]);
            ips.take(from.is_match(value) && address.is_match(sender), hop.ip.is_some(), value);
            bys.take(by.is_match(value) && !value.contains("invoked by"), hop.by.is_some(), value);
            dates.take(clock.is_match(value), hop.at.is_some(), value);
        }
    }
    ips.print("from address");
    bys.print("by");
    dates.print("date");
}

fn files(path: &Path) -> Vec<PathBuf> {
    if !path.is_dir() {
        return vec![path.to_owned()];
    }
    let mut entries: Vec<PathBuf> =
        std::fs::read_dir(path).expect("a folder").filter_map(|entry| Some(entry.ok()?.path())).collect();
    entries.sort();
    entries.iter().flat_map(|entry| files(entry)).collect()
}
