//! Intentions: put on record before anything is done, completed step by step.

use jiff::Timestamp;
use rusqlite::{Connection, Row, params};
use verdict::{Action, Place, Plan, Target};

use super::fault::{Fault, Outcome};
use super::row::{self, all, one, run, scalar, us};
use super::shape::{self, ActionShape, PlaceShape};
use super::{audit, deliveries, jobs};
use crate::{
    Delivery, DeliveryId, Event, Intention, JudgedCase, PlanId, Recorded, Step, StepOutcome, StepState, Task,
};

/// Judgement, verdict, plan, audit record and the job that acts: all or nothing.
pub(super) fn record(db: &Connection, judged: &JudgedCase, intention: &Intention) -> Outcome<Recorded> {
    let delivery = delivery_of(db, intention)?;
    if delivery.arrival.digest != judged.case.digest {
        return Err(Fault::Misused(format!(
            "the judgement is not of the bytes of delivery {}",
            delivery.id.0
        )));
    }
    let version = &judged.judgement.version;
    if let Some(first) = plan_of(db, intention.delivery, version)? {
        return Ok(first);
    }
    let kept = deliveries::keep_judgement(db, judged)?;
    deliveries::judged(db, delivery.id, kept.judgement.verdict, version, intention.at)?;
    insert(db, intention, Some(version))
}

/// What a person wants. The same wish twice, while the first is still open, is one plan.
pub(super) fn record_manual(db: &Connection, intention: &Intention) -> Outcome<Recorded> {
    delivery_of(db, intention)?;
    let open = all(
        db,
        "SELECT id FROM plan WHERE delivery = ?1 AND open_steps > 0 ORDER BY number DESC",
        [intention.delivery.0.as_bytes()],
        |found| Ok(PlanId(row::uuid(found.get(0)?))),
    )?;
    for id in open {
        if let Some(plan) = find(db, id)?
            && plan.intention().plan.actions == intention.plan.actions
        {
            return Ok(plan);
        }
    }
    insert(db, intention, None)
}

fn delivery_of(db: &Connection, intention: &Intention) -> Outcome<Delivery> {
    let delivery = deliveries::by_id(db, intention.delivery)?
        .ok_or_else(|| Fault::Misused(format!("there is no delivery {}", intention.delivery.0)))?;
    if delivery.arrival.target != intention.target {
        return Err(Fault::Misused(format!("delivery {} is another copy than the target", delivery.id.0)));
    }
    Ok(delivery)
}

fn plan_of(db: &Connection, delivery: DeliveryId, version: &str) -> Outcome<Option<Recorded>> {
    let id = scalar(
        db,
        "SELECT id FROM plan WHERE delivery = ?1 AND version = ?2 AND version IS NOT NULL",
        params![delivery.0.as_bytes(), version],
    )?;
    id.map_or(Ok(None), |id| find(db, PlanId(row::uuid(id))))
}

fn insert(db: &Connection, intention: &Intention, version: Option<&str>) -> Outcome<Recorded> {
    let id = PlanId(row::fresh_id(intention.at));
    let open = intention.plan.actions.iter().filter(|action| **action != Action::Deliver).count();
    let (actor, actor_name) = row::actor_columns(&intention.actor);
    run(
        db,
        "INSERT INTO plan (id, delivery, version, verdict, because, actor, actor_name, at, open_steps)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        params![
            id.0.as_bytes(),
            intention.delivery.0.as_bytes(),
            version,
            row::verdict_name(intention.plan.verdict),
            intention.plan.because,
            actor,
            actor_name,
            us(intention.at),
            row::stored_limit(open),
        ],
    )?;
    let number = db.last_insert_rowid();
    for (position, action) in intention.plan.actions.iter().enumerate() {
        insert_step(db, number, position, action, intention.at)?;
    }
    audit::append(db, &intended(intention, id), &intention.actor, intention.at)?;
    if open > 0 {
        jobs::enqueue(db, &[Task::Act(id)], intention.at)?;
    }
    find(db, id)?.ok_or_else(|| Fault::Damaged(format!("plan {} is gone at once", id.0)))
}

