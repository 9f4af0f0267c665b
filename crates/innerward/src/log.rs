//! Logs go to standard error, one line an event; JSON when it is not a terminal.

use std::io::IsTerminal as _;

use tracing_subscriber::EnvFilter;

use crate::exit::misuse;

/// Starts logging by `filter`.
pub(crate) fn start(filter: &str) -> anyhow::Result<()> {
    let Ok(filter) = EnvFilter::try_new(filter) else {
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
