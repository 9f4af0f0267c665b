//! What is posted to our notice address.

use verdict::{ItemId, MailboxId};

/// A request to the notice address, as it came.
#[derive(Clone, Copy, Debug)]
pub struct NoticeRequest<'a> {
    /// The query, decoded, in order.
    pub query: &'a [(String, String)],
    pub body: &'a [u8],
    /// `Authorization`, when sent.
    pub authorization: Option<&'a str>,
}

/// What to answer and what to look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoticeReply {
    /// The provider checks that the address is ours: answer 200 with this as `text/plain`.
    Echo(String),
    /// Answer 202 at once; then look at these.
    Accepted { notices: Vec<Notice>, refused: Vec<Refusal> },
}

/// A hint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// Something came or changed.
    Changed { watch: String, mailbox: MailboxId, item: ItemId },
    /// The provider lost some: sweep the mailbox.
    Missed { watch: String },
    /// The watch is gone: make a new one and sweep.
    Removed { watch: String },
    /// The watch wants renewing.
    Expiring { watch: String },
}

/// A notice that was not believed, and why; for the log and the counters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    pub why: String,
}
