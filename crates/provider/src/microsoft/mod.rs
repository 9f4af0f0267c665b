//! Microsoft 365, through Microsoft Graph, as an app without a user.

mod actions;
mod assertion;
mod auth;
mod batch;
mod changes;
mod checks;
mod cloud;
pub mod consent;
mod content;
mod directory;
mod folders;
mod http;
mod notices;
mod rights;
mod seal;
mod settings;
mod sign_in_trouble;
mod trouble;
mod watch;
mod wire;

#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use verdict::{FolderId, ItemId, MailboxId, Place, Target, TenantId};

pub use cloud::Cloud;
pub use settings::{Credential, MicrosoftSettings};

use self::auth::Tokens;
use self::http::Graph;
use self::seal::Seal;
use crate::budget::{Budget, Limits};
use crate::layout::Layout;
use crate::{
    Applied, Checks, Cursor, Error, Fetched, FolderChange, ItemChange, MailboxChange, NoticeReply,
    NoticeRequest, Order, Page, Provider, Usage, Watch,
};

/// Outlook allows an app 10,000 requests in ten minutes and four at once per mailbox
/// (Graph documentation, `concepts/throttling-limits.md`). The app-wide numbers are ours: Microsoft's text leaves open
/// whether four is for all mailboxes together, so we start high and let throttling tell.
const LIMITS: Limits = Limits {
    mailbox_concurrency: batch::MAILBOX_ITEMS_MAX,
    mailbox_requests: 10_000,
    mailbox_span: Duration::from_secs(600),
    app_concurrency_min: 4,
    app_concurrency_max: 64,
};

/// Layouts of so many mailboxes are remembered, for so long: an archive may come to be.
const LAYOUTS_MAX: u64 = 20_000;
const LAYOUT_LIFE: Duration = Duration::from_secs(6 * 3600);

/// One Microsoft 365 tenant.
#[derive(Debug)]
pub(crate) struct Microsoft {
    tenant: TenantId,
    graph: Graph,
    layouts: moka::sync::Cache<MailboxId, Layout>,
    seal: Seal,
    notice_url: Option<String>,
    lifecycle_url: Option<String>,
}

impl Microsoft {
    pub(crate) fn new(settings: MicrosoftSettings) -> Result<Self, Error> {
        let settings = MicrosoftSettings {
            tenant: guid("tenant id", &settings.tenant)?,
            client_id: guid("client id", &settings.client_id)?,
            ..settings
        };
        let tenant = TenantId::new(settings.tenant.as_str());
        let hosts = settings.cloud.hosts()?;
        let client = crate::http::client(settings.ca_pem.as_deref())?;
        let budget = Budget::new(LIMITS);
        let http = crate::http::Http::new(client, budget, settings.patience, settings.clock.clone());
        let http = Arc::new(http);
        let tokens = Tokens::new(Arc::clone(&http), &settings, &hosts)?;
        Ok(Self {
            graph: Graph::new(http, tokens, &hosts.graph),
            layouts: moka::sync::Cache::builder().max_capacity(LAYOUTS_MAX).time_to_live(LAYOUT_LIFE).build(),
            seal: Seal::new(&settings.installation_key, &tenant)?,
            tenant,
            notice_url: settings.notice_url,
            lifecycle_url: settings.lifecycle_url,
        })
    }
}

/// A GUID in the form Microsoft writes it.
fn guid(what: &str, text: &str) -> Result<String, Error> {
    let guid = uuid::Uuid::try_parse(text.trim());
    guid.map(|guid| guid.to_string()).map_err(|_| {
        Error::Misused(format!(
            "the {what} is no GUID: copy it from the Entra admin center (8-4-4-4-12 hex digits)"
        ))
    })
}

#[async_trait]
impl Provider for Microsoft {
    fn tenant(&self) -> &TenantId {
        &self.tenant
    }

    async fn check(&self) -> Result<Checks, Error> {
        self.look_around().await
    }

    async fn mailboxes(&self, since: Option<&Cursor>) -> Result<Page<MailboxChange>, Error> {
        self.mailbox_page(since).await
    }

    async fn folders(
        &self,
        mailbox: &MailboxId,
        since: Option<&Cursor>,
    ) -> Result<Page<FolderChange>, Error> {
        self.folder_page(mailbox, since).await
    }

    async fn changes(
        &self,
        mailbox: &MailboxId,
        folder: &FolderId,
        since: Option<&Cursor>,
    ) -> Result<Page<ItemChange>, Error> {
        self.change_page(mailbox, folder, since).await
    }

    async fn arrived(
        &self,
        mailbox: &MailboxId,
        since: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<(ItemId, Timestamp)>, Error> {
        self.arrivals(mailbox, since, until).await
    }

    async fn fetch(&self, target: &Target, size_bytes_max: u64) -> Result<Fetched, Error> {
        self.fetch_copy(target, size_bytes_max).await
    }

    async fn place(&self, target: &Target) -> Result<Place, Error> {
        self.place_of(target).await
    }

    async fn watch(&self, mailbox: &MailboxId, existing: Option<&Watch>) -> Result<Watch, Error> {
        self.watch_mailbox(mailbox, existing).await
    }

    async fn unwatch(&self, watch: &Watch) -> Result<(), Error> {
        self.end_watch(watch).await
    }

    fn notices(&self, request: &NoticeRequest<'_>) -> Result<NoticeReply, Error> {
        notices::read(request, &self.tenant, &self.seal)
    }

    async fn apply(&self, orders: &[Order]) -> Vec<Result<Applied, Error>> {
        self.carry_out(orders).await
    }

    fn usage(&self) -> Usage {
        self.graph.http.budget.usage()
    }
}
