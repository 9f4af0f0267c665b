//! Signing in: once however many ask, again when it ends, and never in vain.

use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::json;

use super::desk::token;
use super::*;
use crate::microsoft::consent;
use crate::{Error, Provider as _};

const TOKEN: &str = "/0c0ffee0-0000-4000-8000-000000000001/oauth2/v2.0/token";

fn organization(id: &str) -> Reply {
    Reply::json(json!({ "value": [{
        "id": id, "displayName": "Tenant", "verifiedDomains": [{ "name": "tenant.example" }, { "name": "a b" }],
    }]}))
}

fn tenant_of_one(seen: &Seen) -> Option<Reply> {
    match seen.path.split('?').next()? {
        "/organization" => Some(organization(TENANT)),
        "/users" => Some(Reply::json(json!({ "value": [{ "id": "u1" }] }))),
        "/users/u1/mailFolders" | "/users/u1/messages" => Some(Reply::json(json!({ "value": [] }))),
        _ => None,
    }
}

#[tokio::test]
async fn one_signs_in_for_all() {
    let desk = Desk::open(tenant_of_one).await;
    let microsoft = microsoft(&desk);
    let (a, b, c) = tokio::join!(microsoft.check(), microsoft.check(), microsoft.check());
    assert!(a.is_ok() && b.is_ok() && c.is_ok());
    let [asked] = &desk.asked("POST", TOKEN)[..] else { panic!("one sign-in") };
    for part in [
        "grant_type=client_credentials",
        "client_secret=secret",
        "scope=https%3A%2F%2Fgraph.microsoft.com%2F.default",
    ] {
        assert!(asked.text.contains(part), "{part}");
    }
}

#[tokio::test]
async fn a_token_about_to_end_is_renewed() {
    let desk = Desk::open(|seen| match seen.path.as_str() {
        TOKEN => Some(Reply::json(json!({ "access_token": "opaque", "expires_in": "1" }))),
        _ => tenant_of_one(seen),
    })
    .await;
    let microsoft = microsoft(&desk);
    microsoft.check().await.unwrap();
    tokio::time::sleep(Duration::from_millis(850)).await;
    microsoft.check().await.unwrap();
    assert_eq!(desk.asked("POST", TOKEN).len(), 2);
}

#[tokio::test]
async fn a_refused_token_is_renewed_once_then_it_is_a_refusal() {
    let desk = Desk::open(|seen| match seen.path.as_str() {
        "/organization" => Some(Reply::error(401, "InvalidAuthenticationToken")),
        _ => None,
    })
    .await;
    let refused = microsoft(&desk).check().await;
    assert!(matches!(refused, Err(Error::Denied(_))), "{refused:?}");
    assert_eq!(desk.asked("POST", TOKEN).len(), 2);
    assert_eq!(desk.asked("GET", "/organization").len(), 2);
}

#[tokio::test]
async fn a_wrong_secret_is_told_and_not_tried_again_at_once() {
    let desk = Desk::open(|seen| {
        let body = json!({ "error": "invalid_client", "error_description": "AADSTS7000215: words", "error_codes": [7000215] });
        (seen.path == TOKEN).then(|| Reply::json(body).status(401))
    })
    .await;
    let microsoft = microsoft(&desk);
    for _ in 0..3 {
        let Err(Error::Denied(text)) = microsoft.check().await else { panic!("a refusal") };
        assert!(text.contains("the client secret is wrong"), "{text}");
    }
    assert_eq!(desk.asked("POST", TOKEN).len(), 1);
}

#[tokio::test]
async fn entra_being_busy_is_waited_out() {
    let calls = AtomicU32::new(0);
    let desk = Desk::open(move |seen| {
        let busy = seen.path == TOKEN && calls.fetch_add(1, Ordering::SeqCst) < 2;
        if busy { Some(Reply::error(503, "busy")) } else { tenant_of_one(seen) }
    })
    .await;
    let checks = microsoft(&desk).check().await.unwrap();
    assert_eq!((checks.tenant_name.as_str(), checks.domains.len(), checks.missing.len()), ("Tenant", 1, 0));
}

