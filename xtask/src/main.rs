//! Checks and tests that cargo does not have: `cargo xtask walls`, `cargo xtask test`.

mod shell;
mod test;
mod walls;

use anyhow::{Result, bail};

fn main() -> Result<()> {
    match std::env::args().nth(1).as_deref() {
        Some("walls") => walls::check(),
        Some("test") => test::everything(),
        Some("check") => check(),
        Some(other) => bail!("no task named {other}: there are `check`, `walls` and `test`"),
        None => bail!("name a task: `check`, `walls` or `test`"),
    }
}

/// What CI holds besides the tests: format, lints, floors, licences.
fn check() -> Result<()> {
    shell::run("cargo", &["fmt", "--all", "--check"])?;
    shell::run("cargo", &["clippy", "--locked", "--workspace", "--all-targets", "--", "-D", "warnings"])?;
    walls::check()?;
    if !shell::is_there("cargo-deny") {
        shell::run("cargo", &["install", "--locked", "cargo-deny@0.20.2"])?;
    }
    shell::run("cargo", &["deny", "--all-features", "check", "licenses", "bans", "sources"])
}
