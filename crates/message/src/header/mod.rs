//! Header fields, and what the known ones say.

pub mod fields;

pub use fields::{Field, Headers};

use crate::Domain;

/// What the mail providers said of the message, from their own header fields. Which of these can be believed is
/// the route's matter: fields from below the trust boundary can be forged.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Native {
    pub authentication_results: Vec<AuthenticationResults>,
    // forefront: Option<Forefront>, antispam: Option<Antispam>, exchange: Exchange, gmail: Gmail, arc: ArcChain,
    // received_spf: Vec<ReceivedSpf>, dkim: Vec<DkimTags>
}

impl Native {
    /// Reads what stands in `headers`.
    pub fn read(headers: &Headers) -> Self {
        let _ = headers;
        Self::default()
    }
}

/// Placeholder shape: RFC 8601.
#[derive(Clone, Debug, PartialEq)]
pub struct AuthenticationResults {
    pub authserv_id: Option<String>,
    pub domain: Option<Domain>,
}
