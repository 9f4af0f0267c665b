//! Where the mail was taken over from outside, and from whom.
//!
//! Only what a trusted server wrote counts, so the walk starts at the newest hop (written by the server that holds
//! the mailbox) and goes towards the sender as long as the sending host belongs to the same house:
//!
//! 1. **Inside the house.** Private addresses, deliveries from program to program (LMTP, MAPI, IMAP), the provider's
//!    own machines, and on other servers a verified reverse name of the receiver's own domain. A HELO name proves
//!    nothing. Mail from another tenant of the same provider comes from outside: it passes
//!    `*.outbound.protection.outlook.com` or `mx.google.com`.
//! 2. **What the provider says.** Exchange's enhanced filtering and Gmail's inbound gateway setting look behind the
//!    gateway themselves and write down whom they found. Their word settles it.
//! 3. **Gateways in front.** The host that handed over is the organisation's own gateway when the organisation
//!    declared it, or when it is a known product (by verified name or by network, never by HELO) *and* the provider's
//!    SPF check of its address did not pass. A gateway that SPF authorises for the envelope sender is the sender's.
//!    Then the walk goes on at the gateway's own line, which names whom the gateway took the mail from.
//!
//! With mail that never saw a provider (plain servers, mailing lists) the boundary is the newest hop whose sending
//! host is of another organisation than the receiving one. Everything older is hearsay.

use std::net::IpAddr;

use super::gateway::{self, Fingerprint, Gateway, Role};
use super::operator::{self, Operator};
use super::passages::Passages;
use super::{Hop, Origin, Receiver, Route, Witness, received};
use crate::header::authentication_results::Outcome;
use crate::header::exchange::FromEntity;
use crate::header::{Headers, Native};
use crate::{Domain, Organisation, ip};

/// Gateways in a row in front of one organisation; two are common, three have been seen.
const GATEWAYS_MAX: usize = 5;

/// How the fields of Exchange's enhanced filtering begin.
const SKIPPING: &str = "X-MS-Exchange-";

/// Traces the way; see the module.
pub(crate) fn trace(headers: &Headers, native: &Native, organisation: &Organisation) -> Route {
    let hops = received::hops(headers);
    let fingerprints = gateway::fingerprints(headers);
    let walk = Walk { hops: &hops, headers, fingerprints: &fingerprints, native, organisation };
    let mut passages = Passages::new(&hops, &fingerprints);
    let boundary = walk.boundary(&mut passages);
    let origin = boundary.and_then(|at| walk.origin(at, &passages));
    let gateways = passages.finish(boundary);
    Route { boundary, origin, gateways, hops }
}

struct Walk<'a> {
    hops: &'a [Hop],
    headers: &'a Headers,
    fingerprints: &'a [Fingerprint],
    native: &'a Native,
    organisation: &'a Organisation,
}

