//! Who may pass: bearer token, faults, the mailbox's budget. What a caller may do is asked per resource.

use std::sync::Arc;

use axum::http::{StatusCode, header};
use uuid::Uuid;

use super::call::Call;
use super::error::GraphError;
use crate::faults::Refusal;
use crate::throttle::{Over, Permit};
use crate::world::World;

/// An app with the roles its token carries and still has.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    pub(crate) app: Uuid,
    pub(crate) object_id: Uuid,
    roles: Vec<String>,
}

impl Caller {
    fn has_any(&self, roles: &[&str]) -> bool {
        roles.iter().any(|role| self.roles.iter().any(|own| own == role))
    }

    pub(crate) fn need_mail_read(&self) -> Result<(), GraphError> {
        self.need(&["Mail.Read", "Mail.ReadWrite"])
    }

    pub(crate) fn need_mail_write(&self) -> Result<(), GraphError> {
        self.need(&["Mail.ReadWrite"])
    }

    pub(crate) fn need_mail_send(&self) -> Result<(), GraphError> {
        self.need(&["Mail.Send"])
    }

    pub(crate) fn need_settings_read(&self) -> Result<(), GraphError> {
        self.need(&["MailboxSettings.Read", "MailboxSettings.ReadWrite"])
    }

    pub(crate) fn need_settings_write(&self) -> Result<(), GraphError> {
        self.need(&["MailboxSettings.ReadWrite"])
    }

    pub(crate) fn need_audit(&self) -> Result<(), GraphError> {
        self.need_directory(&["AuditLog.Read.All"])
    }

    pub(crate) fn need_trace(&self) -> Result<(), GraphError> {
        self.need(&["ExchangeMessageTrace.Read.All"])
    }

    pub(crate) fn need_users(&self) -> Result<(), GraphError> {
        self.need_directory(&[
            "User.Read.All",
            "User.ReadWrite.All",
            "Directory.Read.All",
            "Directory.ReadWrite.All",
        ])
    }

    pub(crate) fn need_user_disable(&self) -> Result<(), GraphError> {
        self.need_directory(&[
            "User.EnableDisableAccount.All",
            "User.ReadWrite.All",
            "Directory.ReadWrite.All",
        ])
    }

    pub(crate) fn need_session_revoke(&self) -> Result<(), GraphError> {
        self.need_directory(&["User.RevokeSessions.All", "User.ReadWrite.All", "Directory.ReadWrite.All"])
    }

    pub(crate) fn need_organization(&self) -> Result<(), GraphError> {
        self.need_directory(&[
            "Organization.Read.All",
            "Organization.ReadWrite.All",
            "Directory.Read.All",
            "Directory.ReadWrite.All",
        ])
    }

    /// Exchange's refusal, which names no permission.
    fn need(&self, roles: &[&str]) -> Result<(), GraphError> {
        if self.has_any(roles) { Ok(()) } else { Err(GraphError::access_denied()) }
    }

    /// The directory's refusal, which names none either.
    fn need_directory(&self, roles: &[&str]) -> Result<(), GraphError> {
        if self.has_any(roles) { Ok(()) } else { Err(GraphError::directory_denied()) }
    }
}

/// Lets a request in, or says why not. The permit ends with the request.
pub(crate) fn pass(world: &Arc<World>, call: &Call) -> Result<(Caller, Option<Permit>), GraphError> {
    let caller = authenticate(world, call)?;
    if let Some(refusal) = world.faults.refusal(&call.segments().join("/")) {
        world.counters.one("graph.refused_by_fault");
        return Err(refused(refusal));
    }
    let permit = match call.segments().as_slice() {
        ["users", user, _, ..] => mailbox_permit(world, &caller, user)?,
        _ => None,
    };
    Ok((caller, permit))
}

fn authenticate(world: &World, call: &Call) -> Result<Caller, GraphError> {
    let header = call.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token =
        header.and_then(|value| value.strip_prefix("Bearer ").or_else(|| value.strip_prefix("bearer ")));
    let token = token.ok_or_else(|| GraphError::unauthenticated("Access token is empty."))?;
    let claims = world.keys.read(token.trim());
    let claims = claims.ok_or_else(|| {
        GraphError::unauthenticated("Access token validation failure. Invalid audience or signature.")
    })?;
    if claims.exp <= world.now().as_second() {
        return Err(GraphError::unauthenticated("Lifetime validation failed, the token is expired."));
    }
    let registration = Uuid::parse_str(&claims.appid).ok().and_then(|id| world.app(id));
    let gone = || {
        GraphError::unauthenticated(
            "Continuous access evaluation resulted in challenge: the service principal is disabled or was removed.",
        )
    };
    let registration = registration.ok_or_else(gone)?;
    let granted = registration.granted.ok_or_else(gone)?;
    let roles = claims.roles.into_iter().filter(|role| granted.contains(role)).collect();
    Ok(Caller { app: registration.app.client_id, object_id: registration.object_id, roles })
}

fn refused(refusal: Refusal) -> GraphError {
    let status = StatusCode::from_u16(refusal.status).unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
    let (code, message) = match refusal.status {
        429 => ("ApplicationThrottled", "Application is over its MailboxConcurrency limit."),
        503 => ("ErrorServerBusy", "The server cannot service this request right now. Try again later."),
        504 => ("UnknownError", "The operation timed out."),
        _ => ("generalException", "An error occurred while processing the request."),
    };
    GraphError { retry_after_s: refusal.retry_after_s, ..GraphError::new(status, code, message) }
}

fn mailbox_permit(world: &Arc<World>, caller: &Caller, user: &str) -> Result<Option<Permit>, GraphError> {
    let Some(mailbox) = world.directory(|people| people.find(user).map(|person| person.id)) else {
        return Ok(None);
    };
    let limits = world.limits();
    world.throttle.enter(caller.app, mailbox, limits, world.now()).map(Some).map_err(|over| {
        world.counters.one("graph.throttled");
        let (message, retry_after_s) = match over {
            Over::Concurrency => ("Application is over its MailboxConcurrency limit.", limits.retry_after_s),
            Over::Window { seconds_left } => {
                ("Application is over its Request limit.", seconds_left.unsigned_abs())
            }
        };
        GraphError::throttled("ApplicationThrottled", message, retry_after_s)
    })
}
