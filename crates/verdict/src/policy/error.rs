//! What can be wrong with a policy.

/// Each says what to do about it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PolicyError {
    #[error("the policy has no mailbox group: add one for all mailboxes")]
    NoGroup,
    #[error("mailbox group {number} has no name: give it one")]
    NamelessGroup { number: usize },
    #[error("two mailbox groups are called “{name}”: rename one")]
    RepeatedGroup { name: String },
    #[error(
        "mailbox group “{name}” is for all mailboxes, so the groups after it are never reached: put it last"
    )]
    GroupBehindAll { name: String },
    #[error(
        "the last mailbox group, “{name}”, lists mailboxes, so others have no policy: end with a group for all"
    )]
    LastNotAll { name: String },
    #[error("group “{group}”, {case}: no action is given: use deliver to leave the mail alone")]
    NoAction { group: String, case: String },
    #[error("group “{group}”, {case}: deliver stands beside other actions: use one or the other")]
    DeliverAndMore { group: String, case: String },
    #[error("group “{group}”, {case}: a copy can be moved to one place only: keep quarantine or junk")]
    TwoMoves { group: String, case: String },
    #[error(
        "group “{group}”, {case}: {action} undoes an earlier action and cannot stand in a policy: remove it"
    )]
    UndoInTable { group: String, case: String, action: &'static str },
    #[error("group “{group}”, {case}: a mark is 1 to {max} visible characters: shorten or write one")]
    BadMark { group: String, case: String, max: usize },
}