impl Walk<'_> {
    fn boundary(&self, passages: &mut Passages<'_>) -> Option<usize> {
        let mut at = self.first_outside(0)?;
        if self.is_settled(at) {
            return Some(at);
        }
        if let Some(stated) = self.stated_hop(at) {
            passages.in_front(at, stated);
            return Some(stated);
        }
        for _ in 0..GATEWAYS_MAX {
            let Some(gateway) = self.gateway_in_front(at, passages.is_first()) else { break };
            passages.stand_in_front(gateway, at);
            match self.behind(gateway, at) {
                Behind::Outside(next) => at = next,
                Behind::Inside => return None,
                Behind::Unknown => break,
            }
        }
        Some(at)
    }

    /// The newest hop at or below `from` whose sending host is of another house than the receiving one.
    fn first_outside(&self, from: usize) -> Option<usize> {
        (from..self.hops.len()).find(|at| !is_inside(&self.hops[*at]))
    }

    /// Whether Exchange's enhanced filtering names the very host that handed over at `at`.
    fn is_settled(&self, at: usize) -> bool {
        let is_skipping = |witness: &Witness| witness.field.starts_with(SKIPPING);
        self.stated().iter().any(|witness| is_skipping(witness) && Some(witness.ip) == self.hops[at].ip)
    }

    /// The hop at which the provider itself says the message came from outside, when that is behind the host that
    /// handed over at `at`.
    fn stated_hop(&self, at: usize) -> Option<usize> {
        let handed_over_by = self.hops[at].ip;
        let stated = self.stated().into_iter().map(|witness| witness.ip);
        let mut behind = stated.filter(|ip| Some(*ip) != handed_over_by);
        behind.find_map(|ip| (at + 1..self.hops.len()).find(|deeper| self.hops[*deeper].ip == Some(ip)))
    }

    /// What the receiving provider says of the sending host's address, best first.
    fn stated(&self) -> Vec<Witness> {
        let exchange = &self.native.exchange;
        let microsoft = self.native.receiver == Receiver::Microsoft;
        let seen = self.native.seen();
        let spf = seen.as_ref().and_then(|seen| seen.client_ip);
        let skipped =
            exchange.external_original_sender.as_ref().map(|sender| sender.ip).filter(|_| microsoft);
        let listed = exchange.skip_listed_sender.as_ref().map(|sender| sender.ip).filter(|_| microsoft);
        let report = self.native.trusted_forefront().and_then(|report| report.connecting_ip);
        let all = [
            ("X-MS-Exchange-ExternalOriginalInternetSender", skipped),
            ("X-MS-Exchange-SkipListedInternetSender", listed),
            ("Authentication-Results", spf.filter(|_| self.native.receiver != Receiver::Other)),
            ("X-Forefront-Antispam-Report CIP", report),
            ("X-Sender-IP", exchange.sender_ip.filter(|_| microsoft)),
        ];
        all.into_iter().filter_map(|(field, ip)| Some(Witness { field, ip: ip? })).collect()
    }

    /// The gateway of the organisation that handed the message over at `at`, if it was one.
    fn gateway_in_front(&self, at: usize, is_first: bool) -> Option<Gateway> {
        let hop = &self.hops[at];
        let name = self.verified_name(hop);
        // Whom the tenant's IP allow list names does not lie in the greeting.
        let greeting = hop.helo.as_deref().filter(|_| is_first && self.native.is_connection_allow_listed());
        let by_name = |name: &str| gateway::of_host(&name.to_ascii_lowercase());
        let product = name.or(greeting).and_then(by_name).or_else(|| hop.ip.and_then(gateway::of_ip));
        if operator::is_declared(self.organisation, hop.ip, name) {
            let unnamed =
                || self.product_at(at).or_else(|| self.product_that_agrees(at)).unwrap_or(Gateway::Own);
            return Some(product.unwrap_or_else(unnamed));
        }
        if is_first && hop.operator == Operator::Microsoft && self.is_own_exchange_on_premises() {
            return Some(Gateway::Own);
        }
        if let Some(gateway) = product {
            return (is_first && self.stands_in_front(gateway, at)).then_some(gateway);
        }
        let allow_listed = is_first && self.native.is_connection_trusted();
        self.product_at(at).filter(|_| allow_listed)
    }

    /// The reverse name of the sending host, as a trusted server looked it up: written into the hop, or into
    /// Exchange Online's report.
    fn verified_name<'a>(&'a self, hop: &'a Hop) -> Option<&'a str> {
        let report = self.native.trusted_forefront().filter(|report| report.connecting_ip == hop.ip);
        hop.reverse.as_deref().or_else(|| report?.reverse.as_deref())
    }

    /// The product that wrote its fields right above the line of the host that handed over at `at`.
    fn product_at(&self, at: usize) -> Option<Gateway> {
        self.fingerprints.iter().find(|print| print.depth == at + 1).map(|print| print.gateway)
    }

    /// The product one of whose fields, wherever it stands, names the very address the host took the mail from, as
    /// appliances that write at the end of the section do. The sender may have written it as well, so this gives an
    /// own host its name and nothing else.
    fn product_that_agrees(&self, at: usize) -> Option<Gateway> {
        let taken_from = self.hops[self.first_outside(at + 1)?].ip?;
        let agrees = |gateway: Gateway| {
            let fields = gateway.profile().true_ip;
            fields.iter().any(|field| field.read(self.headers, at, usize::MAX) == Some(taken_from))
        };
        self.fingerprints.iter().map(|print| print.gateway).find(|gateway| agrees(*gateway))
    }

    /// Whether a known product that handed over at `at` is the recipient's, not the sender's.
    fn stands_in_front(&self, gateway: Gateway, at: usize) -> bool {
        if self.native.is_connection_trusted() {
            return true;
        }
        let ip = self.hops[at].ip;
        let seen = self.native.seen();
        let spf = seen.as_ref().filter(|seen| seen.client_ip.is_none() || seen.client_ip == ip);
        match spf.and_then(|seen| seen.spf.as_ref()) {
            Some(outcome) => *outcome != Outcome::Pass,
            None => self.has_judged(gateway, at),
        }
    }

    /// Whether the gateway that handed over at `at` has checked SPF itself, as it does for mail from outside, and
    /// wrote that above its own line.
    fn has_judged(&self, gateway: Gateway, at: usize) -> bool {
        let Behind::Outside(entry) = self.behind(gateway, at) else { return false };
        let by_gateway = |id: &str| gateway.runs(id);
        self.native.authentication_results.iter().any(|results| {
            let is_in_place = at < results.depth && results.depth <= entry;
            is_in_place
                && results.method("spf").is_some()
                && results.authserv_id.as_deref().is_some_and(by_gateway)
        })
    }

    /// Exchange Online took the mail from the organisation's own server on premises and says so.
    fn is_own_exchange_on_premises(&self) -> bool {
        let from_entity =
            self.native.trusted_exchange().and_then(|exchange| exchange.cross_tenant.from_entity);
        from_entity == Some(FromEntity::HybridOnPrem)
    }

    /// What lies behind the gateway that handed over at `at`.
    fn behind(&self, gateway: Gateway, at: usize) -> Behind {
        let handed_over = &self.hops[at];
        let Some(entry) = self.hops.get(at + 1) else { return Behind::Unknown };
        let is_its_line = entry.by.is_none() || is_same_house(gateway, handed_over, entry);
        if !is_its_line {
            return Behind::Unknown;
        }
        let entry = (at + 1..self.hops.len()).find(|at| !self.is_inside_gateway(gateway, &self.hops[*at]));
        let Some(entry) = entry else { return Behind::Inside };
        let returns = gateway.role() == Role::Loop && self.came_from_the_provider(entry);
        if !returns {
            return Behind::Outside(entry);
        }
        self.first_outside(entry + 1).map_or(Behind::Inside, Behind::Outside)
    }

    fn is_inside_gateway(&self, gateway: Gateway, hop: &Hop) -> bool {
        let own_name = |name: &Option<String>| name.as_deref().is_some_and(|name| gateway.runs(name));
        let is_own = own_name(&hop.by) && own_name(&hop.reverse);
        let is_declared = operator::is_declared(self.organisation, hop.ip, hop.reverse.as_deref());
        let is_another =
            hop.reverse.as_deref().and_then(gateway::of_host).is_some_and(|other| other != gateway);
        is_own || is_inside(hop) || (is_declared && !is_another)
    }

    /// A service that hands mail back to the provider got it from there: then the first pass lies behind it.
    fn came_from_the_provider(&self, entry: usize) -> bool {
        let from_microsoft =
            sender_names(&self.hops[entry]).any(|name| operator::is_microsoft_outbound(&name));
        let by_microsoft = self.hops.get(entry + 1).is_some_and(|hop| hop.operator == Operator::Microsoft);
        self.native.receiver == Receiver::Microsoft && from_microsoft && by_microsoft
    }

    fn origin(&self, at: usize, passages: &Passages<'_>) -> Option<Origin> {
        let hop = &self.hops[at];
        let stated = self.stated();
        let (ip, source) = self
            .origin_of_gateway(at, passages)
            .or_else(|| self.origin_of_skip_listing(hop, &stated))
            .or_else(|| hop.ip.map(|ip| (ip, "Received".to_owned())))
            .or_else(|| stated.first().map(|witness| (witness.ip, witness.field.to_owned())))?;
        let names_fit = hop.ip.is_none_or(|hop_ip| hop_ip == ip);
        Some(Origin {
            ip,
            helo: hop.helo.clone().filter(|_| names_fit),
            reverse: self.verified_name(hop).map(str::to_owned).filter(|_| names_fit),
            source,
            witnesses: stated,
        })
    }

    /// The gateway's own field, when it stands above the line in which the gateway took the mail over.
    fn origin_of_gateway(&self, entry: usize, passages: &Passages<'_>) -> Option<(IpAddr, String)> {
        let (gateway, handed_over) = passages.outermost_in_front()?;
        let fields = gateway.profile().true_ip;
        let read = |field: &gateway::TrueIp| {
            Some((field.read(self.headers, handed_over, entry)?, field.field.to_owned()))
        };
        fields.iter().find_map(read)
    }

    /// Enhanced filtering found somebody whom no hop names.
    fn origin_of_skip_listing(&self, hop: &Hop, stated: &[Witness]) -> Option<(IpAddr, String)> {
        let first = stated.first().filter(|witness| witness.field.starts_with(SKIPPING))?;
        (hop.ip != Some(first.ip)).then(|| (first.ip, first.field.to_owned()))
    }
}

