//! What Graph and Entra send, as they send it. Every field that may be missing is optional, unknown ones are ignored,
//! and text stays text: what it means is decided where it is used.

use serde::Deserialize;

/// A page of a collection or of a delta.
#[derive(Debug, Deserialize)]
pub(super) struct List<T> {
    pub(super) value: Vec<T>,
    #[serde(rename = "@odata.nextLink")]
    pub(super) next_link: Option<String>,
    #[serde(rename = "@odata.deltaLink")]
    pub(super) delta_link: Option<String>,
}

/// Why a row is no longer there; that it is here at all is what counts.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Removed {}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct User {
    pub(super) id: String,
    pub(super) display_name: Option<String>,
    pub(super) mail: Option<String>,
    pub(super) user_principal_name: Option<String>,
    pub(super) account_enabled: Option<bool>,
    pub(super) proxy_addresses: Option<Vec<String>>,
    pub(super) user_type: Option<String>,
    #[serde(rename = "@removed")]
    pub(super) removed: Option<Removed>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Organization {
    pub(super) id: String,
    pub(super) display_name: Option<String>,
    #[serde(default)]
    pub(super) verified_domains: Vec<VerifiedDomain>,
}

#[derive(Debug, Deserialize)]
pub(super) struct VerifiedDomain {
    pub(super) name: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Folder {
    pub(super) id: String,
    #[serde(rename = "@odata.type")]
    pub(super) odata_type: Option<String>,
    pub(super) display_name: Option<String>,
    pub(super) is_hidden: Option<bool>,
    #[serde(rename = "@removed")]
    pub(super) removed: Option<Removed>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Message {
    pub(super) id: String,
    #[serde(rename = "@odata.etag")]
    pub(super) etag: Option<String>,
    pub(super) parent_folder_id: Option<String>,
    pub(super) is_read: Option<bool>,
    pub(super) is_draft: Option<bool>,
    pub(super) flag: Option<Flag>,
    pub(super) categories: Option<Vec<String>>,
    pub(super) received_date_time: Option<String>,
    pub(super) internet_message_id: Option<String>,
    #[serde(rename = "@removed")]
    pub(super) removed: Option<Removed>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Flag {
    pub(super) flag_status: Option<String>,
}

/// The fields of [`Message`] that say where it is and how it stands.
pub(super) const PLACE_FIELDS: &str =
    "id,parentFolderId,isRead,isDraft,flag,categories,receivedDateTime,internetMessageId";

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Subscription {
    pub(super) id: String,
    pub(super) expiration_date_time: String,
}

/// Graph's error body.
#[derive(Debug, Default, Deserialize)]
pub(super) struct ErrorBody {
    #[serde(default)]
    pub(super) error: ErrorDetail,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct ErrorDetail {
    #[serde(default)]
    pub(super) code: String,
}

#[derive(Deserialize)]
pub(super) struct TokenBody {
    pub(super) access_token: String,
    /// Seconds; a number, or (older endpoints) a number in quotes.
    pub(super) expires_in: serde_json::Value,
}

/// Entra's error body.
#[derive(Debug, Default, Deserialize)]
pub(super) struct TokenError {
    #[serde(default)]
    pub(super) error: String,
    #[serde(default)]
    pub(super) error_description: String,
    #[serde(default)]
    pub(super) error_codes: Vec<u32>,
}

/// The claims of an access token that we look at.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Claims {
    #[serde(default)]
    pub(super) roles: Vec<String>,
}

/// The answer to a batch.
#[derive(Debug, Deserialize)]
pub(super) struct BatchBody {
    pub(super) responses: Vec<BatchItem>,
}

#[derive(Debug, Deserialize)]
pub(super) struct BatchItem {
    pub(super) id: String,
    pub(super) status: u16,
    #[serde(default)]
    pub(super) headers: std::collections::HashMap<String, serde_json::Value>,
    #[serde(default)]
    pub(super) body: serde_json::Value,
}

/// A change notice or lifecycle notice.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct NoticeItem {
    pub(super) subscription_id: String,
    pub(super) client_state: Option<String>,
    pub(super) tenant_id: Option<String>,
    pub(super) lifecycle_event: Option<String>,
    pub(super) resource: Option<String>,
    pub(super) resource_data: Option<ResourceData>,
}

#[derive(Debug, Deserialize)]
pub(super) struct ResourceData {
    pub(super) id: Option<String>,
}
