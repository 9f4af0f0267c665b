//! Messages beside what is read in them: every `tests/<topic>/<case>.eml` has a `.txt` that says what [`message::parse`]
//! sees. `BLESS=1 cargo test -p message --test tables` writes them anew; read the difference.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use message::mime::{Content, Part};
use message::{Attachment, Message, parse};

/// What is seen in `message`, the empty things left out.
fn describe(message: &Message) -> String {
    let mut out = String::new();
    for (name, list) in [("from", &message.from), ("to", &message.to), ("reply-to", &message.reply_to)] {
        for entry in list {
            let address = entry
                .address
                .as_ref()
                .map_or_else(|| format!("no address {:?}", entry.written), ToString::to_string);
            line(&mut out, 0, &format!("{name}: {:?} {address}", entry.name));
        }
    }
    if !message.subject.is_empty() {
        line(&mut out, 0, &format!("subject: {:?}", message.subject));
    }
    if let Some(date) = message.date {
        line(&mut out, 0, &format!("date: {date}"));
    }
    part(&mut out, 0, &message.root);
    for (name, text) in
        [("text", &message.body.text), ("visible", &message.body.visible), ("hidden", &message.body.hidden)]
    {
        let told_already = name == "visible" && *text == message.body.text;
        if !text.is_empty() && !told_already {
            line(&mut out, 0, &format!("{name}: {text:?}"));
        }
    }
    if message.body.traits != message::body::HtmlTraits::default() {
        line(&mut out, 0, &format!("traits: {}", changed(&format!("{:?}", message.body.traits))));
    }
    for link in &message.links {
        line(&mut out, 0, &format!("link: {:?} {:?} shown {:?}", link.place, link.written, link.shown));
    }
    message.attachments.iter().for_each(|file| attachment(&mut out, file));
    message.defects.iter().for_each(|defect| line(&mut out, 0, &format!("defect: {defect}")));
    out
}

fn part(out: &mut String, depth: usize, part_: &Part) {
    let mut text = format!("part {}: {}", part_.path, part_.media_type);
    for (name, value) in [("charset", &part_.charset), ("name", &part_.name)] {
        if !value.is_empty() {
            let _ = write!(text, ", {name} {value:?}");
        }
    }
    if let Content::Bytes(bytes) = &part_.content {
        let _ = write!(text, ", {} bytes", bytes.len());
    }
    line(out, depth, &text);
    part_.children().iter().for_each(|child| part(out, depth + 1, child));
    if let Some(message) = part_.message() {
        describe(message).lines().for_each(|inner| line(out, depth + 1, inner));
    }
}

fn attachment(out: &mut String, file: &Attachment) {
    let inline = if file.inline { ", inline" } else { "" };
    let disguised = if file.is_disguised() { ", disguised" } else { "" };
    line(
        out,
        0,
        &format!(
            "attachment {}: {:?} {:?}, {} bytes{inline}{disguised}",
            file.part, file.name, file.kind, file.size_bytes
        ),
    );
    let contents = &file.contents;
    for (name, holds) in [("encrypted", contents.encrypted), ("macros", contents.macros)] {
        if holds {
            line(out, 1, name);
        }
    }
    contents.active.iter().for_each(|note| line(out, 1, &format!("active: {note}")));
    contents.links.iter().for_each(|link| line(out, 1, &format!("link: {link}")));
    if let Some(traits) = &contents.html {
        line(out, 1, &format!("traits: {}", changed(&format!("{traits:?}"))));
    }
    for member in &contents.members {
        let encrypted = if member.encrypted { ", encrypted" } else { "" };
        line(
            out,
            1,
            &format!("member {:?} {:?}, {} bytes{encrypted}", member.name, member.kind, member.size_bytes),
        );
    }
}

/// The counts that are not zero.
fn changed(traits: &str) -> String {
    let inner = traits.trim_start_matches("HtmlTraits {").trim_end_matches('}').trim();
    inner.split(", ").filter(|count| !count.ends_with(": 0")).collect::<Vec<_>>().join(", ")
}

fn line(out: &mut String, depth: usize, text: &str) {
    let _ = writeln!(out, "{}{text}", "  ".repeat(depth));
}

fn check(topic: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(topic);
    let mut cases: Vec<PathBuf> = std::fs::read_dir(&folder)
        .expect("the topic has a folder")
        .map(|entry| entry.expect("a readable folder").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "eml"))
        .collect();
    cases.sort();
    assert!(!cases.is_empty(), "no cases in {}", folder.display());
    let bless = option_env!("BLESS").is_some() || std::env::vars().any(|(name, _)| name == "BLESS");
    for case in cases {
        let described = describe(&parse(&std::fs::read(&case).expect("a readable case")));
        let expectation = case.with_extension("txt");
        if bless {
            std::fs::write(&expectation, described).expect("a writable folder");
            continue;
        }
        let expected = std::fs::read_to_string(&expectation).unwrap_or_default();
        assert_eq!(described, expected, "{} (BLESS=1 writes it anew)", case.display());
    }
}

#[test]
fn structure() {
    check("structure");
}

#[test]
fn header() {
    check("header");
}

#[test]
fn body() {
    check("body");
}

#[test]
fn attached() {
    check("attached");
}
