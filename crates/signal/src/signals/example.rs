//! Examples: what a signal is there for and what it must leave alone. They are data, so that the reference pages show
//! them, and they run as tests.

use message::Direction;

use crate::Folder;
use crate::observation::AuthResult;

/// One message and what the signal says of it, in the organisation of `harbour.example`, where Mara Lindqvist (worth
/// impersonating) and Tom Okafor have mailboxes.
#[derive(Clone, Copy, Debug)]
pub struct Example {
    /// What it shows, as the end of a sentence: "it is there for …", "it is not there for …".
    pub shows: &'static str,
    /// The message, with `\n` line ends.
    pub mail: &'static str,
    /// What else is known; the message is inbound unless it says otherwise.
    pub given: &'static [Given],
    pub reads: Reads,
}

/// Circumstances of an example.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Given {
    Direction(Direction),
    Folder(Folder),
    /// The organisation knows its mail since this many days, and has exchanged so many messages with the address.
    Correspondence {
        received: u64,
        sent: u64,
        known_days: i64,
    },
    /// What authentication says at the boundary.
    Authentication {
        spf: AuthResult,
        dkim: AuthResult,
        dmarc: AuthResult,
    },
    /// Nobody answers.
    NoAnswers,
}

/// What a signal says, without its words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reads {
    Absent,
    Present,
    Ask,
    Unknown,
}

/// A message that the signal is there for.
pub const fn hit(shows: &'static str, mail: &'static str) -> Example {
    Example { shows, mail, given: &[], reads: Reads::Present }
}

/// A message, near to a hit, that it is not there for.
pub const fn miss(shows: &'static str, mail: &'static str) -> Example {
    Example { shows, mail, given: &[], reads: Reads::Absent }
}

impl Example {
    /// The same in these circumstances.
    pub const fn given(self, given: &'static [Given]) -> Self {
        Self { given, ..self }
    }

    /// The same, with the signal asking or not knowing.
    pub const fn reads(self, reads: Reads) -> Self {
        Self { reads, ..self }
    }
}

#[cfg(test)]
pub(crate) mod run {
    //! Makes the evidence of an example and reads the signal.

    use std::sync::Arc;

    use jiff::Timestamp;
    use message::{Address, Domain, Organisation};

    use super::*;
    use crate::observation::Authentication;
    use crate::{
        Correspondence, Evidence, Observation, Person, Question, Reading, Setting, Signal, Unavailable,
    };

    /// Monday morning, after the examples were written.
    const AS_OF_S: i64 = 1_762_160_400;

    fn setting() -> Setting {
        let person = |name: &str, address: &str, vip| Person {
            name: name.to_owned(),
            addresses: vec![Address::parse(address).expect("an address")],
            vip,
        };
        Setting {
            organisation: Organisation {
                domains: vec![Domain::parse("harbour.example").expect("a domain")],
                ..Organisation::default()
            },
            people: vec![
                person("Mara Lindqvist", "mara.lindqvist@harbour.example", true),
                person("Tom Okafor", "tom.okafor@harbour.example", false),
            ],
        }
    }

    /// The evidence before anything was asked.
    pub(crate) fn evidence(example: &Example) -> Evidence {
        let setting = setting();
        let message = message::parse(example.mail.as_bytes());
        let route = message::route::trace(&message, &setting.organisation);
        let as_of = Timestamp::from_second(AS_OF_S).expect("a time");
        let mut evidence =
            Evidence::new(Arc::new(message), route, Direction::Inbound, Arc::new(setting), as_of);
        for given in example.given {
            match given {
                Given::Direction(direction) => evidence.direction = *direction,
                Given::Folder(folder) => evidence.folder = Some(*folder),
                Given::Correspondence { .. } | Given::Authentication { .. } | Given::NoAnswers => {}
            }
        }
        evidence
    }

    fn answer(example: &Example, question: &Question, as_of: Timestamp) -> Option<Observation> {
        example.given.iter().find_map(|given| match (given, question) {
            (Given::Correspondence { received, sent, known_days }, Question::Correspondence { .. }) => {
                let known_since = as_of.as_second() - known_days * 86_400;
                Some(Observation::Correspondence(Correspondence {
                    received: *received,
                    sent: *sent,
                    first_seen: None,
                    known_since: Timestamp::from_second(known_since).ok(),
                }))
            }
            (Given::Authentication { spf, dkim, dmarc }, Question::Authentication { .. }) => {
                Some(Observation::Authentication(Authentication {
                    spf: *spf,
                    dkim: *dkim,
                    dmarc: *dmarc,
                    dkim_domains: Vec::new(),
                    rebuilt: false,
                }))
            }
            (Given::NoAnswers, _) => Some(Observation::Unavailable(Unavailable::NoObserver)),
            _ => None,
        })
    }

    /// Reads `signal` on `example`, with its questions answered as far as the example answers them.
    pub(crate) fn read(signal: &Signal, example: &Example) -> Reading {
        let mut evidence = evidence(example);
        let first = (signal.read)(&evidence);
        let Reading::Ask(questions) = &first else { return first };
        let mut answered = false;
        for question in questions {
            if let Some(observation) = answer(example, question, evidence.as_of) {
                evidence.observations.keep(question.clone(), observation);
                answered = true;
            }
        }
        if answered { (signal.read)(&evidence) } else { first }
    }

    fn says(reading: &Reading) -> Reads {
        match reading {
            Reading::Absent => Reads::Absent,
            Reading::Present(_) => Reads::Present,
            Reading::Ask(_) => Reads::Ask,
            Reading::Unknown(_) => Reads::Unknown,
        }
    }

    #[test]
    fn every_example_reads_as_it_says() {
        let mut wrong = Vec::new();
        for signal in crate::signals::ALL {
            for example in signal.examples {
                let reading = read(signal, example);
                if says(&reading) != example.reads {
                    wrong.push(format!(
                        "{}: {}: {reading:?} instead of {:?}",
                        signal.name, example.shows, example.reads
                    ));
                }
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    #[test]
    fn every_signal_shows_a_hit_and_a_near_miss() {
        for signal in crate::signals::ALL {
            assert!(
                signal.examples.iter().any(|example| example.reads == Reads::Present),
                "{}: no hit",
                signal.name
            );
            assert!(
                signal.examples.iter().any(|example| example.reads == Reads::Absent),
                "{}: no miss",
                signal.name
            );
        }
    }

    #[test]
    fn names_are_sorted_unique_and_kebab_case() {
        let names: Vec<&str> = crate::signals::ALL.iter().map(|signal| signal.name).collect();
        assert!(names.is_sorted_by(|one, other| one < other), "{names:?}");
        for signal in crate::signals::ALL {
            assert!(
                signal.name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'),
                "{}",
                signal.name
            );
            assert!(
                signal.about.ends_with('.') && signal.about.len() > 20,
                "{}: {}",
                signal.name,
                signal.about
            );
        }
    }

    #[test]
    fn what_is_told_is_short() {
        for signal in crate::signals::ALL {
            for example in signal.examples {
                if let Reading::Present(evidence) = read(signal, example) {
                    assert!(!evidence.is_empty() && evidence.len() <= 5, "{}", signal.name);
                    assert!(
                        evidence.iter().all(|line| (5..=300).contains(&line.chars().count())),
                        "{evidence:?}"
                    );
                }
            }
        }
    }
}
