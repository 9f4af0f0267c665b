//! Checks that cargo does not have: `cargo xtask walls`.

mod walls;

use anyhow::{Result, bail};

fn main() -> Result<()> {
    match std::env::args().nth(1).as_deref() {
        Some("walls") => walls::check(),
        Some(other) => bail!("no task named {other}: there is `cargo xtask walls`"),
        None => bail!("name a task: `cargo xtask walls`"),
    }
}
