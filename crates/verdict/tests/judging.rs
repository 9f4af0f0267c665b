//! From bytes to a verdict: what the signals and their weights make of whole messages, and that judging always ends.

#![allow(clippy::unwrap_used)] // Also outside of test functions a panic is the report here.

use std::sync::Arc;

use jiff::Timestamp;
use message::{Address, Direction, Domain, Organisation};
use signal::{Correspondence, Evidence, Observation, Person, Question, Setting, Unavailable};
use verdict::{Judgement, Outcome, Policy, ROUNDS_MAX, Verdict, conclude, judge};

fn evidence(mail: &str) -> Evidence {
    let setting = Setting {
        organisation: Organisation {
            domains: vec![Domain::parse("harbour.example").unwrap()],
            ..Organisation::default()
        },
        people: vec![Person {
            name: "Mara Lindqvist".into(),
            addresses: vec![Address::parse("mara.lindqvist@harbour.example").unwrap()],
            vip: true,
        }],
    };
    let message = message::parse(mail.as_bytes());
    let route = message::route::trace(&message, &setting.organisation);
    Evidence::new(
        Arc::new(message),
        route,
        Direction::Inbound,
        Arc::new(setting),
        "2025-11-03T09:00:00Z".parse().unwrap(),
    )
}

/// Judges with `answer` answering everything that is asked; the number of rounds comes along.
fn judged(mail: &str, answer: impl Fn(&Question) -> Observation) -> (Judgement, usize) {
    let mut evidence = evidence(mail);
    let policy = Policy::default();
    for round in 0..ROUNDS_MAX {
        match judge(&evidence, &policy) {
            Outcome::Done(judgement) => return (judgement, round),
            Outcome::Ask(questions) => {
                assert!(!questions.is_empty());
                questions.into_iter().for_each(|question| {
                    let observation = answer(&question);
                    evidence.observations.keep(question, observation);
                });
            }
        }
    }
    panic!("still asking after {ROUNDS_MAX} rounds");
}

fn nobody(_: &Question) -> Observation {
    Observation::Unavailable(Unavailable::NoObserver)
}

/// The organisation has known its mail for a year, and this address not at all.
fn stranger(question: &Question) -> Observation {
    let known_since: Timestamp = "2024-11-03T09:00:00Z".parse().unwrap();
    match question {
        Question::Correspondence { .. } => Observation::Correspondence(Correspondence {
            known_since: Some(known_since),
            ..Correspondence::default()
        }),
        Question::Authentication { .. } => nobody(question),
    }
}

const EXCHANGE: &str = "Received: from mail.sender.example (192.0.2.7) by DB5EUR01FT010.mail.protection.outlook.com (10.152.4.1) with Microsoft SMTP Server id 15.20.9275.9; Mon, 3 Nov 2025 08:00:00 +0000\n";

#[test]
fn messages_are_judged_for_what_they_are() {
    let rows = [
        (
            Verdict::Clean,
            "From: ann@b.example\nTo: tom@harbour.example\nSubject: Minutes\n\nHere are the minutes of Monday.",
        ),
        (
            Verdict::Graymail,
            "From: news@shop.example\nTo: tom@harbour.example\nSubject: Our week\nList-Unsubscribe: <https://shop.example/u>\n\nNew things in our shop.",
        ),
        (
            Verdict::Phishing,
            "From: Microsoft Account <x@evil.test>\nTo: tom@harbour.example\nSubject: Action\n\nPlease verify your account: https://mailbox-update.weebly.com/",
        ),
        (
            Verdict::Phishing,
            "From: harbour.example Helpdesk <x@evil.test>\nTo: tom@harbour.example\nSubject: Quota\n\nYour mailbox is almost full. Upgrade your mailbox now.",
        ),
        (
            Verdict::Impersonation,
            "From: Mara Lindqvist <mara.office@gmail.com>\nTo: tom@harbour.example\nSubject: Quick task\n\nAre you available? I need you to purchase some gift cards for a client.",
        ),
        (
            Verdict::Malware,
            "From: a@evil.test\nTo: tom@harbour.example\nSubject: Invoice\nContent-Type: multipart/mixed; boundary=x\n\n--x\n\nSee attached.\n--x\nContent-Type: application/octet-stream; name=\"invoice.pdf.exe\"\nContent-Transfer-Encoding: base64\n\nTVqQAAMAAAAEAAAA//8AALgAAAA=\n--x--\n",
        ),
        (
            Verdict::Spam,
            "From: Mrs Grace <grace1@gmail.com>\nReply-To: grace2@yahoo.com\nTo: undisclosed-recipients:;\nSubject: Hello\n\nI am a widow with cancer and want to donate the sum of 5 million dollars to charity.",
        ),
    ];
    for (expected, mail) in rows {
        let (judgement, _) = judged(mail, nobody);
        assert_eq!(judgement.verdict, expected, "{mail}\n{:#?}", judgement.reasons);
    }
}

