//! Act: carry out plans that are on record, each step once, however often we are interrupted.

use futures_util::future::join_all;
use jiff::Timestamp;
use provider::{Applied, Done, Order, Provider};
use store::{Recorded, StepOutcome, StepState, Store};
use verdict::{Action, Place};

use crate::Trouble;

/// Carries out what is left of `plans`, all of one tenant, and answers plan by plan.
///
/// Where a copy stands is noted before it is touched, so that dying in between cannot make us forget where to restore it
/// to; the provider looks before it acts, so that a step done before we died is not done again. Steps of one plan go one
/// after the other; plans go together, so that the provider can be asked in batches.
pub async fn carry_out(
    store: &dyn Store,
    provider: &dyn Provider,
    plans: &[Recorded],
    now: Timestamp,
) -> Vec<Result<(), Trouble>> {
    let mut answers: Vec<Result<(), Trouble>> = plans.iter().map(|_| Ok(())).collect();
    let longest = plans.iter().map(|plan| plan.steps().len()).max().unwrap_or(0);
    for number in 0..longest {
        let open = (0..plans.len())
            .filter(|&at| answers[at].is_ok() && is_open(&plans[at], number))
            .collect::<Vec<_>>();
        let prepared = join_all(open.iter().map(|&at| prepare(store, provider, &plans[at], number))).await;
        let outcomes = apply(provider, prepared).await;
        for (at, outcome) in open.into_iter().zip(outcomes) {
            answers[at] = finish(store, &plans[at], number, outcome, now).await;
        }
    }
    answers
}

/// A step ready to be carried out, or ended without the provider's doing.
enum Prepared {
    Order(Order),
    Ended(StepOutcome),
}

fn is_open(plan: &Recorded, number: usize) -> bool {
    plan.steps().get(number).is_some_and(|step| step.state == StepState::Open)
}

/// Looks where the copy is, notes it, and makes the order.
async fn prepare(
    store: &dyn Store,
    provider: &dyn Provider,
    plan: &Recorded,
    number: usize,
) -> Result<Prepared, Trouble> {
    let target = &plan.intention().target;
    let step = &plan.steps()[number];
    let place = match provider.place(target).await {
        Ok(place) => place,
        Err(error) => return ended_or_trouble(error).map(Prepared::Ended),
    };
    if step.before.is_none() {
        store.note_before(&plan.id(), number, &place).await?;
    }
    if step.action == Action::Deliver {
        return Ok(Prepared::Ended(StepOutcome::Done { after: place, already: true }));
    }
    let before = place_to_return_to(store, plan, &step.action).await?;
    Ok(Prepared::Order(Order { target: target.clone(), action: step.action.clone(), before }))
}

/// For steps that undo something: how the copy stood before that was done.
async fn place_to_return_to(
    store: &dyn Store,
    plan: &Recorded,
    action: &Action,
) -> Result<Option<Place>, Trouble> {
    let Some(undone) = action.undoes() else { return Ok(None) };
    Ok(store.before(&plan.intention().target, &undone).await?)
}

/// Gives all orders to the provider at once and puts its answers back in their places.
async fn apply(
    provider: &dyn Provider,
    prepared: Vec<Result<Prepared, Trouble>>,
) -> Vec<Result<StepOutcome, Trouble>> {
    let orders: Vec<Order> = prepared
        .iter()
        .filter_map(|step| match step {
            Ok(Prepared::Order(order)) => Some(order.clone()),
            Ok(Prepared::Ended(_)) | Err(_) => None,
        })
        .collect();
    let mut answers = if orders.is_empty() { Vec::new() } else { provider.apply(&orders).await }.into_iter();
    prepared
        .into_iter()
        .map(|step| match step? {
            Prepared::Ended(outcome) => Ok(outcome),
            Prepared::Order(_) => match answers.next() {
                Some(Ok(Applied { done, after, .. })) => {
                    Ok(StepOutcome::Done { after, already: done == Done::Already })
                }
                Some(Err(error)) => ended_or_trouble(error),
                None => Err(Trouble::Doubtful { why: "the provider left an order unanswered".into() }),
            },
        })
        .collect()
}

async fn finish(
    store: &dyn Store,
    plan: &Recorded,
    number: usize,
    outcome: Result<StepOutcome, Trouble>,
    now: Timestamp,
) -> Result<(), Trouble> {
    store.complete(&plan.id(), number, &outcome?, now).await?;
    Ok(())
}

/// A copy that the person deleted, or an order that cannot be, ends the step; everything else is tried again.
fn ended_or_trouble(error: provider::Error) -> Result<StepOutcome, Trouble> {
    match error {
        provider::Error::Gone { what } => Ok(StepOutcome::Failed { why: format!("{what} is gone") }),
        provider::Error::Misused(why) => Ok(StepOutcome::Failed { why }),
        provider::Error::Retry { .. }
        | provider::Error::CursorLost
        | provider::Error::Denied(_)
        | provider::Error::Broken { .. } => Err(error.into()),
    }
}
