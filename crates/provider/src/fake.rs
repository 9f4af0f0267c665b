//! A provider in memory, for tests above this crate.
