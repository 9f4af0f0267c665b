//! The words and shapes every page shares: how a verdict, a place, a time or a size is shown.

use jiff::{SignedDuration, Timestamp};
use message::Direction;
use store::{Delivery, DeliveryRow};
use verdict::{Action, FolderRole, Verdict};

use crate::actions::CopyName;
use crate::assets;
use crate::desk::Console;
use crate::mailboxes::{Mailboxes, mailboxes};
use crate::refusal::Refusal;
use crate::session::{Session, Theme};

/// The pages of the navigation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Here {
    Overview,
    Messages,
    Quarantine,
    Health,
    Audit,
}

/// What just happened, with the copies whose last action can be taken back.
pub(crate) struct Note {
    pub(crate) text: String,
    pub(crate) undo: Vec<String>,
}

/// What surrounds every page of someone signed in.
pub(crate) struct Frame {
    pub(crate) title: String,
    pub(crate) here: Here,
    pub(crate) account: String,
    pub(crate) csrf: String,
    pub(crate) theme: Theme,
    pub(crate) stamp: &'static str,
    /// What just happened, after a form was sent.
    pub(crate) note: Option<Note>,
    /// What stands in the search field.
    pub(crate) searched: String,
    /// Where the page gets word of changes from.
    pub(crate) live: Option<String>,
}

impl Frame {
    pub(crate) fn new(session: &Session, here: Here, title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            here,
            account: session.account.clone(),
            csrf: session.csrf.clone(),
            theme: session.theme,
            stamp: assets::stamp(),
            note: None,
            searched: String::new(),
            live: None,
        }
    }

    pub(crate) fn noting(self, note: Option<Note>) -> Self {
        Self { note, ..self }
    }

    pub(crate) fn live(self, address: String) -> Self {
        Self { live: Some(address), ..self }
    }

    pub(crate) fn searching(self, searched: &str) -> Self {
        Self { searched: searched.to_owned(), ..self }
    }

    /// The page to come back to after undoing from the note.
    pub(crate) fn path(&self) -> &'static str {
        match self.here {
            Here::Overview => "/",
            Here::Messages => "/messages",
            Here::Quarantine => "/quarantine",
            Here::Health => "/health",
            Here::Audit => "/audit",
        }
    }

    /// `aria-current` of a link of the navigation.
    pub(crate) fn at(&self, page: &str) -> &'static str {
        let here = match self.here {
            Here::Overview => "overview",
            Here::Messages => "messages",
            Here::Quarantine => "quarantine",
            Here::Health => "health",
            Here::Audit => "audit",
        };
        if here == page { "page" } else { "false" }
    }
}

/// Every verdict, worst first: the order of legends and filters.
pub(crate) const VERDICTS: [Verdict; 7] = [
    Verdict::Malware,
    Verdict::Phishing,
    Verdict::Impersonation,
    Verdict::Suspicious,
    Verdict::Spam,
    Verdict::Graymail,
    Verdict::Clean,
];

/// The word for people.
pub(crate) fn verdict_label(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Clean => "Clean",
        Verdict::Graymail => "Graymail",
        Verdict::Spam => "Spam",
        Verdict::Suspicious => "Suspicious",
        Verdict::Impersonation => "Impersonation",
        Verdict::Phishing => "Phishing",
        Verdict::Malware => "Malware",
    }
}

/// Whether it can do harm, rather than be a nuisance.
pub(crate) fn is_threat(verdict: Verdict) -> bool {
    match verdict {
        Verdict::Suspicious | Verdict::Impersonation | Verdict::Phishing | Verdict::Malware => true,
        Verdict::Clean | Verdict::Graymail | Verdict::Spam => false,
    }
}

/// A verdict as a coloured word; `waiting` before there is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Chip {
    pub(crate) class: &'static str,
    pub(crate) label: &'static str,
}

pub(crate) fn chip(verdict: Option<Verdict>) -> Chip {
    match verdict {
        Some(verdict) => Chip { class: verdict.as_str(), label: verdict_label(verdict) },
        None => Chip { class: "waiting", label: "Waiting" },
    }
}

