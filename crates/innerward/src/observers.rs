//! Who answers questions from outside, by the settings.

use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use observer::{Answers, Authentication, Panel};
use signal::Observer;

/// A panel that asks the DNS, a file of answers, or nobody.
pub(crate) fn panel(dns: bool, answers: Option<&Path>) -> anyhow::Result<Panel> {
    Ok(Panel::new(authentication(dns, answers)?.into_iter().collect()))
}

/// The observer of SPF, DKIM and DMARC.
pub(crate) fn authentication(dns: bool, answers: Option<&Path>) -> anyhow::Result<Option<Arc<dyn Observer>>> {
    if let Some(path) = answers {
        let shown = path.display();
        let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {shown}"))?;
        let answers = Answers::parse(&text).with_context(|| format!("{shown} is no table of DNS answers"))?;
        return Ok(Some(Arc::new(Authentication::offline(answers))));
    }
    if dns {
        return Ok(Some(Arc::new(Authentication::system().context("no DNS resolver could be set up")?)));
    }
    Ok(None)
}
