//! The signals, one file each, listed by hand.

mod attachment_disk_image;
mod attachment_encrypted;
mod attachment_encrypted_with_password;
mod attachment_executable;
mod attachment_executable_in_archive;
mod attachment_file_disguised;
mod attachment_html_active;
mod attachment_html_smuggling;
mod attachment_macro;
mod attachment_remote_content;
mod attachment_with_lure_link;
mod authentication_fails_at_boundary;
mod authentication_lost_by_gateway;
mod bulk_mail;
mod colleague_name_from_outside;
mod date_far_off;
mod disguised_letters;
mod display_name_address;
mod display_name_brand;
mod dkim_fails;
mod dmarc_fails;
mod evasive_structure;
mod first_time_sender;
mod form_in_body;
mod gateway_in_path;
mod hidden_text;
mod internal_authenticated;
mod kit;
mod known_correspondent;
mod link_brand_elsewhere;
mod link_carries_recipient;
mod link_hidden_behind_redirects;
mod link_lookalike_host;
mod link_shown_differs;
mod link_to_free_host;
mod link_to_ip;
mod link_to_shortener;
mod link_written_to_deceive;
mod list_mail;
mod native_bulk;
mod native_bypassed;
mod native_clean;
mod native_malware;
mod native_phish;
mod native_phish_delivered;
mod native_spam;
mod native_spoof;
mod own_domain_forged;
mod own_name_from_outside;
mod person_safe_list;
mod picture_with_link;
mod reply_to_differs;
mod reply_to_free_mail;
mod role_name_from_free_mail;
mod sender_authenticated;
mod sender_default_tenant_domain;
mod sender_lookalike_of_brand;
mod sender_lookalike_of_own;
mod sender_well_known;
mod spf_fails;
mod text_advance_fee;
mod text_callback;
mod text_credential_ask;
mod text_extortion;
mod text_fake_notice;
mod text_gift_cards;
mod text_mailbox_expiry;
mod text_parcel;
mod text_payment_change;
mod text_prize;
mod text_unwanted_goods;
mod text_urgency_secrecy;
mod thread_forged;
mod thread_with_us;
mod undisclosed_recipients;
mod vip_name_from_outside;

pub mod example;

use crate::{Evidence, Question};

pub use example::{Example, Given, Reads};

/// One named fact.
#[derive(Clone, Copy, Debug)]
pub struct Signal {
    /// Stable, kebab case, unique.
    pub name: &'static str,
    /// One sentence for people: what it means when this is there.
    pub about: &'static str,
    pub read: fn(&Evidence) -> Reading,
    /// At least one message it is there for and one near it that it is not there for.
    pub examples: &'static [Example],
}

/// What a signal says of a message.
#[derive(Clone, Debug, PartialEq)]
pub enum Reading {
    Absent,
    /// It is so, and this is why: short sentences with the values that made it so.
    Present(Vec<String>),
    /// It depends on answers not there yet.
    Ask(Vec<Question>),
    /// It cannot be known, and why, in words for people.
    Unknown(String),
}

/// All signals, by name.
pub const ALL: &[Signal] = &[
    attachment_disk_image::SIGNAL,
    attachment_encrypted::SIGNAL,
    attachment_encrypted_with_password::SIGNAL,
    attachment_executable::SIGNAL,
    attachment_executable_in_archive::SIGNAL,
    attachment_file_disguised::SIGNAL,
    attachment_html_active::SIGNAL,
    attachment_html_smuggling::SIGNAL,
    attachment_macro::SIGNAL,
    attachment_remote_content::SIGNAL,
    attachment_with_lure_link::SIGNAL,
    authentication_fails_at_boundary::SIGNAL,
    authentication_lost_by_gateway::SIGNAL,
    bulk_mail::SIGNAL,
    colleague_name_from_outside::SIGNAL,
    date_far_off::SIGNAL,
    disguised_letters::SIGNAL,
    display_name_address::SIGNAL,
    display_name_brand::SIGNAL,
    dkim_fails::SIGNAL,
    dmarc_fails::SIGNAL,
    evasive_structure::SIGNAL,
    first_time_sender::SIGNAL,
    form_in_body::SIGNAL,
    gateway_in_path::SIGNAL,
    hidden_text::SIGNAL,
    internal_authenticated::SIGNAL,
    known_correspondent::SIGNAL,
    link_brand_elsewhere::SIGNAL,
    link_carries_recipient::SIGNAL,
    link_hidden_behind_redirects::SIGNAL,
    link_lookalike_host::SIGNAL,
    link_shown_differs::SIGNAL,
    link_to_free_host::SIGNAL,
    link_to_ip::SIGNAL,
    link_to_shortener::SIGNAL,
    link_written_to_deceive::SIGNAL,
    list_mail::SIGNAL,
    native_bulk::SIGNAL,
    native_bypassed::SIGNAL,
    native_clean::SIGNAL,
    native_malware::SIGNAL,
    native_phish::SIGNAL,
    native_phish_delivered::SIGNAL,
    native_spam::SIGNAL,
    native_spoof::SIGNAL,
    own_domain_forged::SIGNAL,
    own_name_from_outside::SIGNAL,
    person_safe_list::SIGNAL,
    picture_with_link::SIGNAL,
    reply_to_differs::SIGNAL,
    reply_to_free_mail::SIGNAL,
    role_name_from_free_mail::SIGNAL,
    sender_authenticated::SIGNAL,
    sender_default_tenant_domain::SIGNAL,
    sender_lookalike_of_brand::SIGNAL,
    sender_lookalike_of_own::SIGNAL,
    sender_well_known::SIGNAL,
    spf_fails::SIGNAL,
    text_advance_fee::SIGNAL,
    text_callback::SIGNAL,
    text_credential_ask::SIGNAL,
    text_extortion::SIGNAL,
    text_fake_notice::SIGNAL,
    text_gift_cards::SIGNAL,
    text_mailbox_expiry::SIGNAL,
    text_parcel::SIGNAL,
    text_payment_change::SIGNAL,
    text_prize::SIGNAL,
    text_unwanted_goods::SIGNAL,
    text_urgency_secrecy::SIGNAL,
    thread_forged::SIGNAL,
    thread_with_us::SIGNAL,
    undisclosed_recipients::SIGNAL,
    vip_name_from_outside::SIGNAL,
];
