//! Record: the judgement and the plan, on record before anything is done.

use jiff::Timestamp;
use store::{Actor, Delivery, Intention, JudgedCase, Recorded, Store};
use verdict::Policy;

use crate::Trouble;

/// Puts the judgement of `delivery` and what policy makes of it on record.
pub async fn record(
    store: &dyn Store,
    policy: &Policy,
    delivery: &Delivery,
    case: &JudgedCase,
    now: Timestamp,
) -> Result<Recorded, Trouble> {
    let arrival = &delivery.arrival;
    let intention = Intention {
        delivery: delivery.id,
        target: arrival.target.clone(),
        plan: policy.plan(&case.judgement, arrival.direction, &arrival.target.mailbox),
        actor: Actor::Policy,
        at: now,
    };
    Ok(store.record(case, &intention).await?)
}
