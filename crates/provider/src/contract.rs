//! One suite every provider passes.
