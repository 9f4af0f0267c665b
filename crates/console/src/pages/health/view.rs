//! Figures of the program as the health page and the strip of the overview show them.

use std::collections::HashMap;

use jiff::Timestamp;
use store::jobs::Backlog;
use store::{Mailbox, Watch};
use verdict::MailboxId;

use crate::desk::Tenant;
use crate::health::{HealthReport, MailboxSync, ProviderUsage, Reconciliation, SyncState};
use crate::view::{self, Moment};

/// Everything on the page.
pub(crate) struct Vitals {
    pub(crate) pulse: Pulse,
    pub(crate) providers: Vec<ProviderView>,
    pub(crate) notices_believed: String,
    pub(crate) notices_refused: String,
    pub(crate) reconciliations: Vec<ReconciliationView>,
    pub(crate) mailboxes: Vec<MailboxView>,
    pub(crate) abandoned: Vec<AbandonedView>,
    pub(crate) versions: Vec<(String, String)>,
    pub(crate) started: Option<Moment>,
}

/// The strip: each with whether it is as it should be.
pub(crate) struct Pulse {
    pub(crate) well: bool,
    pub(crate) sentence: String,
    pub(crate) beats: Vec<Beat>,
}

/// One figure of the strip.
pub(crate) struct Beat {
    pub(crate) label: &'static str,
    pub(crate) value: String,
    pub(crate) state: &'static str,
}

pub(crate) struct MailboxView {
    pub(crate) name: String,
    pub(crate) address: String,
    pub(crate) tenant: String,
    pub(crate) state: &'static str,
    pub(crate) state_label: &'static str,
    pub(crate) trouble: String,
    pub(crate) folders: String,
    pub(crate) last_sweep: Option<Moment>,
    pub(crate) last_notice: Option<Moment>,
    pub(crate) watch: Option<Moment>,
    pub(crate) watch_alive: bool,
}

pub(crate) struct ProviderView {
    pub(crate) name: String,
    pub(crate) tenant: String,
    pub(crate) requests: String,
    pub(crate) throttled: u64,
    pub(crate) failed: u64,
    pub(crate) paused: Option<Moment>,
    pub(crate) missing: Vec<String>,
}

pub(crate) struct ReconciliationView {
    pub(crate) tenant: String,
    pub(crate) since: Moment,
    pub(crate) until: Moment,
    pub(crate) arrived: String,
    pub(crate) judged: String,
    pub(crate) missing: u64,
}

pub(crate) struct AbandonedView {
    pub(crate) what: String,
    pub(crate) why: String,
    pub(crate) at: Moment,
}

/// An arrival waiting longer than this is worth a look: notices come within three minutes (Graph's own figure).
const LAG_MS_MAX: u64 = 180_000;

/// The strip from what is known without going through every mailbox.
pub(crate) fn pulse(report: &HealthReport, backlog: Backlog, watches: &[Watch], now: Timestamp) -> Pulse {
    let failing = report.mailboxes.iter().filter(|sync| matches!(sync.state, SyncState::Failing(_))).count();
    let missing: u64 =
        report.reconciliations.iter().map(|span| span.arrived.saturating_sub(span.judged)).sum();
    let alive = watches.iter().filter(|watch| watch.expires > now).count();
    let lag_ms = report.lag_ms.unwrap_or(0);
    let beats = vec![
        beat("Mailboxes", mailboxes_told(report, failing), failing == 0),
        beat("Watches", view::number(alive as u64), alive == watches.len()),
        beat("Last sweep", report.last_sweep.map_or("not yet".into(), |at| since(at, now)), true),
        beat("Waiting", view::number(backlog.waiting + backlog.running), lag_ms < LAG_MS_MAX),
        beat("Given up", view::number(backlog.abandoned), backlog.abandoned == 0),
        beat("Arrived, not judged", view::number(missing), missing == 0),
    ];
    let well = beats.iter().all(|beat| beat.state == "good");
    let sentence = if well { "All is well.".into() } else { complaint(failing, backlog, missing, lag_ms) };
    Pulse { well, sentence, beats }
}

fn beat(label: &'static str, value: String, good: bool) -> Beat {
    Beat { label, value, state: if good { "good" } else { "bad" } }
}

fn mailboxes_told(report: &HealthReport, failing: usize) -> String {
    let all = report.mailboxes.len();
    if failing == 0 { view::number(all as u64) } else { format!("{} of {all}", all - failing) }
}

fn since(at: Timestamp, now: Timestamp) -> String {
    let moment = view::moment(at, now);
    if moment.ago == "now" { "just now".into() } else { format!("{} ago", moment.ago) }
}

fn complaint(failing: usize, backlog: Backlog, missing: u64, lag_ms: u64) -> String {
    if failing > 0 {
        return format!("{} cannot be read.", view::counted(failing, "mailbox", "mailboxes"));
    }
    if missing > 0 {
        return format!("{missing} arrived and not judged yet.");
    }
    if backlog.abandoned > 0 {
        return format!(
            "{} given up: see why below.",
            view::counted(backlog.abandoned as usize, "job", "jobs")
        );
    }
    if lag_ms >= LAG_MS_MAX {
        return format!("Judging is {} behind.", view::span(lag_ms));
    }
    "Some watches have run out; sweeps find the mail until they are renewed.".into()
}

