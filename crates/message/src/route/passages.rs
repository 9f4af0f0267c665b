//! Which gateways the message passed, on which side, and what gave them away.

use super::gateway::{self, Fingerprint, Gateway};
use super::{GatewayPassage, Hop, Operator, Side};

/// Gateways met so far.
pub(crate) struct Passages<'a> {
    hops: &'a [Hop],
    fingerprints: &'a [Fingerprint],
    /// Those in front of the organisation, with the hop at which each handed over, newest first.
    in_front: Vec<(Gateway, usize)>,
}

impl<'a> Passages<'a> {
    pub(crate) fn new(hops: &'a [Hop], fingerprints: &'a [Fingerprint]) -> Self {
        Self { hops, fingerprints, in_front: Vec::new() }
    }

    /// Whether none has been met.
    pub(crate) fn is_first(&self) -> bool {
        self.in_front.is_empty()
    }

    /// `gateway` handed the message over at the hop `at`, on the recipient's side.
    pub(crate) fn stand_in_front(&mut self, gateway: Gateway, at: usize) {
        self.in_front.push((gateway, at));
    }

    /// The provider looked behind every host from the hop `newest` down to `boundary`: the gateways named there are
    /// the recipient's, and a host of no known product is the organisation's own.
    pub(crate) fn in_front(&mut self, newest: usize, boundary: usize) {
        for at in newest..boundary {
            let named = self.sender_at(at).or_else(|| named_receiver(&self.hops[at + 1]));
            if let Some(gateway) =
                named.filter(|gateway| !self.in_front.iter().any(|(known, _)| known == gateway))
            {
                self.in_front.push((gateway, at));
            }
        }
        if self.in_front.is_empty() {
            let print = self.fingerprints.iter().find(|print| print.depth == newest + 1);
            self.in_front.push((print.map_or(Gateway::Own, |print| print.gateway), newest));
        }
    }

    /// The gateway that took the mail from outside, and the hop at which it handed over.
    pub(crate) fn outermost_in_front(&self) -> Option<(Gateway, usize)> {
        self.in_front.last().copied()
    }

    /// All passages, from the sender's side to the mailbox, each product once a side.
    pub(crate) fn finish(self, boundary: Option<usize>) -> Vec<GatewayPassage> {
        let mut passages: Vec<GatewayPassage> = Vec::new();
        for (gateway, at) in &self.in_front {
            passages.push(self.passage(*gateway, *at, Side::Recipient));
        }
        let senders_first_hop = boundary.unwrap_or(0);
        for at in senders_first_hop..self.hops.len() {
            // At the boundary itself only the sending host is outside.
            let receiver =
                named_receiver(&self.hops[at]).filter(|_| at > senders_first_hop || boundary.is_none());
            let named = receiver.or_else(|| self.sender_at(at));
            let is_new = |gateway: &Gateway| {
                !is_known(&passages, *gateway, Side::Sender) && !self.handed_over(*gateway, at)
            };
            if let Some(gateway) = named.filter(is_new) {
                passages.push(self.passage(gateway, at, Side::Sender));
            }
        }
        self.add_fingerprints(&mut passages, boundary);
        passages.reverse();
        passages
    }

    /// Whether `gateway` is the one in front that handed over at `at` itself, having left no line of its own.
    fn handed_over(&self, gateway: Gateway, at: usize) -> bool {
        self.in_front.contains(&(gateway, at))
    }

    /// Products that only a header field speaks of. Above the boundary line a field is ours; below, the sender's.
    fn add_fingerprints(&self, passages: &mut Vec<GatewayPassage>, boundary: Option<usize>) {
        for print in self.fingerprints {
            let is_ours = boundary.is_some_and(|at| print.depth <= at);
            let is_new = !passages.iter().any(|passage| passage.gateway == print.gateway);
            if is_new {
                let side = if is_ours { Side::Recipient } else { Side::Sender };
                passages.push(GatewayPassage {
                    gateway: print.gateway,
                    evidence: print.field.clone(),
                    side,
                    hop: None,
                });
            }
        }
    }

    fn passage(&self, gateway: Gateway, at: usize, side: Side) -> GatewayPassage {
        let hop = &self.hops[at];
        let below = self.hops.get(at + 1).filter(|_| side == Side::Recipient);
        let named = self.named_at(at).filter(|(named, _)| *named == gateway);
        let greeted = self.greeted_at(at).filter(|(named, _)| *named == gateway);
        let evidence = named
            .map(|(_, evidence)| evidence)
            .or_else(|| by(hop, gateway))
            .or_else(|| below.and_then(|hop| by(hop, gateway)))
            .or_else(|| greeted.map(|(_, evidence)| evidence))
            .or_else(|| self.field(gateway))
            .unwrap_or_else(|| sender(hop));
        GatewayPassage { gateway, evidence, side, hop: Some(at) }
    }

    /// The product that the sending host of a hop is, as far as anything says.
    fn sender_at(&self, at: usize) -> Option<Gateway> {
        self.named_at(at).or_else(|| self.greeted_at(at)).map(|(gateway, _)| gateway)
    }

    /// The product that the sending host of a hop is, by the name looked up or by its address.
    fn named_at(&self, at: usize) -> Option<(Gateway, String)> {
        let hop = &self.hops[at];
        let by_name = hop.reverse.as_deref().and_then(gateway::of_host);
        by_name.or_else(|| hop.ip.and_then(gateway::of_ip)).map(|gateway| (gateway, sender(hop)))
    }

    /// The product that the sending host of a hop called itself.
    fn greeted_at(&self, at: usize) -> Option<(Gateway, String)> {
        let helo = self.hops[at].helo.as_deref()?;
        let gateway = gateway::of_host(&helo.to_ascii_lowercase())?;
        Some((gateway, format!("HELO {helo}")))
    }

    fn field(&self, gateway: Gateway) -> Option<String> {
        self.fingerprints.iter().find(|print| print.gateway == gateway).map(|print| print.field.clone())
    }
}

fn named_receiver(hop: &Hop) -> Option<Gateway> {
    match hop.operator {
        Operator::Gateway(gateway) => Some(gateway),
        Operator::Unknown | Operator::Microsoft | Operator::Google => None,
    }
}

fn by(hop: &Hop, gateway: Gateway) -> Option<String> {
    let host = hop.by.as_deref().filter(|_| named_receiver(hop) == Some(gateway))?;
    Some(format!("Received by {host}"))
}

fn sender(hop: &Hop) -> String {
    let name = hop.reverse.as_deref().or(hop.helo.as_deref());
    match (name, hop.ip) {
        (Some(name), Some(ip)) => format!("Received from {name} [{ip}]"),
        (Some(name), None) => format!("Received from {name}"),
        (None, Some(ip)) => format!("Received from [{ip}]"),
        (None, None) => "Received".to_owned(),
    }
}

fn is_known(passages: &[GatewayPassage], gateway: Gateway, side: Side) -> bool {
    passages.iter().any(|passage| passage.gateway == gateway && passage.side == side)
}
