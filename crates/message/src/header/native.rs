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
    /// How many of the newest hops in a row are the receiver's: what stands deeper came with the message.
    receiver_hops: usize,
}

impl Native {
    /// Gathers what stands in a header section; never fails.
    pub fn read(headers: &Headers) -> Self {
        let hops = route::hops(headers);
        let mut native = Self {
            receiver: route::receiver(&hops),
            receiver_hops: route::receiver_hops(&hops),
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
        let is_in_place = |results: &&AuthenticationResults| results.depth <= self.receiver_hops;
        let mut newest = self.authentication_results.iter().filter(is_in_place);
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
    pub fn is_internal(&self) -> bool {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::header::Outcome;

    const EDGE: (&str, &str) = (
        "Received",
        "from mx.a.example (192.0.2.1) by am0.mail.protection.outlook.com (10.1.1.1) with Microsoft SMTP Server id 15",
    );
    const PLAIN: (&str, &str) =
        ("Received", "from mx.a.example (mx.a.example [192.0.2.1]) by b.example with ESMTP");
    const REPORT: &str = "X-Forefront-Antispam-Report";
    const DELIVERY: &str = "X-Microsoft-Antispam-Mailbox-Delivery";

    fn read(fields: &[(&str, &str)]) -> Native {
        Native::read(&fields.iter().map(|(name, value)| (*name, *value)).collect())
    }

    #[test]
    fn the_verdict_is_one_word() {
        for (field, value, verdict) in [
            (REPORT, "SCL:1;SFV:NSPM;CAT:NONE;", "clean"),
            (REPORT, "SCL:5;SFV:SPM;CAT:SPM;", "spam"),
            (REPORT, "SCL:9;SFV:SPM;", "high-confidence-spam"),
            (REPORT, "SCL:6;SFV:SPM;CAT:BULK;SRV:BULK;", "bulk"),
            (REPORT, "SCL:8;SFV:SPM;CAT:HPHISH;", "high-confidence-phish"),
            (REPORT, "SCL:-1;SFV:SKN;CAT:HPHSH;", "high-confidence-phish"),
            (REPORT, "CAT:PHSH;", "phish"),
            (REPORT, "CAT:UIMP;SFV:NSPM;", "impersonation"),
            (REPORT, "CAT:SPOOF;", "spoof"),
            (REPORT, "CAT:MALW;", "malware"),
            (REPORT, "SCL:-1;SFV:SKN;CAT:NONE;", "unknown"),
            ("X-MS-Exchange-Organization-SCL", "6", "spam"),
            ("X-MS-Exchange-Organization-SCL", "1", "clean"),
            ("X-Forefront-Antispam-Report-Untrusted", "SCL:9;SFV:SPM;CAT:PHSH;", "unknown"),
        ] {
            assert_eq!(read(&[EDGE, (field, value)]).verdict().as_str(), verdict, "{value}");
            assert_eq!(
                read(&[PLAIN, (field, value)]).verdict().as_str(),
                "unknown",
                "of the sender's side: {value}"
            );
        }
    }

    #[test]
    fn what_switched_the_filter_off_is_told() {
        let internal = ("X-MS-Exchange-Organization-AuthAs", "Internal");
        for (fields, bypass) in [
            (vec![(REPORT, "SFV:NSPM;SCL:1;IPV:NLI")], None),
            (vec![(REPORT, "SFV:SPM;SCL:5")], None),
            (vec![(REPORT, "SFV:SKN;SCL:-1;IPV:CAL")], Some(Bypass::Rule)),
            (vec![(REPORT, "SFV:NSPM;IPV:CAL")], Some(Bypass::IpAllowList)),
            (vec![(REPORT, "SFV:SKI;DIR:INB")], Some(Bypass::IpAllowList)),
            (vec![(REPORT, "SFV:SKI;DIR:INT")], Some(Bypass::Internal)),
            (vec![(REPORT, "SFV:SKI;DIR:INB"), internal], Some(Bypass::Internal)),
            (vec![(REPORT, "SFV:SKA")], Some(Bypass::PolicyAllowedSender)),
            (vec![(REPORT, "SFV:SFE")], Some(Bypass::SafeSender)),
            (vec![(REPORT, "SFV:SKQ")], Some(Bypass::Released)),
            (vec![(DELIVERY, "wl:1;dest:I;OFR:TrustedSenderList;")], Some(Bypass::SafeSender)),
            (vec![(DELIVERY, "wl:1;dest:J;OFR:SpamFilterAuthJ;")], None),
            (vec![(DELIVERY, "abwl:1;dest:I;OFR:SenderInAddressBook;")], Some(Bypass::Contact)),
            (vec![(DELIVERY, "ucf:1;dest:C;OFR:CustomRules;")], Some(Bypass::PersonalRule)),
            (vec![("X-MS-Exchange-Organization-SCL", "-1")], Some(Bypass::Level)),
            (vec![("X-MS-Exchange-Organization-SCL", "-1"), internal], Some(Bypass::Internal)),
        ] {
            let all: Vec<_> = [EDGE].into_iter().chain(fields.iter().copied()).collect();
            assert_eq!(read(&all).bypass(), bypass, "{fields:?}");
        }
    }

    #[test]
    fn the_receivers_own_results_count() {
        let exchange =
            ("Authentication-Results", "spf=fail (sender IP is 192.0.2.1) smtp.mailfrom=a.example");
        let forged = ("Authentication-Results", "spf=pass (sender IP is 192.0.2.9) smtp.mailfrom=a.example");
        let seen = |fields: &[(&str, &str)]| read(fields).seen().and_then(|seen| seen.spf);
        assert_eq!(seen(&[exchange, EDGE, forged]), Some(Outcome::Fail), "the newest");
        assert_eq!(seen(&[EDGE, PLAIN, forged]), None, "came with the message");
        assert_eq!(seen(&[PLAIN, ("Authentication-Results", "b.example; spf=pass")]), Some(Outcome::Pass));
        assert_eq!(
            seen(&[PLAIN, ("Authentication-Results", "mx.google.com; spf=pass")]),
            None,
            "of somebody else"
        );
        let google = ("Received", "from a (a [192.0.2.1]) by mx.google.com with ESMTPS id 1");
        let sealed = ("ARC-Authentication-Results", "i=1; mx.google.com; spf=neutral");
        assert_eq!(
            seen(&[google, ("Authentication-Results", "a.example; spf=pass"), sealed]),
            Some(Outcome::Neutral)
        );
    }
}
