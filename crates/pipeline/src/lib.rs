//! The live journey of a message: intake, gather, record, act.
//!
//! [`Journey`] holds what a journey needs and puts the steps in order ([`journey`]); [`Worker`] drives it with jobs
//! from the store; [`sweep`], [`watches`], [`notices`] and [`reconcile`] see to it that every message that arrives
//! becomes a job. This crate knows no HTTP, no SMTP and no SQL.

pub mod act;
pub mod clock;
pub mod gather;
pub mod history;
pub mod intake;
pub mod journey;
pub mod notices;
pub mod progress;
pub mod reconcile;
pub mod record;
pub mod schedule;
pub mod sweep;
pub mod trouble;
pub mod watches;
pub mod worker;

pub use clock::{Clock, SystemClock};
pub use gather::Gatherer;
pub use journey::{Journey, Tenant};
pub use trouble::Trouble;
pub use worker::Worker;
