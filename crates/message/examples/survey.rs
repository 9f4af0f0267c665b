//! Reads every file under the given paths, whole and cut short, and prints what was found: counts of defects, the
//! slowest files, and panics (of which there must be none).
//!
//! `cargo run --release -p message --example survey -- PATH…`

#![allow(clippy::print_stdout, reason = "a report is what this program is for")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// What was counted.
#[derive(Default)]
struct Survey {
    files: usize,
    bytes: usize,
    elapsed: Duration,
    panics: Vec<PathBuf>,
    defects: BTreeMap<String, usize>,
    kinds: BTreeMap<String, usize>,
    slowest: Vec<(Duration, PathBuf)>,
}

fn main() {
    let mut survey = Survey::default();
    for path in std::env::args().skip(1) {
        visit(Path::new(&path), &mut survey);
    }
    survey.print();
}

fn visit(path: &Path, survey: &mut Survey) {
    if path.is_dir() {
        let mut entries: Vec<_> = std::fs::read_dir(path).into_iter().flatten().flatten().collect();
        entries.sort_by_key(std::fs::DirEntry::path);
        entries.iter().for_each(|entry| visit(&entry.path(), survey));
    } else if let Ok(bytes) = std::fs::read(path) {
        survey.add(path, &bytes);
    }
}

impl Survey {
    fn add(&mut self, path: &Path, bytes: &[u8]) {
        self.files += 1;
        self.bytes += bytes.len();
        let start = Instant::now();
        let whole = std::panic::catch_unwind(|| message::parse(bytes));
        let elapsed = start.elapsed();
        self.elapsed += elapsed;
        self.slowest.push((elapsed, path.to_path_buf()));
        self.slowest.sort_by_key(|(elapsed, _)| std::cmp::Reverse(*elapsed));
        self.slowest.truncate(10);
        match whole {
            Ok(message) => self.count(&message),
            Err(_) => self.panics.push(path.to_path_buf()),
        }
        for tenths in [1, 3, 5, 7, 9] {
            let cut = &bytes[..bytes.len() * tenths / 10];
            if std::panic::catch_unwind(|| message::parse(cut)).is_err() {
                self.panics.push(path.to_path_buf());
            }
        }
    }

    fn count(&mut self, message: &message::Message) {
        for defect in &message.defects {
            let detail: String = defect.detail.chars().take(50).collect();
            *self.defects.entry(format!("{}: {detail}", defect.kind.name())).or_default() += 1;
        }
        for attachment in &message.attachments {
            *self.kinds.entry(format!("{:?}", attachment.kind)).or_default() += 1;
        }
    }

    fn print(&self) {
        let per_file_us = self.elapsed.as_micros() as usize / self.files.max(1);
        println!("files={} bytes={} panics={}", self.files, self.bytes, self.panics.len());
        println!("{per_file_us} µs a file, {} bytes a file", self.bytes / self.files.max(1));
        self.defects.iter().for_each(|(name, count)| println!("{count:>7} {name}"));
        self.kinds.iter().for_each(|(name, count)| println!("{count:>7} {name}"));
        self.slowest.iter().for_each(|(elapsed, path)| println!("{elapsed:>12.1?} {}", path.display()));
        self.panics.iter().for_each(|path| println!("panic: {}", path.display()));
    }
}
