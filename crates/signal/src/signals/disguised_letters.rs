//! Letters of another script among Latin ones: `Аmazon` with a Cyrillic A reads the same and matches nothing.

use super::kit::*;
use crate::words::is_invisible;

pub(super) const SIGNAL: Signal = Signal {
    name: "disguised-letters",
    about: "Words of the subject or sender name mix alphabets or hide characters, so that filters read something else.",
    read,
    examples: &[
        hit(
            "a Cyrillic letter in a Latin word",
            "From: a@b.example\nSubject: =?utf-8?q?Your_=D0=90mazon_order?=\n\nHello",
        ),
        hit("a soft hyphen inside a word", "From: a@b.example\nSubject: =?utf-8?q?Pass=C2=ADword?=\n\nHello"),
        hit(
            "letters of the mathematical alphabets",
            "From: a@b.example\nSubject: =?utf-8?q?=F0=9D=90=80ccount?=\n\nHello",
        ),
        miss(
            "a subject in one script",
            "From: a@b.example\nSubject: =?utf-8?q?=D0=9F=D1=80=D0=B8=D0=B2=D0=B5=D1=82 hello?=\n\nHello",
        ),
        miss("a foreign word", "From: a@b.example\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\n\nHello"),
    ],
};

fn read(evidence: &Evidence) -> Reading {
    let name = evidence.author().map_or("", |author| &author.name);
    let mut sentences = Vec::new();
    for (place, text) in [("subject", evidence.message.subject.as_str()), ("sender name", name)] {
        if let Some(word) = text.split_whitespace().find(|word| is_disguised(word)) {
            sentences.push(format!(
                "the {place} has {} with letters or characters that are not what they look like",
                quoted(word)
            ));
        }
    }
    told(sentences)
}

fn is_disguised(word: &str) -> bool {
    let has = |test: fn(char) -> bool| word.chars().any(test);
    let latin = has(|character| character.is_ascii_alphabetic());
    let other = has(
        |character| matches!(character, '\u{370}'..='\u{3ff}' | '\u{400}'..='\u{52f}' | '\u{13a0}'..='\u{13ff}'),
    );
    let dressed = has(|character| matches!(character, '\u{1d400}'..='\u{1d7ff}'));
    let between = word.chars().zip(word.chars().skip(1)).any(|(one, next)| {
        one.is_ascii_alphabetic() && is_invisible(next) && !matches!(next, '\u{200d}' | '\u{feff}')
    });
    (latin && other) || dressed || between
}
