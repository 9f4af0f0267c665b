//! Reading the original bytes again for a page: nothing but the bytes is kept, so the page always shows what today's
//! parser sees.

use message::{Digest, Message, Route};

use crate::desk::Console;
use crate::refusal::Refusal;

/// A message read, with the way it came.
pub(crate) struct Reading {
    pub(crate) message: Message,
    pub(crate) route: Route,
    /// The header section as it came, bounded.
    pub(crate) header_text: String,
}

/// Bytes of header section shown; all of what any real mail has.
const HEADER_BYTES_MAX: usize = 128 * 1024;

/// Reads the kept original; `None` when it is not kept. Off the async threads, since a large message takes a while.
pub(crate) async fn read(console: &Console, digest: &Digest) -> Result<Option<Reading>, Refusal> {
    let Some(bytes) = console.store().blob(digest).await? else { return Ok(None) };
    let organisation = console.organisation();
    let reading = tokio::task::spawn_blocking(move || {
        let message = message::parse(&bytes);
        let route = message::route::trace(&message, &organisation);
        Reading { route, header_text: header_text(&bytes), message }
    });
    match reading.await {
        Ok(reading) => Ok(Some(reading)),
        Err(error) => {
            tracing::error!(%error, %digest, "reading a message for its page failed");
            Ok(None)
        }
    }
}

fn header_text(bytes: &[u8]) -> String {
    let end = blank_line(bytes).unwrap_or(bytes.len());
    let shown = &bytes[..end.min(HEADER_BYTES_MAX)];
    let mut text = String::from_utf8_lossy(shown).replace('\r', "");
    if end > HEADER_BYTES_MAX {
        text.push_str("\n… (more header fields than are shown; download the original)");
    }
    text
}

fn blank_line(bytes: &[u8]) -> Option<usize> {
    let crlf = bytes.windows(4).position(|window| window == b"\r\n\r\n");
    let lf = bytes.windows(2).position(|window| window == b"\n\n");
    crlf.into_iter().chain(lf).min()
}

#[cfg(test)]
mod tests {
    use super::header_text;

    #[test]
    fn the_header_ends_at_the_first_blank_line() {
        assert_eq!(header_text(b"A: 1\r\nB: 2\r\n\r\nbody\n\nmore"), "A: 1\nB: 2");
        assert_eq!(header_text(b"A: 1\n\nbody\r\n\r\n"), "A: 1");
        assert_eq!(header_text(b"no header end"), "no header end");
    }
}
