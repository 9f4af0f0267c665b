//! The commands, one file each.

mod demo;
mod explain;
mod sandbox;
mod serve;
mod verify;

use clap::Subcommand;

use crate::exit::Ending;

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Protect a sandbox organisation, stream mail into it, open the console.
    Demo(demo::Arguments),
    /// Run only the sandbox tenant: Entra, Graph and an SMTP edge on this machine.
    Sandbox(sandbox::Arguments),
    /// Run the product: console, notices, workers, sweeps.
    Serve(serve::Arguments),
    /// Say of messages in files what is in them, who said what, and our verdict with its reasons.
    Explain(explain::Arguments),
    /// Check a data folder: audit chain, blobs, every delivery judged.
    Verify(verify::Arguments),
}

impl Command {
    /// Runs it to its end.
    pub(crate) fn run(self) -> anyhow::Result<Ending> {
        match self {
            Self::Demo(arguments) => demo::run(arguments),
            Self::Sandbox(arguments) => sandbox::run(arguments),
            Self::Serve(arguments) => serve::run(arguments),
            Self::Explain(arguments) => explain::run(&arguments),
            Self::Verify(arguments) => verify::run(&arguments),
        }
    }
}
