//! `GET /api/v1/health`: how everything that runs is doing.

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use super::Answer;
use crate::desk::Console;
use crate::health::{HealthReport, SyncState};
use crate::pages::health::pulse;
use crate::session::Session;

pub(crate) async fn show(State(console): State<Console>, _session: Session) -> Answer {
    let report = console.desk.health.report().await;
    let backlog = console.store().backlog().await?;
    let watches = console.store().watches().await?;
    let pulse = pulse(&report, backlog, &watches, console.now());
    let mut value = told(&report);
    value["well"] = json!(pulse.well);
    value["sentence"] = json!(pulse.sentence);
    value["watches"] = json!(watches.len());
    value["backlog"] = json!({
        "waiting": backlog.waiting,
        "running": backlog.running,
        "abandoned": backlog.abandoned,
        "oldest_due": backlog.oldest_due.map(|at| at.to_string()),
    });
    Ok(Json(value))
}

fn told(report: &HealthReport) -> Value {
    json!({
        "started": report.started.map(|at| at.to_string()),
        "last_sweep": report.last_sweep.map(|at| at.to_string()),
        "lag_ms": report.lag_ms,
        "mailboxes": report.mailboxes.iter().map(|sync| json!({
            "tenant": sync.tenant.as_str(),
            "mailbox": sync.mailbox.as_str(),
            "state": state(&sync.state),
            "why": why(&sync.state),
            "folders": sync.folders,
        })).collect::<Vec<_>>(),
        "providers": report.providers.iter().map(|usage| json!({
            "tenant": usage.tenant.as_str(),
            "name": usage.name,
            "requests_last_hour": usage.requests_last_hour,
            "throttled_last_hour": usage.throttled_last_hour,
            "failed_last_hour": usage.failed_last_hour,
            "paused_until": usage.paused_until.map(|at| at.to_string()),
            "missing_rights": usage.missing_rights,
        })).collect::<Vec<_>>(),
        "reconciliation": report.reconciliations.iter().map(|span| json!({
            "tenant": span.tenant.as_str(),
            "since": span.since.to_string(),
            "until": span.until.to_string(),
            "arrived": span.arrived,
            "judged": span.judged,
        })).collect::<Vec<_>>(),
        "notices": { "believed": report.notices.believed, "refused": report.notices.refused },
        "abandoned": report.abandoned.iter().map(|job| json!({
            "what": job.what, "why": job.why, "at": job.at.to_string(),
        })).collect::<Vec<_>>(),
        "versions": report.versions.iter().map(|each| (each.what.clone(), json!(each.version)))
            .collect::<serde_json::Map<_, _>>(),
    })
}

fn state(state: &SyncState) -> &'static str {
    match state {
        SyncState::Waiting => "waiting",
        SyncState::Reading => "reading",
        SyncState::Following => "following",
        SyncState::Failing(_) => "failing",
    }
}

fn why(state: &SyncState) -> Option<&str> {
    match state {
        SyncState::Failing(why) => Some(why),
        SyncState::Waiting | SyncState::Reading | SyncState::Following => None,
    }
}
