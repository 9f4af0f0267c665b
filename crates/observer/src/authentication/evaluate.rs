//! The three checks, one after the other where they need each other, and their results in the words of RFC 8601.

use std::net::IpAddr;

use jiff::Timestamp;
use mail_auth::dkim::{Canonicalization, DkimError, Signature};
use mail_auth::dmarc::verify::DmarcParameters;
use mail_auth::spf::verify::SpfParameters;
use mail_auth::{AuthenticatedMessage, DkimOutput, DkimResult, DmarcResult, SpfOutput, SpfResult};
use message::{Address, Domain};
use signal::Question;
use signal::observation::{AuthResult, Authentication};
use tokio::time::timeout;

use super::relaxed::without_blank_last_lines;
use super::{Resolver, Source, bounds};

/// Who connected at the boundary, and what they claimed.
#[derive(Debug)]
pub(super) struct Envelope {
    ip: Option<IpAddr>,
    helo: String,
    mail_from: Option<Address>,
    header_from: Option<Domain>,
}

impl Envelope {
    /// `None` for other questions.
    pub(super) fn of(question: &Question) -> Option<Self> {
        match question {
            Question::Authentication { ip, helo, mail_from, header_from } => Some(Self {
                ip: *ip,
                helo: helo.clone(),
                mail_from: mail_from.clone(),
                header_from: header_from.clone(),
            }),
            Question::Correspondence { .. } => None,
        }
    }

    /// What SPF speaks for: the domain of the envelope sender, of the greeting for the null sender (RFC 7208 §2.4).
    fn spf_domain(&self) -> &str {
        self.mail_from.as_ref().map_or(&self.helo, |address| address.domain().as_str())
    }
}

/// All three, or why the message cannot be looked at.
pub(super) async fn evaluate(
    resolver: &Resolver,
    source: Source,
    envelope: &Envelope,
    bytes: &[u8],
    as_of: Timestamp,
) -> Result<Authentication, String> {
    let bytes = bounds::limit(bytes).ok_or("the header section is larger than mail servers take")?;
    let message = read(&bytes, envelope, as_of);
    let cut = without_blank_last_lines(&bytes, message.body_offset());
    let cut = cut.as_deref().map(|bytes| relaxed_only(read(bytes, envelope, as_of)));

    let (spf, dkim) =
        tokio::join!(check_spf(resolver, envelope), check_dkim(resolver, &message, cut.as_ref()));
    let dmarc = check_dmarc(resolver, envelope, &message, &spf, dkim.as_deref()).await;
    Ok(Authentication {
        spf: spf_word(spf.result()),
        dkim: dkim.as_deref().map_or(AuthResult::TempError, |outputs| dkim_word(&message, outputs)),
        dmarc,
        dkim_domains: signers(dkim.as_deref().unwrap_or_default()),
        rebuilt: source == Source::Rebuilt,
    })
}

/// The message as the library reads it, with the author the question names and signatures as old as `as_of` makes them.
fn read<'x>(bytes: &'x [u8], envelope: &Envelope, as_of: Timestamp) -> AuthenticatedMessage<'x> {
    // Not strict: a signature over part of the body (`l=`) is a signature, as providers see it.
    let mut message = AuthenticatedMessage::parse_with_opts(bytes, None, false).unwrap_or_default();
    message.from = envelope.header_from.iter().map(|domain| format!("author@{domain}")).collect();
    message.has_dkim_errors |= message.dkim_headers.iter().any(|header| names_too_many(&header.header));
    message.dkim_headers.retain(|header| !names_too_many(&header.header));
    for header in &mut message.dkim_headers {
        header.header.x = expiry(header.header.t, header.header.x, as_of);
    }
    message
}

fn names_too_many(signature: &Signature) -> bool {
    signature.h.len() > bounds::SIGNED_FIELDS_MAX
}

/// The library compares the expiry with the wall clock; we say beforehand how it compares with `as_of`: 0 never ends, 1
/// ended long ago.
fn expiry(signed: u64, expires: u64, as_of: Timestamp) -> u64 {
    let now = u64::try_from(as_of.as_second()).unwrap_or(0);
    if expires == 0 || (expires > signed && expires > now) { 0 } else { 1 }
}

