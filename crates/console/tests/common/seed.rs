//! Puts messages on record as the journey would, and carries out plans as the pipeline would, against nothing.

use jiff::{SignedDuration, Timestamp};
use message::{Digest, Direction};
use signal::observation::{AuthResult, Authentication};
use signal::{Observation, Observations, Question};
use store::jobs::Job;
use store::{Actor, Arrival, Case, Delivery, Intention, JudgedCase, StepOutcome, StepState, Store, Task};
use verdict::{
    Action, Flag, FolderId, FolderRole, ItemId, Judgement, MailboxId, Place, Plan, Reason, Target, Undecided,
    Verdict,
};

/// What to put on record.
pub struct Seed<'a> {
    pub bytes: &'a [u8],
    pub mailbox: &'a str,
    pub verdict: Option<Verdict>,
    pub direction: Direction,
    pub arrived_in: FolderRole,
    pub received: Timestamp,
}

pub const MAILBOX: &str = "owen.hartnell@tidewright.example";

impl<'a> Seed<'a> {
    /// An inbound message in somebody's inbox.
    pub fn inbound(bytes: &'a [u8], verdict: Verdict, received: Timestamp) -> Self {
        Self {
            bytes,
            mailbox: MAILBOX,
            verdict: Some(verdict),
            direction: Direction::Inbound,
            arrived_in: FolderRole::Inbox,
            received,
        }
    }
}

/// Mail with a subject and an HTML body, from a sender outside.
pub fn mail(subject: &str, html: &str) -> Vec<u8> {
    format!(
        "From: \"Mallory\" <mallory@sender.test>\r\nTo: owen.hartnell@tidewright.example\r\n\
         Subject: {subject}\r\nMessage-ID: <{}@sender.test>\r\nDate: Mon, 16 Nov 2026 09:00:00 +0000\r\n\
         MIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{html}\r\n",
        &Digest::of(format!("{subject}{html}").as_bytes()).to_string()[..16]
    )
    .into_bytes()
}

/// Puts one copy on record, judged and acted upon when it has a verdict.
pub async fn put(store: &dyn Store, seed: &Seed<'_>) -> Delivery {
    let digest = store.keep_blob(seed.bytes).await.unwrap();
    let message = message::parse(seed.bytes);
    let from = message.from.first();
    let target = Target {
        tenant: super::tenant().id,
        mailbox: MailboxId::new(seed.mailbox),
        item: ItemId::new(format!("item-{}", &digest.to_string()[..16])),
    };
    let arrival = Arrival {
        target: target.clone(),
        digest,
        size_bytes: seed.bytes.len() as u64,
        place: place(seed.arrived_in, seed.received),
        received: seed.received,
        fetched: seed.received + SignedDuration::from_millis(700),
        direction: seed.direction,
        subject: message.subject.clone(),
        from_name: from.map(|from| from.name.clone()).unwrap_or_default(),
        from_address: from.map(|from| from.written.clone()).unwrap_or_default(),
        recipients: message.to.iter().map(|to| to.written.clone()).collect(),
        internet_message_id: message.message_id.clone().unwrap_or_default(),
    };
    let delivery = store.arrive(&arrival).await.unwrap();
    if let Some(verdict) = seed.verdict {
        judge(store, &delivery, target, verdict, &message).await;
    }
    delivery
}

fn place(role: FolderRole, received: Timestamp) -> Place {
    Place {
        folder: FolderId::new(format!("{role:?}").to_lowercase()),
        role,
        quarantined: false,
        read: false,
        flag: Flag::None,
        categories: vec![],
        received: Some(received),
    }
}

async fn judge(
    store: &dyn Store,
    delivery: &Delivery,
    target: Target,
    verdict: Verdict,
    message: &message::Message,
) {
    let millis = 900 + i64::from(message.digest.as_bytes()[0]) * 23;
    let judged = delivery.arrival.received + SignedDuration::from_millis(millis);
    let case = Case { digest: message.digest, observations: observations(verdict, message), judged };
    let actions = match verdict {
        Verdict::Malware | Verdict::Phishing | Verdict::Impersonation => vec![Action::Quarantine],
        Verdict::Spam => vec![Action::Junk],
        Verdict::Suspicious => vec![Action::Mark("Suspicious".into())],
        Verdict::Clean | Verdict::Graymail => vec![Action::Deliver],
    };
    let plan = Plan { actions, because: format!("{} inbound, everybody", verdict.as_str()), verdict };
    let intention = Intention { delivery: delivery.id, target, plan, actor: Actor::Policy, at: judged };
    let judgement = judgement(verdict, message);
    store.record(&JudgedCase { case, judgement }, &intention).await.unwrap();
    work(store, judged + SignedDuration::from_millis(400)).await;
}

