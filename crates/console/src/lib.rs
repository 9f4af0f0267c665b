//! What people see and what programs ask: pages, JSON API, sign-in, and the address notices are posted to.
//!
//! [`router`] gives an `axum::Router` over a [`Desk`]; serving it (listener, TLS, shutdown) is the caller's. The console
//! neither judges nor acts: releasing, quarantining and undoing put a person's intention on record and queue a job, and the
//! pipeline carries it out. Mail is hostile text all day long, so every page escapes it, no page has inline script or
//! style, and the rendered preview lives in a sandboxed frame with a policy of its own.

mod actions;
mod api;
mod assets;
mod browse;
mod desk;
pub mod explained;
mod form;
mod headers;
mod health;
mod live;
mod mailboxes;
mod notices;
mod pages;
mod plot;
mod refusal;
mod routes;
mod session;
mod view;

pub use desk::{Clock, Desk, NoticeDesk, Settings, Tenant};
pub use health::{
    AbandonedJob, Health, HealthReport, MailboxSync, NoticeCounts, ProviderUsage, Reconciliation, SyncState,
    VersionOf,
};
pub use routes::{Access, RouteInfo, access_table};

/// The whole console over `desk`.
pub fn router(desk: Desk) -> axum::Router {
    routes::router(desk::Console::new(desk))
}
