//! What the signals have in common: the ways of saying what was found, and the questions many of them put to a message.

use std::sync::LazyLock;

pub(super) use message::header::{Outcome, Seen};
pub(super) use message::{Address, Attachment, Direction, Domain, FileKind, Link};

pub(super) use super::example::{Given, Reads, hit, miss};
pub(super) use super::{Reading, Signal};
pub(super) use crate::observation::{AuthResult, Authentication};
pub(super) use crate::phrases::Phrases;
pub(super) use crate::tables;
pub(super) use crate::{Correspondence, Evidence, Folder, Observation, Question};

/// Sentences told for one signal.
pub(super) const TOLD_MAX: usize = 5;

/// Characters quoted from a message in one sentence.
const QUOTED_CHARS_MAX: usize = 80;

/// Present when there is something to tell.
pub(super) fn told(mut evidence: Vec<String>) -> Reading {
    evidence.dedup();
    evidence.truncate(TOLD_MAX);
    if evidence.is_empty() { Reading::Absent } else { Reading::Present(evidence) }
}

/// Present with one sentence, or absent.
pub(super) fn told_once(evidence: Option<String>) -> Reading {
    told(evidence.into_iter().collect())
}

/// Mail text for a sentence: one line, cut, without control and invisible characters.
pub(super) fn quoted(text: &str) -> String {
    let visible =
        text.chars().filter(|&character| !character.is_control() && !crate::words::is_invisible(character));
    let mut quoted: String = visible.take(QUOTED_CHARS_MAX + 1).collect();
    if quoted.chars().count() > QUOTED_CHARS_MAX {
        quoted = quoted.chars().take(QUOTED_CHARS_MAX).chain(['…']).collect();
    }
    format!("“{}”", quoted.trim())
}

/// Whether the message came from outside.
pub(super) fn is_inbound(evidence: &Evidence) -> bool {
    evidence.direction == Direction::Inbound
}

/// Whether a mailing list sent it on (RFC 2919).
pub(super) fn is_list_mail(evidence: &Evidence) -> bool {
    evidence.message.headers.has("List-Id") || evidence.message.headers.has("List-Post")
}

/// Whether it claims to answer earlier mail (RFC 5322 §3.6.4).
pub(super) fn is_reply(evidence: &Evidence) -> bool {
    !evidence.message.in_reply_to.is_empty() || !evidence.message.references.is_empty()
}

/// Who wrote it, as a reader sees it.
pub(super) struct Writer<'a> {
    pub name: &'a str,
    pub address: &'a Address,
}

/// The first author; of mail that a list sent on in its own name (`Ann via Talk`), the author it names and answers go to.
pub(super) fn writer(evidence: &Evidence) -> Option<Writer<'_>> {
    let author = evidence.author()?;
    match author.name.find(" via ") {
        None => Some(Writer { name: &author.name, address: author.address.as_ref()? }),
        Some(end) => {
            let mut replies = evidence.message.reply_to.iter().filter_map(|named| named.address.as_ref());
            let house = author.address.as_ref()?.domain();
            let address = replies.find(|reply| reply.domain() != house)?;
            Some(Writer { name: &author.name[..end], address })
        }
    }
}

/// Links a person follows by clicking, to the web.
pub(super) fn clicked(evidence: &Evidence) -> impl Iterator<Item = &Link> {
    evidence
        .message
        .links
        .iter()
        .filter(|link| link.is_clicked() && matches!(link.scheme(), "http" | "https"))
}

/// Sentences about the links that `tell` has one for.
pub(super) fn links_told(evidence: &Evidence, tell: impl Fn(&Link) -> Option<String>) -> Reading {
    let mut sentences = Vec::new();
    for sentence in clicked(evidence).filter_map(tell) {
        if !sentences.contains(&sentence) {
            sentences.push(sentence);
        }
        if sentences.len() == TOLD_MAX {
            break;
        }
    }
    told(sentences)
}

/// Sentences about the attachments that `tell` has one for.
pub(super) fn attachments_told(evidence: &Evidence, tell: impl Fn(&Attachment) -> Option<String>) -> Reading {
    told(evidence.message.attachments.iter().filter_map(tell).take(TOLD_MAX).collect())
}

/// How an attachment is called in sentences.
pub(super) fn file(name: &str) -> String {
    if name.trim().is_empty() { "an unnamed attachment".to_owned() } else { quoted(name) }
}

/// The last extension of a file name, lower case.
pub(super) fn extension(name: &str) -> Option<String> {
    let (stem, extension) = name.trim().rsplit_once('.')?;
    (!stem.is_empty() && extension.len() <= 10).then(|| extension.to_lowercase())
}

/// Present when the message says one of `phrases`.
pub(super) fn lure(evidence: &Evidence, phrases: &LazyLock<Phrases>) -> Reading {
    let said = evidence.words.of(&evidence.message);
    told(phrases.find(said, 3).iter().map(|phrase| format!("it says {}", quoted(phrase))).collect())
}

/// What authentication says of the author, by the provider or at the boundary.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// The author's domain stands for the message.
    Authenticated,
    NotAuthenticated,
    /// Nobody whom we believe says either.
    Unknown,
}

