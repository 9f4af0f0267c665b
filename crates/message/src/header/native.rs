//! What the mail providers said of the message, gathered, and read as one answer.
//!
//! **Which copy counts.** A header field can be written by anybody. The provider that holds the mailbox
//! ([`Native::receiver`]) removes or renames what came in under its own names, so only its fields are believed, and
//! of those the newest: `X-Forefront-Antispam-Report` itself, never an `-Untrusted` copy; the `CrossPremises` copy
//! only when Exchange itself took it over on return. Mail whose last servers are neither Microsoft's nor Google's
//! has no native verdict, whatever its fields say: those are of the sender's side.

use super::antispam::{Antispam, MailboxDelivery, Placement};
use super::arc::{ArcChain, Piece};
use super::authentication_results::{AuthenticationResults, Kind};
use super::dkim::DkimSignature;
use super::exchange::{AuthAs, Exchange};
use super::forefront::{self, Category, Forefront, Ipv, Sfv};
use super::gmail::Gmail;
use super::received_spf::ReceivedSpf;
use super::seen::Seen;
use super::verdict::{Bypass, NativeVerdict};
use super::{Field, Headers};
use crate::route::{self, Receiver};

/// Fields kept of each kind; the most seen in real mail is a dozen.
const FIELDS_MAX: usize = 100;

/// Everything the providers wrote. `depth`, where a part has it, counts the `Received` fields above it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Native {
    /// Whose servers had the message last.
    pub receiver: Receiver,
    /// Newest first; all kinds.
    pub authentication_results: Vec<AuthenticationResults>,
    pub arc: ArcChain,
    /// Newest first.
    pub received_spf: Vec<ReceivedSpf>,
    /// Top to bottom.
    pub dkim: Vec<DkimSignature>,
    /// Every copy, top to bottom.
    pub forefront: Vec<Forefront>,
    pub antispam: Option<Antispam>,
    /// The mailbox's own last word.
    pub mailbox_delivery: Option<MailboxDelivery>,
    pub exchange: Exchange,
    pub gmail: Gmail,
    /// The receiving hosts of the newest hops, for telling whose Authentication-Results are the receiver's own.
    receiving_hosts: Vec<String>,
}

impl Native {
    /// Gathers what stands in a header section; never fails.
    pub fn read(headers: &Headers) -> Self {
        let hops = route::hops(headers);
        let mut native = Self {
            receiver: route::receiver(&hops),
            receiving_hosts: hops.iter().take(3).filter_map(|hop| hop.by.clone()).collect(),
            ..Self::default()
        };
        let mut arc = Vec::new();
        let mut depth = 0;
        for field in headers.iter() {
            if route::is_trace(&field.name) {
                depth += 1;
            } else {
                native.take(field, depth, &mut arc);
            }
        }
        native.arc = ArcChain::gather(arc.into_iter());
        native
    }

    fn take<'a>(&mut self, field: &'a Field, depth: usize, arc: &mut Vec<(Piece, &'a str)>) {
        let value = field.value.as_str();
        let name = field.name.to_ascii_lowercase();
        match name.as_str() {
            "authentication-results" => self.take_results(Kind::Own, depth, value),
            "authentication-results-original" | "x-original-authentication-results" => {
                self.take_results(Kind::Original, depth, value);
            }
            "x-ms-exchange-authentication-results" => self.take_results(Kind::Exchange, depth, value),
            "arc-authentication-results" => {
                self.take_results(Kind::Arc(0), depth, value);
                push_bounded(arc, (Piece::Results, value));
            }
            "arc-seal" => push_bounded(arc, (Piece::Seal, value)),
            "arc-message-signature" => push_bounded(arc, (Piece::Signature, value)),
            "received-spf" => ReceivedSpf::parse(depth, value)
                .into_iter()
                .for_each(|spf| push_bounded(&mut self.received_spf, spf)),
            "dkim-signature" => push_bounded(&mut self.dkim, DkimSignature::parse(depth, value)),
            "x-forefront-antispam-report" => self.take_report(forefront::Copy::Plain, depth, value),
            "x-forefront-antispam-report-untrusted" => {
                self.take_report(forefront::Copy::Untrusted, depth, value)
            }
            "x-ms-exchange-crosspremises-antispam-scancontext" => {
                self.take_report(forefront::Copy::CrossPremises, depth, value);
            }
            // Exchange writes at the end of the section: the last one is its own.
            "x-microsoft-antispam" => self.antispam = Some(Antispam::parse(value)),
            "x-microsoft-antispam-mailbox-delivery" => {
                self.mailbox_delivery = Some(MailboxDelivery::parse(value))
            }
            _ => {
                self.exchange.take(&name, value);
                self.gmail.take(&name, value);
            }
        }
    }

