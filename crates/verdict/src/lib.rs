//! From evidence to a judgement, as a pure function: [`judge()`].

pub mod action;
pub mod judgement;
pub mod policy;
pub mod score;
pub mod target;

pub use action::{Action, ActionKind, Plan};
pub use judgement::{Judgement, Outcome, ROUNDS_MAX, Reason, Undecided, Verdict, conclude, judge};
pub use policy::{Group, Members, Mode, Policy, PolicyError, Table};
pub use score::Scoring;
pub use target::{Flag, FolderId, FolderRole, ItemId, MailboxId, Place, Target, TenantId};