#[tokio::test]
async fn missing_rights_are_listed() {
    for (roles, refused, missing) in [
        (&["Mail.ReadWrite", "User.Read.All", "Organization.Read.All"][..], "", &[][..]),
        (&["Mail.Read", "Directory.Read.All"], "/move", &["Mail.ReadWrite"]),
        (&["Mail.ReadWrite", "User.Read.All"], "/organization", &["Organization.Read.All"]),
        (&[], "/", &["Organization.Read.All", "User.Read.All", "Mail.Read", "Mail.ReadWrite"]),
        // Access limited to some mailboxes: nothing in the token, and it works.
        (&["User.Read.All", "Organization.Read.All"], "", &[]),
    ] {
        let desk = Desk::open(move |seen| {
            let is_refused = !refused.is_empty() && seen.path.contains(refused);
            match seen.path.as_str() {
                TOKEN => Some(token(roles)),
                _ if is_refused => Some(Reply::error(403, "ErrorAccessDenied")),
                _ => tenant_of_one(seen),
            }
        })
        .await;
        assert_eq!(microsoft(&desk).check().await.unwrap().missing, missing);
    }
}

#[tokio::test]
async fn another_tenant_than_the_settings_say_is_refused() {
    let other = "0c0ffee0-0000-4000-8000-000000000002";
    let desk = Desk::open(move |seen| (seen.path == "/organization").then(|| organization(other))).await;
    let refused = microsoft(&desk).check().await;
    assert!(matches!(refused, Err(Error::Misused(text)) if text.contains(other)));
}

#[tokio::test]
async fn consent_is_proven_by_the_tenant_itself() {
    let session = b"session";
    let other = "0c0ffee0-0000-4000-8000-000000000002";
    for (named_by_the_browser, true_tenant) in [(TENANT, TENANT), (other, TENANT)] {
        let desk =
            Desk::open(move |seen| (seen.path == "/organization").then(|| organization(true_tenant))).await;
        let settings = MicrosoftSettings { tenant: String::new(), ..settings(&desk) };
        let now = settings.clock.now();
        let state = consent::State::new(&settings.installation_key, session, now);
        let answer = [("tenant", named_by_the_browser), ("state", state.as_str())];
        let answer = answer.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let claimed = consent::read(&answer, &settings.installation_key, session, now).unwrap();
        let proven = consent::prove(&settings, &claimed).await;
        match named_by_the_browser == true_tenant {
            true => assert_eq!(proven.unwrap().tenant, TenantId::new(TENANT)),
            false => assert!(matches!(proven, Err(Error::Misused(_)))),
        }
    }
}

#[tokio::test]
async fn settings_that_cannot_work_are_refused_at_once() {
    let desk = Desk::open(|_| None).await;
    let good = settings(&desk);
    for bad in [
        MicrosoftSettings { tenant: "tenant.example".into(), ..good.clone() },
        MicrosoftSettings { client_id: "app".into(), ..good.clone() },
        MicrosoftSettings { installation_key: b"short".to_vec(), ..good.clone() },
        MicrosoftSettings { ca_pem: Some(b"nonsense".to_vec()), ..good.clone() },
    ] {
        assert!(matches!(Microsoft::new(bad), Err(Error::Misused(_))));
    }
    assert!(!format!("{good:?}").contains("\"secret\""));
}

#[tokio::test]
async fn a_server_that_is_not_there_is_worth_another_try() {
    let desk = Desk::open(|_| None).await;
    let settings = settings(&desk);
    drop(desk);
    let gone = MicrosoftSettings {
        cloud: Cloud::Custom { login: "http://127.0.0.1:1".into(), graph: "http://127.0.0.1:1".into() },
        ..settings
    };
    let error = Microsoft::new(gone).unwrap().check().await.unwrap_err();
    assert!(error.is_retry(), "{error}");
}
