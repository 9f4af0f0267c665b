//! Names of people, compared as readers compare them.

use std::collections::BTreeSet;

use crate::lookalike::shape;
use crate::{Evidence, Person};

/// Words in a display name looked at.
const NAME_WORDS_MAX: usize = 12;

/// The words of a name in any order, as they look: `Lindqvist, Mara` is `Mara Lindqvist`. Titles, what stands in brackets,
/// and addresses are left out.
pub fn name_words(name: &str) -> BTreeSet<String> {
    const TITLES: [&str; 14] = [
        "dr",
        "prof",
        "mr",
        "mrs",
        "ms",
        "ing",
        "ceo",
        "cfo",
        "coo",
        "cto",
        "president",
        "director",
        "phd",
        "the",
    ];
    let outside = name.split(['(', '[', '<', '|', '/']).next().unwrap_or("");
    outside
        .split(|character: char| {
            character.is_whitespace() || matches!(character, ',' | ';' | '"' | '\'' | '.' | '_' | '-')
        })
        .filter(|word| !word.contains('@') && word.chars().count() > 1)
        .filter(|word| !TITLES.contains(&word.to_lowercase().as_str()))
        .map(shape)
        .take(NAME_WORDS_MAX)
        .collect()
}

/// The person of the organisation whose name `shown` is. A single word names nobody.
pub fn person_named<'a>(evidence: &'a Evidence, shown: &str) -> Option<&'a Person> {
    let words = name_words(shown);
    if words.len() < 2 {
        return None;
    }
    evidence.setting.people.iter().find(|person| name_words(&person.name) == words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_compared_as_readers_do() {
        for (one, other) in [
            ("Mara Lindqvist", "Lindqvist, Mara"),
            ("Mara Lindqvist", "MARA LINDQVIST (CEO)"),
            ("Mara Lindqvist", "Dr. Mara Lindqvist"),
            ("Mara Lindqvist", "Mаra Lindqvist"),
            ("Mara Lindqvist", "Mara Lindqvist | Harbour"),
        ] {
            assert_eq!(name_words(one), name_words(other), "{one} {other}");
        }
        assert_ne!(name_words("Mara Lindqvist"), name_words("Mara Lind"));
    }
}