    fn take_results(&mut self, kind: Kind, depth: usize, value: &str) {
        push_bounded(&mut self.authentication_results, AuthenticationResults::parse(kind, depth, value));
    }

    fn take_report(&mut self, copy: forefront::Copy, depth: usize, value: &str) {
        push_bounded(&mut self.forefront, Forefront::parse(copy, depth, value));
    }

    /// The report that can be believed; its `copy` says which one that is.
    pub fn trusted_forefront(&self) -> Option<&Forefront> {
        if self.receiver != Receiver::Microsoft {
            return None;
        }
        let last = |copy| self.forefront.iter().rev().find(move |report| report.copy == copy);
        let promoted = || last(forefront::Copy::CrossPremises).filter(|_| self.exchange.is_promoted);
        last(forefront::Copy::Plain).or_else(promoted)
    }

    /// Exchange's own fields, when they can be believed.
    pub fn trusted_exchange(&self) -> Option<&Exchange> {
        (self.receiver == Receiver::Microsoft).then_some(&self.exchange)
    }

    /// The spam confidence level Exchange stamped: of the organisation's own field, or else of the report.
    pub fn scl(&self) -> Option<i8> {
        let exchange = self.trusted_exchange()?;
        let promoted = || exchange.cross_premises.scl.filter(|_| exchange.is_promoted);
        exchange.organization.scl.or_else(|| self.trusted_forefront()?.scl).or_else(promoted)
    }

    /// Exchange's spam filtering verdict.
    pub fn sfv(&self) -> Option<&Sfv> {
        self.trusted_forefront()?.sfv.as_ref()
    }

    /// The policy that decided.
    pub fn category(&self) -> Option<&Category> {
        self.trusted_forefront()?.category.as_ref()
    }

    /// The bulk complaint level.
    pub fn bcl(&self) -> Option<u8> {
        self.trusted_exchange()?;
        self.antispam.as_ref()?.bcl
    }

    /// Where the provider put the message.
    pub fn placement(&self) -> Option<Placement> {
        self.trusted_exchange()?;
        self.mailbox_delivery.as_ref()?.placement
    }

    /// What switched the native filter off, if anything did.
    pub fn bypass(&self) -> Option<Bypass> {
        Bypass::read(self)
    }

    /// What the native filter found.
    pub fn verdict(&self) -> NativeVerdict {
        NativeVerdict::read(self)
    }

    /// SPF, DKIM, DMARC and compauth as the receiving provider saw them.
    pub fn seen(&self) -> Option<Seen<'_>> {
        self.own_results().map(Seen::read)
    }

    /// The newest Authentication-Results of the receiving provider.
    fn own_results(&self) -> Option<&AuthenticationResults> {
        let mut newest = self.authentication_results.iter();
        match self.receiver {
            Receiver::Microsoft => {
                newest.find(|results| results.kind == Kind::Own && results.authserv_id.is_none())
            }
            Receiver::Google => newest.find(|results| is_google(results)),
            Receiver::Other => {
                newest.find(|results| results.kind == Kind::Own && self.is_by_receiver(results))
            }
        }
    }

    /// On a server of neither provider: above its own line, or signed with the name of a receiving host.
    fn is_by_receiver(&self, results: &AuthenticationResults) -> bool {
        let is_host = |host: &String| results.authserv_id.as_ref() == Some(host);
        results.depth == 0
            || (results.depth <= self.receiving_hosts.len() && self.receiving_hosts.iter().any(is_host))
    }

    /// Whether the tenant trusts the connecting host itself: IP allow list, or a rule or connector that skips the
    /// filter for what comes from there.
    pub(crate) fn is_connection_trusted(&self) -> bool {
        self.is_connection_allow_listed() || matches!(self.sfv(), Some(Sfv::Skn | Sfv::Ski))
    }

    /// Whether the connecting address is on the tenant's IP allow list.
    pub(crate) fn is_connection_allow_listed(&self) -> bool {
        self.trusted_forefront().is_some_and(|report| report.ipv == Some(Ipv::AllowList))
    }

    /// Whether Exchange took the message from an authenticated sender of its own organisation.
    pub(crate) fn is_internal(&self) -> bool {
        self.trusted_exchange()
            .is_some_and(|exchange| exchange.organization.auth_as == Some(AuthAs::Internal))
    }
}

fn is_google(results: &AuthenticationResults) -> bool {
    matches!(results.kind, Kind::Own | Kind::Arc(_)) && results.is_by("google.com")
}

fn push_bounded<T>(list: &mut Vec<T>, item: T) {
    if list.len() < FIELDS_MAX {
        list.push(item);
    }
}
