//! The mail flow: from the SMTP edge, the control API or a person's outbox into mailboxes.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use crate::id::{FolderKey, IdForm, ItemKey};
use crate::mailbox::{Actor, Mailbox, Marks, NewItem};
use crate::mime::{self, Envelope};
use crate::rules::{self, Outcome};
use crate::stamp::{self, Mode, Transit};
use crate::well_known;
use crate::world::{Outbound, Trace, World};

/// A mail on the doorstep.
#[derive(Clone, Debug)]
pub(crate) struct Arrival {
    /// Envelope sender, empty for the null sender.
    pub(crate) from: String,
    pub(crate) to: Vec<String>,
    pub(crate) bytes: Vec<u8>,
    pub(crate) client_ip: IpAddr,
    pub(crate) helo: String,
    /// Overrides the control field in the message.
    pub(crate) verdict: Option<String>,
    /// Backdates the delivery, for seeding a past.
    pub(crate) received: Option<Timestamp>,
}

impl Default for Arrival {
    fn default() -> Self {
        Self {
            from: String::new(),
            to: Vec::new(),
            bytes: Vec::new(),
            client_ip: IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)),
            helo: "mail.sender.example".to_owned(),
            verdict: None,
            received: None,
        }
    }
}

/// One filed copy.
#[derive(Clone, Debug)]
pub(crate) struct Filed {
    pub(crate) recipient: String,
    pub(crate) mailbox: Uuid,
    pub(crate) item: ItemKey,
    pub(crate) folder: FolderKey,
    pub(crate) rest_id: String,
    pub(crate) immutable_id: String,
}

/// One message on its way to mailboxes, stamped.
struct Parcel<'a> {
    bytes: Arc<[u8]>,
    envelope: Arc<Envelope>,
    junk: bool,
    received: Timestamp,
    sender: &'a str,
    client_ip: String,
}

impl World {
    /// Delivers a mail from outside. Unknown recipients are left out of the answer.
    pub(crate) fn deliver(&self, arrival: Arrival) -> Vec<Filed> {
        let (bytes, control) = stamp::without_control(&arrival.bytes);
        let control = arrival.verdict.clone().or(control);
        let envelope = mime::envelope(&bytes);
        let received = arrival.received.unwrap_or_else(|| self.now());
        let (bytes, junk) = match stamp::mode(control.as_deref(), &envelope) {
            Mode::Keep => (bytes, stamp::kept_is_junk(&envelope)),
            Mode::Stamp(verdict) => {
                let transit = self.transit(&arrival, &envelope, received);
                (stamp::inbound(&bytes, &verdict, &transit), verdict.is_junk())
            }
        };
        self.counters.one("mail.delivered");
        let parcel = Parcel {
            envelope: Arc::new(mime::envelope(&bytes)),
            bytes: bytes.into(),
            junk,
            received,
            sender: &arrival.from,
            client_ip: arrival.client_ip.to_string(),
        };
        self.file_all(&parcel, &arrival.to)
    }

    fn transit<'a>(&self, arrival: &'a Arrival, envelope: &'a Envelope, at: Timestamp) -> Transit<'a> {
        let from = envelope.from.as_ref().map_or("", |from| from.address.as_str());
        Transit {
            tenant: self.settings.id,
            network_message_id: self.network_message_id(),
            client_ip: arrival.client_ip,
            helo: &arrival.helo,
            mail_from: &arrival.from,
            from_domain: from.rsplit_once('@').map_or("", |(_, domain)| domain),
            at,
        }
    }

    fn network_message_id(&self) -> Uuid {
        Uuid::from_u64_pair(self.faults.number(), self.faults.number())
    }

    /// Sends a person's mail: a copy into Sent Items, internal copies delivered, the rest leaves the organisation.
    pub(crate) fn send(&self, sender: Uuid, bytes: &[u8], save: bool, by: Actor) -> Option<Vec<Filed>> {
        let address = self.directory(|people| people.person(sender).map(|person| person.address.clone()))?;
        let now = self.now();
        let envelope = mime::envelope(bytes);
        if save {
            let sent = NewItem {
                key: self.next_item(),
                folder: well_known::SENT,
                bytes: bytes.into(),
                envelope: Arc::new(envelope.clone()),
                received: now,
                is_draft: false,
                marks: Marks { is_read: true, ..Marks::new(envelope.importance) },
                readable_at: None,
            };
            self.change(sender, |mailbox| mailbox.add(sent, by, now))?;
        }
        let everyone =
            envelope.to.iter().chain(&envelope.cc).chain(&envelope.bcc).map(|to| to.address.clone());
        let (inside, outside): (Vec<String>, Vec<String>) =
            everyone.partition(|address| self.is_own(address));
        if !outside.is_empty() {
            self.counters.one("mail.sent_outside");
            let left =
                Outbound { at: now, from: address.clone(), to: outside, bytes: without_bcc(bytes).into() };
            self.outbound().push(left);
        }
        let transit = Transit {
            tenant: self.settings.id,
            network_message_id: self.network_message_id(),
            client_ip: IpAddr::V4(Ipv4Addr::LOCALHOST),
            helo: "",
            mail_from: &address,
            from_domain: "",
            at: now,
        };
        let stamped: Arc<[u8]> = stamp::internal(&without_bcc(bytes), &transit).into();
        self.counters.one("mail.internal");
        let parcel = Parcel {
            envelope: Arc::new(mime::envelope(&stamped)),
            bytes: stamped,
            junk: false,
            received: now,
            sender: &address,
            client_ip: String::new(),
        };
        Some(self.file_all(&parcel, &inside))
    }

