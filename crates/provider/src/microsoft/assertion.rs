//! The certificate as proof: a short-lived JWT signed with the app's key
//! (Entra documentation, `identity-platform/certificate-credentials.md`).

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use rustls_pki_types::{CertificateDer, pem::PemObject as _};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Serialize;

use crate::Error;

/// Entra advises five to ten minutes.
const LIFE_S: i64 = 600;

/// Clocks differ; an assertion "not yet valid" would be refused.
const SKEW_S: i64 = 60;

/// Signs assertions with the app's key.
pub(super) struct Signer {
    key: EncodingKey,
    thumbprint: String,
}

#[derive(Serialize)]
struct Claims<'a> {
    aud: &'a str,
    iss: &'a str,
    sub: &'a str,
    jti: String,
    nbf: i64,
    iat: i64,
    exp: i64,
}

impl Signer {
    pub(super) fn new(certificate_pem: &[u8], key_pem: &SecretString) -> Result<Self, Error> {
        let certificate = CertificateDer::from_pem_slice(certificate_pem).map_err(|_| {
            Error::Misused("the app's certificate cannot be read: give it as PEM (BEGIN CERTIFICATE)".into())
        })?;
        let key = EncodingKey::from_rsa_pem(key_pem.expose_secret().as_bytes()).map_err(|_| {
            Error::Misused(
                "the app's private key cannot be read: give an RSA key as PEM, without a passphrase".into(),
            )
        })?;
        let thumbprint = URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, &certificate));
        let signer = Self { key, thumbprint };
        // A key that cannot sign is found now, not at the first sign-in.
        signer.assertion("check", "check", Timestamp::UNIX_EPOCH)?;
        Ok(signer)
    }

    /// An assertion that `client_id` is us, for `audience`.
    pub(super) fn assertion(
        &self,
        client_id: &str,
        audience: &str,
        now: Timestamp,
    ) -> Result<SecretString, Error> {
        let mut header = Header::new(Algorithm::PS256);
        header.x5t_s256 = Some(self.thumbprint.clone());
        let now_s = now.as_second();
        let claims = Claims {
            aud: audience,
            iss: client_id,
            sub: client_id,
            jti: uuid::Uuid::new_v4().to_string(),
            nbf: now_s - SKEW_S,
            iat: now_s,
            exp: now_s + LIFE_S,
        };
        let signed = jsonwebtoken::encode(&header, &claims, &self.key);
        signed.map(SecretString::from).map_err(|_| {
            Error::Misused("the app's private key cannot sign: give an RSA key of 2048 bits or more".into())
        })
    }
}

#[cfg(test)]
mod tests {
    use jsonwebtoken::{DecodingKey, Validation, decode, decode_header};

    use super::*;

    #[test]
    fn an_assertion_is_signed_and_says_what_entra_wants() {
        let key = rcgen::KeyPair::generate_for(&rcgen::PKCS_RSA_SHA256).unwrap();
        let certificate =
            rcgen::CertificateParams::new(vec!["app.example".into()]).unwrap().self_signed(&key).unwrap();
        let signer = Signer::new(certificate.pem().as_bytes(), &key.serialize_pem().into()).unwrap();
        let now: Timestamp = "2026-11-24T08:00:00Z".parse().unwrap();
        let assertion = signer.assertion("app", "https://login.example/token", now).unwrap();

        let header = decode_header(assertion.expose_secret()).unwrap();
        assert_eq!(header.alg, Algorithm::PS256);
        let thumbprint = URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, certificate.der()));
        assert_eq!(header.x5t_s256.as_deref(), Some(thumbprint.as_str()));

        let mut rules = Validation::new(Algorithm::PS256);
        rules.validate_exp = false;
        rules.set_audience(&["https://login.example/token"]);
        let public = DecodingKey::from_rsa_pem(key.public_key_pem().as_bytes()).unwrap();
        let claims: serde_json::Value = decode(assertion.expose_secret(), &public, &rules).unwrap().claims;
        assert_eq!((&claims["iss"], &claims["sub"]), (&"app".into(), &"app".into()));
        assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 600);
    }

    #[test]
    fn unusable_keys_are_refused_before_the_first_sign_in() {
        let key = rcgen::KeyPair::generate().unwrap();
        let certificate =
            rcgen::CertificateParams::new(vec!["app.example".into()]).unwrap().self_signed(&key).unwrap();
        for (certificate, key) in [
            ("nonsense".to_owned(), key.serialize_pem()),
            (certificate.pem(), "nonsense".to_owned()),
            (certificate.pem(), key.serialize_pem()),
        ] {
            let refused = Signer::new(certificate.as_bytes(), &key.into());
            assert!(matches!(refused, Err(Error::Misused(_))));
        }
    }
}
