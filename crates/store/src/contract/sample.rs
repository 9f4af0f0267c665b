//! Arrivals, judgements and intentions to tell the promises with.

use jiff::{SignedDuration, Timestamp};
use message::{Address, Digest, Direction, Domain};
use signal::observation::{AuthResult, Authentication};
use signal::{Correspondence, Observation, Observations, Question, Unavailable};
use verdict::{
    Action, Flag, FolderId, FolderRole, ItemId, Judgement, MailboxId, Place, Plan, Reason, Target, TenantId,
    Undecided, Verdict,
};

use crate::{Actor, Arrival, Case, Delivery, Intention, JudgedCase, Recorded, Store};

/// `seconds` after a fixed moment.
pub fn at(seconds: i64) -> Timestamp {
    const BEGINNING: Timestamp = Timestamp::constant(1_700_000_000, 0);
    BEGINNING + SignedDuration::from_secs(seconds)
}

/// A copy in Ann's mailbox.
pub fn target(item: &str) -> Target {
    Target { tenant: TenantId::new("tenant"), mailbox: MailboxId::new("ann"), item: ItemId::new(item) }
}

/// An unread copy in a folder.
pub fn place(folder: &str) -> Place {
    Place {
        folder: FolderId::new(folder),
        role: if folder == "inbox" { FolderRole::Inbox } else { FolderRole::Other },
        quarantined: folder == "quarantine",
        read: false,
        flag: Flag::Flagged,
        categories: vec!["Blue".to_owned()],
        received: Some(at(0)),
    }
}

/// An inbound copy, whose bytes nobody kept.
pub fn arrival(item: &str) -> Arrival {
    Arrival {
        target: target(item),
        digest: Digest::of(item.as_bytes()),
        size_bytes: 4321,
        place: place("inbox"),
        received: at(0),
        fetched: at(2),
        direction: Direction::Inbound,
        subject: "Invoice for März".to_owned(),
        from_name: "Bob Builder".to_owned(),
        from_address: "bob@example.org".to_owned(),
        recipients: vec!["ann@example.com".to_owned(), "carol@example.com".to_owned()],
        internet_message_id: format!("{item}@mail.example.org"),
    }
}

/// A judgement of `arrival`'s bytes, with one of everything it can rest on.
pub fn judged(arrival: &Arrival, verdict: Verdict, version: &str) -> JudgedCase {
    JudgedCase {
        case: Case { digest: arrival.digest, observations: observations(), judged: at(5) },
        judgement: Judgement {
            verdict,
            // No binary fraction: it must come back to the last bit all the same.
            score: 0.1 + 0.2,
            reasons: vec![
                Reason {
                    name: "lookalike-domain".to_owned(),
                    weight: 2.3,
                    evidence: vec!["\"ex\u{0}ample\" 😀".to_owned()],
                },
                Reason { name: "known-sender".to_owned(), weight: -1.0 / 3.0, evidence: vec![] },
            ],
            undecided: vec![Undecided { name: "first-time-sender".to_owned(), why: "late".to_owned() }],
            version: version.to_owned(),
        },
    }
}

fn observations() -> Observations {
    let mut observations = Observations::default();
    let address = Address::parse("bob@example.org").expect("an address");
    observations.keep(
        Question::Authentication {
            ip: Some([192, 0, 2, 1].into()),
            helo: "mail.example.org".to_owned(),
            mail_from: Some(address.clone()),
            header_from: Domain::parse("bücher.example"),
        },
        Observation::Authentication(Authentication {
            spf: AuthResult::SoftFail,
            dkim: AuthResult::Pass,
            dmarc: AuthResult::TempError,
            dkim_domains: vec!["example.org".to_owned()],
            rebuilt: true,
        }),
    );
    observations.keep(
        Question::Correspondence { address },
        Observation::Correspondence(Correspondence {
            received: 3,
            sent: 1,
            first_seen: Some(at(-100)),
            known_since: Some(at(-1000)),
        }),
    );
    for (name, why) in [
        ("late@example.org", Unavailable::Late),
        ("nobody@example.org", Unavailable::NoObserver),
        ("failed@example.org", Unavailable::Failed("no route".to_owned())),
    ] {
        let address = Address::parse(name).expect("an address");
        observations.keep(Question::Correspondence { address }, Observation::Unavailable(why));
    }
    observations
}

/// What policy wants done with a delivery.
pub fn intention(delivery: &Delivery, actions: &[Action], verdict: Verdict) -> Intention {
    Intention {
        delivery: delivery.id,
        target: delivery.arrival.target.clone(),
        plan: Plan { actions: actions.to_vec(), because: "the policy says so".to_owned(), verdict },
        actor: Actor::Policy,
        at: at(6),
    }
}

/// A copy that arrived and was judged as phishing, with a plan on record.
pub async fn recorded(store: &dyn Store, item: &str, actions: &[Action]) -> (Delivery, Recorded) {
    let arrival = arrival(item);
    let delivery = store.arrive(&arrival).await.expect("arrives");
    let case = judged(&arrival, Verdict::Phishing, "v1");
    let plan =
        store.record(&case, &intention(&delivery, actions, Verdict::Phishing)).await.expect("recorded");
    (delivery, plan)
}
