//! The organisation's or the recipient's own domain in the sender's name or the subject, from outside: "harbour.example
//! Helpdesk", "Password of tom@harbour.example expires".

use super::kit::*;

pub(super) const SIGNAL: Signal = Signal {
    name: "own-name-from-outside",
    about: "The sender's name shows the recipient's own domain, or the subject their address, and the sender is someone else.",
    read,
    examples: &[
        hit(
            "the domain as the sender",
            "From: harbour.example Helpdesk <x@evil.test>\nTo: tom.okafor@harbour.example\n\nHello",
        ),
        hit(
            "the address in the subject",
            "From: Helpdesk <x@evil.test>\nTo: tom.okafor@harbour.example\nSubject: tom.okafor@harbour.example password expires today\n\nHello",
        ),
        miss(
            "the domain's own sender",
            "From: harbour.example Helpdesk <help@harbour.example>\nTo: tom.okafor@harbour.example\n\nHello",
        ),
        miss(
            "the domain in a subject of someone else's",
            "From: ann@b.example\nTo: tom.okafor@harbour.example\nSubject: [harbour.example] minutes\n\nHello",
        ),
    ],
};

fn read(evidence: &Evidence) -> Reading {
    let Some(Writer { name, address }) = writer(evidence).filter(|_| is_inbound(evidence)) else {
        return Reading::Absent;
    };
    let message = &evidence.message;
    let recipients: Vec<&Address> =
        message.to.iter().chain(&message.cc).filter_map(|named| named.address.as_ref()).take(10).collect();
    let house = address.domain().organisational();
    let foreign = |domain: &&Domain| {
        domain.organisational() != house && domain.as_str().contains('.') && !tables::is_free_mail(domain)
    };
    let domains =
        recipients.iter().map(|recipient| recipient.domain()).chain(&evidence.setting.organisation.domains);
    let (name, subject) = (name.to_lowercase(), message.subject.to_lowercase());
    // Calendars name whom they invite.
    let is_invitation = message.attachments.iter().any(|attachment| attachment.kind == FileKind::Calendar);
    let mut sentences = Vec::new();
    if let Some(domain) =
        domains.filter(foreign).find(|domain| name.contains(domain.organisational().as_str()))
    {
        sentences.push(format!(
            "the sender name shows {} while the address is at {}",
            domain.organisational(),
            address.domain()
        ));
    }
    let is_named =
        |recipient: &&&Address| foreign(&recipient.domain()) && subject.contains(&recipient.to_string());
    if recipients.iter().find(is_named).is_some() && !is_reply(evidence) && !is_invitation {
        sentences.push("the subject shows the recipient's own address".to_owned());
    }
    told(sentences)
}
