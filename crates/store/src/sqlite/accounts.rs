//! Accounts, sign-ins and small settings.

use message::Digest;
use rusqlite::{Connection, params};

use super::fault::Outcome;
use super::row::{self, all, one, run, scalar, us};
use crate::{Account, LoginSession};

pub(super) fn accounts(db: &Connection) -> Outcome<Vec<Account>> {
    all(db, "SELECT name, password_hash, created FROM account ORDER BY name", [], |found| {
        Ok(Account { name: found.get(0)?, password_hash: found.get(1)?, created: row::time(found.get(2)?)? })
    })
}

pub(super) fn save_account(db: &Connection, account: &Account) -> Outcome<()> {
    run(
        db,
        "INSERT INTO account (name, password_hash, created) VALUES (?1, ?2, ?3)
         ON CONFLICT (name) DO UPDATE SET password_hash = excluded.password_hash",
        params![account.name, account.password_hash, us(account.created)],
    )?;
    Ok(())
}

/// Keeps a sign-in, and forgets those that had ended when it began.
pub(super) fn save_session(db: &Connection, session: &LoginSession) -> Outcome<()> {
    run(db, "DELETE FROM session WHERE expires <= ?1", [us(session.created)])?;
    run(
        db,
        "INSERT INTO session (token_hash, account, csrf, created, expires) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (token_hash) DO UPDATE
         SET account = excluded.account, csrf = excluded.csrf, created = excluded.created, expires = excluded.expires",
        params![
            session.token_hash.as_bytes(),
            session.account,
            session.csrf,
            us(session.created),
            us(session.expires)
        ],
    )?;
    Ok(())
}

pub(super) fn session(db: &Connection, token_hash: &Digest) -> Outcome<Option<LoginSession>> {
    one(
        db,
        "SELECT token_hash, account, csrf, created, expires FROM session WHERE token_hash = ?1",
        [token_hash.as_bytes()],
        |found| {
            Ok(LoginSession {
                token_hash: row::digest(found, "token_hash")?,
                account: found.get(1)?,
                csrf: found.get(2)?,
                created: row::time(found.get(3)?)?,
                expires: row::time(found.get(4)?)?,
            })
        },
    )
}

pub(super) fn forget_session(db: &Connection, token_hash: &Digest) -> Outcome<()> {
    run(db, "DELETE FROM session WHERE token_hash = ?1", [token_hash.as_bytes()])?;
    Ok(())
}

pub(super) fn setting(db: &Connection, name: &str) -> Outcome<Option<String>> {
    scalar(db, "SELECT value FROM setting WHERE name = ?1", [name])
}

pub(super) fn save_setting(db: &Connection, name: &str, value: &str) -> Outcome<()> {
    run(
        db,
        "INSERT INTO setting (name, value) VALUES (?1, ?2)
         ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        [name, value],
    )?;
    Ok(())
}
