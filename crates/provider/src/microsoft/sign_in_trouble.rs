//! What Entra's AADSTS codes mean to an administrator.

use super::wire::TokenError;
use crate::Error;

/// Code, what is wrong, what to do. Codes: Entra documentation, `identity-platform/reference-error-codes.md`.
const KNOWN: &[(u32, &str, &str)] = &[
    (
        7000215,
        "the client secret is wrong",
        "copy the secret's value, not its id, from Entra admin center → App registrations → Certificates & secrets",
    ),
    (
        7000222,
        "the client secret has expired",
        "make a new one under Certificates & secrets and give it in the settings; a certificate lasts longer",
    ),
    (
        700027,
        "the certificate's signature is not accepted",
        "upload this certificate to the app under Certificates & secrets, and check that key and certificate belong together",
    ),
    (700024, "the sign-in assertion is outside its time", "set this machine's clock"),
    (
        50012,
        "the certificate is not accepted",
        "upload this certificate to the app under Certificates & secrets",
    ),
    (7000112, "the app is disabled", "enable sign-in under Enterprise applications → Properties"),
    (
        700016,
        "the app is not known in this tenant",
        "check the client id and the tenant id; if both are right, nobody has consented yet: open the consent address",
    ),
    (
        90002,
        "there is no such tenant",
        "check the tenant id, and that the cloud (worldwide, US government, China) is the right one",
    ),
    (900023, "the tenant id is malformed", "give the GUID shown under Entra admin center → Overview"),
    (
        700038,
        "the client id is malformed",
        "give the GUID shown under App registrations → Application (client) ID",
    ),
    (65001, "consent is missing", "an administrator has to open the consent address and accept"),
    (
        650051,
        "the app is not set up in this tenant",
        "an administrator has to open the consent address and accept",
    ),
    (
        53003,
        "a Conditional Access policy blocks the app",
        "exclude this workload identity, or allow this server's address",
    ),
    (
        70011,
        "the requested scope is not valid here",
        "check that the cloud (worldwide, US government, China) is the right one",
    ),
];

/// Codes that pass by themselves.
const PASSING: [u32; 3] = [90033, 50196, 90055];

/// The error behind a sign-in that was refused.
pub(super) fn error(status: u16, body: &TokenError) -> Error {
    let code = body.error_codes.first().copied().or_else(|| code_in(&body.error_description));
    let known = code.and_then(|code| KNOWN.iter().find(|(number, ..)| *number == code));
    match (known, code) {
        (Some((number, wrong, remedy)), _) => {
            Error::Denied(format!("sign-in to Microsoft is refused: {wrong} (AADSTS{number}): {remedy}"))
        }
        (None, Some(code)) if PASSING.contains(&code) => {
            Error::Retry { what: format!("sign-in was answered AADSTS{code}"), after: None }
        }
        (None, Some(code)) => Error::Denied(format!(
            "sign-in to Microsoft is refused (AADSTS{code}, {}): look the code up at https://login.microsoftonline.com/error",
            short(&body.error)
        )),
        (None, None) if body.error == "temporarily_unavailable" => {
            Error::Retry { what: "sign-in is temporarily unavailable".into(), after: None }
        }
        (None, None) if (400..500).contains(&status) && !body.error.is_empty() => Error::Denied(format!(
            "sign-in to Microsoft is refused ({}): check tenant id, client id and secret",
            short(&body.error)
        )),
        (None, None) => Error::broken(format!("sign-in was answered {status} without a reason")),
    }
}

/// The first `AADSTS123` in a text.
fn code_in(text: &str) -> Option<u32> {
    let (_, rest) = text.split_once("AADSTS")?;
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    rest[..digits].parse().ok()
}

/// An OAuth error word; whatever else stands there is not for a log.
fn short(word: &str) -> &str {
    let is_word = word.len() <= 64 && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if is_word { word } else { "no reason we can show" }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(error: &str, description: &str, codes: &[u32]) -> TokenError {
        TokenError { error: error.into(), error_description: description.into(), error_codes: codes.to_vec() }
    }

    #[test]
    fn refusals_say_what_is_wrong_and_what_to_do() {
        for (code, wrong, remedy) in [
            (7000215, "secret is wrong", "copy the secret's value"),
            (7000222, "expired", "make a new one"),
            (700016, "not known in this tenant", "check the client id"),
            (90002, "no such tenant", "check the tenant id"),
            (65001, "consent is missing", "open the consent address"),
            (700027, "signature", "upload this certificate"),
        ] {
            for body in [
                body("invalid_client", "", &[code]),
                body("invalid_client", &format!("AADSTS{code}: words"), &[]),
            ] {
                let Error::Denied(text) = error(401, &body) else { panic!("AADSTS{code} is a refusal") };
                assert!(text.contains(wrong) && text.contains(remedy), "{text}");
                assert!(text.contains(&format!("AADSTS{code}")), "{text}");
            }
        }
    }

    #[test]
    fn codes_nobody_knows_are_passed_on() {
        let text = error(400, &body("invalid_request", "AADSTS1234567: words", &[])).to_string();
        assert!(text.contains("AADSTS1234567"), "{text}");
    }

    #[test]
    fn what_passes_by_itself_is_tried_again() {
        for body in [body("temporarily_unavailable", "", &[]), body("x", "AADSTS90033: busy", &[])] {
            assert!(error(400, &body).is_retry());
        }
    }

    #[test]
    fn nonsense_is_not_repeated_into_the_log() {
        let text = error(400, &body("<script>", "", &[])).to_string();
        assert!(!text.contains('<'), "{text}");
        assert!(matches!(error(302, &TokenError::default()), Error::Broken { .. }));
    }
}
