//! One suite every provider passes: what whoever uses a [`Provider`] may rely on, told as journeys of mail. Each runs
//! in mailboxes of its own; a failing one panics where it fails.

use async_trait::async_trait;
use verdict::{Action, Flag, FolderId, FolderRole, ItemId, MailboxId, Place, Target};

use crate::{
    Applied, Cursor, Done, Error, FolderChange, FolderInfo, ItemChange, MailboxChange, Notice, NoticeReply,
    NoticeRequest, Order, Page, Provider,
};

/// Larger than any message of the suite.
const SIZE_BYTES_MAX: u64 = 1024 * 1024;

/// No journey has more pages than this; more is a provider that never ends.
const PAGES_MAX: usize = 100;

/// The world around a provider: what people and other mail servers do there. Every act has taken effect, for people
/// and for the provider, when it returns.
#[async_trait]
pub trait World: Send + Sync {
    /// The provider under test, with all rights it needs.
    fn provider(&self) -> &dyn Provider;

    /// Hires somebody: a new user with an empty mailbox.
    async fn hire(&self, name: &str) -> MailboxId;

    /// A user without a mailbox; the id it would have.
    async fn user_without_mailbox(&self, name: &str) -> MailboxId;

    /// Deletes a user with the mailbox.
    async fn dismiss(&self, mailbox: &MailboxId);

    /// Delivers a message to the inbox; the bytes may gain header fields on the way, the body stays.
    async fn deliver(&self, mailbox: &MailboxId, message: &[u8]) -> ItemId;

    /// Makes a folder below the root.
    async fn make_folder(&self, mailbox: &MailboxId, name: &str) -> FolderId;

    /// Removes a folder for good.
    async fn remove_folder(&self, mailbox: &MailboxId, folder: &FolderId);

    /// Moves a message, as its owner.
    async fn drag(&self, mailbox: &MailboxId, item: &ItemId, folder: &FolderId);

    /// Deletes a message for good, as its owner.
    async fn delete(&self, mailbox: &MailboxId, item: &ItemId);

    /// Sets how a message stands, as its owner.
    async fn set(&self, mailbox: &MailboxId, item: &ItemId, read: bool, flag: Flag, categories: &[&str]);

    /// The provider forgets the cursors of the mailbox's folders.
    async fn lose_cursors(&self, mailbox: &MailboxId);

    /// The next calls about the mailbox are refused with "slow down" once or twice each.
    async fn throttle(&self, mailbox: &MailboxId);

    /// What was posted to our notice address since the last time, once all of it has come: the bodies.
    async fn posts(&self) -> Vec<Vec<u8>>;
}

/// Runs every journey.
pub async fn suite(world: &dyn World) {
    the_tenant_is_named_and_no_right_is_missing(world).await;
    mailboxes_are_listed_then_only_what_changed(world).await;
    folders_have_roles_and_ours_is_not_shown(world).await;
    changes_continue_from_the_cursor(world).await;
    a_lost_cursor_is_told_and_starting_over_finds_everything(world).await;
    a_copy_is_fetched_with_its_place(world).await;
    a_large_copy_is_cut_off(world).await;
    what_is_deleted_is_gone(world).await;
    quarantine_and_restore_leave_everything_as_it_was(world).await;
    restoring_never_undoes_what_the_person_did_since(world).await;
    a_lost_folder_restores_to_the_inbox(world).await;
    junk_and_back(world).await;
    marks_leave_the_persons_categories_alone(world).await;
    many_orders_are_answered_one_by_one(world).await;
    orders_on_one_copy_keep_their_order(world).await;
    throttling_is_waited_out(world).await;
    a_watch_brings_notices_and_forged_ones_are_refused(world).await;
    a_watch_is_renewed_and_ended(world).await;
    what_arrived_is_counted_wherever_it_lies(world).await;
}

/// Signing in names the tenant.
pub async fn the_tenant_is_named_and_no_right_is_missing(world: &dyn World) {
    let checks = world.provider().check().await.expect("a check");
    assert!(!checks.tenant_name.is_empty());
    assert!(!checks.domains.is_empty());
    assert_eq!(checks.missing, Vec::<String>::new());
}

