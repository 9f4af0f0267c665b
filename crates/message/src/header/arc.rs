//! The Authenticated Received Chain (RFC 8617): who handled the message on its way, as the fields claim. Whether
//! the seals verify is for an observer to find out.

use std::collections::BTreeMap;

use super::authentication_results::Outcome;
use super::lexer;
use crate::Domain;

/// RFC 8617 §4.2.1: instances go from 1 to 50.
const INSTANCES_MAX: u32 = 50;

/// The sets of a message, oldest (`i=1`) first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ArcChain {
    pub sets: Vec<ArcSet>,
}

/// One ARC set: what one handler added.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ArcSet {
    /// `i=`, 1 to 50.
    pub instance: u32,
    /// `cv=` of the seal: `none` on the first, `pass` on later ones.
    pub validation: Option<Outcome>,
    /// `d=` of the seal.
    pub sealer: Option<Domain>,
    pub has_seal: bool,
    pub has_signature: bool,
    pub has_results: bool,
}

/// What the shape of the chain says (RFC 8617 §5.2 steps 1 to 4, without any cryptography).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArcState {
    /// No ARC fields.
    Absent,
    /// Instances 1 to n, each set whole, each `cv` as it must be.
    Complete,
    /// A set is missing or in parts, or a handler already said `cv=fail`.
    Broken,
}

/// Which of the three fields of a set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    Seal,
    Signature,
    Results,
}

impl ArcChain {
    /// Gathers the sets from their fields, in any order.
    pub(crate) fn gather<'a>(fields: impl Iterator<Item = (Piece, &'a str)>) -> Self {
        let mut sets: BTreeMap<u32, ArcSet> = BTreeMap::new();
        for (piece, value) in fields {
            let tags: BTreeMap<_, _> = lexer::tags(value).take(20).collect();
            let instance =
                tags.get("i").and_then(|i| i.parse().ok()).filter(|i| (1..=INSTANCES_MAX).contains(i));
            let Some(instance) = instance else { continue };
            let set = sets.entry(instance).or_insert_with(|| ArcSet { instance, ..ArcSet::default() });
            match piece {
                Piece::Signature => set.has_signature = true,
                Piece::Results => set.has_results = true,
                Piece::Seal => {
                    set.has_seal = true;
                    set.validation = tags.get("cv").map(|cv| Outcome::parse(cv));
                    set.sealer = tags.get("d").and_then(|domain| Domain::parse(domain));
                }
            }
        }
        Self { sets: sets.into_values().collect() }
    }

    /// Whether the chain has the shape of a valid one.
    pub fn state(&self) -> ArcState {
        let whole = |(position, set): (usize, &ArcSet)| {
            let expected = if position == 0 { Outcome::None } else { Outcome::Pass };
            set.instance as usize == position + 1
                && (set.has_seal && set.has_signature && set.has_results)
                && set.validation == Some(expected)
        };
        match self.sets.iter().enumerate().all(whole) {
            true if self.sets.is_empty() => ArcState::Absent,
            true => ArcState::Complete,
            false => ArcState::Broken,
        }
    }

    /// The newest set.
    pub fn newest(&self) -> Option<&ArcSet> {
        self.sets.last()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(instance: u32, validation: &str) -> Vec<(Piece, String)> {
        vec![
            (
                Piece::Seal,
                format!("i={instance}; a=rsa-sha256; cv={validation}; d=hop{instance}.example; b=x"),
            ),
            (Piece::Signature, format!("i={instance}; a=rsa-sha256; b=x")),
            (Piece::Results, format!("i={instance}; mx.hop{instance}.example; spf=pass")),
        ]
    }

    fn state(fields: &[(Piece, String)]) -> ArcState {
        ArcChain::gather(fields.iter().map(|(piece, value)| (*piece, value.as_str()))).state()
    }

    #[test]
    fn the_shape_of_the_chain_is_told() {
        let two = [set(2, "pass"), set(1, "none")].concat();
        assert_eq!(state(&[]), ArcState::Absent);
        assert_eq!(state(&set(1, "none")), ArcState::Complete);
        assert_eq!(state(&two), ArcState::Complete);
        assert_eq!(state(&two[1..]), ArcState::Broken, "a seal is missing");
        assert_eq!(state(&set(2, "pass")), ArcState::Broken, "the first set is missing");
        assert_eq!(state(&[set(2, "fail"), set(1, "none")].concat()), ArcState::Broken, "a handler said so");
    }

    #[test]
    fn instances_out_of_range_are_left_out() {
        assert_eq!(
            state(&[set(0, "none"), set(51, "pass"), set(4_000_000_000, "pass")].concat()),
            ArcState::Absent
        );
    }
}