#[test]
fn the_native_verdict_is_honoured() {
    for (report, expected) in [
        ("SCL:5;SFV:SPM;CAT:SPM;DIR:INB;", Verdict::Spam),
        ("SCL:9;SFV:SPM;CAT:HPHISH;DIR:INB;", Verdict::Phishing),
        ("SCL:9;SFV:SPM;CAT:MALW;DIR:INB;", Verdict::Malware),
        ("SCL:5;SFV:SPM;CAT:UIMP;DIR:INB;", Verdict::Impersonation),
        ("SCL:1;SFV:NSPM;CAT:NONE;DIR:INB;", Verdict::Clean),
    ] {
        let mail = format!(
            "{EXCHANGE}X-Forefront-Antispam-Report: CIP:192.0.2.7;{report}\nFrom: ann@b.example\nTo: tom@harbour.example\n\nHello"
        );
        assert_eq!(judged(&mail, nobody).0.verdict, expected, "{report}");
    }
}

#[test]
fn what_cannot_change_the_verdict_is_not_asked() {
    let (judgement, rounds) = judged("From: ann@b.example\nTo: tom@harbour.example\n\nHello", stranger);
    assert_eq!((judgement.verdict, rounds), (Verdict::Clean, 0));
    assert!(judgement.undecided.iter().any(|undecided| undecided.name == "first-time-sender"));
}

#[test]
fn an_answer_can_tip_the_balance() {
    let mail = "From: IT Support <it.desk@b.example>\nTo: tom@harbour.example\nSubject: Notice\n\nPlease verify your account.";
    let (alone, rounds) = judged(mail, stranger);
    assert!(rounds > 0);
    assert_eq!(alone.verdict, Verdict::Suspicious, "{:#?}", alone.reasons);
    assert_eq!(judged(mail, nobody).0.verdict, Verdict::Clean);
}

#[test]
fn judging_again_gives_the_same() {
    let mail = "From: Microsoft Account <x@evil.test>\nTo: tom@harbour.example\n\nPlease verify your account: https://bit.ly/1";
    assert_eq!(judged(mail, nobody), judged(mail, nobody));
}

#[test]
fn what_is_not_answered_is_undecided() {
    let judgement = conclude(
        &evidence("From: IT <it@b.example>\nTo: tom@harbour.example\n\nPlease verify your account."),
        &Policy::default(),
    );
    let why = judgement
        .undecided
        .iter()
        .find(|undecided| undecided.name == "first-time-sender")
        .map(|undecided| undecided.why.as_str());
    assert_eq!(why, Some("asked, and not answered in time"));
}

#[test]
fn anything_is_judged() {
    for mail in [
        "",
        "\n",
        "From:",
        "From: <>\nTo: \u{202e}\n\n\0",
        "Subject: =?utf-8?b?////?=\nContent-Type: text/html\n\n<a href=\"http://[::1\">",
    ] {
        let (judgement, _) = judged(mail, nobody);
        assert!((0.0..=1.0).contains(&judgement.score), "{mail:?}");
    }
}