/// All users first, then what changed; users without a mailbox are never present.
pub async fn mailboxes_are_listed_then_only_what_changed(world: &dyn World) {
    let (ann, bob) = (world.hire("list-ann").await, world.hire("list-bob").await);
    let nobody = world.user_without_mailbox("list-nobody").await;
    let (rows, cursor) = all_mailboxes(world, None).await;
    assert!(is_present(&rows, &ann) && is_present(&rows, &bob));
    assert!(!is_present(&rows, &nobody));

    let cat = world.hire("list-cat").await;
    world.dismiss(&bob).await;
    let (rows, _) = all_mailboxes(world, Some(cursor)).await;
    assert!(is_present(&rows, &cat));
    assert!(rows.contains(&MailboxChange::Gone(bob)));
    assert!(!is_present(&rows, &ann), "nothing changed about her");
}

/// Our hidden folder is nobody's business.
pub async fn folders_have_roles_and_ours_is_not_shown(world: &dyn World) {
    let mailbox = world.hire("folders").await;
    let (rows, cursor) = all_folders(world, &mailbox, None).await;
    let roles: Vec<_> = present(&rows).map(|folder| folder.role).collect();
    for role in
        [FolderRole::Inbox, FolderRole::Junk, FolderRole::Sent, FolderRole::Drafts, FolderRole::Deleted]
    {
        assert_eq!(roles.iter().filter(|known| **known == role).count(), 1, "{role:?}");
    }

    let item = world.deliver(&mailbox, &mail("folders")).await;
    let ours = order(world, &mailbox, &item, Action::Quarantine, None).await.after.folder;
    let made = world.make_folder(&mailbox, "Projects").await;
    let (later, _) = all_folders(world, &mailbox, Some(cursor)).await;
    assert!(present(&later).any(|folder| folder.id == made && folder.role == FolderRole::Other));
    let (again, _) = all_folders(world, &mailbox, None).await;
    assert!(present(&later).chain(present(&again)).all(|folder| folder.id != ours));
}

/// New mail shows once; a move out shows as gone or not at all, a move in as new.
pub async fn changes_continue_from_the_cursor(world: &dyn World) {
    let mailbox = world.hire("changes").await;
    let inbox = inbox(world, &mailbox).await;
    let work = world.make_folder(&mailbox, "Work").await;
    let first = world.deliver(&mailbox, &mail("changes one")).await;
    let (rows, cursor) = all_changes(world, &mailbox, &inbox, None).await;
    assert_eq!(items(&rows), std::slice::from_ref(&first));
    let (_, work_cursor) = all_changes(world, &mailbox, &work, None).await;

    let second = world.deliver(&mailbox, &mail("changes two")).await;
    let (rows, cursor) = all_changes(world, &mailbox, &inbox, Some(cursor)).await;
    assert_eq!(items(&rows), [second]);
    let (rows, cursor) = all_changes(world, &mailbox, &inbox, Some(cursor)).await;
    assert_eq!(items(&rows), []);

    world.drag(&mailbox, &first, &work).await;
    let (rows, _) = all_changes(world, &mailbox, &inbox, Some(cursor)).await;
    assert!(!items(&rows).contains(&first));
    let (rows, _) = all_changes(world, &mailbox, &work, Some(work_cursor)).await;
    assert_eq!(items(&rows), [first], "the id survives the move");
}

/// Nothing is missed when the provider forgets where we were.
pub async fn a_lost_cursor_is_told_and_starting_over_finds_everything(world: &dyn World) {
    let mailbox = world.hire("lost-cursor").await;
    let inbox = inbox(world, &mailbox).await;
    let first = world.deliver(&mailbox, &mail("lost one")).await;
    let (_, cursor) = all_changes(world, &mailbox, &inbox, None).await;
    let second = world.deliver(&mailbox, &mail("lost two")).await;
    world.lose_cursors(&mailbox).await;
    let lost = world.provider().changes(&mailbox, &inbox, Some(&cursor)).await;
    assert!(matches!(lost, Err(Error::CursorLost)), "{lost:?}");
    let (rows, _) = all_changes(world, &mailbox, &inbox, None).await;
    let mut found = items(&rows);
    found.sort();
    let mut expected = vec![first, second];
    expected.sort();
    assert_eq!(found, expected);
}

