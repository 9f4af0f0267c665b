//! The real program as processes: a sandbox tenant, the server that protects it, and whoever asks them. Everything is reached
//! as people and providers reach it, nothing inside is called. What a test starts ends with it.
#![allow(
    dead_code,
    unused_imports,
    unreachable_pub,
    missing_debug_implementations,
    reason = "each test file uses its own part"
)]
#![allow(clippy::unwrap_used, reason = "a panic here is the report")]

pub mod letters;
mod process;
mod sandbox;
mod ward;
mod web;

use std::time::{Duration, Instant};

pub use process::{Ended, innerward, innerward_within};
pub use sandbox::Sandbox;
pub use ward::{Ward, snapshot};
pub use web::{Answer, Web};

/// How often a test looks again.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// Waits until `look` finds something; panics with `what` when it does not within `limit`.
pub fn within<T>(limit: Duration, what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let started = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(started.elapsed() < limit, "waited {limit:?} in vain: {what}");
        std::thread::sleep(LOOK_EVERY);
    }
}

/// A loopback port that was free a moment ago.
pub fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}
