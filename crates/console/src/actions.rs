//! What people do with copies: release, quarantine, undo. Each puts an intention on record and queues its plan; the
//! pipeline carries it out.

use std::fmt;

use message::Digest;
use store::{Actor, Delivery, DeliveryId, Intention, PlanId, Recorded, Step, StepState, Task};
use uuid::Uuid;
use verdict::{Action, FolderRole, Plan, Verdict};

use crate::desk::Console;
use crate::refusal::Refusal;
use crate::view;

/// Copies acted on at once.
const COPIES_MAX: usize = 500;

/// Characters of a reason; it goes into the audit log.
const BECAUSE_CHARS_MAX: usize = 300;

/// What a person can ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Deed {
    Release,
    Quarantine,
    Undo,
}

impl Deed {
    pub(crate) fn called(name: &str) -> Result<Self, Refusal> {
        match name {
            "release" => Ok(Self::Release),
            "quarantine" => Ok(Self::Quarantine),
            "undo" => Ok(Self::Undo),
            _ => Err(Refusal::Bad("An action is release, quarantine or undo.".into())),
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Release => "release",
            Self::Quarantine => "quarantine",
            Self::Undo => "undo",
        }
    }

    fn because(self) -> &'static str {
        match self {
            Self::Release => "released by hand",
            Self::Quarantine => "quarantined by hand",
            Self::Undo => "undone by hand",
        }
    }
}

/// How forms and the API name a copy: the message's digest and our id of the delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct CopyName {
    pub(crate) digest: Digest,
    pub(crate) delivery: DeliveryId,
}

impl CopyName {
    pub(crate) fn parse(text: &str) -> Result<Self, Refusal> {
        let halves = text.split_once('.');
        let name = halves.and_then(|(digest, delivery)| {
            Some(Self {
                digest: Digest::parse(digest)?,
                delivery: DeliveryId(Uuid::parse_str(delivery).ok()?),
            })
        });
        name.ok_or_else(|| Refusal::Bad("A copy is named by <digest>.<delivery>, as lists give it.".into()))
    }
}

impl fmt::Display for CopyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.digest, self.delivery.0)
    }
}

/// What came of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Deeds {
    pub(crate) recorded: usize,
    /// Copies where nothing was to be done (not in quarantine, nothing to undo).
    pub(crate) unchanged: usize,
}

/// Does `deed` to `copies` on behalf of `person`. All names are checked before the first intention is recorded.
pub(crate) async fn carry_out(
    console: &Console,
    person: &str,
    deed: Deed,
    copies: &[CopyName],
    because: Option<&str>,
) -> Result<Deeds, Refusal> {
    if copies.is_empty() {
        return Err(Refusal::Bad("No message was selected: select at least one.".into()));
    }
    if copies.len() > COPIES_MAX {
        return Err(Refusal::Bad(format!("More than {COPIES_MAX} messages at once: select fewer.")));
    }
    let mut deliveries = Vec::with_capacity(copies.len());
    for copy in copies {
        deliveries.push(find(console, copy).await?);
    }
    let mut deeds = Deeds::default();
    for delivery in &deliveries {
        match wanted(console, deed, delivery).await? {
            Some(action) => {
                record(console, person, delivery, action, reason(deed, because)).await?;
                deeds.recorded += 1;
            }
            None => deeds.unchanged += 1,
        }
    }
    Ok(deeds)
}

async fn find(console: &Console, copy: &CopyName) -> Result<Delivery, Refusal> {
    let copies = console.store().copies(&copy.digest).await?;
    let found = copies.into_iter().find(|delivery| delivery.id == copy.delivery);
    found.ok_or_else(|| Refusal::NotFound("This copy is not on record: load the list again.".into()))
}

/// The action that does `deed` to this copy; `None` when it stands like that already.
async fn wanted(console: &Console, deed: Deed, delivery: &Delivery) -> Result<Option<Action>, Refusal> {
    Ok(match deed {
        Deed::Release => delivery.place.quarantined.then_some(Action::Restore),
        Deed::Quarantine => (!delivery.place.quarantined).then_some(Action::Quarantine),
        Deed::Undo => match last_change(console, &delivery.id).await? {
            LastChange::Nothing => None,
            LastChange::Done(step) => opposite(&step),
            LastChange::Open => {
                let text = "The last action is still being carried out: repeat in a moment.";
                return Err(Refusal::Busy(text.into()));
            }
        },
    })
}

/// What was last done to a copy.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum LastChange {
    Nothing,
    /// On record, and not carried out yet.
    Open,
    Done(Step),
}

/// The last step that changed this copy, newest plan first. Steps that failed changed nothing.
pub(crate) async fn last_change(console: &Console, delivery: &DeliveryId) -> Result<LastChange, Refusal> {
    for plan in plans(console, delivery).await? {
        for step in plan.steps().iter().rev().filter(|step| opposite(step).is_some()) {
            match step.state {
                StepState::Open => return Ok(LastChange::Open),
                StepState::Done => return Ok(LastChange::Done(step.clone())),
                StepState::Failed(_) => {}
            }
        }
    }
    Ok(LastChange::Nothing)
}

