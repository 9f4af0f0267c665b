//! What Graph's refusals mean: the one place where a status and a code become an [`Error`].

use super::rights::{Kind, Right};
use super::wire::{ErrorBody, ErrorDetail};
use crate::Error;

/// Codes that mean the same as 410: the delta token is not known any more
/// (Graph documentation, `concepts/errors.md` and `concepts/delta-query-overview.md`).
const CURSOR_LOST: [&str; 4] =
    ["syncStateNotFound", "syncStateInvalid", "resyncRequired", "fullSyncRequired"];

/// Codes of users without a mailbox.
const NO_MAILBOX: [&str; 3] = ["MailboxNotEnabledForRESTAPI", "ErrorNonExistentMailbox", "MailboxNotFound"];

/// Reads the error body; anything else than Graph's shape is an empty detail.
pub(super) fn detail(body: &[u8]) -> ErrorDetail {
    serde_json::from_slice::<ErrorBody>(body).unwrap_or_default().error
}

/// The error behind an answer of `status` to a call of this kind.
pub(super) fn error(kind: Kind, status: u16, detail: &ErrorDetail) -> Error {
    let code = detail.code.as_str();
    let is = |codes: &[&str]| codes.iter().any(|known| known.eq_ignore_ascii_case(code));
    match status {
        _ if is(&CURSOR_LOST) => Error::CursorLost,
        _ if is(&NO_MAILBOX) => Error::gone("the mailbox"),
        401 => Error::Denied(format!(
            "Microsoft does not accept our sign-in any more ({code}): the app may have been disabled or removed in \
             the tenant. Look at Entra admin center → Enterprise applications, then consent again"
        )),
        403 if kind == Kind::Watch && is(&["quotaLimitReached", "ExtensionError"]) => Error::Denied(format!(
            "Microsoft takes no more subscriptions for this mailbox ({code}): it allows 1,000 over all apps. Remove \
             those of apps no longer used; until then only the sweep finds this mailbox's mail"
        )),
        403 => permission_missing(kind.right(), code),
        404 => Error::gone(kind.subject()),
        410 => Error::CursorLost,
        400 if is(&["ErrorInvalidIdMalformed", "ErrorInvalidId"]) => Error::gone(kind.subject()),
        409 | 412 | 423 => {
            Error::Retry { what: format!("{} changed under our hands ({code})", kind.subject()), after: None }
        }
        408 | 429 | 500 | 502..=504 | 509 => {
            Error::Retry { what: format!("{} was answered {status} {code}", kind.name()), after: None }
        }
        _ => Error::broken(format!("{} was answered {status} {code}", kind.name())),
    }
}

/// The text for a permission that is not there.
fn permission_missing(right: Right, code: &str) -> Error {
    Error::Denied(format!(
        "{right} is missing ({code}): grant it to the app as an application permission (Entra admin center → App \
         registrations → API permissions) and consent again, or widen the scope if access is limited to some mailboxes"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(code: &str) -> ErrorDetail {
        ErrorDetail { code: code.into() }
    }

    #[test]
    fn refusals_are_sorted_by_what_to_do() {
        for (kind, status, text, expected) in [
            (Kind::Changes, 410, "syncStateNotFound", "the cursor is no longer known to the provider"),
            (Kind::Changes, 410, "", "the cursor is no longer known to the provider"),
            (Kind::Changes, 400, "SyncStateNotFound", "the cursor is no longer known to the provider"),
            (Kind::Users, 400, "resyncRequired", "the cursor is no longer known to the provider"),
            (Kind::Message, 404, "ErrorItemNotFound", "the message is gone"),
            (Kind::Mailbox, 404, "MailboxNotEnabledForRESTAPI", "the mailbox is gone"),
            (Kind::Message, 400, "ErrorInvalidIdMalformed", "the message is gone"),
            (Kind::Users, 400, "BadRequest", "unexpected answer: users was answered 400 BadRequest"),
        ] {
            assert_eq!(error(kind, status, &code(text)).to_string(), expected, "{status} {text}");
        }
    }

    #[test]
    fn a_missing_permission_is_named() {
        for (kind, permission) in [
            (Kind::Users, "User.Read.All"),
            (Kind::Content, "Mail.Read "),
            (Kind::Act, "Mail.ReadWrite"),
            (Kind::Organization, "Organization.Read.All"),
        ] {
            let error = error(kind, 403, &code("ErrorAccessDenied"));
            assert!(matches!(&error, Error::Denied(text) if text.starts_with(permission)), "{error}");
        }
    }

    #[test]
    fn bodies_of_other_shapes_are_no_trouble() {
        for body in [&b""[..], b"<html>", b"[]", b"{}", b"{\"error\":7}", b"{\"error\":{\"code\":null}}"] {
            assert_eq!(detail(body).code, "");
        }
    }
}
