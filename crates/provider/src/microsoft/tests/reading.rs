//! Users, folders, changes and bytes.

use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::json;
use verdict::{FolderId, FolderRole, Place};

use super::desk::token;
use super::*;
use crate::{Cursor, Error, FolderChange, ItemChange, MailboxChange, Provider as _};

#[tokio::test]
async fn only_users_with_a_mailbox_are_present() {
    let desk = Desk::open(|seen| match seen.path.split('?').next()? {
        "/users/delta" => Some(Reply::json(json!({
            "value": [
                { "id": "u1", "displayName": "Bo", "mail": "bo@tenant.example", "userPrincipalName": "bo@tenant.example", "accountEnabled": true },
                { "id": "none", "userPrincipalName": "x@tenant.example", "accountEnabled": true },
                { "id": "scoped", "userPrincipalName": "y@tenant.example", "accountEnabled": true },
                { "id": "guest", "userType": "Guest" },
                { "id": "left", "@removed": { "reason": "deleted" } },
                { "id": "part", "displayName": "Partial row" },
            ],
            "@odata.deltaLink": "https://elsewhere.example/steal"
        }))),
        "/users/u1/mailFolders/inbox" | "/users/part/mailFolders/inbox" => Some(Reply::json(json!({ "id": "i" }))),
        "/users/none/mailFolders/inbox" => Some(Reply::error(404, "MailboxNotEnabledForRESTAPI")),
        "/users/scoped/mailFolders/inbox" => Some(Reply::error(403, "ErrorAccessDenied")),
        "/users/part" => Some(Reply::json(json!({
            "id": "part", "displayName": "Whole", "userPrincipalName": "p@tenant.example", "accountEnabled": false
        }))),
        _ => None,
    })
    .await;
    let microsoft = microsoft(&desk);
    let page = microsoft.mailboxes(None).await.unwrap();
    let shown: Vec<_> = page
        .rows
        .iter()
        .map(|row| match row {
            MailboxChange::Present(info) => format!("{} {} {}", info.id, info.name, info.enabled),
            MailboxChange::Gone(id) => format!("{id} gone"),
        })
        .collect();
    assert_eq!(
        shown,
        ["u1 Bo true", "none gone", "scoped gone", "guest gone", "left gone", "part Whole false"]
    );
    assert!(desk.asked("GET", "/users/guest").is_empty());

    // A link that leads elsewhere does not get our token.
    assert!(matches!(microsoft.mailboxes(Some(&page.next)).await, Err(Error::CursorLost)));
}

#[tokio::test]
async fn no_right_to_any_mailbox_is_told_as_such() {
    let desk = Desk::open(|seen| match seen.path.split('?').next()? {
        "/users/delta" => Some(Reply::json(json!({
            "value": [{ "id": "u1", "userPrincipalName": "x@tenant.example", "accountEnabled": true }],
            "@odata.deltaLink": "/users/delta?$deltatoken=1"
        }))),
        path if path.ends_with("/token") => Some(token(&["User.Read.All"])),
        "/users/u1/mailFolders/inbox" => Some(Reply::error(403, "ErrorAccessDenied")),
        _ => None,
    })
    .await;
    let refused = microsoft(&desk).mailboxes(None).await;
    assert!(matches!(refused, Err(Error::Denied(text)) if text.starts_with("Mail.Read is missing")));
}

#[tokio::test]
async fn a_tenth_of_the_mailboxes_being_busy_does_not_spoil_the_page() {
    let busy = AtomicBool::new(true);
    let desk = Desk::open(move |seen| match seen.path.split('?').next()? {
        "/users/delta" => {
            let user = |n| json!({ "id": format!("u{n}"), "userPrincipalName": "x@tenant.example", "accountEnabled": true });
            let users: Vec<_> = (0..30).map(user).collect();
            Some(Reply::json(json!({ "value": users, "@odata.deltaLink": "/d" })))
        }
        "/users/u7/mailFolders/inbox" if busy.swap(false, Ordering::SeqCst) => {
            Some(Reply::error(429, "ApplicationThrottled").after("0"))
        }
        path if path.ends_with("/inbox") => Some(Reply::json(json!({ "id": "i" }))),
        _ => None,
    })
    .await;
    let microsoft = microsoft(&desk);
    let page = microsoft.mailboxes(None).await.unwrap();
    assert!(page.rows.iter().all(|row| matches!(row, MailboxChange::Present(_))));
    assert_eq!(desk.asked("GET", "/users/u7/mailFolders/inbox").len(), 2);
    assert_eq!(desk.asked("GET", "/users/u8/mailFolders/inbox").len(), 1);
    assert_eq!(microsoft.usage().by_kind["mailbox"].throttled, 1);
}

#[tokio::test]
async fn folders_have_roles_and_ours_is_left_out() {
    let desk = Desk::open(|seen| {
        let delta = seen.path.starts_with("/users/u1/mailFolders/delta").then(|| {
            Reply::json(json!({
                "value": [
                    { "id": "inbox", "displayName": "Posteingang" },
                    { "id": "work", "displayName": "Work" },
                    { "id": "ours", "displayName": "Innerward Quarantine 2", "isHidden": true },
                    { "id": "own", "displayName": "Innerward Quarantine", "isHidden": false },
                    { "@odata.type": "#microsoft.graph.mailSearchFolder", "id": "search", "displayName": "Unread" },
                    { "id": "old", "@removed": { "reason": "deleted" } },
                ],
                "@odata.nextLink": "/users/u1/mailFolders/delta?$skiptoken=2"
            }))
        });
        delta.or_else(|| folders(seen))
    })
    .await;
    let page = microsoft(&desk).folders(&mailbox(), None).await.unwrap();
    let shown: Vec<_> = page
        .rows
        .iter()
        .map(|row| match row {
            FolderChange::Present(folder) => format!("{} {:?}", folder.id, folder.role),
            FolderChange::Gone(id) => format!("{id} gone"),
        })
        .collect();
    assert_eq!(shown, ["inbox Inbox", "work Other", "own Other", "old gone"]);
    assert!(page.more);
}

