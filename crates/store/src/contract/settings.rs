//! Mailboxes, cursors, watches, accounts, sign-ins, small settings.

use message::{Address, Digest};
use verdict::{FolderId, MailboxId, TenantId};

use super::Fresh;
use super::sample::at;
use crate::{Account, CursorKey, LoginSession, Mailbox, Watch};

pub async fn mailboxes_stay_on_record(store: Fresh<'_>) {
    let tenant = TenantId::new("tenant");
    let mailbox = |id: &str, active| Mailbox {
        id: MailboxId::new(id),
        name: "Ann Älteste".to_owned(),
        addresses: ["ann@example.com", "a.nn@example.net"].into_iter().filter_map(Address::parse).collect(),
        active,
    };
    store.save_mailboxes(&tenant, &[mailbox("ann", true), mailbox("bob", true)]).await.expect("kept");
    store.save_mailboxes(&tenant, &[mailbox("bob", false)]).await.expect("kept");
    assert_eq!(store.mailboxes(&tenant).await.expect("read"), [mailbox("ann", true), mailbox("bob", false)]);
    assert_eq!(store.mailboxes(&TenantId::new("other")).await.expect("read"), []);
}

pub async fn cursors_are_told_apart(store: Fresh<'_>) {
    let keys = [
        CursorKey::Mailboxes(TenantId::new("ann")),
        CursorKey::Folders(MailboxId::new("ann")),
        CursorKey::Items(MailboxId::new("ann"), FolderId::new("inbox")),
        CursorKey::Items(MailboxId::new("ann"), FolderId::new("junk")),
    ];
    for (number, key) in keys.iter().enumerate() {
        assert_eq!(store.cursor(key).await.expect("read"), None);
        store.advance(key, &number.to_string(), &[], at(0)).await.expect("moved");
    }
    for (number, key) in keys.iter().enumerate() {
        assert_eq!(store.cursor(key).await.expect("read"), Some(number.to_string()));
    }
    store.forget_cursor(&keys[2]).await.expect("forgotten");
    assert_eq!(store.cursor(&keys[2]).await.expect("read"), None);
    assert_eq!(store.cursor(&keys[3]).await.expect("read").as_deref(), Some("3"));
}

pub async fn watches_come_and_go(store: Fresh<'_>) {
    let watch =
        |id: &str, second| Watch { id: id.to_owned(), mailbox: MailboxId::new("ann"), expires: at(second) };
    for one in [watch("late", 20), watch("soon", 10), watch("late", 30)] {
        store.save_watch(&one).await.expect("kept");
    }
    assert_eq!(store.watches().await.expect("read"), [watch("soon", 10), watch("late", 30)]);
    assert_eq!(store.watch("late").await.expect("read"), Some(watch("late", 30)));
    store.forget_watch("late").await.expect("forgotten");
    assert_eq!(store.watch("late").await.expect("read"), None);
}

pub async fn accounts_and_sign_ins(store: Fresh<'_>) {
    let account =
        |hash: &str| Account { name: "ann".to_owned(), password_hash: hash.to_owned(), created: at(0) };
    for hash in ["first", "second"] {
        store.save_account(&account(hash)).await.expect("kept");
    }
    assert_eq!(store.accounts().await.expect("read"), [account("second")]);
    let session = session("a", 0, 100);
    store.save_session(&session).await.expect("kept");
    assert_eq!(store.session(&session.token_hash).await.expect("read"), Some(session.clone()));
    store.forget_session(&session.token_hash).await.expect("forgotten");
    assert_eq!(store.session(&session.token_hash).await.expect("read"), None);
}

fn session(token: &str, created: i64, expires: i64) -> LoginSession {
    LoginSession {
        token_hash: Digest::of(token.as_bytes()),
        account: "ann".to_owned(),
        csrf: "csrf".to_owned(),
        created: at(created),
        expires: at(expires),
    }
}

/// Once somebody signs in after its end.
pub async fn an_ended_sign_in_is_forgotten(store: Fresh<'_>) {
    for one in [session("old", 0, 100), session("older", 0, 200), session("new", 100, 300)] {
        store.save_session(&one).await.expect("kept");
    }
    let kept =
        async |token: &str| store.session(&Digest::of(token.as_bytes())).await.expect("read").is_some();
    assert_eq!((kept("old").await, kept("older").await, kept("new").await), (false, true, true));
}

pub async fn small_settings(store: Fresh<'_>) {
    assert_eq!(store.setting("key").await.expect("read"), None);
    for value in ["one", "two"] {
        store.save_setting("key", value).await.expect("kept");
        assert_eq!(store.setting("key").await.expect("read").as_deref(), Some(value));
    }
}
