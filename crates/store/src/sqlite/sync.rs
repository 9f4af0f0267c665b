//! Mailboxes, cursors and watches.

use rusqlite::{Connection, params};
use verdict::{MailboxId, TenantId};

use super::fault::Outcome;
use super::row::{self, all, one, run, scalar, us};
use super::shape;
use crate::{CursorKey, Mailbox, Watch};

pub(super) fn save_mailboxes(db: &Connection, tenant: &TenantId, mailboxes: &[Mailbox]) -> Outcome<()> {
    for mailbox in mailboxes {
        let addresses: Vec<String> = mailbox.addresses.iter().map(ToString::to_string).collect();
        run(
            db,
            "INSERT INTO mailbox (tenant, id, name, addresses, active) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (tenant, id) DO UPDATE
             SET name = excluded.name, addresses = excluded.addresses, active = excluded.active",
            params![
                tenant.as_str(),
                mailbox.id.as_str(),
                mailbox.name,
                shape::write(&addresses)?,
                mailbox.active
            ],
        )?;
    }
    Ok(())
}

pub(super) fn mailboxes(db: &Connection, tenant: &TenantId) -> Outcome<Vec<Mailbox>> {
    all(
        db,
        "SELECT id, name, addresses, active FROM mailbox WHERE tenant = ?1 ORDER BY id",
        [tenant.as_str()],
        |found| {
            let addresses: Vec<String> = shape::read(&found.get::<_, String>(2)?)?;
            Ok(Mailbox {
                id: MailboxId::new(found.get::<_, String>(0)?),
                name: found.get(1)?,
                addresses: addresses.iter().map(|text| shape::address(text)).collect::<Outcome<_>>()?,
                active: found.get(3)?,
            })
        },
    )
}

fn cursor_columns(key: &CursorKey) -> (&'static str, &str, &str) {
    match key {
        CursorKey::Mailboxes(tenant) => ("mailboxes", tenant.as_str(), ""),
        CursorKey::Folders(mailbox) => ("folders", mailbox.as_str(), ""),
        CursorKey::Items(mailbox, folder) => ("items", mailbox.as_str(), folder.as_str()),
    }
}

pub(super) fn cursor(db: &Connection, key: &CursorKey) -> Outcome<Option<String>> {
    let columns = cursor_columns(key);
    scalar(db, "SELECT value FROM cursor WHERE kind = ?1 AND owner = ?2 AND folder = ?3", columns)
}

pub(super) fn save_cursor(db: &Connection, key: &CursorKey, value: &str) -> Outcome<()> {
    let (kind, owner, folder) = cursor_columns(key);
    run(
        db,
        "INSERT INTO cursor (kind, owner, folder, value) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (kind, owner, folder) DO UPDATE SET value = excluded.value",
        params![kind, owner, folder, value],
    )?;
    Ok(())
}

pub(super) fn forget_cursor(db: &Connection, key: &CursorKey) -> Outcome<()> {
    let columns = cursor_columns(key);
    run(db, "DELETE FROM cursor WHERE kind = ?1 AND owner = ?2 AND folder = ?3", columns)?;
    Ok(())
}

pub(super) fn save_watch(db: &Connection, watch: &Watch) -> Outcome<()> {
    run(
        db,
        "INSERT INTO watch (id, mailbox, expires) VALUES (?1, ?2, ?3)
         ON CONFLICT (id) DO UPDATE SET mailbox = excluded.mailbox, expires = excluded.expires",
        params![watch.id, watch.mailbox.as_str(), us(watch.expires)],
    )?;
    Ok(())
}

const WATCH: &str = "SELECT id, mailbox, expires FROM watch";

fn read_watch(found: &rusqlite::Row<'_>) -> Outcome<Watch> {
    Ok(Watch {
        id: found.get(0)?,
        mailbox: MailboxId::new(found.get::<_, String>(1)?),
        expires: row::time(found.get(2)?)?,
    })
}

/// Those that end soonest first.
pub(super) fn watches(db: &Connection) -> Outcome<Vec<Watch>> {
    all(db, &format!("{WATCH} ORDER BY expires, id"), [], read_watch)
}

pub(super) fn watch(db: &Connection, id: &str) -> Outcome<Option<Watch>> {
    one(db, &format!("{WATCH} WHERE id = ?1"), [id], read_watch)
}

pub(super) fn forget_watch(db: &Connection, id: &str) -> Outcome<()> {
    run(db, "DELETE FROM watch WHERE id = ?1", [id])?;
    Ok(())
}
