//! One-click consent: the address an administrator opens, and the proof that the answer is true
//! (Entra documentation, `identity-platform/v2-admin-consent.md`). The answer comes through the browser of whoever
//! opened the address, so nothing in it is believed but what we can check ourselves.

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use rand::Rng as _;
use reqwest::Url;
use verdict::TenantId;

use super::cloud::Cloud;
use super::{Microsoft, MicrosoftSettings};
use crate::Error;

/// Long enough to find the colleague who may consent.
const STATE_LIFE: SignedDuration = SignedDuration::from_hours(1);

/// After consent Entra may take a moment until it hands out tokens.
const PROOF_ATTEMPTS: u32 = 5;
const PROOF_WAIT: std::time::Duration = std::time::Duration::from_secs(3);

/// The value that binds an answer to the question: made for one session, good for an hour, worth nothing in another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State(String);

impl State {
    /// Makes a state for `session` (any secret of the browser session that asks, never shown in it).
    pub fn new(installation_key: &[u8], session: &[u8], now: Timestamp) -> Self {
        let nonce = URL_SAFE_NO_PAD.encode(rand::rng().random::<[u8; 16]>());
        let claim = format!("{nonce}.{}", now.as_second());
        let mark = hmac::sign(&key(installation_key), &marked(&claim, session));
        Self(format!("{claim}.{}", URL_SAFE_NO_PAD.encode(mark)))
    }

    /// As it stands in the address.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn is_genuine(state: &str, installation_key: &[u8], session: &[u8], now: Timestamp) -> bool {
        let Some((claim, mark)) = state.rsplit_once('.') else { return false };
        let Ok(mark) = URL_SAFE_NO_PAD.decode(mark) else { return false };
        if hmac::verify(&key(installation_key), &marked(claim, session), &mark).is_err() {
            return false;
        }
        let made = claim.split_once('.').and_then(|(_, second)| second.parse().ok());
        let made = made.and_then(|second| Timestamp::from_second(second).ok());
        made.is_some_and(|made| made <= now && now.duration_since(made) <= STATE_LIFE)
    }
}

fn key(installation_key: &[u8]) -> hmac::Key {
    hmac::Key::new(hmac::HMAC_SHA256, installation_key)
}

fn marked(claim: &str, session: &[u8]) -> Vec<u8> {
    [b"innerward consent\0", claim.as_bytes(), b"\0", session].concat()
}

/// The address an administrator opens to consent. Application permissions come with `/.default` only, and only the
/// `organizations` form asks the right people.
pub fn address(cloud: &Cloud, client_id: &str, redirect: &str, state: &State) -> Result<String, Error> {
    let hosts = cloud.hosts()?;
    let parameters = [
        ("client_id", client_id),
        ("scope", hosts.scope.as_str()),
        ("redirect_uri", redirect),
        ("state", state.as_str()),
    ];
    let base = format!("{}/organizations/v2.0/adminconsent", hosts.login);
    let url = Url::parse_with_params(&base, parameters)
        .map_err(|_| Error::Misused("the cloud's address makes no consent address".into()))?;
    Ok(url.into())
}

/// What an answer claims; nothing is proven yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claimed(TenantId);

/// Reads the answer that came back to the redirect address. It must bear a state made for this session.
pub fn read(
    query: &[(String, String)],
    installation_key: &[u8],
    session: &[u8],
    now: Timestamp,
) -> Result<Claimed, Error> {
    let value = |name: &str| query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    if !State::is_genuine(value("state").unwrap_or_default(), installation_key, session, now) {
        return Err(Error::Misused(
            "this consent was not asked for here, or over an hour ago: start again from the connect page"
                .into(),
        ));
    }
    // Microsoft sends `admin_consent=True` with errors too.
    if let Some(error) = value("error") {
        let refused = matches!(error, "permission_denied" | "access_denied" | "consent_required");
        let what = if refused { "consent was declined" } else { "Microsoft could not record the consent" };
        return Err(Error::Denied(format!(
            "{what}: open the consent address again as a Global Administrator"
        )));
    }
    let tenant = value("tenant").and_then(|text| uuid::Uuid::try_parse(text).ok());
    let tenant = tenant.ok_or_else(|| Error::Misused("the consent answer names no tenant".into()))?;
    Ok(Claimed(TenantId::new(tenant.to_string())))
}

