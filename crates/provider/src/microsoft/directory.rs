//! Who is there, and who has a mailbox.

use message::Address;
use verdict::MailboxId;

use super::Microsoft;
use super::batch::{self, Item};
use super::folders::page_end;
use super::http::{Call, user};
use super::rights::{Kind, Right};
use super::wire::{Folder, List, User};
use crate::{Cursor, Error, MailboxChange, MailboxInfo, Page};

const FIELDS: &str = "id,displayName,mail,userPrincipalName,accountEnabled,proxyAddresses,userType";

/// Users of one page; each costs a question for its mailbox.
const ROWS_MAX: u32 = 100;

/// What asking for a user's mailbox showed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mailbox {
    There,
    None,
    /// Ours may not look: access is limited to some mailboxes.
    OutOfScope,
}

impl Microsoft {
    /// One page of users; those without a mailbox (or outside our scope) are given as gone.
    pub(super) async fn mailbox_page(&self, since: Option<&Cursor>) -> Result<Page<MailboxChange>, Error> {
        let address = match since {
            Some(cursor) => cursor.0.clone(),
            None => format!("/users/delta?$select={FIELDS}"),
        };
        let page: List<User> = self.graph.json(Call::get(Kind::Users, address).rows_max(ROWS_MAX)).await?;
        let (next, more) = page_end(page.next_link, page.delta_link)?;
        let users = latest(page.value);
        let mailboxes = self.probe(&users, since.is_none()).await?;
        let mut rows = Vec::with_capacity(users.len());
        for (user, mailbox) in users.into_iter().zip(mailboxes) {
            match mailbox {
                Mailbox::There => rows.extend(self.present(user).await?),
                Mailbox::None | Mailbox::OutOfScope => {
                    rows.push(MailboxChange::Gone(MailboxId::new(user.id)))
                }
            }
        }
        Ok(Page { rows, next, more })
    }

    /// Asks for each user's inbox.
    async fn probe(&self, users: &[User], first_round: bool) -> Result<Vec<Mailbox>, Error> {
        let asked: Vec<_> = users.iter().filter(|user| can_have_mailbox(user)).collect();
        let items: Vec<_> = asked.iter().map(|user| probe_item(user)).collect();
        let mut answers = batch::run(&self.graph, &items).await.into_iter();
        let mut mailboxes = Vec::with_capacity(users.len());
        let mut refusal = None;
        for user in users {
            let answer = if can_have_mailbox(user) { answers.next() } else { None };
            mailboxes.push(match answer.map(batch::read::<Folder>) {
                None => Mailbox::None,
                Some(Ok(_)) => Mailbox::There,
                Some(Err(error)) if error.is_gone() => Mailbox::None,
                Some(Err(error @ Error::Denied(_))) => {
                    refusal = Some(error);
                    Mailbox::OutOfScope
                }
                Some(Err(error)) => return Err(error),
            });
        }
        match refusal {
            // Nobody's mailbox may be read, and the token does not claim otherwise: that is no scope, that is a
            // missing permission. Later rounds may be about a single user, who may well be out of scope.
            Some(error) if first_round && !mailboxes.contains(&Mailbox::There) => {
                let roles = self.graph.tokens.token().await?.roles;
                if Right::MailRead.is_in(&roles) { Ok(mailboxes) } else { Err(error) }
            }
            _ => Ok(mailboxes),
        }
    }

    /// The user as we keep it. Delta rows may hold only what changed: then the whole is asked for.
    async fn present(&self, row: User) -> Result<Option<MailboxChange>, Error> {
        if row.user_principal_name.is_some() && row.account_enabled.is_some() {
            return Ok(Some(MailboxChange::Present(info(row))));
        }
        let id = MailboxId::new(row.id);
        let path = format!("{}?$select={FIELDS}", user(&id));
        match self.graph.json::<User>(Call::get(Kind::Users, path)).await {
            Ok(whole) => Ok(Some(MailboxChange::Present(info(whole)))),
            Err(error) if error.is_gone() => Ok(Some(MailboxChange::Gone(id))),
            Err(error) => Err(error),
        }
    }
}

/// A delta may repeat a user; the last row counts.
fn latest(rows: Vec<User>) -> Vec<User> {
    let mut users: Vec<User> = Vec::with_capacity(rows.len());
    let mut place = std::collections::HashMap::new();
    for row in rows {
        match place.get(&row.id) {
            Some(&at) => users[at] = row,
            None => {
                place.insert(row.id.clone(), users.len());
                users.push(row);
            }
        }
    }
    users
}

fn can_have_mailbox(user: &User) -> bool {
    let guest = user.user_type.as_deref().is_some_and(|kind| kind.eq_ignore_ascii_case("guest"));
    user.removed.is_none() && !guest
}

fn probe_item(row: &User) -> Item {
    let mailbox = MailboxId::new(row.id.as_str());
    let path = format!("{}/mailFolders/inbox?$select=id", user(&mailbox));
    Item::get(Kind::Mailbox, &mailbox, path)
}

fn info(user: User) -> MailboxInfo {
    let addresses = addresses(&user);
    MailboxInfo {
        id: MailboxId::new(user.id),
        name: user.display_name.unwrap_or_default(),
        addresses,
        enabled: user.account_enabled.unwrap_or(true),
    }
}

/// `mail` is the primary address; of the proxy addresses `SMTP:` is the primary and `smtp:` are aliases.
fn addresses(user: &User) -> Vec<Address> {
    let proxies = user.proxy_addresses.as_deref().unwrap_or_default();
    let with = |prefix: &'static str| proxies.iter().filter_map(move |text| text.strip_prefix(prefix));
    let primary = user.mail.as_deref().into_iter().chain(with("SMTP:"));
    let all = primary.chain(with("smtp:")).chain(user.user_principal_name.as_deref());
    let mut addresses: Vec<Address> = Vec::new();
    for address in all.filter_map(Address::parse) {
        if !addresses.contains(&address) {
            addresses.push(address);
        }
    }
    addresses
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(value: serde_json::Value) -> User {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn the_primary_address_comes_first_and_none_twice() {
        let user = user(serde_json::json!({
            "id": "u1", "mail": "Bo@tenant.example", "userPrincipalName": "bo@tenant.onmicrosoft.example",
            "proxyAddresses": ["smtp:b@tenant.example", "SMTP:bo@tenant.example", "x500:/o=x", "SIP:bo@tenant.example"],
        }));
        let addresses: Vec<_> = addresses(&user).iter().map(ToString::to_string).collect();
        assert_eq!(addresses, ["bo@tenant.example", "b@tenant.example", "bo@tenant.onmicrosoft.example"]);
    }

    #[test]
    fn of_repeated_rows_the_last_one_counts() {
        let rows = ["Old", "New"].map(|name| user(serde_json::json!({"id": "u1", "displayName": name})));
        let users = latest(rows.into());
        assert_eq!(users.len(), 1);
        assert_eq!(users[0].display_name.as_deref(), Some("New"));
    }

    #[test]
    fn guests_and_the_removed_are_not_asked_for_a_mailbox() {
        assert!(!can_have_mailbox(&user(serde_json::json!({"id": "u", "userType": "Guest"}))));
        assert!(!can_have_mailbox(&user(serde_json::json!({"id": "u", "@removed": {"reason": "deleted"}}))));
        assert!(can_have_mailbox(&user(serde_json::json!({"id": "u", "userType": "Member"}))));
    }
}
