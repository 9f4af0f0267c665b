//! The words that a message says in its own name: subject and body, without what it quotes.

use std::sync::OnceLock;

use message::Message;

/// Words looked at of one message: the lures stand at the beginning, and long texts would cost without telling more.
pub const WORDS_MAX: usize = 4_000;

/// Characters looked at for finding them.
const CHARS_MAX: usize = 40_000;

/// The words of one message, made once.
#[derive(Clone, Debug, Default)]
pub struct Words(OnceLock<Said>);

impl Words {
    /// What `message` says; the first call reads it, and all calls must be for the same message.
    pub fn of(&self, message: &Message) -> &Said {
        self.0.get_or_init(|| Said::read(&message.subject, own_text(&message.body.visible)))
    }
}

/// Subject and body as words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Said {
    /// Lower case. A character of a script without spaces (Han, kana, Thai) is a word of its own; a `\n` stands between
    /// subject and body and after each sentence, so that no phrase runs across.
    words: Vec<Box<str>>,
}

impl Said {
    fn read(subject: &str, body: &str) -> Self {
        let mut words = Vec::new();
        split_into(subject, &mut words);
        words.push(BREAK.into());
        split_into(body, &mut words);
        Self { words }
    }

    /// A text of one's own, for tests and names.
    pub fn text(text: &str) -> Self {
        let mut words = Vec::new();
        split_into(text, &mut words);
        Self { words }
    }

    /// The words in order, with breaks.
    pub fn words(&self) -> &[Box<str>] {
        &self.words
    }

    /// How many words there are, breaks left out.
    pub fn count(&self) -> usize {
        self.words.iter().filter(|word| &***word != BREAK).count()
    }
}

/// Stands between sentences.
pub const BREAK: &str = "\n";

/// Appends the words of `text`, at most [`WORDS_MAX`] in all.
fn split_into(text: &str, words: &mut Vec<Box<str>>) {
    let mut word = String::new();
    let end = |word: &mut String, words: &mut Vec<Box<str>>| {
        if !word.is_empty() {
            words.push(std::mem::take(word).into());
        }
    };
    for character in text.chars().take(CHARS_MAX) {
        if words.len() >= WORDS_MAX {
            return;
        }
        if is_invisible(character) {
            continue;
        }
        if stands_alone(character) {
            end(&mut word, words);
            words.push(character.to_string().into());
        } else if character.is_alphanumeric() || matches!(character, '$' | '€' | '£' | '%') {
            word.extend(character.to_lowercase());
        } else if matches!(character, '\'' | '’') && !word.is_empty() {
            // "don't" is one word, without the apostrophe.
        } else {
            end(&mut word, words);
            if matches!(character, '.' | '!' | '?' | '。' | '！' | '？' | ':' | ';')
                && words.last().is_some_and(|last| &**last != BREAK)
            {
                words.push(BREAK.into());
            }
        }
    }
    end(&mut word, words);
}

/// Characters that take no space: they hide words from filters and nothing from readers.
pub fn is_invisible(character: char) -> bool {
    matches!(
        character,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180e}' | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{e0000}'..='\u{e007f}'
    )
}

/// Scripts written without spaces.
fn stands_alone(character: char) -> bool {
    matches!(character, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{e00}'..='\u{e7f}')
}

/// The part of `visible` that is not quoted from earlier mail: up to the first line that mail clients write above a
/// quote, without lines that start with `>`.
fn own_text(visible: &str) -> &str {
    let mut at = 0;
    for line in visible.split_inclusive('\n') {
        if at > 0 && starts_quote(line.trim()) {
            return &visible[..at];
        }
        at += line.len();
        if at > CHARS_MAX * 4 {
            break;
        }
    }
    visible
}

fn starts_quote(line: &str) -> bool {
    const ABOVE: [&str; 8] = [
        "-----Original Message",
        "----- Original Message",
        "-----Ursprüngliche Nachricht",
        "-------- Original",
        "---------- Forwarded message",
        "________________________________",
        "Begin forwarded message",
        "> ",
    ];
    let attributed = (line.ends_with("wrote:")
        || line.ends_with("schrieb:")
        || line.ends_with("escribió:")
        || line.ends_with("a écrit :"))
        && line.len() < 300;
    attributed || ABOVE.iter().any(|above| line.starts_with(above))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn joined(said: &Said) -> String {
        said.words().join(" ").replace('\n', "/")
    }

    #[test]
    fn words_are_lower_case_and_sentences_stay_apart() {
        for (text, words) in [
            ("Verify your ACCOUNT, now! Don't wait", "verify your account now / dont wait"),
            ("ver\u{200b}ify", "verify"),
            ("アカウント確認", "ア カ ウ ン ト 確 認"),
            ("$500 in 24 hours", "$500 in 24 hours"),
            ("...", ""),
        ] {
            assert_eq!(joined(&Said::text(text)), words);
        }
    }

    #[test]
    fn quotes_are_not_said() {
        for text in [
            "Yes.\nOn Monday Ann wrote:\n> send gift cards",
            "Yes.\n-----Original Message-----\nsend gift cards",
            "Yes.\n> send gift cards",
        ] {
            assert_eq!(own_text(text), "Yes.\n", "{text}");
        }
    }

    #[test]
    fn long_texts_are_cut() {
        assert!(Said::text(&"word ".repeat(WORDS_MAX * 3)).words().len() <= WORDS_MAX + 1);
    }
}