/// Plans about this copy, newest first.
pub(crate) async fn plans(console: &Console, delivery: &DeliveryId) -> Result<Vec<Recorded>, Refusal> {
    let history = console.store().history(delivery).await?;
    let mut ids: Vec<PlanId> = Vec::new();
    for plan in history.iter().rev().filter_map(|record| record.event.plan) {
        if !ids.contains(&plan) {
            ids.push(plan);
        }
    }
    let mut plans = Vec::with_capacity(ids.len());
    for id in &ids {
        plans.extend(console.store().plan(id).await?);
    }
    Ok(plans)
}

/// What takes a step back; `None` for steps that changed nothing. Only the record knows what a restore took back.
pub(crate) fn opposite(step: &Step) -> Option<Action> {
    match &step.action {
        Action::Restore => Some(match &step.before {
            Some(before) if before.role == FolderRole::Junk && !before.quarantined => Action::Junk,
            Some(_) | None => Action::Quarantine,
        }),
        other => other.undo(),
    }
}

async fn record(
    console: &Console,
    person: &str,
    delivery: &Delivery,
    action: Action,
    because: String,
) -> Result<(), Refusal> {
    let now = console.now();
    let plan = Plan { actions: vec![action], because, verdict: delivery.verdict.unwrap_or(Verdict::Clean) };
    let intention = Intention {
        delivery: delivery.id,
        target: delivery.arrival.target.clone(),
        plan,
        actor: Actor::Person(person.to_owned()),
        at: now,
    };
    let recorded = console.store().record_manual(&intention).await?;
    console.store().enqueue(&[Task::Act(recorded.id())], now).await?;
    Ok(())
}

fn reason(deed: Deed, given: Option<&str>) -> String {
    match given {
        Some(given) => format!("{}: {}", deed.because(), view::one_line(given, BECAUSE_CHARS_MAX)),
        None => deed.because().to_owned(),
    }
}

/// What to tell after a form was sent, kept in the URL as a short code so that no text of strangers gets there.
pub(crate) fn note_code(deed: Deed, deeds: &Deeds) -> String {
    format!("{}.{}.{}", deed.name(), deeds.recorded, deeds.unchanged)
}

/// Copies whose names a redirect carries, so that the note can offer to take the action back.
pub(crate) const UNDOABLE_MAX: usize = 10;

/// The sentence for a code; `None` for what is none of ours.
pub(crate) fn note(code: &str) -> Option<String> {
    let mut parts = code.split('.');
    let deed = Deed::called(parts.next()?).ok()?;
    let recorded: usize = parts.next()?.parse().ok()?;
    let unchanged: usize = parts.next()?.parse().ok()?;
    let copies = view::counted(recorded, "copy", "copies");
    let done = match (deed, recorded) {
        (Deed::Release, 0) => "Nothing to release: not in quarantine.".to_owned(),
        (Deed::Quarantine, 0) => "Nothing to quarantine: there already.".to_owned(),
        (Deed::Undo, 0) => "Nothing to undo.".to_owned(),
        (Deed::Release, _) => format!("Releasing {copies}."),
        (Deed::Quarantine, _) => format!("Quarantining {copies}."),
        (Deed::Undo, _) => format!("Undoing the last action on {copies}."),
    };
    let rest = if recorded > 0 && unchanged > 0 {
        format!(" {} stood like that already.", view::counted(unchanged, "other", "others"))
    } else {
        String::new()
    };
    Some(done + &rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(action: Action) -> Step {
        Step { action, state: StepState::Done, before: None }
    }

    #[test]
    fn every_change_has_an_opposite() {
        for (action, undone) in [
            (Action::Deliver, None),
            (Action::Quarantine, Some(Action::Restore)),
            (Action::Junk, Some(Action::Restore)),
            (Action::Restore, Some(Action::Quarantine)),
            (Action::Mark("x".into()), Some(Action::Unmark("x".into()))),
            (Action::Unmark("x".into()), Some(Action::Mark("x".into()))),
        ] {
            assert_eq!(opposite(&step(action)), undone);
        }
    }

    #[test]
    fn copy_names_read_back_and_nothing_else_does() {
        let name = CopyName { digest: Digest::of(b"mail"), delivery: DeliveryId(Uuid::nil()) };
        assert_eq!(CopyName::parse(&name.to_string()).expect("a name"), name);
        for bad in ["", ".", "a.b", "../..", &Digest::of(b"mail").to_string()] {
            assert!(CopyName::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn notes_are_sentences_and_strangers_cannot_write_them() {
        assert_eq!(note("release.1.0").as_deref(), Some("Releasing 1 copy."));
        assert_eq!(
            note("release.2.1").as_deref(),
            Some("Releasing 2 copies. 1 other stood like that already.")
        );
        assert_eq!(note("undo.0.1").as_deref(), Some("Nothing to undo."));
        assert_eq!(note("<script>.1.1"), None);
        assert_eq!(note("release.x.1"), None);
    }
}
