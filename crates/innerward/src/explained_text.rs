//! The same for people at a terminal.

use std::io::{self, Write};

use console::explained::{Explained, ExplainedReason, Results};

/// Writes one message. Everything that came out of the mail is freed of control characters first: a terminal obeys them.
pub(crate) fn write(explained: &Explained, out: &mut impl Write) -> io::Result<()> {
    let native = &explained.native;
    let route = &explained.route;
    writeln!(out, "{}", tame(&explained.file))?;
    writeln!(
        out,
        "  verdict         {} ({:.2}), {}",
        explained.verdict, explained.score, explained.direction
    )?;
    line(out, "sent from", &origin(explained))?;
    line(out, "gateways", &none_if_empty(&route.gateways.join(" → ")))?;
    line(out, "native filter", &native_text(explained))?;
    if let Some(by) = &native.bypassed_by {
        line(out, "bypassed", by)?;
    }
    line(out, "authentication", &format!("seen {}", results(&explained.authentication.seen)))?;
    line(out, "", &format!("at the boundary {}", results(&explained.authentication.boundary)))?;
    for reason in &explained.reasons {
        writeln!(out, "  {:>+6.2}  {}", reason.weight, reason_text(reason))?;
    }
    for signal in &explained.undecided {
        writeln!(out, "       ?  {}: {}", signal.name, tame(&signal.why))?;
    }
    explained.defects.iter().try_for_each(|defect| writeln!(out, "  defect  {}", tame(defect)))?;
    writeln!(out)
}

fn line(out: &mut impl Write, label: &str, text: &str) -> io::Result<()> {
    writeln!(out, "  {label:<15} {}", tame(text))
}

fn origin(explained: &Explained) -> String {
    let route = &explained.route;
    match (&route.true_ip, &route.true_host, &route.read_from) {
        (Some(ip), host, Some(source)) => {
            let host = host.as_deref().unwrap_or("no name");
            format!("{ip} ({host}), read from {source}, {} hops", route.hops)
        }
        _ => format!("unknown, {} hops", route.hops),
    }
}

fn native_text(explained: &Explained) -> String {
    let native = &explained.native;
    let part =
        |name: &str, value: Option<String>| value.map(|value| format!(" {name}:{value}")).unwrap_or_default();
    format!(
        "{}{}{}{}{}",
        native.verdict,
        part("SCL", native.scl.map(|scl| scl.to_string())),
        part("SFV", native.sfv.clone()),
        part("CAT", native.cat.clone()),
        part("BCL", native.bcl.map(|bcl| bcl.to_string())),
    )
}

fn results(results: &Results) -> String {
    let word = |result: &Option<String>| result.clone().unwrap_or_else(|| "unknown".into());
    format!("spf {}, dkim {}, dmarc {}", word(&results.spf), word(&results.dkim), word(&results.dmarc))
}

fn reason_text(reason: &ExplainedReason) -> String {
    format!("{}: {}", reason.name, tame(&reason.evidence))
}

fn none_if_empty(text: &str) -> String {
    if text.is_empty() { "none".into() } else { text.into() }
}

fn tame(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{FFFD}' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terminal_commands_in_mail_do_not_reach_the_terminal() {
        assert_eq!(tame("a\u{1b}[2Jb\u{7}"), "a\u{FFFD}[2Jb\u{FFFD}");
    }
}