/// The bytes are those delivered, and the place tells how it stands.
pub async fn a_copy_is_fetched_with_its_place(world: &dyn World) {
    let mailbox = world.hire("fetch").await;
    let item = world.deliver(&mailbox, &mail("fetch me")).await;
    world.set(&mailbox, &item, true, Flag::Flagged, &["Mine"]).await;
    let target = target(world, &mailbox, &item);
    let fetched = world.provider().fetch(&target, SIZE_BYTES_MAX).await.expect("the copy");
    assert!(fetched.bytes.ends_with(&body("fetch me")), "the body is the one delivered");
    assert!(!fetched.truncated && !fetched.draft);
    assert_eq!(fetched.internet_message_id, Some(message_id("fetch me")));
    let place = fetched.place;
    assert_eq!((place.role, place.quarantined), (FolderRole::Inbox, false));
    assert_eq!(
        (place.read, place.flag, &place.categories[..]),
        (true, Flag::Flagged, &["Mine".to_owned()][..])
    );
    assert!(place.received.is_some());
    assert_eq!(world.provider().place(&target).await.expect("its place"), place);
}

/// No more than asked for is held.
pub async fn a_large_copy_is_cut_off(world: &dyn World) {
    let mailbox = world.hire("large").await;
    let large = [mail("large"), vec![b'x'; 300_000]].concat();
    let item = world.deliver(&mailbox, &large).await;
    let fetched = world.provider().fetch(&target(world, &mailbox, &item), 1000).await.expect("its beginning");
    assert!(fetched.truncated);
    assert_eq!(fetched.bytes.len(), 1000);
}

/// For fetching, looking and acting alike.
pub async fn what_is_deleted_is_gone(world: &dyn World) {
    let mailbox = world.hire("deleted").await;
    let item = world.deliver(&mailbox, &mail("deleted")).await;
    world.delete(&mailbox, &item).await;
    let target = target(world, &mailbox, &item);
    assert!(world.provider().fetch(&target, SIZE_BYTES_MAX).await.is_err_and(|error| error.is_gone()));
    assert!(world.provider().place(&target).await.is_err_and(|error| error.is_gone()));
    let order = Order { target, action: Action::Quarantine, before: None };
    let [answer] = &world.provider().apply(&[order]).await[..] else { panic!("one answer an order") };
    assert!(answer.as_ref().is_err_and(Error::is_gone), "{answer:?}");
}

/// The promise: same folder, date, read state, flag, categories, bytes; and doing it twice does it once.
pub async fn quarantine_and_restore_leave_everything_as_it_was(world: &dyn World) {
    let mailbox = world.hire("restore").await;
    let work = world.make_folder(&mailbox, "Work").await;
    let item = world.deliver(&mailbox, &mail("restore")).await;
    world.drag(&mailbox, &item, &work).await;
    world.set(&mailbox, &item, true, Flag::Complete, &["Mine", "Yours"]).await;
    let target = target(world, &mailbox, &item);
    let before = world.provider().fetch(&target, SIZE_BYTES_MAX).await.expect("the copy");

    let taken = order(world, &mailbox, &item, Action::Quarantine, None).await;
    assert_eq!(taken.done, Done::Now);
    assert_eq!(taken.before.as_ref(), Some(&before.place));
    assert!(taken.after.quarantined);
    let again = order(world, &mailbox, &item, Action::Quarantine, None).await;
    assert_eq!((again.done, again.after.quarantined), (Done::Already, true));

    let back = order(world, &mailbox, &item, Action::Restore, taken.before.clone()).await;
    assert_eq!((back.done, back.folder_lost), (Done::Now, false));
    assert_eq!(world.provider().fetch(&target, SIZE_BYTES_MAX).await.expect("the copy"), before);
    let again = order(world, &mailbox, &item, Action::Restore, taken.before).await;
    assert_eq!(again.done, Done::Already);
    assert_eq!(again.after, before.place);
}

/// Once it is theirs again, it is theirs.
pub async fn restoring_never_undoes_what_the_person_did_since(world: &dyn World) {
    let mailbox = world.hire("later-changes").await;
    let work = world.make_folder(&mailbox, "Work").await;
    let item = world.deliver(&mailbox, &mail("later")).await;
    let taken = order(world, &mailbox, &item, Action::Quarantine, None).await;
    order(world, &mailbox, &item, Action::Restore, taken.before.clone()).await;
    world.drag(&mailbox, &item, &work).await;
    world.set(&mailbox, &item, true, Flag::None, &[]).await;
    let again = order(world, &mailbox, &item, Action::Restore, taken.before).await;
    assert_eq!((again.done, again.after.folder, again.after.read), (Done::Already, work, true));
}

