//! "Slow down": how often is asked again, and what of it is remembered.

use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::json;

use super::*;
use crate::{Error, Provider as _};

/// Answers the first `times` requests to a mailbox's folder list with `reply`.
async fn desk(times: u32, reply: Reply) -> Desk {
    let calls = AtomicU32::new(0);
    Desk::open(move |seen| {
        if !seen.path.starts_with("/users/delta") {
            return None;
        }
        match calls.fetch_add(1, Ordering::SeqCst) < times {
            true => Some(reply.clone()),
            false => {
                Some(Reply::json(json!({ "value": [], "@odata.deltaLink": "/users/delta?$deltatoken=1" })))
            }
        }
    })
    .await
}

#[tokio::test]
async fn busy_answers_are_waited_out() {
    for status in [429, 503, 504, 500, 502] {
        let desk = desk(2, Reply::error(status, "TooManyRequests")).await;
        let microsoft = microsoft(&desk);
        microsoft.mailboxes(None).await.unwrap();
        assert_eq!(desk.asked("GET", "/users/delta").len(), 3, "{status}");
        let usage = microsoft.usage();
        assert_eq!(usage.by_kind["users"].calls, 3);
        assert_eq!(usage.total.throttled + usage.total.failed, 2);
    }
}

#[tokio::test]
async fn the_wait_asked_for_is_kept() {
    let desk = desk(1, Reply::error(429, "TooManyRequests").after("1")).await;
    let started = tokio::time::Instant::now();
    microsoft(&desk).mailboxes(None).await.unwrap();
    assert!(started.elapsed() >= Duration::from_secs(1));
}

#[tokio::test]
async fn a_longer_wait_than_our_patience_is_handed_on() {
    for (header, seconds) in [("120", 120), ("Tue, 24 Nov 2026 08:02:00 GMT", 120)] {
        let desk = desk(1, Reply::error(429, "TooManyRequests").after(header)).await;
        let error = microsoft(&desk).mailboxes(None).await.unwrap_err();
        let Error::Retry { after, .. } = error else { panic!("{error}") };
        assert_eq!(after, Some(Duration::from_secs(seconds)));
        assert_eq!(desk.asked("GET", "/users/delta").len(), 1);
    }
}

#[tokio::test]
async fn trouble_without_end_ends() {
    let desk = desk(100, Reply::error(503, "ServiceUnavailable")).await;
    assert!(microsoft(&desk).mailboxes(None).await.unwrap_err().is_retry());
    assert_eq!(desk.asked("GET", "/users/delta").len(), 4);
}
