//! Header fields, and what the known ones say: one file per family, each from field values to typed structs.
//! `native` gathers them and says which copy counts.

pub mod antispam;
pub mod arc;
pub mod authentication_results;
pub mod dkim;
pub mod exchange;
pub mod fields;
pub mod forefront;
pub mod gmail;
pub mod received_spf;

pub(crate) mod lexer;

mod native;
mod seen;
mod verdict;

pub use antispam::{Antispam, MailboxDelivery, Placement};
pub use arc::{ArcChain, ArcSet, ArcState};
pub use authentication_results::{AuthenticationResults, Method, Outcome, compauth_meaning};
pub use dkim::DkimSignature;
pub use exchange::{AuthAs, Exchange};
pub use fields::{Field, Headers};
pub use forefront::{Category, Forefront, Ipv, Sfv};
pub use gmail::Gmail;
pub use native::Native;
pub use received_spf::ReceivedSpf;
pub use seen::Seen;
pub use verdict::{Bypass, NativeVerdict};