/// Mail is never left in quarantine for want of a folder.
pub async fn a_lost_folder_restores_to_the_inbox(world: &dyn World) {
    let mailbox = world.hire("lost-folder").await;
    let work = world.make_folder(&mailbox, "Work").await;
    let item = world.deliver(&mailbox, &mail("lost folder")).await;
    world.drag(&mailbox, &item, &work).await;
    let taken = order(world, &mailbox, &item, Action::Quarantine, None).await;
    world.remove_folder(&mailbox, &work).await;
    let back = order(world, &mailbox, &item, Action::Restore, taken.before).await;
    assert_eq!((back.done, back.folder_lost, back.after.role), (Done::Now, true, FolderRole::Inbox));
}

/// Junk is the provider's folder, and there is a way back from it.
pub async fn junk_and_back(world: &dyn World) {
    let mailbox = world.hire("junk").await;
    let item = world.deliver(&mailbox, &mail("junk")).await;
    let taken = order(world, &mailbox, &item, Action::Junk, None).await;
    assert_eq!((taken.done, taken.after.role), (Done::Now, FolderRole::Junk));
    assert_eq!(order(world, &mailbox, &item, Action::Junk, None).await.done, Done::Already);
    let before = taken.before.clone();
    let back = order(world, &mailbox, &item, Action::Restore, taken.before).await;
    assert_eq!(Some(back.after), before);
}

/// A mark is added to what is there and taken from it.
pub async fn marks_leave_the_persons_categories_alone(world: &dyn World) {
    let mailbox = world.hire("marks").await;
    let item = world.deliver(&mailbox, &mail("marks")).await;
    world.set(&mailbox, &item, false, Flag::None, &["Mine"]).await;
    let mark = || Action::Mark("Suspicious".into());
    let marked = order(world, &mailbox, &item, mark(), None).await;
    assert_eq!((marked.done, sorted(&marked.after)), (Done::Now, vec!["Mine", "Suspicious"]));
    assert_eq!(order(world, &mailbox, &item, mark(), None).await.done, Done::Already);
    let unmark = Action::Unmark("Suspicious".into());
    let unmarked = order(world, &mailbox, &item, unmark.clone(), marked.before.clone()).await;
    assert_eq!((unmarked.done, sorted(&unmarked.after)), (Done::Now, vec!["Mine"]));
    assert_eq!(order(world, &mailbox, &item, unmark, marked.before).await.done, Done::Already);
}

/// One message in many mailboxes is acted on in each; one that is gone stops no other.
pub async fn many_orders_are_answered_one_by_one(world: &dyn World) {
    let mut orders = Vec::new();
    for name in ["many-a", "many-b", "many-c"] {
        let mailbox = world.hire(name).await;
        for number in 0..8 {
            let item = world.deliver(&mailbox, &mail(&format!("{name} {number}"))).await;
            if number == 3 {
                world.delete(&mailbox, &item).await;
            }
            let target = target(world, &mailbox, &item);
            orders.push(Order { target, action: Action::Quarantine, before: None });
        }
    }
    let answers = world.provider().apply(&orders).await;
    assert_eq!(answers.len(), orders.len());
    for (number, answer) in answers.iter().enumerate() {
        match (number % 8, answer) {
            (3, answer) => assert!(answer.as_ref().is_err_and(Error::is_gone), "{answer:?}"),
            (_, Ok(applied)) => assert!(applied.done == Done::Now && applied.after.quarantined),
            (_, Err(error)) => panic!("order {number}: {error}"),
        }
    }
}

/// First marked, then taken away; and all of it undone in one go.
pub async fn orders_on_one_copy_keep_their_order(world: &dyn World) {
    let mailbox = world.hire("one-copy").await;
    let item = world.deliver(&mailbox, &mail("one copy")).await;
    let target = target(world, &mailbox, &item);
    let order = |action, before| Order { target: target.clone(), action, before };
    let mark = Action::Mark("Suspicious".into());
    let answers = world.provider().apply(&[order(mark, None), order(Action::Quarantine, None)]).await;
    let [Ok(marked), Ok(taken)] = &answers[..] else { panic!("{answers:?}") };
    assert_eq!(sorted(&taken.after), ["Suspicious"]);
    assert!(taken.after.quarantined);
    let undo = [
        order(Action::Restore, taken.before.clone()),
        order(Action::Unmark("Suspicious".into()), marked.before.clone()),
    ];
    let answers = world.provider().apply(&undo).await;
    let [Ok(_), Ok(last)] = &answers[..] else { panic!("{answers:?}") };
    assert_eq!(Some(&last.after), marked.before.as_ref());
}

