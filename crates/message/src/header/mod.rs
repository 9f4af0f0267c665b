//! Header fields, and what the known ones say.

use crate::Domain;

/// A header section in the order written (newest trace field first).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Headers {
    fields: Vec<Field>,
}

/// One field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// As written.
    pub name: String,
    /// Unfolded (RFC 5322 §2.2.3), trimmed, not RFC 2047 decoded; bytes that are not UTF-8 are read as Windows-1252.
    pub value: String,
}

/// What the mail providers said of the message, from their own header fields. Which of these can be believed is
/// the route's matter: fields from below the trust boundary can be forged.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Native {
    pub authentication_results: Vec<AuthenticationResults>,
    // forefront: Option<Forefront>, antispam: Option<Antispam>, exchange: Exchange, gmail: Gmail, arc: ArcChain,
    // received_spf: Vec<ReceivedSpf>, dkim: Vec<DkimTags>
}

/// Placeholder shape: RFC 8601.
#[derive(Clone, Debug, PartialEq)]
pub struct AuthenticationResults {
    pub authserv_id: Option<String>,
    pub domain: Option<Domain>,
}
