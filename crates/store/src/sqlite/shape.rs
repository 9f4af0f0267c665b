//! The JSON we keep inside rows. These shapes outlive releases: add optional fields, never rename.

use std::net::IpAddr;

use jiff::Timestamp;
use message::{Address, Domain};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use signal::observation::{AuthResult, Authentication};
use signal::{Correspondence, Observation, Observations, Question, Unavailable};
use verdict::{
    Action, Flag, FolderId, FolderRole, ItemId, Judgement, MailboxId, Place, Reason, Target, TenantId,
    Undecided,
};

use super::fault::{Fault, Outcome};
use super::row::{verdict_name, verdict_named};
use crate::{PlanId, Task};

/// Writes a shape.
pub(super) fn write<S: Serialize>(shape: &S) -> Outcome<String> {
    serde_json::to_string(shape).map_err(|error| Fault::Damaged(format!("a value has no JSON form: {error}")))
}

/// Reads a shape back.
pub(super) fn read<S: DeserializeOwned>(text: &str) -> Outcome<S> {
    serde_json::from_str(text).map_err(|error| Fault::Damaged(format!("a stored value is not ours: {error}")))
}

fn damaged(what: &str) -> Fault {
    Fault::Damaged(format!("a stored {what} is none"))
}

/// A number that JSON may not have: `null` stands for what is not finite.
fn finite(number: f64) -> Option<f64> {
    number.is_finite().then_some(number)
}

// Tasks.

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum TaskShape {
    Take { tenant: String, mailbox: String, item: String },
    Act { plan: uuid::Uuid },
    SweepFolder { tenant: String, mailbox: String, folder: String },
    SweepMailbox { tenant: String, mailbox: String },
    SweepTenant { tenant: String },
}

impl From<&Task> for TaskShape {
    fn from(task: &Task) -> Self {
        match task {
            Task::Take(target) => Self::Take {
                tenant: target.tenant.to_string(),
                mailbox: target.mailbox.to_string(),
                item: target.item.to_string(),
            },
            Task::Act(plan) => Self::Act { plan: plan.0 },
            Task::SweepFolder(tenant, mailbox, folder) => Self::SweepFolder {
                tenant: tenant.to_string(),
                mailbox: mailbox.to_string(),
                folder: folder.to_string(),
            },
            Task::SweepMailbox(tenant, mailbox) => {
                Self::SweepMailbox { tenant: tenant.to_string(), mailbox: mailbox.to_string() }
            }
            Task::SweepTenant(tenant) => Self::SweepTenant { tenant: tenant.to_string() },
        }
    }
}

impl From<TaskShape> for Task {
    fn from(shape: TaskShape) -> Self {
        match shape {
            TaskShape::Take { tenant, mailbox, item } => Self::Take(Target {
                tenant: TenantId::new(tenant),
                mailbox: MailboxId::new(mailbox),
                item: ItemId::new(item),
            }),
            TaskShape::Act { plan } => Self::Act(PlanId(plan)),
            TaskShape::SweepFolder { tenant, mailbox, folder } => {
                Self::SweepFolder(TenantId::new(tenant), MailboxId::new(mailbox), FolderId::new(folder))
            }
            TaskShape::SweepMailbox { tenant, mailbox } => {
                Self::SweepMailbox(TenantId::new(tenant), MailboxId::new(mailbox))
            }
            TaskShape::SweepTenant { tenant } => Self::SweepTenant(TenantId::new(tenant)),
        }
    }
}

// Actions and places.

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum ActionShape {
    Deliver,
    Quarantine,
    Junk,
    Mark(String),
    Restore,
    Unmark(String),
}

impl From<&Action> for ActionShape {
    fn from(action: &Action) -> Self {
        match action {
            Action::Deliver => Self::Deliver,
            Action::Quarantine => Self::Quarantine,
            Action::Junk => Self::Junk,
            Action::Mark(mark) => Self::Mark(mark.clone()),
            Action::Restore => Self::Restore,
            Action::Unmark(mark) => Self::Unmark(mark.clone()),
        }
    }
}

impl From<ActionShape> for Action {
    fn from(shape: ActionShape) -> Self {
        match shape {
            ActionShape::Deliver => Self::Deliver,
            ActionShape::Quarantine => Self::Quarantine,
            ActionShape::Junk => Self::Junk,
            ActionShape::Mark(mark) => Self::Mark(mark),
            ActionShape::Restore => Self::Restore,
            ActionShape::Unmark(mark) => Self::Unmark(mark),
        }
    }
}

