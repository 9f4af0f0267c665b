//! What signing in shows: who the tenant is, and which of the rights we need are there.

use message::Domain;
use verdict::MailboxId;

use super::Microsoft;
use super::http::{Call, user};
use super::rights::{Kind, Right};
use super::wire::{Folder, List, Message, Organization, User};
use crate::{Checks, Error};

/// A message id that cannot be: moving it changes nothing, and the answer still tells whether we might.
const NO_SUCH_MESSAGE: &str = "AAAA";

/// Users looked at to find one with a mailbox.
const USERS_TRIED: usize = 10;

impl Microsoft {
    pub(super) async fn look_around(&self) -> Result<Checks, Error> {
        let roles = self.graph.tokens.token().await?.roles;
        let mut missing: Vec<Right> = Right::ALL.into_iter().filter(|right| !right.is_in(&roles)).collect();
        let organization = granted(self.organization().await, Right::OrganizationRead, &mut missing)?;
        let users = granted(self.some_users().await, Right::UserRead, &mut missing)?;
        let mailbox = self.some_mailbox(users.unwrap_or_default(), &mut missing).await?;
        if let Some(mailbox) = mailbox
            && missing.contains(&Right::MailReadWrite)
        {
            granted(self.try_moving(&mailbox).await, Right::MailReadWrite, &mut missing)?;
        }
        let mut checks = Checks { missing: names(&missing), ..Checks::default() };
        if let Some(organization) = organization {
            checks.tenant_name = organization.display_name.unwrap_or_default();
            checks.domains = domains(organization.verified_domains.iter().map(|domain| domain.name.as_str()));
        }
        Ok(checks)
    }

    /// The tenant, by its own word. Its id must be the one we signed in to.
    pub(super) async fn organization(&self) -> Result<Organization, Error> {
        let list: List<Organization> =
            self.graph.json(Call::get(Kind::Organization, "/organization")).await?;
        let first = list.value.into_iter().next().ok_or_else(|| Error::broken("a tenant without a name"))?;
        match first.id.eq_ignore_ascii_case(self.tenant.as_str()) {
            true => Ok(first),
            false => Err(Error::Misused(format!(
                "the sign-in leads to another tenant ({}) than the settings say ({}): check the tenant id",
                first.id, self.tenant
            ))),
        }
    }

    async fn some_users(&self) -> Result<Vec<User>, Error> {
        let path = format!("/users?$select=id,userType&$top={USERS_TRIED}");
        Ok(self.graph.json::<List<User>>(Call::get(Kind::Users, path)).await?.value)
    }

    /// The first mailbox we may read; the right to read mail is struck off `missing` then.
    async fn some_mailbox(
        &self,
        users: Vec<User>,
        missing: &mut Vec<Right>,
    ) -> Result<Option<MailboxId>, Error> {
        for row in users.into_iter().take(USERS_TRIED) {
            let mailbox = MailboxId::new(row.id);
            match self.try_reading(&mailbox).await {
                Ok(()) => {
                    missing.retain(|right| *right != Right::MailRead);
                    return Ok(Some(mailbox));
                }
                Err(Error::Gone { .. } | Error::Denied(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(None)
    }

    async fn try_reading(&self, mailbox: &MailboxId) -> Result<(), Error> {
        let folders = format!("{}/mailFolders?$top=1&$select=id", user(mailbox));
        self.graph.json::<List<Folder>>(Call::get(Kind::Folders, folders).of(mailbox)).await?;
        let messages = format!("{}/messages?$top=1&$select=id", user(mailbox));
        self.graph.json::<List<Message>>(Call::get(Kind::Message, messages).of(mailbox)).await?;
        Ok(())
    }

    /// Access limited to some mailboxes does not show in the token, so the right to move mail is tried on nothing.
    async fn try_moving(&self, mailbox: &MailboxId) -> Result<(), Error> {
        let path = format!("{}/messages/{NO_SUCH_MESSAGE}/move", user(mailbox));
        let body = serde_json::json!({ "destinationId": "inbox" });
        match self.graph.done(Call::post(Kind::Act, path, &body).of(mailbox)).await {
            Err(Error::Gone { .. } | Error::Broken { .. }) => Ok(()),
            tried => tried,
        }
    }
}

/// A refusal puts the right on the list of the missing ones, success takes it off.
fn granted<T>(tried: Result<T, Error>, right: Right, missing: &mut Vec<Right>) -> Result<Option<T>, Error> {
    match tried {
        Ok(found) => {
            missing.retain(|known| *known != right);
            Ok(Some(found))
        }
        Err(Error::Denied(text)) if text.starts_with(right.name()) => {
            if !missing.contains(&right) {
                missing.push(right);
            }
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

fn names(missing: &[Right]) -> Vec<String> {
    let mut missing = missing.to_vec();
    missing.sort_unstable();
    missing.iter().map(ToString::to_string).collect()
}

fn domains<'a>(names: impl Iterator<Item = &'a str>) -> Vec<Domain> {
    names.filter_map(Domain::parse).collect()
}
