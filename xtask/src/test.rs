//! The one test command: Rust's tests, the vendor's own clients against the sandbox, the console in a browser.

use anyhow::Result;

use crate::shell::{ensure, run};

/// Runs all of them and stops at the first that fails.
pub(crate) fn everything() -> Result<()> {
    run("cargo", &["test", "--locked", "--workspace"])?;
    ensure("python3", "python3 python3-venv")?;
    ensure("node", "nodejs npm")?;
    ensure("chromium", "chromium")?;
    run("bash", &["tests/vendor/run"])?;
    run("bash", &["tests/browser/run"])
}
