//! One suite every backend passes.
