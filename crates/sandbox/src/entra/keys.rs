//! The key that signs access tokens, and its public half as a JWK.

use aws_lc_rs::rsa::PublicKey;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use rcgen::{KeyPair, PKCS_RSA_SHA256, PublicKeyData};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

const KEY_ID: &str = "sandbox-signing-key";
/// Access tokens for Graph are meant for this resource (provider-apis A1).
pub(crate) const GRAPH: &str = "https://graph.microsoft.com";

/// What an app-only access token says.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Claims {
    pub(crate) aud: String,
    pub(crate) iss: String,
    pub(crate) iat: i64,
    pub(crate) nbf: i64,
    pub(crate) exp: i64,
    pub(crate) appid: String,
    pub(crate) app_displayname: String,
    pub(crate) idtyp: String,
    pub(crate) oid: String,
    pub(crate) sub: String,
    pub(crate) tid: String,
    pub(crate) ver: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) roles: Vec<String>,
}

pub(crate) struct Keys {
    signing: EncodingKey,
    checking: DecodingKey,
    jwk: Value,
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Keys")
    }
}

impl Keys {
    /// A fresh RSA key.
    pub(crate) fn new() -> Result<Self, String> {
        let pair = KeyPair::generate_for(&PKCS_RSA_SHA256).map_err(|error| error.to_string())?;
        let signing =
            EncodingKey::from_rsa_pem(pair.serialize_pem().as_bytes()).map_err(|error| error.to_string())?;
        let public =
            PublicKey::from_der(&pair.subject_public_key_info()).map_err(|error| error.to_string())?;
        let modulus = public.modulus().big_endian_without_leading_zero();
        let exponent = public.exponent().big_endian_without_leading_zero();
        let jwk = json!({
            "kty": "RSA", "use": "sig", "alg": "RS256", "kid": KEY_ID, "x5t": KEY_ID,
            "n": URL_SAFE_NO_PAD.encode(modulus), "e": URL_SAFE_NO_PAD.encode(exponent),
        });
        Ok(Self { signing, checking: DecodingKey::from_rsa_raw_components(modulus, exponent), jwk })
    }

    pub(crate) fn jwks(&self) -> Value {
        json!({ "keys": [self.jwk] })
    }

    pub(crate) fn sign(&self, claims: &Claims) -> Result<String, jsonwebtoken::errors::Error> {
        let mut header = Header::new(Algorithm::RS256);
        header.kid = Some(KEY_ID.to_owned());
        header.x5t = Some(KEY_ID.to_owned());
        jsonwebtoken::encode(&header, claims, &self.signing)
    }

    /// Checks signature and resource; the time is the caller's to check, by the tenant's own clock.
    pub(crate) fn read(&self, token: &str) -> Option<Claims> {
        let mut validation = Validation::new(Algorithm::RS256);
        validation.validate_exp = false;
        validation.set_audience(&[GRAPH]);
        jsonwebtoken::decode::<Claims>(token, &self.checking, &validation).ok().map(|token| token.claims)
    }
}