/// Who consented.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consented {
    pub tenant: TenantId,
    pub name: String,
}

/// Proves the claim: signs in to that tenant with `settings` (whose own tenant is ignored) and asks it for its id.
pub async fn prove(settings: &MicrosoftSettings, claimed: &Claimed) -> Result<Consented, Error> {
    let mut attempt = 1;
    loop {
        // Anew each time: a token from before the consent took hold would be kept without its permissions.
        let settings = MicrosoftSettings { tenant: claimed.0.to_string(), ..settings.clone() };
        match Microsoft::new(settings)?.organization().await {
            Ok(organization) => {
                let name = organization.display_name.unwrap_or_default();
                return Ok(Consented { tenant: claimed.0.clone(), name });
            }
            Err(Error::Denied(_) | Error::Retry { .. }) if attempt < PROOF_ATTEMPTS => {
                attempt += 1;
                tokio::time::sleep(PROOF_WAIT).await;
            }
            Err(error) => return Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &[u8] = b"0123456789abcdef";
    const SESSION: &[u8] = b"session";
    const TENANT: &str = "0c0ffee0-0000-4000-8000-000000000001";

    fn noon() -> Timestamp {
        "2026-11-24T12:00:00Z".parse().unwrap()
    }

    fn query(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect()
    }

    #[test]
    fn the_address_asks_organizations_for_the_default_scope() {
        let state = State::new(KEY, SESSION, noon());
        let redirect = "https://ward.example/connect/microsoft";
        let address = address(&Cloud::Global, "app", redirect, &state).unwrap();
        assert!(
            address.starts_with(
                "https://login.microsoftonline.com/organizations/v2.0/adminconsent?client_id=app&"
            )
        );
        assert!(address.contains("scope=https%3A%2F%2Fgraph.microsoft.com%2F.default"), "{address}");
        assert!(
            address.contains("redirect_uri=https%3A%2F%2Fward.example%2Fconnect%2Fmicrosoft"),
            "{address}"
        );
    }

    #[test]
    fn an_answer_counts_only_in_the_session_that_asked_and_within_the_hour() {
        let state = State::new(KEY, SESSION, noon());
        let minutes = |minutes| noon() + SignedDuration::from_mins(minutes);
        let answer = |state: &str| query(&[("tenant", TENANT), ("state", state), ("admin_consent", "True")]);
        let good = answer(state.as_str());
        assert_eq!(read(&good, KEY, SESSION, minutes(59)).unwrap(), Claimed(TenantId::new(TENANT)));
        for (query, key, session, now) in [
            (good.clone(), KEY, &b"other session"[..], minutes(1)),
            (good.clone(), b"fedcba9876543210", SESSION, minutes(1)),
            (good.clone(), KEY, SESSION, minutes(61)),
            (good, KEY, SESSION, minutes(-1)),
            (answer(""), KEY, SESSION, minutes(1)),
            (answer("a.b.c"), KEY, SESSION, minutes(1)),
            (query(&[("tenant", TENANT)]), KEY, SESSION, minutes(1)),
        ] {
            assert!(matches!(read(&query, key, session, now), Err(Error::Misused(_))));
        }
    }

    #[test]
    fn declined_consent_is_told_even_when_the_answer_says_true() {
        let state = State::new(KEY, SESSION, noon());
        for error in ["permission_denied", "consent_required", "server_error"] {
            let answer = query(&[("error", error), ("admin_consent", "True"), ("state", state.as_str())]);
            assert!(matches!(read(&answer, KEY, SESSION, noon()), Err(Error::Denied(_))));
        }
        let nameless = query(&[("tenant", "example.com"), ("state", state.as_str())]);
        assert!(matches!(read(&nameless, KEY, SESSION, noon()), Err(Error::Misused(_))));
    }
}