/// "Slow down" is not a failure.
pub async fn throttling_is_waited_out(world: &dyn World) {
    let mailbox = world.hire("throttled").await;
    let item = world.deliver(&mailbox, &mail("throttled")).await;
    order(world, &mailbox, &item, Action::Deliver, None).await;
    let before = world.provider().usage().total.throttled;
    world.throttle(&mailbox).await;
    assert!(order(world, &mailbox, &item, Action::Quarantine, None).await.after.quarantined);
    assert!(world.provider().usage().total.throttled > before, "and it is counted");
}

/// A notice names mailbox and message; one that is changed on the way is not believed.
pub async fn a_watch_brings_notices_and_forged_ones_are_refused(world: &dyn World) {
    let mailbox = world.hire("watched").await;
    let watch = world.provider().watch(&mailbox, None).await.expect("a watch");
    world.posts().await;
    let item = world.deliver(&mailbox, &mail("watched")).await;
    let posts = world.posts().await;
    let notices: Vec<_> = posts.iter().flat_map(|post| read_notices(world, post).0).collect();
    let expected = Notice::Changed { watch: watch.id, mailbox: mailbox.clone(), item };
    assert!(notices.contains(&expected), "{notices:?}");

    let other = world.hire("not-watched").await;
    for post in posts {
        let text = String::from_utf8(post).expect("a text");
        let forged = text.replace(mailbox.as_str(), other.as_str());
        let (believed, refused) = read_notices(world, forged.as_bytes());
        assert!(believed.is_empty() && refused > 0, "{believed:?}");
    }
    let nonsense = NoticeRequest { query: &[], body: b"nonsense", authorization: None };
    assert!(world.provider().notices(&nonsense).is_err());
}

/// Renewing keeps the watch; ending one twice is fine, and so is renewing one that is gone.
pub async fn a_watch_is_renewed_and_ended(world: &dyn World) {
    let mailbox = world.hire("renewed").await;
    let provider = world.provider();
    let watch = provider.watch(&mailbox, None).await.expect("a watch");
    let renewed = provider.watch(&mailbox, Some(&watch)).await.expect("the same watch");
    assert_eq!((&renewed.id, &renewed.mailbox), (&watch.id, &mailbox));
    assert!(renewed.expires >= watch.expires);
    provider.unwatch(&renewed).await.expect("an end");
    provider.unwatch(&renewed).await.expect("ended already");
    let new = provider.watch(&mailbox, Some(&renewed)).await.expect("a new watch");
    assert_ne!(new.id, watch.id);
    provider.unwatch(&new).await.expect("an end");
}

/// The count misses nothing: not what was quarantined, not what was moved.
pub async fn what_arrived_is_counted_wherever_it_lies(world: &dyn World) {
    let mailbox = world.hire("arrived").await;
    let work = world.make_folder(&mailbox, "Work").await;
    let mut expected = Vec::new();
    for text in ["arrived one", "arrived two", "arrived three"] {
        expected.push(world.deliver(&mailbox, &mail(text)).await);
    }
    world.drag(&mailbox, &expected[1], &work).await;
    order(world, &mailbox, &expected[2], Action::Quarantine, None).await;
    let received = place(world, &mailbox, &expected[0]).await.received.expect("a date");
    let day = jiff::SignedDuration::from_hours(24);
    let arrived = world.provider().arrived(&mailbox, received - day, received + day).await.expect("a count");
    let mut found: Vec<_> = arrived.into_iter().map(|(item, _)| item).collect();
    found.sort();
    expected.sort();
    assert_eq!(found, expected);
    let earlier =
        world.provider().arrived(&mailbox, received - day, received - day / 2).await.expect("a count");
    assert_eq!(earlier, []);
}

fn message_id(what: &str) -> String {
    format!("<{}@sender.example>", what.replace(' ', "-"))
}

fn body(what: &str) -> Vec<u8> {
    format!("This is about {what}.\r\n").into_bytes()
}