/// Leaving a copy where it is needs no doing: such a step is done when it is recorded.
fn insert_step(db: &Connection, plan: i64, position: usize, action: &Action, at: Timestamp) -> Outcome<()> {
    let (state, ended) = match action {
        Action::Deliver => (DONE, Some(us(at))),
        Action::Quarantine | Action::Junk | Action::Mark(_) | Action::Restore | Action::Unmark(_) => {
            (OPEN, None)
        }
    };
    run(
        db,
        "INSERT INTO step (plan, position, kind, action, state, ended) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        params![
            plan,
            row::stored_limit(position),
            row::kind_name(row::kind(action)),
            shape::write(&ActionShape::from(action))?,
            state,
            ended,
        ],
    )?;
    Ok(())
}

fn intended(intention: &Intention, plan: PlanId) -> Event {
    let actions: Vec<String> = intention.plan.actions.iter().map(words).collect();
    Event {
        kind: "intended".to_owned(),
        delivery: Some(intention.delivery),
        plan: Some(plan),
        text: format!(
            "{} ({}): {}",
            actions.join(", "),
            row::verdict_name(intention.plan.verdict),
            intention.plan.because
        ),
    }
}

/// The action, for people.
fn words(action: &Action) -> String {
    let name = row::kind_name(row::kind(action));
    match action {
        Action::Mark(mark) | Action::Unmark(mark) => format!("{name} {mark:?}"),
        Action::Deliver | Action::Quarantine | Action::Junk | Action::Restore => name.to_owned(),
    }
}

const OPEN: i64 = 0;
const DONE: i64 = 1;
const FAILED: i64 = 2;

const PLAN: &str = "
    SELECT p.number AS number, p.id AS plan, p.delivery AS delivery, p.verdict AS verdict, p.because AS because,
           p.actor AS actor, p.actor_name AS actor_name, p.at AS at,
           d.tenant AS tenant, d.mailbox AS mailbox, d.item AS item
    FROM plan p JOIN delivery d ON d.id = p.delivery";

/// A plan, by its id.
pub(super) fn find(db: &Connection, id: PlanId) -> Outcome<Option<Recorded>> {
    one(db, &format!("{PLAN} WHERE p.id = ?1"), [id.0.as_bytes()], |found| read(db, found))
}

/// Plans with steps not finished, oldest first.
pub(super) fn unfinished(db: &Connection, limit: usize) -> Outcome<Vec<Recorded>> {
    all(
        db,
        &format!("{PLAN} WHERE p.open_steps > 0 ORDER BY p.number LIMIT ?1"),
        [row::stored_limit(limit)],
        |found| read(db, found),
    )
}

fn read(db: &Connection, found: &Row<'_>) -> Outcome<Recorded> {
    let steps = all(
        db,
        "SELECT action, state, why, before FROM step WHERE plan = ?1 ORDER BY position",
        [found.get::<_, i64>("number")?],
        read_step,
    )?;
    let intention = Intention {
        delivery: DeliveryId(row::uuid(found.get("delivery")?)),
        target: deliveries::read_target(found)?,
        plan: Plan {
            actions: steps.iter().map(|step| step.action.clone()).collect(),
            because: found.get("because")?,
            verdict: row::verdict_named(&found.get::<_, String>("verdict")?)?,
        },
        actor: row::actor(&found.get::<_, String>("actor")?, found.get("actor_name")?)?,
        at: row::time(found.get("at")?)?,
    };
    Ok(Recorded::new(PlanId(row::uuid(found.get("plan")?)), intention, steps))
}

fn read_step(found: &Row<'_>) -> Outcome<Step> {
    let before: Option<String> = found.get("before")?;
    let state = match found.get("state")? {
        OPEN => StepState::Open,
        DONE => StepState::Done,
        FAILED => StepState::Failed(found.get::<_, Option<String>>("why")?.unwrap_or_default()),
        other => return Err(Fault::Damaged(format!("{other} is no state of a step"))),
    };
    Ok(Step {
        action: shape::read::<ActionShape>(&found.get::<_, String>("action")?)?.into(),
        state,
        before: before.as_deref().map(read_place).transpose()?,
    })
}

fn read_place(text: &str) -> Outcome<Place> {
    shape::read::<PlaceShape>(text)?.try_into()
}

