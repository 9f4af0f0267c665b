//! Messages, folders and deltas as Graph shows them.
#![allow(clippy::unwrap_used, reason = "a panic here is the report")]

mod harness;

use harness::{ANN, BO, answer, start};
use reqwest::Method;
use serde_json::{Value, json};

#[tokio::test]
async fn a_message_is_listed_read_and_fetched_byte_for_byte() {
    let tester = start().await;
    let filed = tester.deliver(ANN, "first").await;
    let (status, list) =
        tester.get(&format!("/users/{ANN}/messages?$select=subject,from,receivedDateTime&$top=5")).await;
    assert_eq!(status, 200, "{list}");
    assert_eq!(list["value"][0]["subject"], "first");
    assert!(list["value"][0].get("body").is_none());
    let id = list["value"][0]["id"].as_str().unwrap();
    assert_eq!(id, filed["id"]);
    let (_, message) = tester.get(&format!("/users/{ANN}/messages/{id}")).await;
    assert_eq!(message["from"]["emailAddress"]["address"], "carl@sender.example");
    assert_eq!(message["body"]["content"], "Hello first\r\n");
    assert!(message.get("internetMessageHeaders").is_none());
    let (_, headers) =
        tester.get(&format!("/users/{ANN}/messages/{id}?$select=internetMessageHeaders")).await;
    assert!(headers["internetMessageHeaders"].as_array().unwrap().len() > 10);
    let mime =
        tester.request(Method::GET, &format!("/users/{ANN}/messages/{id}/$value")).send().await.unwrap();
    assert_eq!(mime.headers()["content-type"], "text/plain");
    let mime = mime.text().await.unwrap();
    assert!(
        mime.ends_with("\r\n\r\nHello first\r\n") && mime.contains("X-MS-Exchange-Organization-SCL: 1\r\n")
    );
}

#[tokio::test]
async fn a_move_changes_the_rest_id_and_nothing_else() {
    let tester = start().await;
    let filed = tester.deliver(ANN, "moved").await;
    let (rest, immutable) = (filed["id"].as_str().unwrap(), filed["immutable_id"].as_str().unwrap());
    let (_, before) = tester.get_immutable(&format!("/users/{ANN}/messages/{rest}")).await;
    assert_eq!(before["id"], immutable);
    let (status, moved) =
        tester.post(&format!("/users/{ANN}/messages/{rest}/move"), json!({"DestinationId": "archive"})).await;
    assert_eq!(status, 201);
    assert_ne!(moved["id"], rest);
    let (status, gone) = tester.get(&format!("/users/{ANN}/messages/{rest}")).await;
    assert_eq!((status, gone["error"]["code"].as_str()), (404, Some("ErrorItemNotFound")));
    let (status, back) = tester
        .post_immutable(&format!("/users/{ANN}/messages/{immutable}/move"), json!({"destinationId": "inbox"}))
        .await;
    assert_eq!((status, &back["id"]), (201, &before["id"]));
    for field in ["receivedDateTime", "isRead", "flag", "categories", "parentFolderId", "subject"] {
        assert_eq!(back[field], before[field], "{field}");
    }
}

#[tokio::test]
async fn marks_are_patched_and_guarded_by_the_etag() {
    let tester = start().await;
    let filed = tester.deliver(ANN, "marked").await;
    let path = format!("/users/{ANN}/messages/{}", filed["id"].as_str().unwrap());
    let changes = json!({"isRead": true, "categories": ["Red"], "flag": {"flagStatus": "flagged"}, "importance": "high"});
    let (status, patched) = tester.patch(&path, changes).await;
    assert_eq!((status, &patched["isRead"], &patched["categories"]), (200, &json!(true), &json!(["Red"])));
    let stale =
        tester.request(Method::PATCH, &path).header("if-match", "W/\"old\"").json(&json!({"isRead": false}));
    let (status, refused) = answer(stale).await;
    assert_eq!((status, refused["error"]["code"].as_str()), (412, Some("ErrorIrresolvableConflict")));
    let (status, _) = tester.patch(&path, json!({"subject": "other"})).await;
    assert_eq!(status, 400);
}

