//! A route in words, for the examples, the goldens and logs of hand work.

use std::fmt::Write as _;

use super::{Hop, Operator, Route, Side};
use crate::header::Native;
use crate::{Direction, header};

/// Hops, boundary, gateways, origin and what the native filter said, one fact a line.
pub fn describe(route: &Route, native: &Native, direction: Direction) -> String {
    let mut text = String::new();
    for (at, hop) in route.hops.iter().enumerate() {
        let mark = if route.boundary == Some(at) { "=>" } else { "  " };
        line(&mut text, &format!("{mark} {at}: {}", describe_hop(hop)));
    }
    for passage in &route.gateways {
        let side = match passage.side {
            Side::Sender => "sender",
            Side::Recipient => "recipient",
        };
        let place = passage.hop.map_or("header only".to_owned(), |hop| format!("hop {hop}"));
        line(
            &mut text,
            &format!("gateway: {}, {side} side, {place}: {}", passage.gateway.name(), passage.evidence),
        );
    }
    match &route.origin {
        Some(origin) => {
            let name = route.true_host().unwrap_or("-");
            line(&mut text, &format!("origin: {} {name}, from {}", origin.ip, origin.source));
            for witness in &origin.witnesses {
                line(&mut text, &format!("  also {}: {}", witness.field, witness.ip));
            }
        }
        None => line(&mut text, "origin: none"),
    }
    line(&mut text, &format!("direction: {}", direction.as_str()));
    describe_native(&mut text, native);
    text
}

fn describe_hop(hop: &Hop) -> String {
    let shown = |value: &Option<String>| value.clone().unwrap_or_else(|| "-".to_owned());
    let ip = hop.ip.map_or("-".to_owned(), |ip| ip.to_string());
    let at = hop.at.map_or("-".to_owned(), |at| at.to_string());
    let operator = match hop.operator {
        Operator::Unknown => String::new(),
        Operator::Microsoft => " (Microsoft)".to_owned(),
        Operator::Google => " (Google)".to_owned(),
        Operator::Gateway(gateway) => format!(" ({})", gateway.name()),
    };
    let (helo, reverse, by, protocol) =
        (shown(&hop.helo), shown(&hop.reverse), shown(&hop.by), shown(&hop.protocol));
    let delay = hop.delay_s.map_or(String::new(), |delay_s| format!(" {delay_s:+}s"));
    format!("{helo} / {reverse} [{ip}] -> {by}{operator} {protocol} {at}{delay}")
}

fn describe_native(text: &mut String, native: &Native) {
    line(text, &format!("native: {} by {:?}", native.verdict().as_str(), native.receiver));
    if let Some(report) = native.trusted_forefront() {
        line(text, &format!("  read from {}", report.copy.field()));
    }
    let level = native.scl().map(|scl| format!("scl {scl}"));
    let sfv = native.sfv().map(|sfv| format!("sfv {}", sfv.as_str()));
    let category = native.category().map(|category| format!("cat {}", category.as_str()));
    let bcl = native.bcl().map(|bcl| format!("bcl {bcl}"));
    let placement = native.placement().map(|placement| format!("put into {}", placement.as_str()));
    let facts: Vec<String> = [level, sfv, category, bcl, placement].into_iter().flatten().collect();
    if !facts.is_empty() {
        line(text, &format!("  {}", facts.join(", ")));
    }
    if let Some(bypass) = native.bypass() {
        line(text, &format!("  bypassed by {}: {}", bypass.as_str(), bypass.explanation()));
    }
    if let Some(seen) = native.seen() {
        let shown = |outcome: &Option<header::Outcome>| {
            outcome.as_ref().map_or("-", |outcome| outcome.as_str()).to_owned()
        };
        let compauth = seen.compauth_reason.as_deref().map_or(String::new(), |reason| format!(" {reason}"));
        line(
            text,
            &format!(
                "  seen: spf {}, dkim {}, dmarc {}, compauth {}{compauth}",
                shown(&seen.spf),
                shown(&seen.dkim),
                shown(&seen.dmarc),
                shown(&seen.compauth),
            ),
        );
    }
}

fn line(text: &mut String, line: &str) {
    // Writing to a string cannot fail.
    let _ = writeln!(text, "{line}");
}
