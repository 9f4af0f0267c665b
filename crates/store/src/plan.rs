//! Intentions on record, and how far they have come.

use jiff::Timestamp;
use uuid::Uuid;
use verdict::{Action, Place, Plan, Target};

use crate::{Actor, DeliveryId};

/// A plan's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PlanId(pub Uuid);

/// What someone wants done with one copy.
#[derive(Clone, Debug, PartialEq)]
pub struct Intention {
    pub delivery: DeliveryId,
    pub target: Target,
    pub plan: Plan,
    pub actor: Actor,
    pub at: Timestamp,
}

/// A plan that is on record. Only a store makes one: whoever holds it may act.
#[derive(Clone, Debug, PartialEq)]
pub struct Recorded {
    id: PlanId,
    intention: Intention,
    steps: Vec<Step>,
}

impl Recorded {
    pub(crate) fn new(id: PlanId, intention: Intention, steps: Vec<Step>) -> Self {
        Self { id, intention, steps }
    }

    pub fn id(&self) -> PlanId {
        self.id
    }

    pub fn intention(&self) -> &Intention {
        &self.intention
    }

    /// One step an action, in order.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// Whether nothing is left to do.
    pub fn state(&self) -> PlanState {
        if self.steps.iter().any(|step| step.state == StepState::Open) {
            PlanState::Open
        } else {
            PlanState::Finished
        }
    }
}

/// Whether steps are left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlanState {
    Open,
    Finished,
}

/// One action of a plan.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    pub action: Action,
    pub state: StepState,
    /// Where the copy stood before, once noted.
    pub before: Option<Place>,
}

/// How far a step is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StepState {
    Open,
    Done,
    /// The copy is gone or the provider refuses for good; the text says why.
    Failed(String),
}

/// How a step ended.
#[derive(Clone, Debug, PartialEq)]
pub enum StepOutcome {
    /// Carried out, or found to be so already; with where the copy is now.
    Done {
        after: Place,
        already: bool,
    },
    Failed {
        why: String,
    },
}