/// How the author stands: by what was found at the boundary where that is known, else as the provider saw it.
pub(super) fn standing(evidence: &Evidence) -> Standing {
    if let Some(found) = boundary_answer(evidence) {
        return match found.dmarc {
            AuthResult::Pass => Standing::Authenticated,
            AuthResult::TempError | AuthResult::PermError => Standing::Unknown,
            AuthResult::Fail | AuthResult::SoftFail | AuthResult::Neutral | AuthResult::None => {
                Standing::NotAuthenticated
            }
        };
    }
    let Some(seen) = evidence.message.native.seen() else { return Standing::Unknown };
    if is_aligned(evidence, &seen) { Standing::Authenticated } else { Standing::NotAuthenticated }
}

/// Whether DMARC passed, or SPF or DKIM passed for the author's organisation (what DMARC would have said).
fn is_aligned(evidence: &Evidence, seen: &Seen<'_>) -> bool {
    if matches!(seen.dmarc, Some(Outcome::Pass | Outcome::BestGuessPass)) {
        return true;
    }
    let Some(author) = evidence.author_address() else { return false };
    let house = author.domain().organisational();
    let spf_aligned = seen.spf == Some(Outcome::Pass)
        && seen.spf_domain.as_ref().is_some_and(|domain| domain.organisational() == house);
    spf_aligned || seen.dkim_domains.iter().any(|domain| domain.organisational() == house)
}

/// The gateway in front that keeps the sender's address from the provider.
pub(super) fn hiding_gateway(evidence: &Evidence) -> Option<message::route::Gateway> {
    let looked_behind = evidence.message.native.exchange.external_original_sender.is_some();
    evidence.route.in_front().next().map(|passage| passage.gateway).filter(|_| !looked_behind)
}

/// What to ask to learn how SPF, DKIM and DMARC come out at the true boundary; `None` when the sending host is not
/// known.
pub(super) fn boundary_question(evidence: &Evidence) -> Option<Question> {
    let origin = evidence.route.origin.as_ref()?;
    Some(Question::Authentication {
        ip: Some(origin.ip),
        helo: origin.helo.clone().or_else(|| origin.reverse.clone()).unwrap_or_default(),
        mail_from: evidence.message.return_path.clone(),
        header_from: evidence.author_address().map(|author| author.domain().clone()),
    })
}

/// The answer to [`boundary_question`], when there is one.
pub(super) fn boundary_answer(evidence: &Evidence) -> Option<&Authentication> {
    match evidence.observations.find(&boundary_question(evidence)?)? {
        Observation::Authentication(found) => Some(found),
        Observation::Correspondence(_) | Observation::Unavailable(_) => None,
    }
}

/// What was exchanged with the author before, or the reading that says why that is not known.
pub(super) fn correspondence(evidence: &Evidence) -> Result<&Correspondence, Reading> {
    let Some(address) = evidence.author_address() else {
        return Err(Reading::Unknown("the message has no author address".into()));
    };
    let question = Question::Correspondence { address: address.clone() };
    match evidence.observations.find(&question) {
        None => Err(Reading::Ask(vec![question])),
        Some(Observation::Correspondence(found)) => Ok(found),
        Some(Observation::Unavailable(why)) => Err(Reading::Unknown(why.to_string())),
        Some(Observation::Authentication(_)) => {
            Err(Reading::Unknown("the answer is to another question".into()))
        }
    }
}

/// A message that Exchange Online took in, for examples: its `Received` field in front of the rest.
macro_rules! exchange {
    ($($rest:literal),+ $(,)?) => {
        concat!(
            "Received: from mail.sender.example (192.0.2.7) by DB5EUR01FT010.mail.protection.outlook.com (10.152.4.1)",
            " with Microsoft SMTP Server (version=TLS1_3, cipher=TLS_AES_256_GCM_SHA384) id 15.20.9275.9;",
            " Mon, 3 Nov 2025 08:00:00 +0000\n",
            $($rest),+
        )
    };
}

/// The same behind a Mimecast gateway, which hides the sender's address; Exchange's own stamps come first, where it puts
/// them: above the gateway's `Received` field.
macro_rules! behind_mimecast {
    ($rest:literal) => {
        behind_mimecast!("", $rest)
    };
    ($stamps:literal, $rest:literal) => {
        concat!(
            "Received: from eu-smtp-delivery-1.mimecast.com (170.10.133.124) by DB5EUR01FT010.mail.protection.outlook.com",
            " (10.152.4.1) with Microsoft SMTP Server (version=TLS1_3, cipher=TLS_AES_256_GCM_SHA384) id 15.20.9275.9;",
            " Mon, 3 Nov 2025 08:00:02 +0000\n",
            "X-Forefront-Antispam-Report: CIP:170.10.133.124;SCL:-1;SFV:SKN;PTR:eu-smtp-delivery-1.mimecast.com;DIR:INB;\n",
            $stamps,
            "Received: from mail.sender.example (mail.sender.example [192.0.2.7]) by relay.mimecast.com with ESMTP",
            " id uk-mta-1-AAAA-1; Mon, 3 Nov 2025 08:00:00 +0000\n",
            $rest
        )
    };
}

pub(super) use {behind_mimecast, exchange};
