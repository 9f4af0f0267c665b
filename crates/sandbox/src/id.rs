//! Exchange identifiers. A REST id names an item *in its folder* and dies when the item moves; an immutable id
//! names it for life within the mailbox. Both are opaque base64url text, case-sensitive, with padding; here they
//! also carry what is needed to find the item again, so that no table of ids is kept.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE;
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// Key of an item within the tenant.
pub(crate) type ItemKey = u64;
/// Key of a folder within its mailbox.
pub(crate) type FolderKey = u64;

/// First bytes of ids as Exchange makes them: they read `AAMk…` and `AAkALgAAAAAAHYQD…`.
const REST: [u8; 4] = [0, 3, 0x24, 0];
const IMMUTABLE: [u8; 27] = [
    0, 9, 0, 0x2e, 0, 0, 0, 0, 0, 0x1d, 0x84, 0x03, 0x11, 0xaa, 0x66, 0x11, 0xcd, 0x9b, 0xc8, 0, 0xaa, 0,
    0x2f, 0x84, 0x5a, 0x0d, 0,
];
const ITEM: u8 = 0x46;
const FOLDER: u8 = 0x2e;
const CONVERSATION: u8 = 0x10;

/// Which of the two forms a caller wants, by `Prefer: IdType="ImmutableId"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum IdForm {
    Rest,
    Immutable,
}

/// An item id as sent by a caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ItemId {
    pub(crate) mailbox: Uuid,
    pub(crate) key: ItemKey,
    /// Of a REST id: how often the item had moved when the id was given out.
    pub(crate) moves: Option<u32>,
}

/// Writes an item's id in the form wanted.
pub(crate) fn item_id(form: IdForm, mailbox: Uuid, folder: FolderKey, key: ItemKey, moves: u32) -> String {
    match form {
        IdForm::Rest => {
            let mut bytes = rest_head(mailbox, ITEM);
            bytes.extend_from_slice(&folder.to_be_bytes());
            bytes.extend_from_slice(&[7, 0]);
            bytes.extend_from_slice(&scramble(mailbox, key));
            bytes.extend_from_slice(&moves.to_be_bytes());
            bytes.extend_from_slice(&key.to_be_bytes());
            URL_SAFE.encode(bytes)
        }
        IdForm::Immutable => {
            let mut bytes = IMMUTABLE.to_vec();
            bytes.extend_from_slice(mailbox.as_bytes());
            bytes.extend_from_slice(&key.to_be_bytes());
            URL_SAFE.encode(bytes)
        }
    }
}

/// Reads either form.
pub(crate) fn parse_item_id(text: &str) -> Option<ItemId> {
    let bytes = URL_SAFE.decode(text).ok()?;
    if let Some(rest) = bytes.strip_prefix(&IMMUTABLE) {
        let mailbox = Uuid::from_slice(rest.get(..16)?).ok()?;
        let key = u64::from_be_bytes(rest.get(16..)?.try_into().ok()?);
        return Some(ItemId { mailbox, key, moves: None });
    }
    let (mailbox, rest) = parse_rest_head(&bytes, ITEM)?;
    let moves = u32::from_be_bytes(rest.get(18..22)?.try_into().ok()?);
    let key = u64::from_be_bytes(rest.get(22..)?.try_into().ok()?);
    Some(ItemId { mailbox, key, moves: Some(moves) })
}

/// Writes a folder's id; folders have one form only.
pub(crate) fn folder_id(mailbox: Uuid, folder: FolderKey) -> String {
    let mut bytes = rest_head(mailbox, FOLDER);
    bytes.extend_from_slice(&scramble(mailbox, folder));
    bytes.extend_from_slice(&folder.to_be_bytes());
    URL_SAFE.encode(bytes)
}

/// Reads a folder id of this mailbox.
pub(crate) fn parse_folder_id(mailbox: Uuid, text: &str) -> Option<FolderKey> {
    let bytes = URL_SAFE.decode(text).ok()?;
    let (owner, rest) = parse_rest_head(&bytes, FOLDER)?;
    let key = u64::from_be_bytes(rest.get(8..)?.try_into().ok()?);
    (owner == mailbox).then_some(key)
}

/// The id shared by the messages of one thread in one mailbox.
pub(crate) fn conversation_id(mailbox: Uuid, thread: &str) -> String {
    let mut bytes = rest_head(mailbox, CONVERSATION);
    bytes.extend_from_slice(&Sha256::digest(thread)[..16]);
    URL_SAFE.encode(bytes)
}

fn rest_head(mailbox: Uuid, kind: u8) -> Vec<u8> {
    let mut bytes = REST.to_vec();
    bytes.extend_from_slice(mailbox.to_string().as_bytes());
    bytes.extend_from_slice(&[0, kind, 0, 0, 0, 0, 0]);
    bytes
}

fn parse_rest_head(bytes: &[u8], kind: u8) -> Option<(Uuid, &[u8])> {
    let rest = bytes.strip_prefix(&REST)?;
    let mailbox = Uuid::try_parse_ascii(rest.get(..36)?).ok()?;
    let rest = rest.get(36..)?.strip_prefix(&[0, kind, 0, 0, 0, 0, 0])?;
    Some((mailbox, rest))
}

/// Eight bytes that make neighbouring ids look unlike each other, as real ones do.
fn scramble(mailbox: Uuid, key: u64) -> [u8; 8] {
    let digest = Sha256::new().chain_update(mailbox.as_bytes()).chain_update(key.to_be_bytes()).finalize();
    digest[..8].try_into().expect("a SHA-256 digest has more than eight bytes")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_read_back_as_written() {
        let mailbox = Uuid::from_u128(7);
        for (form, moves) in [(IdForm::Rest, Some(2)), (IdForm::Immutable, None)] {
            let id = item_id(form, mailbox, 3, 41, 2);
            assert_eq!(parse_item_id(&id), Some(ItemId { mailbox, key: 41, moves }), "{id}");
        }
        assert_eq!(parse_folder_id(mailbox, &folder_id(mailbox, 5)), Some(5));
        assert_eq!(parse_folder_id(Uuid::from_u128(8), &folder_id(mailbox, 5)), None);
    }

    #[test]
    fn only_the_rest_form_changes_with_a_move() {
        let at = |form, moves| item_id(form, Uuid::from_u128(7), 3, 41, moves);
        assert_ne!(at(IdForm::Rest, 0), at(IdForm::Rest, 1));
        assert_eq!(at(IdForm::Immutable, 0), at(IdForm::Immutable, 1));
    }

    #[test]
    fn nonsense_is_no_id() {
        for bad in ["", "inbox", "AAMk", "AAMkAD==", "\u{fc}", "AAkALgAAAAAAHYQ"] {
            assert_eq!(parse_item_id(bad), None, "{bad}");
        }
    }
}
