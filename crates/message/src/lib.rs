//! Bytes to [`Message`], whatever the bytes.
//!
//! This crate reads mail and says what is there: MIME structure, header fields, the route, bodies, links and
//! attachments, and every [`Defect`] met on the way. It judges nothing, does no IO, knows no clock and never
//! fails: the worst bytes give a message with defects. Everything it builds is bounded ([`bounds`]).

pub mod address;
pub mod attachment;
pub mod body;
pub mod bounds;
pub mod builder;
pub mod defect;
pub mod digest;
pub mod direction;
pub mod domain;
pub mod header;
pub mod link;
pub mod mime;
pub mod organisation;
pub mod route;

mod ip;
mod message;

pub use address::{Address, NamedAddress};
pub use attachment::{Attachment, FileKind};
pub use body::Body;
pub use defect::Defect;
pub use digest::Digest;
pub use direction::Direction;
pub use domain::Domain;
pub use header::{Headers, Native};
pub use link::Link;
pub use message::{Message, parse};
pub use mime::Part;
pub use organisation::Organisation;
pub use route::{Hop, Route};
