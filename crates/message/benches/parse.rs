//! What reading a message costs, beside the floors: the MIME library alone, and hashing the bytes.
//!
//! `INNERWARD_CORPUS=FOLDER cargo bench -p message` reads real mail (`.eml` files, at most 2,000, spread over the
//! folder); without it, one generated message of ordinary size is read. Times are of the whole set; bytes a second
//! compare.

use std::path::{Path, PathBuf};

use divan::Bencher;
use divan::counter::{BytesCount, ItemsCount};
use message::builder::Builder;

const FILES_MAX: usize = 2_000;

fn main() {
    divan::main();
}

fn corpus() -> Vec<Vec<u8>> {
    let folder = std::env::vars_os().find(|(name, _)| name == "INNERWARD_CORPUS").map(|(_, folder)| folder);
    let mut paths = Vec::new();
    if let Some(folder) = folder {
        find(Path::new(&folder), &mut paths);
    }
    paths.sort();
    let step = paths.len().div_ceil(FILES_MAX).max(1);
    let mail: Vec<_> = paths.iter().step_by(step).filter_map(|path| std::fs::read(path).ok()).collect();
    if mail.is_empty() { vec![generated()] } else { mail }
}

fn find(folder: &Path, paths: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        match path.is_dir() {
            true => find(&path, paths),
            false if path.extension().is_some_and(|extension| extension == "eml") => paths.push(path),
            false => {}
        }
    }
}

/// About 40 KB: many header fields, a text, an HTML newsletter, a picture.
fn generated() -> Vec<u8> {
    let row = "<tr><td style=\"padding:4px;color:#333\"><a href=\"https://example.com/read?id=17\">Read on</a> about \
               the things that happened this week, and what they mean for you.</td></tr>\n";
    let mut builder = Builder::new();
    for hop in 0..30 {
        builder = builder.raw_field("Received", &format!("from a{hop}.example (a{hop}.example [192.0.2.{hop}])\r\n by b.example with ESMTPS id x{hop}; Tue, 24 Nov 2026 06:48:13 +0000"));
    }
    builder
        .mailbox("From", "The Weekly Grüße", "news@example.com")
        .mailbox("To", "Ann Lee", "ann@example.com")
        .field("Subject", "What happened this week – and why")
        .text(&"What happened this week. https://example.com/read\n".repeat(40))
        .html(&format!("<html><body><table>{}</table></body></html>", row.repeat(100)))
        .attach("picture.png", "image/png", &[&b"\x89PNG\r\n\x1a\n"[..], &[7; 8_000]].concat())
        .build()
}

fn each(bencher: Bencher<'_, '_>, work: impl Fn(&[u8]) + Sync) {
    let mail = corpus();
    let bytes: usize = mail.iter().map(Vec::len).sum();
    bencher
        .counter(BytesCount::new(bytes))
        .counter(ItemsCount::new(mail.len()))
        .bench_local(|| mail.iter().for_each(|bytes| work(bytes)));
}

#[divan::bench(sample_count = 10)]
fn parse(bencher: Bencher<'_, '_>) {
    each(bencher, |bytes| {
        divan::black_box(message::parse(bytes));
    });
}

/// Structure, fields and decoded leaves by mailparse, nothing looked into.
#[divan::bench(sample_count = 10)]
fn floor_mailparse(bencher: Bencher<'_, '_>) {
    each(bencher, |bytes| {
        if let Ok(mail) = mailparse::parse_mail(bytes) {
            mail.parts().for_each(|part| {
                divan::black_box(part.get_body_raw().ok());
            });
        }
    });
}

#[divan::bench(sample_count = 10)]
fn floor_sha256(bencher: Bencher<'_, '_>) {
    each(bencher, |bytes| {
        divan::black_box(message::Digest::of(bytes));
    });
}
