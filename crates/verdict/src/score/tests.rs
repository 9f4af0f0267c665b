//! How sums become verdicts, on a made-up table.

use super::*;

const fn weight(signal: &'static str, family: Family, log_odds: f64) -> Weight {
    Weight { signal, family, log_odds, floor: None }
}

const TABLE: &[Weight] = &[
    weight("malware", Family::Malware, 5.0),
    weight("phish", Family::Phishing, 3.0),
    weight("phish-too", Family::Phishing, 2.0),
    weight("imitation", Family::Impersonation, 3.0),
    weight("spam", Family::Spam, 4.0),
    weight("bulk", Family::Graymail, 0.0),
    weight("known", Family::Context, -3.0),
    Weight { signal: "native-spam", family: Family::Spam, log_odds: 1.0, floor: Some(Verdict::Spam) },
];

fn scoring() -> Scoring {
    Scoring { prior: -3.5, weights: TABLE.to_vec(), suspicious_at: 0.5, bad_at: 0.73 }
}

fn present(names: &[&'static str]) -> Vec<Heard> {
    names.iter().map(|name| Heard { name, reading: Reading::Present(vec!["so".into()]) }).collect()
}

fn asking(name: &'static str) -> Heard {
    let address = message::Address::parse("ann@example.com").expect("an address");
    Heard { name, reading: Reading::Ask(vec![Question::Correspondence { address }]) }
}

#[test]
fn the_family_that_carries_the_sum_names_the_verdict() {
    for (signals, expected) in [
        (&[][..], Verdict::Clean),
        (&["bulk"], Verdict::Graymail),
        (&["phish"], Verdict::Clean),
        (&["phish-too", "phish"], Verdict::Phishing),
        (&["imitation", "phish-too"], Verdict::Impersonation),
        (&["imitation", "phish"], Verdict::Phishing),
        (&["malware"], Verdict::Malware),
        (&["spam"], Verdict::Spam),
        (&["spam", "bulk"], Verdict::Spam),
        (&["phish", "phish-too", "known"], Verdict::Clean),
        (&["unheard-of"], Verdict::Clean),
    ] {
        assert_eq!(verdict(&scoring(), &present(signals)).0, expected, "{signals:?}");
    }
}

#[test]
fn between_the_thresholds_it_is_suspicious() {
    let mut scoring = scoring();
    scoring.prior = -4.5;
    let (verdict, score) = verdict(&scoring, &present(&["phish", "phish-too"]));
    assert_eq!(verdict, Verdict::Suspicious);
    assert!((0.5..0.73).contains(&score));
}

#[test]
fn someone_elses_verdict_is_the_least() {
    let (least, score) = verdict(&scoring(), &present(&["native-spam", "known"]));
    assert_eq!(least, Verdict::Spam);
    assert!(score >= scoring().bad_at);
    assert_eq!(verdict(&scoring(), &present(&["native-spam", "phish", "phish-too"])).0, Verdict::Phishing);
}

#[test]
fn only_questions_that_could_change_the_verdict_are_asked() {
    for (signals, open, asks) in [
        (&[][..], "phish-too", false),
        (&["phish"], "phish-too", true),
        (&["phish", "phish-too"], "known", true),
        (&["malware", "phish", "spam"], "known", false),
        (&["phish"], "unheard-of", false),
    ] {
        let mut heard = present(signals);
        heard.push(asking(open));
        assert_eq!(!questions_that_matter(&scoring(), &heard).is_empty(), asks, "{signals:?} {open}");
    }
}

#[test]
fn the_version_follows_the_table() {
    let version = scoring().version();
    assert_eq!(version, scoring().version());
    assert_ne!(version, scoring().without(&["spam"]).version());
}

#[test]
fn every_weight_is_of_a_signal_and_every_signal_is_weighed() {
    let names: Vec<&str> = signal::signals::ALL.iter().map(|signal| signal.name).collect();
    for weight in WEIGHTS {
        assert!(names.contains(&weight.signal), "{} is no signal", weight.signal);
    }
    for name in names {
        assert_eq!(WEIGHTS.iter().filter(|weight| weight.signal == name).count(), 1, "{name} has one weight");
    }
}
