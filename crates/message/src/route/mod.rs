//! The way a message came: hops, gateways, and the true sending host in front of the organisation's boundary.

use std::net::IpAddr;

use jiff::Timestamp;

use crate::{Domain, Message, Organisation};

/// The whole way, newest hop first.
#[derive(Clone, Debug, Default)]
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
    /// The reverse name the receiver looked up.
    pub reverse: Option<String>,
    pub ip: Option<IpAddr>,
    pub by: Option<String>,
    /// `with`, upper case (`ESMTPS`, `HTTP`, `MAPI`).
    pub protocol: Option<String>,
    pub id: Option<String>,
    pub envelope_to: Option<String>,
    pub at: Option<Timestamp>,
    /// Who runs the receiving host, when its name says so.
    pub operator: Operator,
    /// Seconds since the hop before (older) stamped it; negative when clocks disagree.
    pub delay_s: Option<i64>,
}

/// Who runs a host, by its name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Operator {
    #[default]
    Unknown,
    Microsoft,
    Google,
    Gateway(Gateway),
}

/// A known secure email gateway or mail security service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Gateway {
    Mimecast,
    Proofpoint,
    // … see route/gateway/
}

/// A gateway on the way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GatewayPassage {
    pub gateway: Gateway,
    /// What gave it away, e.g. `Received by mx0a-0.pphosted.com` or the header name.
    pub evidence: String,
    /// Whether it stands in front of the organisation (inbound), rather than on the sender's side.
    pub side: Side,
}

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
}

/// Traces the way of `message` into `organisation`.
pub fn trace(message: &Message, organisation: &Organisation) -> Route {
    let _ = (message, organisation, std::marker::PhantomData::<Domain>);
    unimplemented!()
}
