//! Mail that keeps coming.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Result;
use jiff::{SignedDuration, Timestamp};
use rand::Rng as _;
use rand::seq::IndexedRandom as _;
use tokio_util::sync::CancellationToken;

use super::corpus::{Organisation, Sample};
use super::post::{Letter, Post};
use crate::mail_files;

/// Between two messages of the stream, in milliseconds.
const PAUSE_MS: std::ops::Range<u64> = 1_500..6_000;

/// Delivers the week as if it had just gone by: its last message came a minute ago.
pub(crate) async fn seed(post: &Post, week: &[Sample], now: Timestamp) -> Result<usize> {
    let last = week.iter().map(|sample| sample.facts.minute()).max().unwrap_or(0);
    let mut delivered = 0;
    for sample in week {
        let ago = SignedDuration::from_mins(last - sample.facts.minute() + 1);
        delivered += usize::from(deliver(post, sample, sample.bytes.clone(), Some(now - ago)).await?);
    }
    Ok(delivered)
}

/// Delivers single messages of the week again, each as a new one, until told to stop.
pub(crate) async fn week(post: Post, week: Vec<Sample>, stop: CancellationToken) {
    while pause(&stop).await {
        let Some(sample) = week.choose(&mut rand::rng()).cloned() else { return };
        let bytes = renew(&sample.bytes, &crate::ward::random_token()[..16]);
        if let Err(error) = deliver(&post, &sample, bytes, None).await {
            tracing::warn!(sample = sample.name, error = %error, "a message of the stream was not delivered");
        }
    }
}

/// Delivers the person's own mail, each message once, spread over the people of the organisation.
pub(crate) async fn files(post: Post, paths: Vec<PathBuf>, to: Organisation, stop: CancellationToken) {
    let (letters, mut waiting) = tokio::sync::mpsc::channel(16);
    let reading = tokio::task::spawn_blocking(move || {
        mail_files::each(&paths, &mut |file| Ok(letters.blocking_send(file)?))
    });
    let mut number = 0_usize;
    while let Some(file) = waiting.recv().await {
        let person = &to.people[number % to.people.len()];
        number += 1;
        let letter = Letter {
            bytes: file.bytes,
            from: String::new(),
            to: vec![person.address.clone()],
            ip: None,
            helo: None,
            verdict: "keep".into(),
            received: None,
        };
        if let Err(error) = post.deliver(&letter).await {
            tracing::warn!(file = file.name, error = %error, "a message was not delivered");
        }
        if stop.is_cancelled() {
            return;
        }
    }
    match reading.await {
        Ok(Ok(())) => tracing::info!(messages = number, "all mail is delivered"),
        Ok(Err(error)) => tracing::warn!(error = %error, "the mail could not be read to its end"),
        Err(error) => tracing::warn!(error = %error, "reading the mail stopped"),
    }
}

/// Whether to go on.
async fn pause(stop: &CancellationToken) -> bool {
    let wait = Duration::from_millis(rand::rng().random_range(PAUSE_MS));
    tokio::select! {
        () = stop.cancelled() => false,
        () = tokio::time::sleep(wait) => true,
    }
}

/// Whether it reached a mailbox.
async fn deliver(post: &Post, sample: &Sample, bytes: Vec<u8>, received: Option<Timestamp>) -> Result<bool> {
    let facts = &sample.facts;
    if facts.is_kept_by_the_native_filter() {
        return Ok(false);
    }
    if facts.direction != "inbound" && received.is_none() {
        post.send_as(&facts.sender, &bytes).await?;
        return Ok(true);
    }
    if facts.direction == "outbound" {
        return Ok(false);
    }
    let letter = Letter {
        bytes,
        from: facts.sender.clone(),
        to: facts.recipients.clone(),
        ip: facts.client_ip.clone(),
        helo: facts.helo.clone(),
        verdict: facts.verdict(),
        received,
    };
    post.deliver(&letter).await?;
    Ok(true)
}

/// The same message with another Message-ID, so that it is a new one.
fn renew(bytes: &[u8], token: &str) -> Vec<u8> {
    const NAME: &[u8] = b"message-id:";
    let mut renewed = Vec::with_capacity(bytes.len() + token.len());
    let mut in_header = true;
    for line in bytes.split_inclusive(|&byte| byte == b'\n') {
        in_header &= !matches!(line, b"\n" | b"\r\n");
        let names_it = line.len() > NAME.len() && line[..NAME.len()].eq_ignore_ascii_case(NAME);
        match line.iter().position(|&byte| byte == b'<') {
            Some(at) if in_header && names_it => {
                renewed.extend_from_slice(&line[..=at]);
                renewed.extend_from_slice(token.as_bytes());
                renewed.push(b'.');
                renewed.extend_from_slice(&line[at + 1..]);
            }
            _ => renewed.extend_from_slice(line),
        }
    }
    renewed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_renewed_message_differs_in_its_message_id_only() {
        let mail = b"From: a@example.com\r\nMessage-ID: <1@example.com>\r\n\r\nMessage-ID: <in the body>\r\n";
        let renewed = renew(mail, "t");
        let text = String::from_utf8(renewed).unwrap();
        assert_eq!(
            text,
            "From: a@example.com\r\nMessage-ID: <t.1@example.com>\r\n\r\nMessage-ID: <in the body>\r\n"
        );
    }
}
