//! The small first scoring.