fn mail(what: &str) -> Vec<u8> {
    let head = format!(
        "From: Ann <ann@sender.example>\r\nTo: Bo <bo@tenant.example>\r\nSubject: {what}\r\n\
         Date: Tue, 24 Nov 2026 08:00:00 +0000\r\nMessage-ID: {}\r\n\r\n",
        message_id(what)
    );
    [head.into_bytes(), body(what)].concat()
}

fn target(world: &dyn World, mailbox: &MailboxId, item: &ItemId) -> Target {
    Target { tenant: world.provider().tenant().clone(), mailbox: mailbox.clone(), item: item.clone() }
}

async fn place(world: &dyn World, mailbox: &MailboxId, item: &ItemId) -> Place {
    world.provider().place(&target(world, mailbox, item)).await.expect("a place")
}

/// Carries out one order that must succeed.
async fn order(
    world: &dyn World,
    mailbox: &MailboxId,
    item: &ItemId,
    action: Action,
    before: Option<Place>,
) -> Applied {
    let order = Order { target: target(world, mailbox, item), action, before };
    let mut answers = world.provider().apply(std::slice::from_ref(&order)).await;
    assert_eq!(answers.len(), 1, "one answer an order");
    answers.remove(0).unwrap_or_else(|error| panic!("{:?}: {error}", order.action))
}

fn sorted(place: &Place) -> Vec<&str> {
    let mut names: Vec<_> = place.categories.iter().map(String::as_str).collect();
    names.sort_unstable();
    names
}

fn read_notices(world: &dyn World, body: &[u8]) -> (Vec<Notice>, usize) {
    let request = NoticeRequest { query: &[], body, authorization: None };
    match world.provider().notices(&request).expect("a list of notices") {
        NoticeReply::Accepted { notices, refused } => (notices, refused.len()),
        NoticeReply::Echo(_) => (Vec::new(), 0),
    }
}

fn is_present(rows: &[MailboxChange], id: &MailboxId) -> bool {
    let present = |row: &MailboxChange| matches!(row, MailboxChange::Present(info) if info.id == *id);
    rows.iter().any(present)
}

fn present(rows: &[FolderChange]) -> impl Iterator<Item = &FolderInfo> {
    rows.iter().filter_map(|row| match row {
        FolderChange::Present(info) => Some(info),
        FolderChange::Gone(_) => None,
    })
}

/// The items that are there after all rows, each once: a change may be told twice.
fn items(rows: &[ItemChange]) -> Vec<ItemId> {
    let mut items: Vec<ItemId> = Vec::new();
    for row in rows {
        match row {
            ItemChange::Present { item, .. } if !items.contains(item) => items.push(item.clone()),
            ItemChange::Present { .. } => {}
            ItemChange::Gone(gone) => items.retain(|item| item != gone),
        }
    }
    items
}

async fn inbox(world: &dyn World, mailbox: &MailboxId) -> FolderId {
    let (rows, _) = all_folders(world, mailbox, None).await;
    let inbox = present(&rows).find(|folder| folder.role == FolderRole::Inbox);
    inbox.expect("an inbox").id.clone()
}

async fn all_mailboxes(world: &dyn World, since: Option<Cursor>) -> (Vec<MailboxChange>, Cursor) {
    all(since, async |since| world.provider().mailboxes(since).await).await
}

async fn all_folders(
    world: &dyn World,
    mailbox: &MailboxId,
    since: Option<Cursor>,
) -> (Vec<FolderChange>, Cursor) {
    all(since, async |since| world.provider().folders(mailbox, since).await).await
}

async fn all_changes(
    world: &dyn World,
    mailbox: &MailboxId,
    folder: &FolderId,
    since: Option<Cursor>,
) -> (Vec<ItemChange>, Cursor) {
    all(since, async |since| world.provider().changes(mailbox, folder, since).await).await
}

/// Reads pages to the end.
async fn all<T>(
    mut since: Option<Cursor>,
    page: impl AsyncFn(Option<&Cursor>) -> Result<Page<T>, Error>,
) -> (Vec<T>, Cursor) {
    let mut rows = Vec::new();
    for _ in 0..PAGES_MAX {
        let page = page(since.as_ref()).await.expect("a page");
        rows.extend(page.rows);
        if !page.more {
            return (rows, page.next);
        }
        since = Some(page.next);
    }
    panic!("over {PAGES_MAX} pages");
}
