//! What a signal may want to know from outside.

use std::net::IpAddr;

use message::{Address, Domain};

/// A question some observer answers. Equal questions get one answer.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Question {
    /// SPF, DKIM and DMARC (RFC 7208, 6376, 7489/9989) as they would have come out at the true boundary.
    Authentication {
        ip: Option<IpAddr>,
        helo: String,
        mail_from: Option<Address>,
        header_from: Option<Domain>,
    },
    /// What the organisation has exchanged with this address before `Evidence::as_of`.
    Correspondence { address: Address },
}