    /// Whether an address belongs to one of the accepted domains.
    pub(crate) fn is_own(&self, address: &str) -> bool {
        let domain = address.rsplit_once('@').map_or("", |(_, domain)| domain);
        self.settings.domains.iter().any(|own| own.eq_ignore_ascii_case(domain))
    }

    /// The mailbox behind an address of the organisation.
    pub(crate) fn recipient(&self, address: &str) -> Option<Uuid> {
        let id = self.directory(|people| people.find(address).map(|person| person.id))?;
        self.has_mailbox(id).then_some(id)
    }

    fn file_all(&self, parcel: &Parcel<'_>, recipients: &[String]) -> Vec<Filed> {
        let mut filed = Vec::new();
        for recipient in recipients {
            let Some(mailbox) = self.recipient(recipient) else { continue };
            if filed.iter().any(|copy: &Filed| copy.mailbox == mailbox) {
                continue;
            }
            filed.extend(self.file(parcel, recipient, mailbox));
        }
        filed
    }

    fn file(&self, parcel: &Parcel<'_>, recipient: &str, owner: Uuid) -> Option<Filed> {
        let now = self.now();
        let readable_at =
            self.faults.unreadable().map(|after| now + SignedDuration::try_from(after).unwrap_or_default());
        let key = self.next_item();
        let (filed, outcome) = self.change(owner, |mailbox| {
            let outcome = match parcel.junk {
                true => Outcome::default(),
                false => rules::run(&mailbox.rules, &parcel.envelope, parcel.bytes.len()),
            };
            let folder = destination(mailbox, parcel.junk, &outcome);
            let mut marks = Marks::new(parcel.envelope.importance);
            outcome.apply_marks(&mut marks);
            let by = if outcome.matched { Actor::Rule } else { Actor::Edge };
            let new = |key, folder| NewItem {
                key,
                folder,
                bytes: Arc::clone(&parcel.bytes),
                envelope: Arc::clone(&parcel.envelope),
                received: parcel.received,
                is_draft: false,
                marks: marks.clone(),
                readable_at,
            };
            mailbox.add(new(key, folder), by, now);
            for copy_to in &outcome.copy_to {
                if let Some(folder) = mailbox.resolve_folder(copy_to) {
                    mailbox.add(new(self.next_item(), folder), Actor::Rule, now);
                }
            }
            let item = mailbox.item(key)?;
            let filed = Filed {
                recipient: recipient.to_owned(),
                mailbox: owner,
                item: key,
                folder,
                rest_id: mailbox.id_of(item, IdForm::Rest),
                immutable_id: mailbox.id_of(item, IdForm::Immutable),
            };
            Some((filed, outcome))
        })??;
        self.after_filing(parcel, recipient, &outcome);
        Some(filed)
    }

    /// Forwarding by rule, and the line in the message trace.
    fn after_filing(&self, parcel: &Parcel<'_>, recipient: &str, outcome: &Outcome) {
        if !outcome.forward_to.is_empty() {
            let forwarded = Outbound {
                at: parcel.received,
                from: recipient.to_owned(),
                to: outcome.forward_to.clone(),
                bytes: Arc::clone(&parcel.bytes),
            };
            self.outbound().push(forwarded);
        }
        let trace = Trace {
            id: Uuid::new_v4(),
            at: parcel.received,
            message_id: parcel.envelope.message_id.clone(),
            sender: parcel.sender.to_owned(),
            recipient: recipient.to_lowercase(),
            from_ip: parcel.client_ip.clone(),
            subject: parcel.envelope.subject.clone(),
            size: parcel.bytes.len(),
            status: if parcel.junk { "filteredAsSpam" } else { "delivered" },
        };
        self.traces().push(trace);
    }
}

/// Junk goes to Junk Email before any rule; rules decide over the rest.
fn destination(mailbox: &Mailbox, junk: bool, outcome: &Outcome) -> FolderKey {
    match &outcome.move_to {
        _ if junk => well_known::JUNK,
        _ if outcome.permanent_delete => well_known::PURGES,
        _ if outcome.delete => well_known::DELETED,
        Some(folder) => mailbox.resolve_folder(folder).unwrap_or(well_known::INBOX),
        None => well_known::INBOX,
    }
}

/// What recipients get: nobody sees Bcc.
fn without_bcc(bytes: &[u8]) -> Vec<u8> {
    stamp::without_field(bytes, "Bcc")
}