pub(crate) const DIRECTIONS: [Direction; 3] = [Direction::Inbound, Direction::Outbound, Direction::Internal];

pub(crate) fn direction_label(direction: Direction) -> &'static str {
    match direction {
        Direction::Inbound => "Inbound",
        Direction::Outbound => "Outbound",
        Direction::Internal => "Internal",
    }
}

/// Where a copy is, in a word.
pub(crate) fn place_label(place: &verdict::Place) -> &'static str {
    if place.quarantined {
        return "Quarantine";
    }
    match place.role {
        FolderRole::Inbox => "Inbox",
        FolderRole::Junk => "Junk",
        FolderRole::Sent => "Sent",
        FolderRole::Drafts => "Drafts",
        FolderRole::Deleted => "Deleted items",
        FolderRole::Archive => "Archive",
        FolderRole::Other => "Another folder",
    }
}

/// An action, as a sentence about a copy.
pub(crate) fn action_label(action: &Action) -> String {
    match action {
        Action::Deliver => "leave where it is".into(),
        Action::Quarantine => "move to quarantine".into(),
        Action::Junk => "move to junk".into(),
        Action::Mark(mark) => format!("mark “{mark}”"),
        Action::Restore => "put back".into(),
        Action::Unmark(mark) => format!("take off the mark “{mark}”"),
    }
}

/// A moment: exact for machines and tooltips, roughly how long ago for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Moment {
    pub(crate) iso: String,
    pub(crate) full: String,
    pub(crate) ago: String,
}

pub(crate) fn moment(at: Timestamp, now: Timestamp) -> Moment {
    Moment {
        iso: at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        full: at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string(),
        ago: ago(now.duration_since(at), at),
    }
}

fn ago(passed: SignedDuration, at: Timestamp) -> String {
    match passed.as_secs() {
        seconds if seconds < -60 => at.strftime("%d %b %H:%M").to_string(),
        seconds if seconds < 5 => "now".into(),
        seconds if seconds < 60 => format!("{seconds} s"),
        seconds if seconds < 3600 => format!("{} min", seconds / 60),
        seconds if seconds < 86_400 => format!("{} h", seconds / 3600),
        seconds if seconds < 7 * 86_400 => format!("{} d", seconds / 86_400),
        _ => at.strftime("%d %b %Y").to_string(),
    }
}

/// A span as people say it: `340 ms`, `2.1 s`, `3 min`, `2 h`.
pub(crate) fn span(milliseconds: u64) -> String {
    match milliseconds {
        ms if ms < 1_000 => format!("{ms} ms"),
        ms if ms < 60_000 => format!("{}.{} s", ms / 1_000, ms % 1_000 / 100),
        ms if ms < 3_600_000 => format!("{} min", ms / 60_000),
        ms if ms < 48 * 3_600_000 => format!("{} h", ms / 3_600_000),
        ms => format!("{} d", ms / 86_400_000),
    }
}

/// `812 B`, `14 KB`, `3.2 MB`; powers of ten, as mail clients show.
pub(crate) fn size(bytes: u64) -> String {
    match bytes {
        bytes if bytes < 1_000 => format!("{bytes} B"),
        bytes if bytes < 1_000_000 => format!("{} KB", bytes.div_ceil(1_000)),
        bytes => format!("{}.{} MB", bytes / 1_000_000, bytes % 1_000_000 / 100_000),
    }
}

/// `12 345` with thin spaces between the thousands.
pub(crate) fn number(value: u64) -> String {
    let digits = value.to_string();
    let mut shown = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            shown.push('\u{2009}');
        }
        shown.push(digit);
    }
    shown
}

/// `1 message`, `3 messages`.
pub(crate) fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{} {}", number(count as u64), if count == 1 { one } else { many })
}

/// Text of strangers for one line: controls and direction marks (which can make a name read backwards) become
/// visible gaps, and it ends somewhere.
pub(crate) fn one_line(text: &str, chars_max: usize) -> String {
    let shown = |c: char| if c.is_control() || is_invisible(c) { '\u{b7}' } else { c };
    let mut line: String = text.chars().take(chars_max).map(shown).collect();
    if text.chars().nth(chars_max).is_some() {
        line.push('…');
    }
    line
}