#[derive(Serialize, Deserialize)]
pub(super) struct PlaceShape {
    folder: String,
    role: RoleShape,
    quarantined: bool,
    read: bool,
    flag: FlagShape,
    categories: Vec<String>,
    received_us: Option<i64>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum RoleShape {
    Inbox,
    Junk,
    Sent,
    Drafts,
    Deleted,
    Archive,
    Other,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum FlagShape {
    None,
    Flagged,
    Complete,
}

impl From<&Place> for PlaceShape {
    fn from(place: &Place) -> Self {
        Self {
            folder: place.folder.to_string(),
            role: match place.role {
                FolderRole::Inbox => RoleShape::Inbox,
                FolderRole::Junk => RoleShape::Junk,
                FolderRole::Sent => RoleShape::Sent,
                FolderRole::Drafts => RoleShape::Drafts,
                FolderRole::Deleted => RoleShape::Deleted,
                FolderRole::Archive => RoleShape::Archive,
                FolderRole::Other => RoleShape::Other,
            },
            quarantined: place.quarantined,
            read: place.read,
            flag: match place.flag {
                Flag::None => FlagShape::None,
                Flag::Flagged => FlagShape::Flagged,
                Flag::Complete => FlagShape::Complete,
            },
            categories: place.categories.clone(),
            received_us: place.received.map(Timestamp::as_microsecond),
        }
    }
}

impl TryFrom<PlaceShape> for Place {
    type Error = Fault;

    fn try_from(shape: PlaceShape) -> Outcome<Self> {
        Ok(Self {
            folder: FolderId::new(shape.folder),
            role: match shape.role {
                RoleShape::Inbox => FolderRole::Inbox,
                RoleShape::Junk => FolderRole::Junk,
                RoleShape::Sent => FolderRole::Sent,
                RoleShape::Drafts => FolderRole::Drafts,
                RoleShape::Deleted => FolderRole::Deleted,
                RoleShape::Archive => FolderRole::Archive,
                RoleShape::Other => FolderRole::Other,
            },
            quarantined: shape.quarantined,
            read: shape.read,
            flag: match shape.flag {
                FlagShape::None => Flag::None,
                FlagShape::Flagged => Flag::Flagged,
                FlagShape::Complete => Flag::Complete,
            },
            categories: shape.categories,
            received: time(shape.received_us)?,
        })
    }
}

fn time(microseconds: Option<i64>) -> Outcome<Option<Timestamp>> {
    let read = |us| Timestamp::from_microsecond(us).map_err(|_| damaged("time"));
    microseconds.map(read).transpose()
}

// Judgements.

#[derive(Serialize, Deserialize)]
pub(super) struct JudgementShape {
    verdict: String,
    score: Option<f64>,
    reasons: Vec<ReasonShape>,
    undecided: Vec<UndecidedShape>,
    version: String,
}

#[derive(Serialize, Deserialize)]
struct ReasonShape {
    name: String,
    weight: Option<f64>,
    evidence: Vec<String>,
}

#[derive(Serialize, Deserialize)]
struct UndecidedShape {
    name: String,
    why: String,
}

impl From<&Judgement> for JudgementShape {
    fn from(judgement: &Judgement) -> Self {
        let reason = |reason: &Reason| ReasonShape {
            name: reason.name.clone(),
            weight: finite(reason.weight),
            evidence: reason.evidence.clone(),
        };
        let undecided = |one: &Undecided| UndecidedShape { name: one.name.clone(), why: one.why.clone() };
        Self {
            verdict: verdict_name(judgement.verdict).to_owned(),
            score: finite(judgement.score),
            reasons: judgement.reasons.iter().map(reason).collect(),
            undecided: judgement.undecided.iter().map(undecided).collect(),
            version: judgement.version.clone(),
        }
    }
}

impl TryFrom<JudgementShape> for Judgement {
    type Error = Fault;

    fn try_from(shape: JudgementShape) -> Outcome<Self> {
        let reason = |reason: ReasonShape| Reason {
            name: reason.name,
            weight: reason.weight.unwrap_or(f64::NAN),
            evidence: reason.evidence,
        };
        let undecided = |one: UndecidedShape| Undecided { name: one.name, why: one.why };
        Ok(Self {
            verdict: verdict_named(&shape.verdict)?,
            score: shape.score.unwrap_or(f64::NAN),
            reasons: shape.reasons.into_iter().map(reason).collect(),
            undecided: shape.undecided.into_iter().map(undecided).collect(),
            version: shape.version,
        })
    }
}

// Questions and answers.

#[derive(Serialize, Deserialize)]
pub(super) struct ObservationsShape(Vec<(QuestionShape, ObservationShape)>);

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum QuestionShape {
    Authentication {
        ip: Option<IpAddr>,
        helo: String,
        mail_from: Option<String>,
        header_from: Option<String>,
    },
    Correspondence {
        address: String,
    },
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum ObservationShape {
    Authentication { spf: String, dkim: String, dmarc: String, dkim_domains: Vec<String>, rebuilt: bool },
    Correspondence { received: u64, sent: u64, first_seen_us: Option<i64>, known_since_us: Option<i64> },
    NoObserver,
    Late,
    Failed(String),
}

impl From<&Observations> for ObservationsShape {
    fn from(observations: &Observations) -> Self {
        Self(
            observations
                .iter()
                .map(|(question, observation)| (question.into(), observation.into()))
                .collect(),
        )
    }
}

impl TryFrom<ObservationsShape> for Observations {
    type Error = Fault;

    fn try_from(shape: ObservationsShape) -> Outcome<Self> {
        let mut observations = Self::default();
        for (question, observation) in shape.0 {
            observations.keep(question.try_into()?, observation.try_into()?);
        }
        Ok(observations)
    }
}

impl From<&Question> for QuestionShape {
    fn from(question: &Question) -> Self {
        match question {
            Question::Authentication { ip, helo, mail_from, header_from } => Self::Authentication {
                ip: *ip,
                helo: helo.clone(),
                mail_from: mail_from.as_ref().map(Address::to_string),
                header_from: header_from.as_ref().map(Domain::to_string),
            },
            Question::Correspondence { address } => Self::Correspondence { address: address.to_string() },
        }
    }
}

impl TryFrom<QuestionShape> for Question {
    type Error = Fault;

    fn try_from(shape: QuestionShape) -> Outcome<Self> {
        Ok(match shape {
            QuestionShape::Authentication { ip, helo, mail_from, header_from } => Self::Authentication {
                ip,
                helo,
                mail_from: mail_from.as_deref().map(address).transpose()?,
                header_from: header_from.as_deref().map(domain).transpose()?,
            },
            QuestionShape::Correspondence { address: text } => {
                Self::Correspondence { address: address(&text)? }
            }
        })
    }
}

/// An address as [`Address`] shows itself.
pub(super) fn address(text: &str) -> Outcome<Address> {
    Address::parse(text).ok_or_else(|| damaged("address"))
}

fn domain(text: &str) -> Outcome<Domain> {
    Domain::parse(text).ok_or_else(|| damaged("domain"))
}

impl From<&Observation> for ObservationShape {
    fn from(observation: &Observation) -> Self {
        match observation {
            Observation::Authentication(found) => Self::Authentication {
                spf: found.spf.as_str().to_owned(),
                dkim: found.dkim.as_str().to_owned(),
                dmarc: found.dmarc.as_str().to_owned(),
                dkim_domains: found.dkim_domains.clone(),
                rebuilt: found.rebuilt,
            },
            Observation::Correspondence(found) => Self::Correspondence {
                received: found.received,
                sent: found.sent,
                first_seen_us: found.first_seen.map(Timestamp::as_microsecond),
                known_since_us: found.known_since.map(Timestamp::as_microsecond),
            },
            Observation::Unavailable(Unavailable::NoObserver) => Self::NoObserver,
            Observation::Unavailable(Unavailable::Late) => Self::Late,
            Observation::Unavailable(Unavailable::Failed(why)) => Self::Failed(why.clone()),
        }
    }
}

impl TryFrom<ObservationShape> for Observation {
    type Error = Fault;

    fn try_from(shape: ObservationShape) -> Outcome<Self> {
        Ok(match shape {
            ObservationShape::Authentication { spf, dkim, dmarc, dkim_domains, rebuilt } => {
                Self::Authentication(Authentication {
                    spf: auth_result(&spf)?,
                    dkim: auth_result(&dkim)?,
                    dmarc: auth_result(&dmarc)?,
                    dkim_domains,
                    rebuilt,
                })
            }
            ObservationShape::Correspondence { received, sent, first_seen_us, known_since_us } => {
                Self::Correspondence(Correspondence {
                    received,
                    sent,
                    first_seen: time(first_seen_us)?,
                    known_since: time(known_since_us)?,
                })
            }
            ObservationShape::NoObserver => Self::Unavailable(Unavailable::NoObserver),
            ObservationShape::Late => Self::Unavailable(Unavailable::Late),
            ObservationShape::Failed(why) => Self::Unavailable(Unavailable::Failed(why)),
        })
    }
}

const AUTH_RESULTS: [AuthResult; 7] = [
    AuthResult::Pass,
    AuthResult::Fail,
    AuthResult::SoftFail,
    AuthResult::Neutral,
    AuthResult::None,
    AuthResult::TempError,
    AuthResult::PermError,
];

fn auth_result(name: &str) -> Outcome<AuthResult> {
    AUTH_RESULTS.into_iter().find(|result| result.as_str() == name).ok_or_else(|| damaged("result"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Senders choose these texts: whatever was kept must be readable again.
        #[test]
        fn what_a_sender_wrote_reads_back(local in "\\PC{1,20}", domain in "[a-zäß.xn-]{1,20}", helo in any::<String>()) {
            let mut observations = Observations::default();
            let unavailable = || Observation::Unavailable(Unavailable::Failed(helo.clone()));
            let mail_from = Address::parse(&format!("{local}@{domain}"));
            if let Some(address) = mail_from.clone() {
                observations.keep(Question::Correspondence { address }, unavailable());
            }
            let header_from = Domain::parse(&domain);
            let question = Question::Authentication { ip: None, helo: helo.clone(), mail_from, header_from };
            observations.keep(question, unavailable());
            let text = write(&ObservationsShape::from(&observations)).unwrap();
            let back: Observations = read::<ObservationsShape>(&text).unwrap().try_into().unwrap();
            prop_assert_eq!(back, observations);
        }
    }
}
