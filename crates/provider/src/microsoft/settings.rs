//! What an administrator tells us about a Microsoft 365 tenant.

use secrecy::SecretString;

use super::Cloud;
use crate::{Clock, Patience};

/// How to reach one Microsoft 365 tenant.
#[derive(Clone, Debug)]
pub struct MicrosoftSettings {
    /// The tenant's id, a GUID (Entra admin center → Overview → Tenant ID).
    pub tenant: String,
    /// The app's (client) id, a GUID.
    pub client_id: String,
    pub credential: Credential,
    pub cloud: Cloud,
    /// Where change notices are to be posted; public https. Without it [`crate::Provider::watch`] is refused and only
    /// the sweep finds mail.
    pub notice_url: Option<String>,
    /// Where lifecycle notices go; the notice address when `None`.
    pub lifecycle_url: Option<String>,
    /// A key of this installation, at least 16 random bytes; notices prove with it that
    /// they belong to our watches. Changing it makes running watches worthless.
    pub installation_key: Vec<u8>,
    /// Further authorities to trust, PEM: of a TLS-inspecting proxy, or of the sandbox.
    pub ca_pem: Option<Vec<u8>>,
    pub clock: Clock,
    pub patience: Patience,
}

/// Shorter keys are refused.
pub(super) const INSTALLATION_KEY_BYTES_MIN: usize = 16;

/// What proves that we are the app.
#[derive(Clone)]
pub enum Credential {
    Secret(SecretString),
    /// A certificate registered with the app (PEM) and its RSA private key (PEM, PKCS #8 or PKCS #1).
    Certificate {
        certificate_pem: Vec<u8>,
        key_pem: SecretString,
    },
}

impl std::fmt::Debug for Credential {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Secret(_) => f.write_str("Secret"),
            Self::Certificate { .. } => f.write_str("Certificate"),
        }
    }
}
