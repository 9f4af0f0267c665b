//! Names that are made to be read as other names.

use message::Domain;
use rapidfuzz::distance::damerau_levenshtein;
use unicode_security::skeleton;

/// In which way one domain resembles another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Likeness {
    /// Looks the same: other scripts' letters, digits for letters, `rn` for `m`.
    Confusable,
    /// One or two letters differ.
    Edited,
    /// The name stands in a longer one (`name-secure`).
    Contained,
    /// The name stands in front, as a subdomain of another.
    Subdomain,
    /// The same name under another suffix.
    OtherSuffix,
}

impl Likeness {
    /// How `this` resembles `that`, for people.
    pub fn describe(self) -> &'static str {
        match self {
            Self::Confusable => "looks the same as",
            Self::Edited => "differs by a letter or two from",
            Self::Contained => "contains the name of",
            Self::Subdomain => "has as a subdomain the name of",
            Self::OtherSuffix => "is the name, under another suffix, of",
        }
    }
}

/// Shortest name that edits are looked for in: below it, unrelated names are one letter apart.
const EDITED_CHARS_MIN: usize = 6;
/// From here on two edits count.
const TWO_EDITS_CHARS_MIN: usize = 12;
/// Shortest name looked for inside a longer label.
const CONTAINED_CHARS_MIN: usize = 4;
/// Shortest name looked for in the middle of a word rather than between hyphens.
const INSIDE_WORD_CHARS_MIN: usize = 7;

/// Words and companies of their own that happen to be one letter from a name in the table.
const UNRELATED: &[&str] = &["cosco", "discard", "finance", "horizon", "revolt", "twister"];

/// A domain with what there is to compare of it, worked out once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Look {
    domain: Domain,
    root: Domain,
    /// The registrable label, as a person sees it.
    name: String,
    name_chars: usize,
    shape: String,
}

impl Look {
    /// How `domain` looks.
    pub fn of(domain: &Domain) -> Self {
        let root = domain.organisational();
        let name = label(&root);
        Self { domain: domain.clone(), name_chars: name.chars().count(), shape: shape(&name), name, root }
    }

    /// Whether this is made to be read as `known`; `None` when it is `known`, or lies below it, or is unlike it. Only
    /// registrable names are compared.
    pub fn likeness(&self, known: &Self) -> Option<Likeness> {
        if self.root == known.root || known.name_chars < 3 {
            return None;
        }
        if self.name == known.name {
            return Some(Likeness::OtherSuffix);
        }
        if self.shape == known.shape {
            return Some(Likeness::Confusable);
        }
        if differs_by_ending(&self.name, &known.name) {
            return None;
        }
        let edits_allowed = if known.name_chars >= TWO_EDITS_CHARS_MIN { 2 } else { 1 };
        if known.name_chars >= EDITED_CHARS_MIN
            && is_near(&self.shape, &known.shape, edits_allowed)
            && !UNRELATED.contains(&self.name.as_str())
        {
            return Some(Likeness::Edited);
        }
        if contains_name(&self.shape, &known.shape) {
            return Some(Likeness::Contained);
        }
        has_as_subdomain(&self.domain, &self.root, &known.name).then_some(Likeness::Subdomain)
    }
}

/// Whether `domain` is made to be read as `known`, for comparing two only: see [`Look::likeness`].
pub fn likeness(domain: &Domain, known: &Domain) -> Option<Likeness> {
    Look::of(domain).likeness(&Look::of(known))
}

/// Whether `label` has `name` between hyphens, or anywhere when it is long; both in their shapes.
pub fn contains_name(label: &str, name: &str) -> bool {
    let chars = name.chars().count();
    let is_between = label.split(['-', '_']).any(|word| word == name) && label != name;
    let is_inside = chars >= INSIDE_WORD_CHARS_MIN && label != name && label.contains(name);
    chars >= CONTAINED_CHARS_MIN && (is_between || is_inside)
}

/// What a name looks like: UTS 39 skeleton, then the digits and letter pairs that pass for letters.
pub fn shape(name: &str) -> String {
    let lower = name.to_lowercase();
    let skeleton: String = skeleton(&lower).collect();
    let plain: String = skeleton
        .to_lowercase()
        .chars()
        .filter(|character| !crate::words::is_invisible(*character) && !is_mark(*character))
        .map(|character| match character {
            '0' => 'o',
            '1' | '|' => 'l',
            '3' => 'e',
            '4' => 'a',
            '5' => 's',
            '8' => 'b',
            // The skeleton takes i and l apart; people do not, in many fonts.
            'i' => 'l',
            other => other,
        })
        .collect();
    plain.replace("rn", "m").replace("vv", "w").replace("cl", "d")
}

/// Combining marks: an accent is not seen.
fn is_mark(character: char) -> bool {
    matches!(character, '\u{300}'..='\u{36f}')
}

/// The registrable label, as a person sees it.
fn label(root: &Domain) -> String {
    let shown = root.to_unicode();
    shown.split('.').next().unwrap_or("").to_owned()
}

fn is_near(one: &str, other: &str, edits_max: usize) -> bool {
    let args = damerau_levenshtein::Args::default().score_cutoff(edits_max);
    damerau_levenshtein::distance_with_args(one.chars(), other.chars(), &args).is_some()
}

/// `example` and `examples` are two words of a language, not a trick.
fn differs_by_ending(one: &str, other: &str) -> bool {
    let (short, long) = if one.len() < other.len() { (one, other) } else { (other, one) };
    long.strip_prefix(short).is_some_and(|ending| matches!(ending, "s" | "es" | "e" | "n" | "er"))
}

fn has_as_subdomain(domain: &Domain, root: &Domain, target: &str) -> bool {
    let below = domain.as_str().strip_suffix(root.as_str()).unwrap_or("");
    target.len() >= CONTAINED_CHARS_MIN && below.split('.').any(|label| label == target)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn domain(text: &str) -> Domain {
        Domain::parse(text).expect("a domain")
    }

    #[test]
    fn lookalikes_are_told_by_what_was_done() {
        use Likeness::*;
        for (name, known, expected) in [
            ("harbour.com", "harbour.com", None),
            ("mail.harbour.com", "harbour.com", None),
            ("harb0ur.com", "harbour.com", Some(Confusable)),
            ("hаrbour.com", "harbour.com", Some(Confusable)),
            ("rnarket-hall.com", "market-hall.com", Some(Confusable)),
            ("harbuor.com", "harbour.com", Some(Edited)),
            ("harbourr.com", "harbour.com", Some(Edited)),
            ("harbours.com", "harbour.com", None),
            ("harbour.net", "harbour.com", Some(OtherSuffix)),
            ("harbour-secure.com", "harbour.com", Some(Contained)),
            ("secureharbour.com", "harbour.com", Some(Contained)),
            ("harbour.evil.com", "harbour.com", Some(Subdomain)),
            ("dhl-parcel.com", "dhl.com", None),
            ("cats.com", "rats.com", None),
            ("example.org", "harbour.com", None),
        ] {
            assert_eq!(likeness(&domain(name), &domain(known)), expected, "{name} {known}");
        }
    }

    #[test]
    fn shapes_forget_what_readers_do_not_see() {
        for (one, other) in [
            ("PayPal", "paypa1"),
            ("modern", "rnodern"),
            ("аpple", "apple"),
            ("microsоft", "micr0soft"),
            ("é", "e"),
        ] {
            assert_eq!(shape(one), shape(other), "{one} {other}");
        }
        assert_ne!(shape("apple"), shape("ample"));
    }
}
