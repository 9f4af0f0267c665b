//! One copy: where it is, how it stands, and its bytes.

use verdict::{FolderId, MailboxId, Target};

use super::Microsoft;
use super::changes::received;
use super::http::{Call, segment, user};
use super::rights::Kind;
use super::wire::{Message, PLACE_FIELDS};
use crate::layout::Layout;
use crate::retry::Attempts;
use crate::{Error, Fetched, Flag, Place};

impl Microsoft {
    /// The bytes (Exchange rebuilds them: close to, but not always, what came over the wire) and the place.
    pub(super) async fn fetch_copy(&self, target: &Target, size_bytes_max: u64) -> Result<Fetched, Error> {
        let layout = self.layout(&target.mailbox).await?;
        let message: Message = self.graph.json(place_call(target)).await?;
        let place = place(&message, &layout)?;
        let (bytes, truncated) = self.content(target, size_bytes_max).await?;
        Ok(Fetched {
            bytes,
            truncated,
            place,
            draft: message.is_draft.unwrap_or(false),
            internet_message_id: message.internet_message_id,
        })
    }

    pub(super) async fn place_of(&self, target: &Target) -> Result<Place, Error> {
        let layout = self.layout(&target.mailbox).await?;
        place(&self.graph.json(place_call(target)).await?, &layout)
    }

    /// Streams the content, holding no more than was asked for; from the start again when it breaks off.
    async fn content(&self, target: &Target, size_bytes_max: u64) -> Result<(Vec<u8>, bool), Error> {
        let call = Call::get(Kind::Content, format!("{}/$value", message_path(target))).of(&target.mailbox);
        let size_bytes_max = usize::try_from(size_bytes_max).unwrap_or(usize::MAX);
        let mut attempts = Attempts::new(self.graph.http.patience);
        loop {
            let incoming = self.graph.incoming(&call, &mut attempts).await?;
            let error = match incoming.read_up_to(size_bytes_max).await {
                Ok(read) => return Ok(read),
                Err(error) => error,
            };
            match attempts.next_wait(None) {
                Some(wait) => tokio::time::sleep(wait).await,
                None => return Err(error),
            }
        }
    }
}

/// The path of a message.
pub(super) fn message_path(target: &Target) -> String {
    path_of(&target.mailbox, target.item.as_str())
}

fn path_of(mailbox: &MailboxId, item: &str) -> String {
    format!("{}/messages/{}", user(mailbox), segment(item))
}

/// The path that asks where a message is.
pub(super) fn place_path(target: &Target) -> String {
    format!("{}?$select={PLACE_FIELDS}", message_path(target))
}

fn place_call(target: &Target) -> Call<'static> {
    Call::get(Kind::Message, place_path(target)).of(&target.mailbox)
}

/// Reads a message's place.
pub(super) fn place(message: &Message, layout: &Layout) -> Result<Place, Error> {
    let folder = message.parent_folder_id.as_deref();
    let folder = folder.map(FolderId::new).ok_or_else(|| Error::broken("a message without a folder"))?;
    Ok(Place {
        role: layout.role(&folder),
        quarantined: layout.quarantine.as_ref() == Some(&folder),
        folder,
        read: message.is_read.unwrap_or(false),
        flag: flag(message),
        categories: message.categories.clone().unwrap_or_default(),
        received: received(message),
    })
}

fn flag(message: &Message) -> Flag {
    match message.flag.as_ref().and_then(|flag| flag.flag_status.as_deref()) {
        Some("flagged") => Flag::Flagged,
        Some("complete") => Flag::Complete,
        _ => Flag::None,
    }
}
