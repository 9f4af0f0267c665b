//! Logs go to standard error, one line an event; JSON when it is not a terminal.

use std::io::IsTerminal as _;

use tracing_subscriber::EnvFilter;

use crate::exit::misuse;

/// The HTML parser warns about every page that is not well-formed, and mail rarely is: that is the mail's matter, not ours.
const QUIET: &str = "html5ever=error";

/// Starts logging by `filter`.
pub(crate) fn start(filter: &str) -> anyhow::Result<()> {
    let Ok(filter) = EnvFilter::try_new(format!("{QUIET},{filter}")) else {
        return misuse(format!("--log {filter} is no log filter: try `info` or `warn,provider=debug`"));
    };
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    if std::io::stderr().is_terminal() {
        lines.init()
    } else {
        lines.json().init()
    }
    Ok(())
}
