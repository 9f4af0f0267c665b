//! From evidence to a judgement, as a pure function: [`judge()`].

pub mod action;
pub mod judgement;
pub mod policy;
pub mod score;
pub mod target;

pub use action::{Action, ActionKind, Plan};
pub use judgement::{Judgement, Outcome, Reason, Undecided, Verdict, judge};
pub use policy::{Mode, Policy};
pub use target::{Flag, FolderId, FolderRole, ItemId, MailboxId, Place, Target, TenantId};
