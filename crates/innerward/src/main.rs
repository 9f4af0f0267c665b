//! The one binary: reads the command line, wires the parts, says how it ended.

mod commands;
mod config;
mod demo;
mod desk;
mod exit;
mod explained_text;
mod listener;
mod log;
mod mail_files;
mod observers;
mod usage_log;
mod ward;

use std::process::ExitCode;

use clap::Parser;

use crate::commands::Command;
use crate::exit::Ending;

/// Email security from inside Microsoft 365 and Google Workspace.
#[derive(Debug, Parser)]
#[command(name = "innerward", version, about, max_term_width = 110)]
struct CommandLine {
    /// What to log on standard error, e.g. `info`, `debug`, `warn,provider=debug`.
    #[arg(long, global = true, env = "INNERWARD_LOG", default_value = "warn", hide_env_values = true)]
    log: String,
    #[command(subcommand)]
    command: Command,
}

fn main() -> ExitCode {
    let line = match CommandLine::try_parse() {
        Ok(line) => line,
        Err(error) => {
            // Help and version are no mistakes; clap knows which is which, and where each is printed.
            let _ = error.print();
            return if error.use_stderr() { Ending::Misuse.into() } else { Ending::Fine.into() };
        }
    };
    if let Err(error) = log::start(&line.log) {
        return exit::report(&error);
    }
    match line.command.run() {
        Ok(ending) => ending.into(),
        Err(error) => exit::report(&error),
    }
}
