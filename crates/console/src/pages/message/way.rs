//! The way a message came, from the sender to the mailbox, hop by hop.

use message::Route;
use message::route::{Hop, Operator, Origin, Side};

use crate::view;

/// The drawing: a strip of stages, then every hop.
pub(crate) struct Way {
    pub(crate) stages: Vec<Stage>,
    pub(crate) hops: Vec<HopView>,
    pub(crate) origin: Option<OriginView>,
}

/// Somewhere a message passes through.
pub(crate) struct Stage {
    pub(crate) class: &'static str,
    pub(crate) kind: &'static str,
    pub(crate) name: String,
}

/// The true sending host.
pub(crate) struct OriginView {
    pub(crate) ip: String,
    pub(crate) host: String,
    pub(crate) source: String,
    /// Other fields that name an address, and whether it is the same one.
    pub(crate) witnesses: Vec<(&'static str, String, bool)>,
}

/// One `Received` field.
pub(crate) struct HopView {
    pub(crate) by: String,
    pub(crate) from: String,
    pub(crate) ip: String,
    pub(crate) protocol: String,
    pub(crate) at: String,
    pub(crate) iso: String,
    pub(crate) delay: String,
    pub(crate) slow: bool,
    pub(crate) operator: String,
    /// `claimed` before the boundary (whoever sent it could have written it), `boundary`, `trusted` after it.
    pub(crate) class: &'static str,
}

/// Longer than this between two hops is worth an eye: greylisting, queues, or a wrong clock.
const SLOW_S: i64 = 300;

pub(crate) fn way(route: &Route) -> Way {
    let hops = route.hops.iter().enumerate().rev();
    Way {
        stages: stages(route),
        hops: hops.map(|(index, hop)| hop_view(hop, standing(index, route.boundary))).collect(),
        origin: route.origin.as_ref().map(origin),
    }
}

fn stages(route: &Route) -> Vec<Stage> {
    let gateways = |side: Side| {
        let passages = route.gateways.iter().filter(move |passage| passage.side == side);
        passages.map(|passage| passage.gateway.name().to_owned())
    };
    let sender = route.origin.as_ref().map_or("not known".into(), |origin| {
        origin.reverse.clone().or_else(|| origin.helo.clone()).unwrap_or_else(|| origin.ip.to_string())
    });
    let sender_class = if route.origin.is_some() { "origin" } else { "unknown" };
    let mut stages = vec![stage(sender_class, "Sending host", sender)];
    stages.extend(gateways(Side::Sender).map(|name| stage("claimed", "Sender's gateway", name)));
    stages.extend(gateways(Side::Recipient).map(|name| stage("gateway", "Gateway", name)));
    stages.push(stage("provider", "Provider", provider(route)));
    stages.push(stage("mailbox", "Mailbox", "delivered".into()));
    stages
}

fn stage(class: &'static str, kind: &'static str, name: String) -> Stage {
    Stage { class, kind, name: view::one_line(&name, 80) }
}

/// Who runs the last named hop: the provider of the mailbox.
fn provider(route: &Route) -> String {
    let named = route.hops.iter().find_map(|hop| match hop.operator {
        Operator::Microsoft => Some("Microsoft 365"),
        Operator::Google => Some("Google Workspace"),
        Operator::Gateway(_) | Operator::Unknown => None,
    });
    named.unwrap_or("not named").to_owned()
}

/// Hops are newest first, so a greater index is nearer to the sender.
fn standing(index: usize, boundary: Option<usize>) -> &'static str {
    match boundary {
        Some(boundary) if index < boundary => "trusted",
        Some(boundary) if index == boundary => "boundary",
        Some(_) | None => "claimed",
    }
}

fn hop_view(hop: &Hop, class: &'static str) -> HopView {
    let told = |text: Option<&String>, otherwise: &str| {
        text.map_or(otherwise.to_owned(), |text| view::one_line(text, 120))
    };
    HopView {
        by: told(hop.by.as_ref(), "not named"),
        from: told(hop.reverse.as_ref().or(hop.helo.as_ref()), "not named"),
        ip: hop.ip.map(|ip| ip.to_string()).unwrap_or_default(),
        protocol: told(hop.protocol.as_ref(), ""),
        at: hop.at.map(|at| at.strftime("%d %b %H:%M:%S UTC").to_string()).unwrap_or_default(),
        iso: hop.at.map(|at| at.to_string()).unwrap_or_default(),
        delay: hop.delay_s.map(delay).unwrap_or_default(),
        slow: hop.delay_s.is_some_and(|seconds| seconds.abs() > SLOW_S),
        operator: operator(hop.operator),
        class,
    }
}

fn origin(origin: &Origin) -> OriginView {
    let host = origin.reverse.as_ref().or(origin.helo.as_ref());
    OriginView {
        ip: origin.ip.to_string(),
        host: host.map(|host| view::one_line(host, 120)).unwrap_or_default(),
        source: view::one_line(&origin.source, 120),
        witnesses: origin
            .witnesses
            .iter()
            .map(|witness| (witness.field, witness.ip.to_string(), witness.ip == origin.ip))
            .collect(),
    }
}

fn delay(seconds: i64) -> String {
    match seconds {
        0 => "at once".into(),
        seconds if seconds < 0 => format!("clock off by {}", view::span(seconds.unsigned_abs() * 1_000)),
        seconds => format!("after {}", view::span(seconds.unsigned_abs() * 1_000)),
    }
}

fn operator(operator: Operator) -> String {
    match operator {
        Operator::Unknown => String::new(),
        Operator::Microsoft => "Microsoft".into(),
        Operator::Google => "Google".into(),
        Operator::Gateway(gateway) => gateway.name().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn route() -> Route {
        let hop = |by: &str, operator| Hop { by: Some(by.into()), operator, ..Hop::default() };
        Route {
            hops: vec![
                hop("mailbox.example.com", Operator::Microsoft),
                hop("edge.example.com", Operator::Unknown),
                hop("sender.example", Operator::Unknown),
            ],
            boundary: Some(1),
            ..Route::default()
        }
    }

    #[test]
    fn hops_go_from_the_sender_to_the_mailbox_and_show_what_can_be_believed() {
        let way = way(&route());
        let classes: Vec<_> = way.hops.iter().map(|hop| (hop.by.as_str(), hop.class)).collect();
        assert_eq!(
            classes,
            [
                ("sender.example", "claimed"),
                ("edge.example.com", "boundary"),
                ("mailbox.example.com", "trusted")
            ]
        );
    }

    #[test]
    fn without_a_boundary_nothing_is_believed() {
        let way = way(&Route { boundary: None, ..route() });
        assert!(way.hops.iter().all(|hop| hop.class == "claimed"));
        assert_eq!(way.stages[0].name, "not known");
    }

    #[test]
    fn clocks_that_disagree_are_said_to() {
        assert_eq!(delay(-120), "clock off by 2 min");
        assert_eq!(delay(0), "at once");
        assert_eq!(delay(7), "after 7.0 s");
    }
}
