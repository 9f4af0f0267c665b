//! `innerward explain`: what is in a message, what each layer said of it, our verdict and its reasons.

use std::io::{BufWriter, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use console::explained::{Explained, Subject};
use jiff::Timestamp;
use message::{Address, Domain, Organisation};
use observer::Panel;
use pipeline::{Clock as _, Gatherer, SystemClock, intake};
use signal::Setting;
use tokio::runtime::Runtime;
use verdict::Policy;

use crate::exit::{Ending, misuse};
use crate::mail_files::{self, MailFile};

/// Messages judged together while their answers are printed in order.
const BATCH: usize = 64;

/// For all answers from outside about one message.
const DEADLINE: Duration = Duration::from_secs(10);

/// Example: innerward explain --domain example.com suspicious.eml
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Messages: .eml files, folders, mbox, maildir, .tar or .tar.zst of them; `-` reads one from standard input.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Print one JSON object a message.
    #[arg(long)]
    json: bool,
    /// A domain of the organisation; may be repeated. Tells inbound, outbound and internal mail apart.
    #[arg(long = "domain", value_name = "DOMAIN")]
    domains: Vec<String>,
    /// Ask the DNS for SPF, DKIM and DMARC at the true boundary. Without it nothing is asked of the network, and what would
    /// have to be asked is undecided.
    #[arg(long, conflicts_with = "answers")]
    dns: bool,
    /// Take DNS answers from a file instead: one `name TYPE value` a line; names not in it do not exist.
    #[arg(long, value_name = "FILE")]
    answers: Option<PathBuf>,
}

/// Prints every message; mail is never an error, a file that cannot be read is.
pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<Ending> {
    let judge = Judge::new(arguments)?;
    let mut out = BufWriter::new(std::io::stdout().lock());
    let mut waiting = Vec::with_capacity(BATCH);
    mail_files::each(&arguments.files, &mut |file| {
        waiting.push(file);
        if waiting.len() == BATCH { judge.print(&mut waiting, arguments.json, &mut out) } else { Ok(()) }
    })?;
    judge.print(&mut waiting, arguments.json, &mut out)?;
    out.flush()?;
    Ok(Ending::Fine)
}

/// Everything that stays the same from message to message.
struct Judge {
    runtime: Runtime,
    gatherer: Gatherer,
    setting: Arc<Setting>,
    policy: Arc<Policy>,
    now: Timestamp,
}

impl Judge {
    fn new(arguments: &Arguments) -> anyhow::Result<Self> {
        let domains = arguments.domains.iter().map(|text| own_domain(text)).collect::<anyhow::Result<_>>()?;
        let organisation = Organisation { domains, ..Organisation::default() };
        Ok(Self {
            runtime: Runtime::new()?,
            gatherer: Gatherer::new(Arc::new(panel(arguments)?), DEADLINE),
            setting: Arc::new(Setting { organisation, people: Vec::new() }),
            policy: Arc::new(Policy::default()),
            now: SystemClock.now(),
        })
    }

    /// Judges what waits, all at once, and prints it in order.
    fn print(&self, waiting: &mut Vec<MailFile>, json: bool, out: &mut impl Write) -> anyhow::Result<()> {
        let judged = self.runtime.block_on(futures_util::future::join_all(
            std::mem::take(waiting).into_iter().map(|file| self.judge(file)),
        ));
        for explained in judged {
            let explained = explained?;
            if json {
                serde_json::to_writer(&mut *out, &explained)?;
                writeln!(out)?;
            } else {
                crate::explained_text::write(&explained, out)?;
            }
        }
        Ok(())
    }

    async fn judge(&self, file: MailFile) -> anyhow::Result<Explained> {
        let read = self.gatherer.read(&file.bytes, &self.setting).await?;
        let as_of = received(&read).unwrap_or(self.now);
        let (judgement, observations) =
            self.gatherer.judge_as_of(&read, &file.bytes, &self.setting, &self.policy, as_of).await?;
        let subject = Subject { message: &read.message, route: &read.route, direction: read.direction };
        Ok(Explained::new(file.name, subject, &observations, &judgement))
    }
}

/// When the newest hop took the message, so that an old file is judged as of its own day.
fn received(read: &intake::Read) -> Option<Timestamp> {
    read.route.hops.first().and_then(|hop| hop.at).or(read.message.date)
}

fn own_domain(text: &str) -> anyhow::Result<Domain> {
    let domain = Address::parse(text).map(|address| address.domain().clone()).or_else(|| Domain::parse(text));
    domain.map_or_else(|| misuse(format!("--domain {text} is no domain: write it like example.com")), Ok)
}

fn panel(arguments: &Arguments) -> anyhow::Result<Panel> {
    crate::observers::panel(arguments.dns, arguments.answers.as_deref())
}