/// Authentication as an observer could have found it at the boundary.
fn observations(verdict: Verdict, message: &message::Message) -> Observations {
    let result = if verdict.is_bad() { AuthResult::Fail } else { AuthResult::Pass };
    let question = Question::Authentication {
        ip: None,
        helo: String::new(),
        mail_from: message.return_path.clone(),
        header_from: None,
    };
    let answer = Authentication {
        spf: result,
        dkim: AuthResult::None,
        dmarc: result,
        dkim_domains: vec![],
        rebuilt: false,
    };
    let mut observations = Observations::default();
    observations.keep(question, Observation::Authentication(answer));
    observations
}

/// A judgement somebody could have made; the pages only show it.
fn judgement(verdict: Verdict, message: &message::Message) -> Judgement {
    let reason = |name: &str, weight: f64, evidence: &[&str]| Reason {
        name: name.into(),
        weight,
        evidence: evidence.iter().map(|text| (*text).to_owned()).collect(),
    };
    let host = message.links.first().map(|link| link.target.clone()).unwrap_or_default();
    let (score, mut reasons) = match verdict {
        Verdict::Clean => {
            (0.03, vec![reason("known-correspondent", -2.1, &["14 messages received before, 9 sent"])])
        }
        Verdict::Graymail => {
            (0.12, vec![reason("list-unsubscribe", 0.4, &["List-Unsubscribe with one click"])])
        }
        Verdict::Spam => (0.81, vec![reason("bulk-complaints", 2.2, &["BCL 8"])]),
        Verdict::Suspicious => {
            (0.58, vec![reason("reply-to-differs", 1.4, &["Reply-To is at another organisation"])])
        }
        Verdict::Impersonation => (
            0.93,
            vec![reason(
                "colleague-name-from-outside",
                3.1,
                &["“Margaret Penhallow” from mallory@sender.test"],
            )],
        ),
        Verdict::Phishing => (
            0.97,
            vec![
                reason("shown-link-differs", 2.8, &[&format!("the link goes to {host}")]),
                reason("native-filter-bypassed", 1.2, &["SFV:SKN by a mail-flow rule (SCL -1)"]),
            ],
        ),
        Verdict::Malware => {
            (0.99, vec![reason("executable-attachment", 3.6, &["a Windows executable named .pdf"])])
        }
    };
    reasons.push(reason("first-time-sender", 0.7, &["never seen before 2026-11-16"]));
    reasons.push(reason("dmarc-pass", -0.5, &["dmarc=pass at the boundary"]));
    let undecided =
        vec![Undecided { name: "domain-age".into(), why: "nobody here answers such questions".into() }];
    Judgement { verdict, score, reasons, undecided, version: "rules 1, weights 1".into() }
}

/// Carries out every plan that waits, as the pipeline would.
pub async fn work(store: &dyn Store, now: Timestamp) {
    loop {
        let jobs = store.claim(now, now + SignedDuration::from_mins(1), 50).await.unwrap();
        if jobs.is_empty() {
            return;
        }
        for job in jobs {
            act(store, &job, now).await;
        }
    }
}

async fn act(store: &dyn Store, job: &Job, now: Timestamp) {
    if let Task::Act(id) = &job.task {
        let plan = store.plan(id).await.unwrap().expect("a plan on record");
        let target = &plan.intention().target;
        for (index, step) in plan.steps().iter().enumerate() {
            if step.state != StepState::Open {
                continue;
            }
            let before = store.delivery(target).await.unwrap().expect("a copy on record").place;
            store.note_before(id, index, &before).await.unwrap();
            let origin = match step.action.undoes() {
                Some(undone) => store.before(target, &undone).await.unwrap(),
                None => None,
            };
            let after = after(&step.action, before, origin);
            store.complete(id, index, &StepOutcome::Done { after, already: false }, now).await.unwrap();
        }
    }
    store.finish(&job.id).await.unwrap();
}

fn after(action: &Action, before: Place, origin: Option<Place>) -> Place {
    match action {
        Action::Deliver | Action::Mark(_) | Action::Unmark(_) => before,
        Action::Quarantine => {
            Place { folder: FolderId::new("ours"), role: FolderRole::Other, quarantined: true, ..before }
        }
        Action::Junk => Place { folder: FolderId::new("junk"), role: FolderRole::Junk, ..before },
        Action::Restore => origin.unwrap_or(Place {
            folder: FolderId::new("inbox"),
            role: FolderRole::Inbox,
            quarantined: false,
            ..before
        }),
    }
}
