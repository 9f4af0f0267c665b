//! The way a message came: hops, gateways, and the true sending host in front of the organisation's boundary.
//!
//! `received` reads the hops, `operator` says who runs a host, `gateway` knows the products, `boundary` finds where
//! the mail was taken over from outside.

mod boundary;
mod describe;
mod gateway;
mod operator;
mod passages;
mod received;
mod stamp;

use std::net::IpAddr;

use jiff::Timestamp;

use crate::{Headers, Message, Organisation};

pub use describe::describe;
pub use gateway::{Gateway, Role};
pub use operator::Operator;

pub(crate) use received::is_trace;

/// The whole way, newest hop first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Route {
    pub hops: Vec<Hop>,
    /// Index into `hops` of the hop that took the message over from outside (the first server that the
    /// organisation or someone it trusts runs, seen from the sender); `None` when no hop says so.
    pub boundary: Option<usize>,
    /// Gateways passed, from the sender's side to the mailbox.
    pub gateways: Vec<GatewayPassage>,
    /// The host that handed the message over at the boundary.
    pub origin: Option<Origin>,
}

/// One `Received` or `X-Received` field: what each claims, nothing verified.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hop {
    /// `from`: the HELO name.
    pub helo: Option<String>,
    /// The reverse name the receiver looked up, in lower case.
    pub reverse: Option<String>,
    /// The address of the sending host.
    pub ip: Option<IpAddr>,
    /// The receiving host, in lower case.
    pub by: Option<String>,
    pub by_ip: Option<IpAddr>,
    /// `with`, upper case (`ESMTPS`, `HTTP`, `MAPI`, `MICROSOFT SMTP SERVER`).
    pub protocol: Option<String>,
    pub id: Option<String>,
    /// `for`, without angle brackets.
    pub envelope_to: Option<String>,
    /// Whether the sending host signed in (RFC 3848 `ESMTPSA` and its kin): a submission.
    pub is_authenticated: bool,
    pub at: Option<Timestamp>,
    /// Who runs the receiving host, when its name says so.
    pub operator: Operator,
    /// Seconds since the hop before (older) stamped it; negative when clocks disagree.
    pub delay_s: Option<i64>,
}

/// A gateway on the way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GatewayPassage {
    pub gateway: Gateway,
    /// What gave it away, e.g. `Received by mx0a-0.pphosted.com` or the header name.
    pub evidence: String,
    /// Whether it stands in front of the organisation (inbound), rather than on the sender's side.
    pub side: Side,
    /// Index into the hops of the newest one it took part in; `None` when only a header field speaks of it, which
    /// anybody can write.
    pub hop: Option<usize>,
}

/// On whose side of the boundary.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    Sender,
    Recipient,
}

/// The sending host at the true boundary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    pub ip: IpAddr,
    pub helo: Option<String>,
    pub reverse: Option<String>,
    /// Where this was read: `Received`, or the header field of a gateway or of Exchange.
    pub source: String,
    /// What else names an address for the sending host, with the address it names.
    pub witnesses: Vec<Witness>,
}

/// One more field that names the sending host's address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Witness {
    pub field: &'static str,
    pub ip: IpAddr,
}

impl Route {
    /// The gateways in front of the organisation.
    pub fn in_front(&self) -> impl Iterator<Item = &GatewayPassage> {
        self.gateways.iter().filter(|passage| passage.side == Side::Recipient)
    }

    /// The name the origin is known by: the reverse name, or else what it called itself.
    pub fn true_host(&self) -> Option<&str> {
        let origin = self.origin.as_ref()?;
        origin.reverse.as_deref().or(origin.helo.as_deref())
    }
}

/// The mail service whose servers had the message last, read off the newest hops.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Receiver {
    Microsoft,
    Google,
    /// Any other server, or no hops at all.
    #[default]
    Other,
}

/// Traces the way of `message` into `organisation`.
pub fn trace(message: &Message, organisation: &Organisation) -> Route {
    boundary::trace(&message.headers, &message.native, organisation)
}

/// All hops, newest first.
pub fn hops(headers: &Headers) -> Vec<Hop> {
    received::hops(headers)
}

/// Who had the message last. Hops inside an Exchange organisation of one's own (hybrid mail that Exchange Online
/// passed on to a server on premises) are looked through.
pub(crate) fn receiver(hops: &[Hop]) -> Receiver {
    for hop in hops.iter().take(8) {
        match hop.operator {
            Operator::Microsoft => return Receiver::Microsoft,
            Operator::Google => return Receiver::Google,
            Operator::Unknown if is_exchange_on_premises(hop) || is_inner_google(hop) => {}
            Operator::Unknown | Operator::Gateway(_) => return Receiver::Other,
        }
    }
    Receiver::Other
}

/// How many of the newest hops in a row are the receiver's; with a receiver of neither provider all of them, for
/// there the name of the host has to tell.
pub(crate) fn receiver_hops(hops: &[Hop]) -> usize {
    let is_of_receiver = |hop: &&Hop| {
        matches!(hop.operator, Operator::Microsoft | Operator::Google)
            || is_exchange_on_premises(hop)
            || is_inner_google(hop)
    };
    match receiver(hops) {
        Receiver::Other => hops.len(),
        Receiver::Microsoft | Receiver::Google => hops.iter().take_while(is_of_receiver).count(),
    }
}

fn is_exchange_on_premises(hop: &Hop) -> bool {
    matches!(hop.protocol.as_deref(), Some("MICROSOFT SMTP SERVER" | "MAPI"))
}

/// Google's inner hops name an address only: `by 10.66.230.197 with SMTP id …`.
fn is_inner_google(hop: &Hop) -> bool {
    hop.ip.is_none() && hop.helo.is_none() && hop.by_ip.is_some_and(crate::ip::is_private)
}