enum Behind {
    /// The gateway took the message from outside at this hop.
    Outside(usize),
    /// No hop is from outside: the message was written inside.
    Inside,
    /// The gateway left no line of its own: whatever stands there can be forged.
    Unknown,
}

/// Whether the two hosts of a hop belong to one house; what the receiving host wrote is taken as true.
fn is_inside(hop: &Hop) -> bool {
    if is_from_program_to_program(hop) {
        return true;
    }
    let has_sender = hop.ip.is_some() || hop.helo.is_some() || hop.reverse.is_some();
    if !has_sender || hop.ip.is_some_and(|ip| ip::is_private(ip) || hop.by_ip == Some(ip)) {
        return true;
    }
    match hop.operator {
        Operator::Microsoft => is_inside_microsoft(hop),
        Operator::Google => false,
        Operator::Unknown | Operator::Gateway(_) => is_of_one_domain(hop),
    }
}

/// Delivery and fetching are not transport: the sending host is of the same house by construction.
fn is_from_program_to_program(hop: &Hop) -> bool {
    let protocol = hop.protocol.as_deref().unwrap_or_default();
    ["LMTP", "MAPI", "IMAP", "POP3", "QMQP", "LOCAL"].iter().any(|local| protocol.starts_with(local))
}

/// From one of Microsoft's machines to another, by name and address, and not out of another tenant. HTTPS is the last
/// step into the mailbox.
fn is_inside_microsoft(hop: &Hop) -> bool {
    if hop.protocol.as_deref() == Some("HTTPS") {
        return true;
    }
    let is_outbound = sender_names(hop).any(|name| operator::is_microsoft_outbound(&name));
    let is_named = sender_names(hop).any(|name| Operator::of_host(Some(&name)) == Operator::Microsoft);
    is_named && !is_outbound && hop.ip.is_none_or(operator::is_microsoft_network)
}

