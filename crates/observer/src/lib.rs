//! Answers from outside. Each adapter implements [`signal::Observer`] for the questions it knows; a [`Panel`] asks the
//! right ones under one deadline.
//!
//! What cannot be found out is an answer too ([`signal::Unavailable`]); nothing here judges.

pub mod authentication;
pub mod error;
pub mod fake;
pub mod panel;

pub use authentication::{Answers, Authentication, Resolver, Source};
pub use error::Error;
pub use fake::Fake;
pub use panel::Panel;
