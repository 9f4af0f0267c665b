//! Graph's error answers: a status, a code to branch on, a text nobody should branch on.

use std::borrow::Cow;

use axum::http::StatusCode;

use super::call::{Answer, Content};

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct GraphError {
    pub(crate) status: StatusCode,
    pub(crate) code: Cow<'static, str>,
    pub(crate) message: String,
    pub(crate) retry_after_s: Option<u64>,
    /// Sent along as `Location`, for a full resync.
    pub(crate) location: Option<String>,
}

impl GraphError {
    pub(crate) fn new(
        status: StatusCode,
        code: impl Into<Cow<'static, str>>,
        message: impl Into<String>,
    ) -> Self {
        Self { status, code: code.into(), message: message.into(), retry_after_s: None, location: None }
    }

    pub(crate) fn bad_request(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, message)
    }

    pub(crate) fn item_not_found() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "ErrorItemNotFound",
            "The specified object was not found in the store., The process failed to get the correct properties.",
        )
    }

    pub(crate) fn folder_not_found() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "ErrorFolderNotFound",
            "The specified folder could not be found in the store.",
        )
    }

    pub(crate) fn malformed_id() -> Self {
        Self::bad_request("ErrorInvalidIdMalformed", "Id is malformed.")
    }

    pub(crate) fn resource_not_found(what: &str) -> Self {
        let message = format!(
            "Resource '{what}' does not exist or one of its queried reference-property objects are not present."
        );
        Self::new(StatusCode::NOT_FOUND, "Request_ResourceNotFound", message)
    }

    pub(crate) fn no_mailbox() -> Self {
        let message = "The mailbox is either inactive, soft-deleted, or is hosted on-premise.";
        Self::new(StatusCode::NOT_FOUND, "MailboxNotEnabledForRESTAPI", message)
    }

    pub(crate) fn access_denied() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "ErrorAccessDenied",
            "Access is denied. Check credentials and try again.",
        )
    }

    pub(crate) fn directory_denied() -> Self {
        let message = "Insufficient privileges to complete the operation.";
        Self::new(StatusCode::FORBIDDEN, "Authorization_RequestDenied", message)
    }

    pub(crate) fn unauthenticated(message: &str) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "InvalidAuthenticationToken", message)
    }

    pub(crate) fn throttled(code: &'static str, message: &str, retry_after_s: u64) -> Self {
        let error = Self::new(StatusCode::TOO_MANY_REQUESTS, code, message);
        Self { retry_after_s: Some(retry_after_s), ..error }
    }

    /// The delta token is worth nothing any more: start over.
    pub(crate) fn sync_state_not_found(location: String) -> Self {
        let message = "The sync state generation is not found; please restart the synchronization.";
        let error = Self::new(StatusCode::GONE, "syncStateNotFound", message);
        Self { location: Some(location), ..error }
    }

    pub(crate) fn no_route(segment: &str) -> Self {
        Self::bad_request("BadRequest", format!("Resource not found for the segment '{segment}'."))
    }

    pub(crate) fn bad_body() -> Self {
        Self::bad_request("UnableToDeserializePostBody", "were unable to deserialize ")
    }
}

impl From<GraphError> for Answer {
    fn from(error: GraphError) -> Self {
        let mut answer = Self::empty(error.status);
        if let Some(retry_after_s) = error.retry_after_s {
            answer.header("retry-after", &retry_after_s.to_string());
        }
        if let Some(location) = &error.location {
            answer.header("location", location);
        }
        if error.status == StatusCode::UNAUTHORIZED {
            answer.header("www-authenticate", "Bearer realm=\"\", authorization_uri=\"https://login.microsoftonline.com/common/oauth2/authorize\", client_id=\"00000003-0000-0000-c000-000000000000\"");
        }
        answer.content = Content::Error { code: error.code.into_owned(), message: error.message };
        answer
    }
}