/// The plan's number and the step, which must be there.
fn step_of(db: &Connection, plan: &Recorded, step: usize) -> Outcome<(i64, Step)> {
    let missing = || Fault::Misused(format!("plan {} has no step {step}", plan.id().0));
    let found = plan.steps().get(step).cloned().ok_or_else(missing)?;
    let number = scalar(db, "SELECT number FROM plan WHERE id = ?1", [plan.id().0.as_bytes()])?;
    Ok((number.ok_or_else(missing)?, found))
}

fn existing(db: &Connection, id: PlanId) -> Outcome<Recorded> {
    find(db, id)?.ok_or_else(|| Fault::Misused(format!("there is no plan {}", id.0)))
}

/// Where the copy stood before the step; the first note wins.
pub(super) fn note_before(db: &Connection, id: PlanId, step: usize, place: &Place) -> Outcome<()> {
    let (number, _) = step_of(db, &existing(db, id)?, step)?;
    run(
        db,
        "UPDATE step SET before = ?3 WHERE plan = ?1 AND position = ?2 AND before IS NULL",
        params![number, row::stored_limit(step), shape::write(&PlaceShape::from(place))?],
    )?;
    Ok(())
}

/// Ends a step, once.
pub(super) fn complete(
    db: &Connection,
    id: PlanId,
    step: usize,
    outcome: &StepOutcome,
    now: Timestamp,
) -> Outcome<()> {
    let plan = existing(db, id)?;
    let (number, found) = step_of(db, &plan, step)?;
    if found.state != StepState::Open {
        return Ok(());
    }
    match outcome {
        StepOutcome::Done { after, .. } => {
            end_done(db, number, step, found.before.as_ref(), after, now)?;
            deliveries::moved(db, plan.intention().delivery, after)?;
        }
        StepOutcome::Failed { why } => end_failed(db, number, step, why, now)?,
    }
    run(db, "UPDATE plan SET open_steps = open_steps - 1 WHERE number = ?1", [number])?;
    audit::append(db, &ended(&plan, &found.action, outcome), &plan.intention().actor, now)
}

fn end_done(
    db: &Connection,
    plan: i64,
    step: usize,
    before: Option<&Place>,
    after: &Place,
    now: Timestamp,
) -> Outcome<()> {
    let changed =
        before.is_some_and(|before| before.folder != after.folder || before.categories != after.categories);
    run(
        db,
        "UPDATE step SET state = ?3, after = ?4, changed = ?5, ended = ?6 WHERE plan = ?1 AND position = ?2",
        params![
            plan,
            row::stored_limit(step),
            DONE,
            shape::write(&PlaceShape::from(after))?,
            changed,
            us(now)
        ],
    )?;
    Ok(())
}

fn end_failed(db: &Connection, plan: i64, step: usize, why: &str, now: Timestamp) -> Outcome<()> {
    run(
        db,
        "UPDATE step SET state = ?3, why = ?4, ended = ?5 WHERE plan = ?1 AND position = ?2",
        params![plan, row::stored_limit(step), FAILED, why, us(now)],
    )?;
    Ok(())
}

fn ended(plan: &Recorded, action: &Action, outcome: &StepOutcome) -> Event {
    let action = words(action);
    let (kind, text) = match outcome {
        StepOutcome::Done { already: false, .. } => ("done", action),
        StepOutcome::Done { already: true, .. } => ("done", format!("{action}: was so already")),
        StepOutcome::Failed { why } => ("failed", format!("{action}: {why}")),
    };
    Event { kind: kind.to_owned(), delivery: Some(plan.intention().delivery), plan: Some(plan.id()), text }
}

/// How a copy stood before our latest finished `action` that changed something.
pub(super) fn before(db: &Connection, target: &Target, action: &Action) -> Outcome<Option<Place>> {
    let found: Option<String> = scalar(
        db,
        "SELECT s.before FROM delivery d JOIN plan p ON p.delivery = d.id JOIN step s ON s.plan = p.number
         WHERE d.tenant = ?1 AND d.mailbox = ?2 AND d.item = ?3
           AND s.action = ?4 AND s.state = 1 AND s.changed = 1 AND s.before IS NOT NULL
         ORDER BY s.ended DESC, p.number DESC, s.position DESC LIMIT 1",
        params![
            target.tenant.as_str(),
            target.mailbox.as_str(),
            target.item.as_str(),
            shape::write(&ActionShape::from(action))?
        ],
    )?;
    found.as_deref().map(read_place).transpose()
}