#[tokio::test]
async fn filters_follow_exchanges_rules() {
    let tester = start().await;
    for subject in ["a", "b", "c"] {
        tester.deliver(ANN, subject).await;
    }
    let list = async |query: &str| tester.get(&format!("/users/{ANN}/messages?{query}")).await;
    let (_, one) = list("$filter=internetMessageId eq '%3Cb%40sender.example%3E'&$count=true").await;
    assert_eq!((one["@odata.count"].as_u64(), one["value"][0]["subject"].as_str()), (Some(1), Some("b")));
    let (status, error) = list("$filter=isRead eq false&$orderby=receivedDateTime desc").await;
    assert_eq!((status, error["error"]["code"].as_str()), (400, Some("InefficientFilter")));
    let (status, _) = list(
        "$filter=receivedDateTime ge 2020-01-01T00:00:00Z and isRead eq false&$orderby=receivedDateTime desc",
    )
    .await;
    assert_eq!(status, 200);
    let (_, found) = list("$search=\"subject:c\"").await;
    assert_eq!(found["value"].as_array().unwrap().len(), 1);
    assert_eq!(list("$filter=nonsense").await.0, 400);
    assert_eq!(list("$top=0").await.0, 400);
}

#[tokio::test]
async fn pages_lead_through_everything_once() {
    let tester = start().await;
    for number in 0..25 {
        tester.deliver(ANN, &format!("n{number}")).await;
    }
    let mut url = format!("/users/{ANN}/mailFolders/inbox/messages?$select=subject");
    let mut subjects = Vec::new();
    loop {
        let (_, page) = tester.get(&url).await;
        subjects.extend(
            page["value"].as_array().unwrap().iter().map(|one| one["subject"].as_str().unwrap().to_owned()),
        );
        match page["@odata.nextLink"].as_str() {
            Some(next) => url = next.to_owned(),
            None => break,
        }
    }
    assert_eq!(subjects.len(), 25);
    assert_eq!(subjects.first().map(String::as_str), Some("n24"));
}

async fn rows(tester: &harness::Tester, mut url: String) -> (Vec<Value>, String) {
    let mut rows = Vec::new();
    loop {
        let (status, page) = tester.get(&url).await;
        assert_eq!(status, 200, "{page}");
        rows.extend(page["value"].as_array().unwrap().clone());
        match page["@odata.nextLink"].as_str() {
            Some(next) => url = next.to_owned(),
            None => return (rows, page["@odata.deltaLink"].as_str().unwrap().to_owned()),
        }
    }
}

#[tokio::test]
async fn a_delta_tells_what_came_changed_and_went() {
    let tester = start().await;
    let first = tester.deliver(ANN, "stays").await;
    let leaves = tester.deliver(ANN, "leaves").await;
    let (all, link) =
        rows(&tester, format!("/users/{ANN}/mailFolders('inbox')/messages/delta()?$select=subject&$top=1"))
            .await;
    assert_eq!(all.len(), 2);
    let (none, link) = rows(&tester, link).await;
    assert!(none.is_empty());
    tester
        .post(
            &format!("/users/{ANN}/messages/{}/move", leaves["id"].as_str().unwrap()),
            json!({"destinationId": "archive"}),
        )
        .await;
    tester
        .patch(&format!("/users/{ANN}/messages/{}", first["id"].as_str().unwrap()), json!({"isRead": true}))
        .await;
    tester.deliver(ANN, "new").await;
    let (changes, _) = rows(&tester, link).await;
    let removed: Vec<_> = changes.iter().filter(|row| row.get("@removed").is_some()).collect();
    assert_eq!(removed.len(), 1);
    assert_eq!(removed[0]["id"], leaves["id"]);
    assert_eq!(changes.iter().filter(|row| row["subject"] == "new").count(), 1);
    assert_eq!(changes.len(), 3);
}

#[tokio::test]
async fn created_only_deltas_leave_the_rest_out() {
    let tester = start().await;
    let old = tester.deliver(ANN, "old").await;
    let url = format!(
        "/users/{ANN}/mailFolders/inbox/messages/delta?changeType=created&$filter=receivedDateTime ge 2020-01-01T00:00:00Z"
    );
    let (_, link) = rows(&tester, url).await;
    tester
        .patch(&format!("/users/{ANN}/messages/{}", old["id"].as_str().unwrap()), json!({"isRead": true}))
        .await;
    tester.deliver(ANN, "new").await;
    let (changes, _) = rows(&tester, link).await;
    assert_eq!(changes.iter().map(|row| row["subject"].as_str().unwrap()).collect::<Vec<_>>(), ["new"]);
}

