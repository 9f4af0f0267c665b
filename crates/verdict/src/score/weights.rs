//! The weights, one line each.

use super::{Family, Weight};

/// Log-odds of each signal, set by hand from counts on real mail.
pub const WEIGHTS: &[Weight] = &[];
