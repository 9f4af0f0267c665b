//! App-only sign-in: a token for the tenant, kept until shortly before it ends, fetched once however many ask.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::{Method, Request, Url};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::assertion::Signer;
use super::cloud::Hosts;
use super::rights::Kind;
use super::sign_in_trouble;
use super::wire::{Claims, TokenBody, TokenError};
use super::{Credential, MicrosoftSettings};
use crate::Error;
use crate::http::{Errand, Http};
use crate::retry::Repeat;

/// A token is renewed this long before it ends, or after four fifths of a short life.
const RENEW_EARLY: Duration = Duration::from_secs(300);

/// After a refusal nobody asks Entra again for this long: a wrong secret does not get better by trying.
const REFUSAL_KEPT: Duration = Duration::from_secs(20);

/// The tokens of one app in one tenant.
#[derive(Debug)]
pub(super) struct Tokens {
    http: Arc<Http>,
    endpoint: Url,
    client_id: String,
    scope: String,
    proof: Proof,
    /// Held while signing in, so that one signs in and the others wait.
    kept: Mutex<Kept>,
}

enum Proof {
    Secret(SecretString),
    Certificate(Box<Signer>),
}

#[derive(Debug, Default)]
struct Kept {
    token: Option<Token>,
    refused: Option<(Instant, String)>,
    serial: u64,
}

/// A token that Graph takes.
#[derive(Clone, Debug)]
pub(super) struct Token {
    pub(super) bearer: SecretString,
    /// The application permissions it carries, as it says itself.
    pub(super) roles: Vec<String>,
    serial: u64,
    renew_at: Instant,
    ends_at: Instant,
}

impl std::fmt::Debug for Proof {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Secret(_) => "Secret",
            Self::Certificate(_) => "Certificate",
        })
    }
}

impl Tokens {
    pub(super) fn new(http: Arc<Http>, settings: &MicrosoftSettings, hosts: &Hosts) -> Result<Self, Error> {
        let endpoint = format!("{}/{}/oauth2/v2.0/token", hosts.login, settings.tenant);
        let proof = match &settings.credential {
            Credential::Secret(secret) => Proof::Secret(secret.clone()),
            Credential::Certificate { certificate_pem, key_pem } => {
                Proof::Certificate(Box::new(Signer::new(certificate_pem, key_pem)?))
            }
        };
        Ok(Self {
            http,
            endpoint: Url::parse(&endpoint)
                .map_err(|_| Error::Misused("the tenant id makes no address: give the GUID".into()))?,
            client_id: settings.client_id.clone(),
            scope: hosts.scope.clone(),
            proof,
            kept: Mutex::default(),
        })
    }

    /// The token, signed in for if there is none or it is about to end.
    pub(super) async fn token(&self) -> Result<Token, Error> {
        let mut kept = self.kept.lock().await;
        let now = Instant::now();
        match &kept.token {
            Some(token) if now < token.renew_at => Ok(token.clone()),
            Some(token) if now < token.ends_at => {
                let old = token.clone();
                self.sign_in(&mut kept)
                    .await
                    .or_else(|error| if error.is_retry() { Ok(old) } else { Err(error) })
            }
            _ => self.sign_in(&mut kept).await,
        }
    }

    /// A token other than `stale`, which Graph did not take.
    pub(super) async fn instead_of(&self, stale: &Token) -> Result<Token, Error> {
        let mut kept = self.kept.lock().await;
        match &kept.token {
            Some(token) if token.serial != stale.serial => Ok(token.clone()),
            _ => self.sign_in(&mut kept).await,
        }
    }

    async fn sign_in(&self, kept: &mut Kept) -> Result<Token, Error> {
        if let Some((until, text)) = &kept.refused
            && Instant::now() < *until
        {
            return Err(Error::Denied(text.clone()));
        }
        let result = self.ask_for_token(kept.serial + 1).await;
        match &result {
            Ok(token) => {
                tracing::debug!(roles = token.roles.len(), "signed in to Microsoft");
                *kept = Kept { token: Some(token.clone()), refused: None, serial: token.serial };
            }
            Err(Error::Denied(text)) => {
                kept.token = None;
                kept.refused = Some((Instant::now() + REFUSAL_KEPT, text.clone()));
            }
            Err(_) => {}
        }
        result
    }

    async fn ask_for_token(&self, serial: u64) -> Result<Token, Error> {
        let request = self.request()?;
        let errand = Errand { kind: Kind::Token.name(), load: &[], repeat: Repeat::Safe };
        let asked_at = Instant::now();
        let answer = self.http.ask(errand, &request).await?;
        if answer.status != 200 {
            let body = serde_json::from_slice::<TokenError>(&answer.body).unwrap_or_default();
            return Err(sign_in_trouble::error(answer.status, &body));
        }
        let body: TokenBody = serde_json::from_slice(&answer.body)
            .map_err(|_| Error::broken("Entra's token answer is not of the shape we know"))?;
        let life = life(&body.expires_in);
        Ok(Token {
            roles: roles(&body.access_token),
            bearer: body.access_token.into(),
            serial,
            renew_at: asked_at + life.saturating_sub(RENEW_EARLY).max(life * 4 / 5),
            ends_at: asked_at + life,
        })
    }

    fn request(&self) -> Result<Request, Error> {
        let mut form = vec![
            ("client_id", self.client_id.as_str()),
            ("scope", self.scope.as_str()),
            ("grant_type", "client_credentials"),
        ];
        let assertion;
        match &self.proof {
            Proof::Secret(secret) => form.push(("client_secret", secret.expose_secret())),
            Proof::Certificate(signer) => {
                let now = self.http.clock().now();
                assertion = signer.assertion(&self.client_id, self.endpoint.as_str(), now)?;
                form.push((
                    "client_assertion_type",
                    "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
                ));
                form.push(("client_assertion", assertion.expose_secret()));
            }
        }
        let request = self.http.client().request(Method::POST, self.endpoint.clone()).form(&form);
        request
            .build()
            .map_err(|error| Error::Misused(format!("the sign-in request cannot be made: {error}")))
    }
}

/// Entra says 3,599 seconds; nonsense is read as five minutes.
fn life(expires_in: &serde_json::Value) -> Duration {
    let seconds = expires_in.as_u64().or_else(|| expires_in.as_str().and_then(|text| text.parse().ok()));
    Duration::from_secs(seconds.unwrap_or(300).clamp(1, 24 * 3600))
}

/// The `roles` claim, read without verifying: the token came to us from Entra over TLS, and Graph is the judge of it.
fn roles(token: &str) -> Vec<String> {
    let claims = token.split('.').nth(1).and_then(|part| URL_SAFE_NO_PAD.decode(part).ok());
    claims.and_then(|json| serde_json::from_slice::<Claims>(&json).ok()).unwrap_or_default().roles
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_roles_claim_is_read_and_opaque_tokens_have_none() {
        let claims = URL_SAFE_NO_PAD.encode(r#"{"roles":["Mail.Read","User.Read.All"]}"#);
        assert_eq!(roles(&format!("h.{claims}.s")), ["Mail.Read", "User.Read.All"]);
        for opaque in ["", "opaque", "a.b.c", "h.e30.s"] {
            assert!(roles(opaque).is_empty());
        }
    }

    #[test]
    fn a_life_is_a_number_in_quotes_or_not() {
        for (value, seconds) in [
            (serde_json::json!(3599), 3599),
            (serde_json::json!("3599"), 3599),
            (serde_json::json!(null), 300),
            (serde_json::json!(0), 1),
        ] {
            assert_eq!(life(&value), Duration::from_secs(seconds));
        }
    }
}
