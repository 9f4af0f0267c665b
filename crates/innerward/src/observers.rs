//! Who answers questions from outside, by the settings.

use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use observer::{Answers, Authentication, Panel, Resolver, Source};
use signal::Observer;

/// A panel that asks the DNS, a file of answers, or nobody.
pub(crate) fn panel(dns: bool, answers: Option<&Path>) -> anyhow::Result<Panel> {
    Ok(Panel::new(authentication(dns, answers, Source::Original)?))
}

/// The observer of SPF, DKIM and DMARC; `source` says how far the bytes can be trusted.
pub(crate) fn authentication(
    dns: bool,
    answers: Option<&Path>,
    source: Source,
) -> anyhow::Result<Option<Arc<dyn Observer>>> {
    if let Some(path) = answers {
        let shown = path.display();
        let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {shown}"))?;
        let answers = Answers::parse(&text).with_context(|| format!("{shown} is no table of DNS answers"))?;
        let resolver = Resolver::offline(answers)?;
        return Ok(Some(Arc::new(Authentication::new(resolver, source))));
    }
    if dns {
        let resolver = Resolver::system().context("no DNS resolver could be set up")?;
        return Ok(Some(Arc::new(Authentication::new(resolver, source))));
    }
    Ok(None)
}