#[tokio::test]
async fn every_request_asks_for_immutable_ids() {
    let desk = Desk::open(|seen| {
        let delta = seen.path.contains("/messages/delta").then(|| {
            Reply::json(json!({ "value": [{ "id": "a", "isDraft": true }, { "id": "b", "@removed": {} }], "@odata.deltaLink": "/d" }))
        });
        delta.or_else(|| folders(seen))
    })
    .await;
    let microsoft = microsoft(&desk);
    let page = microsoft.changes(&mailbox(), &FolderId::new("inbox"), None).await.unwrap();
    let draft = ItemChange::Present { item: ItemId::new("a"), draft: true, received: None };
    assert_eq!(page.rows, [draft, ItemChange::Gone(ItemId::new("b"))]);
    assert_eq!((page.next, page.more), (Cursor("/d".into()), false));
    microsoft.place(&target("a")).await.unwrap_err();
    for seen in desk.asked("GET", "/users") {
        let prefer =
            seen.headers.as_object().unwrap().iter().find(|(name, _)| name.eq_ignore_ascii_case("prefer"));
        let prefer = prefer.unwrap().1.as_str().unwrap();
        assert!(prefer.contains("IdType=\"ImmutableId\""), "{} {prefer}", seen.path);
    }
    let [asked] = &desk.asked("GET", "/users/u1/mailFolders/inbox/messages/delta")[..] else { panic!() };
    assert!(
        asked.path.contains("changeType=created")
            && asked.path.contains("$select=id,receivedDateTime,isDraft")
    );
}

#[tokio::test]
async fn a_lost_cursor_is_told_in_all_its_forms() {
    for (status, code) in
        [(410, "syncStateNotFound"), (410, "resyncRequired"), (404, "SyncStateNotFound"), (410, "")]
    {
        let reply = Reply::error(status, code);
        let desk = Desk::open(move |seen| seen.path.contains("/delta").then(|| reply.clone())).await;
        let cursor = Cursor("/users/u1/mailFolders/inbox/messages/delta?$deltatoken=old".into());
        let lost = microsoft(&desk).changes(&mailbox(), &FolderId::new("inbox"), Some(&cursor)).await;
        assert!(matches!(lost, Err(Error::CursorLost)), "{status} {code}: {lost:?}");
    }
}

#[tokio::test]
async fn a_copy_comes_with_its_place_and_no_more_bytes_than_asked() {
    let desk = Desk::open(|seen| {
        let path = seen.path.split('?').next()?;
        match path {
            "/users/u1/messages/a" => Some(Reply::json(message("work"))),
            "/users/u1/messages/a/$value" => Some(Reply::bytes(vec![b'x'; 5_000_000])),
            _ => folders(seen),
        }
    })
    .await;
    let microsoft = microsoft(&desk);
    for (asked, truncated) in [(1000_u64, true), (4_999_999, true), (5_000_000, false), (u64::MAX, false)] {
        let fetched = microsoft.fetch(&target("a"), asked).await.unwrap();
        assert_eq!((fetched.bytes.len(), fetched.truncated), (asked.min(5_000_000) as usize, truncated));
        assert_eq!(fetched.internet_message_id.as_deref(), Some("<m1@sender.example>"));
        let place = Place { received: None, ..fetched.place };
        let expected = Place {
            folder: FolderId::new("work"),
            role: FolderRole::Other,
            quarantined: false,
            read: false,
            flag: crate::Flag::None,
            categories: vec![],
            received: None,
        };
        assert_eq!(place, expected);
    }
    let gone = microsoft.fetch(&target("b"), 1000).await;
    assert!(gone.is_err_and(|error| error.is_gone()));
}

#[tokio::test]
async fn arrivals_are_counted_over_all_pages() {
    let desk = Desk::open(|seen| match seen.path.as_str() {
        "/users/u1/messages?page=2" => {
            Some(Reply::json(json!({ "value": [{ "id": "c", "receivedDateTime": "2026-11-20T09:00:00Z" }] })))
        }
        path if path.starts_with("/users/u1/messages?") => Some(Reply::json(json!({
            "value": [
                { "id": "a", "receivedDateTime": "2026-11-20T08:00:00Z", "isDraft": false },
                { "id": "b", "receivedDateTime": "2026-11-20T08:00:00Z", "isDraft": true },
            ],
            "@odata.nextLink": "/users/u1/messages?page=2"
        }))),
        path if path.starts_with("/users/u1/mailFolders/ours/messages?") => {
            Some(Reply::json(json!({ "value": [
                { "id": "d", "receivedDateTime": "2026-11-20T07:00:00Z" },
                { "id": "c", "receivedDateTime": "2026-11-20T09:00:00Z" },
            ]})))
        }
        _ => folders(seen),
    })
    .await;
    let (since, until) = ("2026-11-20T00:00:00Z".parse().unwrap(), "2026-11-21T00:00:00Z".parse().unwrap());
    let arrived = microsoft(&desk).arrived(&mailbox(), since, until).await.unwrap();
    let items: Vec<_> = arrived.iter().map(|(item, _)| item.as_str()).collect();
    assert_eq!(items, ["a", "c", "d"]);
    let asked = &desk.asked("GET", "/users/u1/messages")[0].path;
    assert!(asked.contains("receivedDateTime%20ge%202026-11-20T00:00:00Z%20and%20receivedDateTime%20lt%202026-11-21T00:00:00Z"), "{asked}");
}