/// The verified name of the sending host lies in the receiving host's own domain; without an address the HELO name
/// has to do (nobody outside is taken over without an address being written down).
fn is_of_one_domain(hop: &Hop) -> bool {
    let unverified = hop.helo.as_deref().filter(|_| hop.ip.is_none());
    let name = hop.reverse.as_deref().or(unverified);
    let by = hop.by.as_deref();
    let house = |host: Option<&str>| host.and_then(Domain::parse).map(|domain| domain.organisational());
    let is_bare = |host: Option<&str>| host.is_some_and(|host| !host.contains('.'));
    match (house(name), house(by)) {
        (Some(from), Some(by)) if from == by => true,
        _ => hop.ip.is_none() && (is_bare(by) || is_bare(name)),
    }
}

/// Whether the line `entry` was written by the house whose host handed the mail over in `handed_over`.
fn is_same_house(gateway: Gateway, handed_over: &Hop, entry: &Hop) -> bool {
    let Some(by) = entry.by.as_deref() else { return true };
    let house = |host: &str| Domain::parse(host).map(|domain| domain.organisational());
    let is_sender = |name: String| name == by || house(&name).is_some_and(|name| Some(name) == house(by));
    let is_named = sender_names(handed_over).any(is_sender);
    let is_inner = !by.contains('.') || entry.by_ip.is_some_and(ip::is_private);
    gateway.runs(by) || is_named || is_inner
}

/// The names the sending host goes by, in lower case, verified one first.
fn sender_names(hop: &Hop) -> impl Iterator<Item = String> {
    [&hop.reverse, &hop.helo].into_iter().flatten().map(|name| name.to_ascii_lowercase())
}
