//! Verdict × direction × mailbox group × mode → actions.

/// How far we go in a mailbox group.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mode {
    /// Judge and record.
    Monitor,
    /// Judge after delivery, then act.
    #[default]
    Remediate,
}

/// The table.
#[derive(Clone, Debug, Default)]
pub struct Policy {}