/// Bidirectional controls (UAX #9) and zero-width characters.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{ad}')
}

/// Subjects in lists; RFC 5322 lines end at 998.
const SUBJECT_CHARS_MAX: usize = 300;
const NAME_CHARS_MAX: usize = 100;

pub(crate) fn subject(text: &str) -> String {
    if text.trim().is_empty() { "(no subject)".into() } else { one_line(text, SUBJECT_CHARS_MAX) }
}

pub(crate) fn name(text: &str) -> String {
    one_line(text, NAME_CHARS_MAX)
}

/// A copy of a message as a line of a list.
pub(crate) struct Row {
    pub(crate) digest: String,
    pub(crate) copy: String,
    pub(crate) chip: Chip,
    pub(crate) subject: String,
    pub(crate) from_name: String,
    pub(crate) from_address: String,
    pub(crate) to: String,
    pub(crate) to_more: usize,
    pub(crate) direction: &'static str,
    pub(crate) mailbox: String,
    pub(crate) place: &'static str,
    pub(crate) quarantined: bool,
    pub(crate) reason: String,
    pub(crate) received: Moment,
}

/// The lines of a list.
pub(crate) async fn rows(console: &Console, rows: &[DeliveryRow]) -> Result<Vec<Row>, Refusal> {
    let mailboxes = mailboxes(console).await?;
    let now = console.now();
    Ok(rows.iter().map(|each| row(each, &mailboxes, now)).collect())
}

fn row(row: &DeliveryRow, mailboxes: &Mailboxes, now: Timestamp) -> Row {
    let Delivery { id, arrival, verdict, place } = &row.delivery;
    Row {
        digest: arrival.digest.to_string(),
        copy: CopyName { digest: arrival.digest, delivery: *id }.to_string(),
        chip: chip(*verdict),
        subject: subject(&arrival.subject),
        from_name: name(&arrival.from_name),
        from_address: name(&arrival.from_address),
        to: arrival.recipients.first().map(|to| name(to)).unwrap_or_default(),
        to_more: arrival.recipients.len().saturating_sub(1),
        direction: arrival.direction.as_str(),
        mailbox: mailboxes.name(&arrival.target.mailbox),
        place: place_label(place),
        quarantined: place.quarantined,
        reason: row.reason.as_deref().map(words).unwrap_or_default(),
        received: moment(arrival.received, now),
    }
}

/// `0.97`.
pub(crate) fn score(score: f64) -> String {
    format!("{score:.2}")
}

/// A kebab-case name as words: `reply-to-differs` → `Reply to differs`.
pub(crate) fn words(name: &str) -> String {
    let spaced = name.replace(['-', '_'], " ");
    let mut chars = spaced.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => spaced,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_told_roughly() {
        let now = Timestamp::from_second(1_800_000_000).expect("a time");
        for (seconds, told) in [
            (2, "now"),
            (59, "59 s"),
            (61, "1 min"),
            (7_300, "2 h"),
            (200_000, "2 d"),
            (-3_600, "15 Jan 09:00"),
        ] {
            assert_eq!(moment(now - SignedDuration::from_secs(seconds), now).ago, told);
        }
    }

    #[test]
    fn figures_are_readable() {
        assert_eq!(number(1_234_567), "1\u{2009}234\u{2009}567");
        assert_eq!(number(12), "12");
        assert_eq!(span(2_140), "2.1 s");
        assert_eq!(size(13_001), "14 KB");
        assert_eq!(size(3_250_000), "3.2 MB");
        assert_eq!(counted(1, "copy", "copies"), "1 copy");
    }

    #[test]
    fn names_cannot_hide_behind_invisible_characters() {
        assert_eq!(one_line("in\u{202e}voice\r\n.exe", 20), "in·voice··.exe");
        assert_eq!(one_line("abcdef", 3), "abc…");
        assert_eq!(subject("  "), "(no subject)");
    }
}
