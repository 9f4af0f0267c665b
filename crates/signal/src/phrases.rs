//! Phrases that lures are made of, found among the words of a message.
//!
//! A phrase is a line of a data file under `phrases/`, read by people first:
//!
//! ```text
//! verify|confirm your ..3 account|password
//! paket ..4 zoll|gebühr*
//! アカウント ..6 確認
//! ```
//!
//! Words stand one after the other; `a|b` is either; `..3` lets up to three words stand between; `*` at the end of a word
//! stands for any ending. A word of a script without spaces is as many words as it has characters. Lines that start with
//! `#` are remarks. Matching takes time linear in the text for each phrase that starts there, and never backtracks across a
//! sentence.

use std::collections::HashMap;

use crate::words::{BREAK, Said};

/// Words that a gap may be wide.
const GAP_MAX: usize = 12;

/// A file of phrases, ready for matching.
#[derive(Debug)]
pub struct Phrases {
    phrases: Vec<Phrase>,
    /// Phrases by the beginning of their first word.
    by_start: HashMap<char, Vec<usize>>,
}

#[derive(Debug)]
struct Phrase(Vec<Step>);

/// One place of a phrase.
#[derive(Debug)]
struct Step {
    /// Words that may stand before it.
    gap_max: usize,
    /// Any of these; each is one word, or several for scripts without spaces.
    options: Vec<Vec<Form>>,
}

#[derive(Debug)]
enum Form {
    Whole(Box<str>),
    Start(Box<str>),
}

impl Form {
    fn fits(&self, word: &str) -> bool {
        match self {
            Self::Whole(whole) => **whole == *word,
            Self::Start(start) => word.starts_with(&**start),
        }
    }

    fn first(&self) -> Option<char> {
        match self {
            Self::Whole(form) | Self::Start(form) => form.chars().next(),
        }
    }
}

impl Phrases {
    /// Reads a file of phrases. What is not a phrase is left out; a test of the tables sees to it that nothing is.
    pub fn read(table: &str) -> Self {
        let lines = table.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        let phrases: Vec<Phrase> = lines.filter_map(phrase).collect();
        let mut by_start: HashMap<char, Vec<usize>> = HashMap::new();
        for (number, Phrase(steps)) in phrases.iter().enumerate() {
            let starts = steps
                .first()
                .into_iter()
                .flat_map(|step| &step.options)
                .filter_map(|option| option.first()?.first());
            for start in starts {
                let listed = by_start.entry(start).or_default();
                if listed.last() != Some(&number) {
                    listed.push(number);
                }
            }
        }
        Self { phrases, by_start }
    }

    /// The phrases found in `said`, as it says them, each place once, at most `limit`.
    pub fn find(&self, said: &Said, limit: usize) -> Vec<String> {
        let words = said.words();
        let mut found = Vec::new();
        let mut at = 0;
        while at < words.len() && found.len() < limit {
            match self.longest_at(words, at) {
                Some(end) => {
                    let text = words[at..end].join(" ");
                    if !found.contains(&text) {
                        found.push(text);
                    }
                    at = end;
                }
                None => at += 1,
            }
        }
        found
    }

    /// How many phrases there are.
    pub fn count(&self) -> usize {
        self.phrases.len()
    }

    fn longest_at(&self, words: &[Box<str>], at: usize) -> Option<usize> {
        let numbers = self.by_start.get(&words[at].chars().next()?)?;
        numbers.iter().filter_map(|&number| ends(&self.phrases[number].0, words, at)).max()
    }
}

/// Where `steps`, begun at `at`, end first.
fn ends(steps: &[Step], words: &[Box<str>], at: usize) -> Option<usize> {
    let Some((step, rest)) = steps.split_first() else { return Some(at) };
    for start in at..=at + step.gap_max {
        if start > at && words.get(start - 1).is_none_or(|skipped| &**skipped == BREAK) {
            return None;
        }
        let after = step.options.iter().filter_map(|option| option_ends(option, words, start));
        if let Some(end) = after.filter_map(|after| ends(rest, words, after)).min() {
            return Some(end);
        }
    }
    None
}

fn option_ends(option: &[Form], words: &[Box<str>], at: usize) -> Option<usize> {
    let end = at + option.len();
    let there = words.get(at..end)?;
    there.iter().zip(option).all(|(word, form)| form.fits(word)).then_some(end)
}

fn phrase(line: &str) -> Option<Phrase> {
    let mut steps = Vec::new();
    let mut gap_max = 0;
    for token in line.split_whitespace() {
        if let Some(gap) = token.strip_prefix("..") {
            gap_max = gap.parse::<usize>().ok().filter(|gap| (1..=GAP_MAX).contains(gap))?;
            continue;
        }
        let options = token.split('|').map(option).collect::<Option<Vec<_>>>()?;
        steps.push(Step { gap_max: std::mem::take(&mut gap_max), options });
    }
    let is_whole = !steps.is_empty() && gap_max == 0 && steps[0].gap_max == 0;
    is_whole.then_some(Phrase(steps))
}

fn option(text: &str) -> Option<Vec<Form>> {
    let (text, is_start) = text.strip_suffix('*').map_or((text, false), |start| (start, true));
    let said = Said::text(text);
    let (last, before) = said.words().split_last()?;
    let last = if is_start { Form::Start(last.clone()) } else { Form::Whole(last.clone()) };
    Some(before.iter().cloned().map(Form::Whole).chain([last]).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(table: &str, text: &str) -> Vec<String> {
        Phrases::read(table).find(&Said::text(text), 5)
    }

    #[test]
    fn phrases_are_found_as_they_are_said() {
        let rows: &[(&str, &str, &[&str])] = &[
            ("verify your account", "Please VERIFY your account.", &["verify your account"]),
            (
                "verify|confirm your ..2 account",
                "confirm your online banking account",
                &["confirm your online banking account"],
            ),
            ("verify your ..2 account", "verify your very old bank account", &[]),
            ("verify your ..2 account", "Verify your name. Account closed", &[]),
            ("expir* ..2 password", "expiring old password", &["expiring old password"]),
            ("アカウント ..6 確認", "アカウントをご確認ください", &["ア カ ウ ン ト を ご 確 認"]),
            ("act now", "act now act now", &["act now"]),
            ("# a remark\n\nact now", "a remark act now", &["act now"]),
            ("now", "", &[]),
        ];
        for (table, text, found) in rows {
            assert_eq!(find(table, text), *found, "{table}: {text}");
        }
    }

    #[test]
    fn what_is_no_phrase_is_left_out() {
        for table in ["..2 account", "verify ..2", "verify ..x account", "verify ..99 account", "…", "a||b"]
        {
            assert_eq!(Phrases::read(table).count(), 0, "{table}");
        }
    }

    #[test]
    fn repetition_stays_quick() {
        let text = "verify ".repeat(crate::words::WORDS_MAX / 4);
        let table = "verify ..12 verify ..12 verify ..12 account";
        let started = std::time::Instant::now();
        assert!(find(table, &text).is_empty());
        assert!(started.elapsed().as_secs() < 10, "took {:?}", started.elapsed());
    }
}
