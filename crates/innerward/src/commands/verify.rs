//! `innerward verify`: is everything that was recorded still there and whole?

use std::io::Write as _;
use std::path::PathBuf;

use clap::Args;
use serde_json::json;
use store::VerifyReport;

use crate::exit::{Ending, misuse};

/// Example: innerward verify --data /var/lib/innerward
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The data folder of the server (which must not be running).
    #[arg(long, env = "INNERWARD_DATA", default_value = "innerward-data")]
    data: PathBuf,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

/// Ends with 1 when anything is wrong.
pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<Ending> {
    if !store::is_sqlite(&arguments.data) {
        return misuse(format!(
            "{} is no data folder: name the one given to `serve`",
            arguments.data.display()
        ));
    }
    let report = match store::open_sqlite(&arguments.data) {
        Ok(store) => tokio::runtime::Runtime::new()?.block_on(store.verify())?,
        // What cannot even be opened for damage is what this command is asked about.
        Err(store::Error::Damaged(what)) => VerifyReport { problems: vec![what], ..VerifyReport::default() },
        Err(error) => return Err(error.into()),
    };
    let ok = report.problems.is_empty();
    let mut out = std::io::stdout().lock();
    if arguments.json {
        let object = json!({
            "ok": ok,
            "audit_records": report.audit_records,
            "blobs": report.blobs,
            "deliveries": report.deliveries,
            "unjudged": report.unjudged,
            "problems": report.problems,
        });
        writeln!(out, "{object}")?;
    } else {
        writeln!(out, "audit records  {:>9}   chain checked", report.audit_records)?;
        writeln!(out, "blobs          {:>9}   digests checked", report.blobs)?;
        writeln!(out, "deliveries     {:>9}   {} not judged yet", report.deliveries, report.unjudged)?;
        report.problems.iter().try_for_each(|problem| writeln!(out, "problem: {problem}"))?;
        writeln!(out, "{}", if ok { "All is well." } else { "Not all is well." })?;
    }
    Ok(if ok { Ending::Fine } else { Ending::Found })
}