pub(crate) fn vitals(
    report: &HealthReport,
    backlog: Backlog,
    watches: &[Watch],
    mailboxes: &[(&Tenant, Vec<Mailbox>)],
    now: Timestamp,
) -> Vitals {
    let names: HashMap<_, _> =
        mailboxes.iter().map(|(tenant, _)| (&tenant.id, tenant.name.as_str())).collect();
    let name = |id| names.get(id).copied().unwrap_or("another tenant").to_owned();
    let syncs: HashMap<_, _> = report.mailboxes.iter().map(|sync| (&sync.mailbox, sync)).collect();
    let watched: HashMap<_, _> = watches.iter().map(|watch| (&watch.mailbox, watch.expires)).collect();
    Vitals {
        pulse: pulse(report, backlog, watches, now),
        providers: report.providers.iter().map(|usage| provider(usage, name(&usage.tenant), now)).collect(),
        notices_believed: view::number(report.notices.believed),
        notices_refused: view::number(report.notices.refused),
        reconciliations: report
            .reconciliations
            .iter()
            .map(|span| reconciliation(span, name(&span.tenant), now))
            .collect(),
        mailboxes: mailboxes
            .iter()
            .flat_map(|(tenant, mailboxes)| mailboxes.iter().map(move |mailbox| (*tenant, mailbox)))
            .map(|(tenant, each)| mailbox(tenant, each, syncs.get(&each.id).copied(), &watched, now))
            .collect(),
        abandoned: report
            .abandoned
            .iter()
            .map(|job| AbandonedView {
                what: job.what.clone(),
                why: job.why.clone(),
                at: view::moment(job.at, now),
            })
            .collect(),
        versions: report.versions.iter().map(|each| (each.what.clone(), each.version.clone())).collect(),
        started: report.started.map(|at| view::moment(at, now)),
    }
}

fn provider(usage: &ProviderUsage, tenant: String, now: Timestamp) -> ProviderView {
    ProviderView {
        name: usage.name.clone(),
        tenant,
        requests: view::number(usage.requests_last_hour),
        throttled: usage.throttled_last_hour,
        failed: usage.failed_last_hour,
        paused: usage.paused_until.filter(|until| *until > now).map(|until| view::moment(until, now)),
        missing: usage.missing_rights.clone(),
    }
}

fn reconciliation(span: &Reconciliation, tenant: String, now: Timestamp) -> ReconciliationView {
    ReconciliationView {
        tenant,
        since: view::moment(span.since, now),
        until: view::moment(span.until, now),
        arrived: view::number(span.arrived),
        judged: view::number(span.judged),
        missing: span.arrived.saturating_sub(span.judged),
    }
}

fn mailbox(
    tenant: &Tenant,
    mailbox: &Mailbox,
    sync: Option<&MailboxSync>,
    watched: &HashMap<&MailboxId, Timestamp>,
    now: Timestamp,
) -> MailboxView {
    let (state, state_label, trouble) = match sync.map(|sync| &sync.state) {
        _ if !mailbox.active => ("idle", "Gone or disabled", String::new()),
        None => ("idle", "Unknown", String::new()),
        Some(SyncState::Waiting) => ("idle", "Waiting", String::new()),
        Some(SyncState::Reading) => ("busy", "First reading", String::new()),
        Some(SyncState::Following) => ("good", "Following", String::new()),
        Some(SyncState::Failing(why)) => ("bad", "Failing", why.clone()),
    };
    let expires = watched.get(&mailbox.id).copied();
    MailboxView {
        name: view::name(&mailbox.name),
        address: mailbox.addresses.first().map(ToString::to_string).unwrap_or_default(),
        tenant: tenant.name.clone(),
        state,
        state_label,
        trouble,
        folders: sync.map_or(String::new(), |sync| sync.folders.to_string()),
        last_sweep: sync.and_then(|sync| sync.last_sweep).map(|at| view::moment(at, now)),
        last_notice: sync.and_then(|sync| sync.last_notice).map(|at| view::moment(at, now)),
        watch: expires.map(|at| view::moment(at, now)),
        watch_alive: expires.is_some_and(|at| at > now),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_strip_says_what_is_wrong_first() {
        let report = HealthReport {
            reconciliations: vec![Reconciliation {
                tenant: verdict::TenantId::new("t"),
                since: Timestamp::UNIX_EPOCH,
                until: Timestamp::UNIX_EPOCH,
                arrived: 7,
                judged: 5,
            }],
            ..HealthReport::default()
        };
        let strip = pulse(&report, Backlog::default(), &[], Timestamp::UNIX_EPOCH);
        assert!(!strip.well);
        assert_eq!(strip.sentence, "2 arrived and not judged yet.");
    }

    #[test]
    fn nothing_wrong_is_said_in_three_words() {
        let strip = pulse(&HealthReport::default(), Backlog::default(), &[], Timestamp::UNIX_EPOCH);
        assert!(strip.well);
        assert_eq!(strip.sentence, "All is well.");
    }
}