fn relaxed_only(mut message: AuthenticatedMessage<'_>) -> AuthenticatedMessage<'_> {
    message.dkim_headers.retain(|header| header.header.cb == Canonicalization::Relaxed);
    message
}

/// Without the client's address it cannot be known, which is `temperror`: never a "no".
async fn check_spf(resolver: &Resolver, envelope: &Envelope) -> SpfOutput {
    let domain = envelope.spf_domain();
    let unknown = || SpfOutput::new(domain.to_owned()).with_result(SpfResult::TempError);
    let Some(ip) = envelope.ip else { return unknown() };
    let sender = envelope.mail_from.as_ref().map(Address::to_string);
    let check = match &sender {
        Some(sender) => SpfParameters::verify_mail_from(ip, &envelope.helo, &envelope.helo, sender),
        None => SpfParameters::verify_ehlo(ip, &envelope.helo, &envelope.helo),
    };
    let checked =
        timeout(bounds::CHECK, resolver.authenticator().verify_spf(resolver.parameters(check))).await;
    checked.unwrap_or_else(|_elapsed| unknown())
}

/// One output a signature; `None` when time ran out. `cut` is the same message for the quirk that
/// [`super::relaxed`] tells of.
async fn check_dkim<'x>(
    resolver: &'x Resolver,
    message: &'x AuthenticatedMessage<'x>,
    cut: Option<&'x AuthenticatedMessage<'x>>,
) -> Option<Vec<DkimOutput<'x>>> {
    let verify = async {
        let mut outputs = resolver.authenticator().verify_dkim(resolver.parameters(message)).await;
        if let Some(cut) = cut
            && outputs.iter().any(failed_by_quirk)
        {
            let again = resolver.authenticator().verify_dkim(resolver.parameters(cut)).await;
            outputs.extend(again.into_iter().filter(|output| *output.result() == DkimResult::Pass));
        }
        outputs
    };
    timeout(bounds::CHECK, verify).await.ok()
}

fn failed_by_quirk(output: &DkimOutput<'_>) -> bool {
    let relaxed = output.signature().is_some_and(|signature| signature.cb == Canonicalization::Relaxed);
    relaxed && is_body_hash(output.result())
}

fn is_body_hash(result: &DkimResult) -> bool {
    matches!(result, DkimResult::Neutral(mail_auth::Error::Dkim(DkimError::FailedBodyHashMatch)))
}

/// `fail` needs both others to be known.
async fn check_dmarc(
    resolver: &Resolver,
    envelope: &Envelope,
    message: &AuthenticatedMessage<'_>,
    spf: &SpfOutput,
    dkim: Option<&[DkimOutput<'_>]>,
) -> AuthResult {
    let check = DmarcParameters::new(message, dkim.unwrap_or_default(), envelope.spf_domain(), spf);
    let checked =
        timeout(bounds::CHECK, resolver.authenticator().verify_dmarc(resolver.parameters(check))).await;
    match checked.map(|output| output.result()) {
        Ok(DmarcResult::Fail(_)) if dkim.is_none() => AuthResult::TempError,
        Ok(result) => dmarc_word(&result),
        Err(_elapsed) => AuthResult::TempError,
    }
}

fn spf_word(result: SpfResult) -> AuthResult {
    match result {
        SpfResult::Pass => AuthResult::Pass,
        SpfResult::Fail => AuthResult::Fail,
        SpfResult::SoftFail => AuthResult::SoftFail,
        SpfResult::Neutral => AuthResult::Neutral,
        SpfResult::TempError => AuthResult::TempError,
        SpfResult::PermError => AuthResult::PermError,
        SpfResult::None => AuthResult::None,
    }
}

fn dmarc_word(result: &DmarcResult) -> AuthResult {
    match result {
        DmarcResult::Pass => AuthResult::Pass,
        DmarcResult::Fail(_) => AuthResult::Fail,
        DmarcResult::TempError(_) => AuthResult::TempError,
        DmarcResult::PermError(_) => AuthResult::PermError,
        DmarcResult::None => AuthResult::None,
    }
}

/// The best of all signatures (RFC 6376 §6.1: one that verifies is enough). What may yet verify comes before what cannot;
/// signatures that could not be read are `neutral` (RFC 8601 §2.7.1).
fn dkim_word(message: &AuthenticatedMessage<'_>, outputs: &[DkimOutput<'_>]) -> AuthResult {
    const BEST_FIRST: [AuthResult; 5] = [
        AuthResult::Pass,
        AuthResult::TempError,
        AuthResult::Fail,
        AuthResult::PermError,
        AuthResult::Neutral,
    ];
    let words: Vec<AuthResult> = outputs.iter().map(|output| signature_word(output.result())).collect();
    let otherwise = if message.has_dkim_errors { AuthResult::Neutral } else { AuthResult::None };
    BEST_FIRST.into_iter().find(|word| words.contains(word)).unwrap_or(otherwise)
}

fn signature_word(result: &DkimResult) -> AuthResult {
    match result {
        DkimResult::Pass => AuthResult::Pass,
        // The library calls a wrong body hash and an expired signature neutral; for RFC 8601 §2.7.1 they did not verify.
        DkimResult::Neutral(mail_auth::Error::Dkim(
            DkimError::FailedBodyHashMatch | DkimError::SignatureExpired,
        )) => AuthResult::Fail,
        DkimResult::Neutral(_) => AuthResult::Neutral,
        DkimResult::Fail(_) => AuthResult::Fail,
        DkimResult::PermError(_) => AuthResult::PermError,
        DkimResult::TempError(_) => AuthResult::TempError,
        DkimResult::None => AuthResult::None,
    }
}

/// Domains whose signature verified, each once, in the order of their signatures.
fn signers(outputs: &[DkimOutput<'_>]) -> Vec<String> {
    let mut domains = Vec::new();
    for output in outputs.iter().filter(|output| *output.result() == DkimResult::Pass) {
        let domain = output.signature().map(|signature| signature.d.to_lowercase());
        domains.extend(domain.filter(|domain| !domains.contains(domain)));
    }
    domains
}