#[tokio::test]
async fn a_lost_token_of_one_folder_is_410_for_that_folder_alone() {
    let tester = start().await;
    let (_, inbox) = rows(&tester, format!("/users/{ANN}/mailFolders/inbox/messages/delta")).await;
    let (_, junk) = rows(&tester, format!("/users/{ANN}/mailFolders/junkemail/messages/delta")).await;
    tester.control(Method::POST, "/delta/lose", json!({"mailbox": ANN, "folders": ["Inbox"]})).await;
    let (status, lost) = tester.get(&inbox).await;
    assert_eq!((status, lost["error"]["code"].as_str()), (410, Some("syncStateNotFound")));
    assert_eq!(tester.get(&junk).await.0, 200);
    assert_eq!(tester.get(&format!("/users/{ANN}/messages/delta")).await.0, 400);
}

#[tokio::test]
async fn folders_are_made_once_hidden_or_not() {
    let tester = start().await;
    let path = format!("/users/{ANN}/mailFolders");
    let (status, made) = tester.post(&path, json!({"displayName": "Quarantine", "isHidden": true})).await;
    assert_eq!((status, &made["isHidden"]), (201, &json!(true)));
    let (status, twice) = tester.post(&path, json!({"displayName": "quarantine"})).await;
    assert_eq!((status, twice["error"]["code"].as_str()), (409, Some("ErrorFolderExists")));
    let names = async |query: &str| {
        let (_, list) = tester.get(&format!("{path}?$top=100{query}")).await;
        list["value"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["displayName"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert!(!names("").await.contains(&"Quarantine".to_owned()));
    assert!(names("&includeHiddenFolders=true").await.contains(&"Quarantine".to_owned()));
    let id = made["id"].as_str().unwrap();
    assert_eq!(tester.patch(&format!("{path}/{id}"), json!({"isHidden": false})).await.0, 400);
    let filed = tester.deliver(ANN, "held").await;
    let moved = tester
        .post(
            &format!("/users/{ANN}/messages/{}/move", filed["id"].as_str().unwrap()),
            json!({"destinationId": id}),
        )
        .await;
    assert_eq!(moved.0, 201);
    let (_, everywhere) = tester.get(&format!("/users/{ANN}/messages")).await;
    assert_eq!(everywhere["value"].as_array().unwrap().len(), 0);
    let (folders, _) = rows(&tester, format!("{path}/delta")).await;
    assert!(folders.iter().any(|folder| folder["displayName"] == "Quarantine"));
    assert!(folders.iter().all(|folder| folder["displayName"] != "Purges"));
}

#[tokio::test]
async fn deleting_goes_by_stages_and_purging_is_the_end() {
    let tester = start().await;
    let filed = tester.deliver(ANN, "doomed").await;
    let path = format!("/users/{ANN}/messages/{}", filed["immutable_id"].as_str().unwrap());
    assert_eq!(tester.delete(&path).await.0, 204);
    let folder = async || tester.get_immutable(&path).await.1["parentFolderId"].clone();
    let id_of =
        async |name: &str| tester.get(&format!("/users/{ANN}/mailFolders/{name}")).await.1["id"].clone();
    assert_eq!(folder().await, id_of("deleteditems").await);
    tester.delete(&path).await;
    assert_eq!(folder().await, id_of("recoverableitemsdeletions").await);
    assert_eq!(tester.post(&format!("{path}/permanentDelete"), json!({})).await.0, 204);
    assert_eq!(tester.get(&path).await.0, 404);
}

#[tokio::test]
async fn drafts_are_made_from_json_and_from_mime() {
    let tester = start().await;
    let path = format!("/users/{ANN}/messages");
    let message = json!({"subject": "Draft", "body": {"contentType": "text", "content": "Hi"}, "toRecipients": [{"emailAddress": {"address": BO}}]});
    let (status, draft) = tester.post(&path, message).await;
    assert_eq!((status, &draft["isDraft"], &draft["subject"]), (201, &json!(true), &json!("Draft")));
    let (_, renamed) =
        tester.patch(&format!("{path}/{}", draft["id"].as_str().unwrap()), json!({"subject": "Other"})).await;
    assert_eq!(renamed["subject"], "Other");
    assert_eq!(renamed["toRecipients"][0]["emailAddress"]["address"], BO);
    let sent = tester.post(&format!("{path}/{}/send", draft["id"].as_str().unwrap()), json!({})).await;
    assert_eq!(sent.0, 202);
    let (_, inbox) = tester.get(&format!("/users/{BO}/mailFolders/inbox/messages")).await;
    assert_eq!(inbox["value"][0]["subject"], "Other");
    let flags = json!([{"id": "Integer 0x0E07", "value": "1"}]);
    let (_, filed) =
        tester.post(&path, json!({"subject": "No draft", "singleValueExtendedProperties": flags})).await;
    assert_eq!(filed["isDraft"], false);
    let bad = tester.request(Method::POST, &path).header("content-type", "text/plain").body("***");
    assert_eq!(answer(bad).await.1["error"]["message"], "Invalid base64 string for MIME content.");
    let good = tester
        .request(Method::POST, &path)
        .header("content-type", "text/plain")
        .body("U3ViamVjdDogTWltZQ0KDQpIaQ==");
    assert_eq!(answer(good).await.1["subject"], "Mime");
}

#[tokio::test]
async fn our_mark_is_an_extended_property_that_can_be_found_again() {
    let tester = start().await;
    let filed = tester.deliver(ANN, "judged").await;
    let name = "String {00020329-0000-0000-C000-000000000046} Name Mark";
    let path = format!("/users/{ANN}/messages/{}", filed["id"].as_str().unwrap());
    tester.patch(&path, json!({"singleValueExtendedProperties": [{"id": name, "value": "7"}]})).await;
    let expand = format!("$expand=singleValueExtendedProperties($filter=id eq '{name}')");
    let (_, shown) = tester.get(&format!("{path}?{expand}")).await;
    assert_eq!(shown["singleValueExtendedProperties"][0]["value"], "7");
    let filter =
        format!("$filter=singleValueExtendedProperties/Any(ep: ep/id eq '{name}' and ep/value eq '7')");
    let (_, found) = tester.get(&format!("/users/{ANN}/messages?{filter}")).await;
    assert_eq!(found["value"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_rule_files_new_mail_but_junk_goes_to_junk() {
    let tester = start().await;
    let (_, folder) =
        tester.post(&format!("/users/{ANN}/mailFolders"), json!({"displayName": "Checking"})).await;
    let rule = json!({"displayName": "Hold", "sequence": 1, "isEnabled": true,
        "actions": {"moveToFolder": folder["id"], "stopProcessingRules": true}});
    let rules = format!("/users/{ANN}/mailFolders/inbox/messageRules");
    let (status, made) = tester.post(&rules, rule).await;
    assert_eq!(status, 201, "{made}");
    assert_eq!(tester.deliver(ANN, "held").await["folder"], "Checking");
    let junk = json!({"raw": harness::mail("spam"), "to": [ANN], "verdict": "SCL=6;SFV=SPM;CAT=SPM"});
    assert_eq!(tester.control(Method::POST, "/mail", junk).await["filed"][0]["folder"], "Junk Email");
    let path = format!("{rules}/{}", made["id"].as_str().unwrap());
    assert_eq!(tester.patch(&path, json!({"isEnabled": false})).await.1["isEnabled"], false);
    assert_eq!(tester.deliver(ANN, "free").await["folder"], "Inbox");
    assert_eq!(tester.delete(&path).await.0, 204);
    assert_eq!(tester.get(&rules).await.1["value"], json!([]));
}

#[tokio::test]
async fn attachments_come_whole() {
    let tester = start().await;
    let raw = "Subject: a\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\ntext\r\n--b\r\nContent-Type: text/csv\r\nContent-Disposition: attachment; filename=a.csv\r\n\r\n1,2\r\n--b--\r\n";
    let filed =
        tester.control(Method::POST, "/mail", json!({"raw": raw, "to": [ANN]})).await["filed"][0].clone();
    let path = format!("/users/{ANN}/messages/{}/attachments", filed["id"].as_str().unwrap());
    let (_, list) = tester.get(&path).await;
    assert_eq!(
        (list["value"][0]["name"].as_str(), list["value"][0]["contentBytes"].as_str()),
        (Some("a.csv"), Some("MSwy"))
    );
    let id = list["value"][0]["id"].as_str().unwrap();
    assert_eq!(
        tester
            .request(Method::GET, &format!("{path}/{id}/$value"))
            .send()
            .await
            .unwrap()
            .text()
            .await
            .unwrap(),
        "1,2"
    );
}

#[tokio::test]
async fn ids_are_translated() {
    let tester = start().await;
    let filed = tester.deliver(ANN, "named").await;
    let body =
        json!({"InputIds": [filed["id"]], "TargetIdType": "restImmutableEntryId", "SourceIdType": "restId"});
    let (_, translated) = tester.post(&format!("/users/{ANN}/translateExchangeIds"), body).await;
    assert_eq!(translated["value"][0]["targetId"], filed["immutable_id"]);
}
