//! The audit log: who intended and did what, each record chained to the one before by its hash.

use jiff::Timestamp;
use message::Digest;

use crate::{DeliveryId, PlanId};

/// Who did it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Actor {
    /// The policy, by itself.
    Policy,
    /// A person, by the name they sign in with.
    Person(String),
    /// The program (start, migration, repair).
    System,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Kebab case, from a short list: `intended`, `done`, `failed`, `signed-in`, `sign-in-refused`, `started`, …
    pub kind: String,
    pub delivery: Option<DeliveryId>,
    pub plan: Option<PlanId>,
    /// One line for people; never mail text.
    pub text: String,
}

/// One record. `hash` is the SHA-256 of the previous record's hash and this record's content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditRecord {
    /// 1, 2, 3, … without gaps.
    pub number: u64,
    pub at: Timestamp,
    pub actor: Actor,
    pub event: Event,
    pub previous: Digest,
    pub hash: Digest,
}

/// What `verify` found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VerifyReport {
    pub audit_records: u64,
    pub blobs: u64,
    pub deliveries: u64,
    /// Deliveries without a judgement.
    pub unjudged: u64,
    /// What is wrong, one line each; empty when all is well.
    pub problems: Vec<String>,
}
