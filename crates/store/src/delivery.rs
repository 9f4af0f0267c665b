//! Copies of messages, and cases: what was found out about the bytes they share.

use jiff::Timestamp;
use message::{Digest, Direction};
use signal::Observations;
use uuid::Uuid;
use verdict::{Judgement, Place, Target};

/// A copy, first seen.
#[derive(Clone, Debug, PartialEq)]
pub struct Arrival {
    pub target: Target,
    /// Of the original bytes, kept as a blob already.
    pub digest: Digest,
    pub size_bytes: u64,
    pub place: Place,
    /// When the provider took it in.
    pub received: Timestamp,
    /// When we fetched it.
    pub fetched: Timestamp,
    pub direction: Direction,
    /// What rows and searches show; addresses normalised.
    pub subject: String,
    pub from_name: String,
    pub from_address: String,
    pub recipients: Vec<String>,
    pub internet_message_id: String,
}

/// Our own name for a copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DeliveryId(pub Uuid);

/// A copy on record.
#[derive(Clone, Debug, PartialEq)]
pub struct Delivery {
    pub id: DeliveryId,
    pub arrival: Arrival,
    /// The verdict, once judged.
    pub verdict: Option<verdict::Verdict>,
    /// Where we believe it to be now.
    pub place: Place,
}

/// What the same bytes have in common.
#[derive(Clone, Debug, PartialEq)]
pub struct Case {
    pub digest: Digest,
    pub observations: Observations,
    pub judged: Timestamp,
}

/// A case with its judgement, as recorded.
#[derive(Clone, Debug, PartialEq)]
pub struct JudgedCase {
    pub case: Case,
    pub judgement: Judgement,
}
