//! Delta queries: `…/mailFolders/{id}/messages/delta`, and the tokens that all deltas share. A token carries its
//! position and the options it was asked with; when the log it belongs to loses its memory, it is worth nothing.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use super::call::{Answer, Call};
use super::error::GraphError;
use super::filter::{Comparison, Filter};
use super::odata::{self, Select};
use super::view::{Lens, MessageFields};
use crate::id::{self, FolderKey, IdForm};
use crate::log::{Entry, Last};
use crate::mailbox::{ChangeKind, Mailbox};
use crate::world::World;

const PAGE: usize = 10;
const PAGE_MAX: usize = 1000;
/// With `$filter=receivedDateTime …` a round shows at most this many (provider-apis A3).
const FILTERED_MAX: usize = 5_000;

/// What a delta or skip token says.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Token {
    /// Which log: folder key, or 0 for folders and users.
    pub(super) log: u64,
    pub(super) epoch: u32,
    /// Position read up to.
    pub(super) position: u64,
    pub(super) select: Option<String>,
    pub(super) filter: Option<String>,
    pub(super) change: Option<String>,
    /// Rows shown so far in this round.
    pub(super) shown: usize,
    /// When it was given out, in seconds.
    pub(super) at: i64,
}

impl Token {
    pub(super) fn encode(&self) -> String {
        URL_SAFE_NO_PAD.encode(serde_json::to_vec(self).unwrap_or_default())
    }

    /// The token of a call, if it carries one; nonsense is refused.
    pub(super) fn of(call: &Call) -> Result<Option<Self>, GraphError> {
        let Some(text) = call.query.option("deltatoken").or_else(|| call.query.option("skiptoken")) else {
            return Ok(None);
        };
        let decoded = URL_SAFE_NO_PAD.decode(text).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
        decoded
            .map(Some)
            .ok_or_else(|| GraphError::bad_request("ErrorInvalidUrlQuery", "Badly formed token."))
    }

    /// Where a full resync starts.
    pub(super) fn restart(call: &Call) -> GraphError {
        GraphError::sync_state_not_found(format!("{}?$deltatoken=", call.url(&call.path)))
    }
}

/// A page that leads on, or the last one with the link for the next round.
pub(super) fn page(call: &Call, context: &str, rows: Vec<Value>, token: &Token, more: bool) -> Answer {
    let (name, key) =
        if more { ("@odata.nextLink", "$skiptoken") } else { ("@odata.deltaLink", "$deltatoken") };
    let url = format!("{}?{key}={}", call.url(&call.path), token.encode());
    Answer::ok(json!({"@odata.context": odata::context_url(call, context), "value": rows, name: url}))
}

fn first_token(call: &Call, folder: FolderKey, epoch: u32) -> Token {
    let option = |name: &str| call.query.option(name).map(str::to_owned);
    Token {
        log: folder,
        epoch,
        position: 0,
        select: option("select"),
        filter: option("filter"),
        change: option("changeType"),
        shown: 0,
        at: 0,
    }
}

fn read_filter(token: &Token) -> Result<Option<Filter>, GraphError> {
    let Some(text) = &token.filter else { return Ok(None) };
    let filter = Filter::parse(text)?;
    match &filter {
        Filter::Compare(path, Comparison::GreaterOrEqual | Comparison::Greater, _)
            if path == "receiveddatetime" =>
        {
            Ok(Some(filter))
        }
        _ => Err(GraphError::bad_request(
            "ErrorInvalidUrlQueryFilter",
            "Only receivedDateTime with ge or gt can be filtered in a change tracking request.",
        )),
    }
}

fn read_change(token: &Token) -> Result<Option<ChangeKind>, GraphError> {
    match token.change.as_deref() {
        None => Ok(None),
        Some("created") => Ok(Some(ChangeKind::Created)),
        Some("updated") => Ok(Some(ChangeKind::Updated)),
        Some("deleted") => Ok(Some(ChangeKind::Deleted)),
        Some(_) => Err(GraphError::bad_request(
            "ErrorInvalidUrlQuery",
            "changeType is not one of created, updated, deleted.",
        )),
    }
}

pub(super) fn messages(
    world: &World,
    call: &Call,
    owner: Uuid,
    folder: FolderKey,
) -> Result<Answer, GraphError> {
    let given = Token::of(call)?;
    if given.is_none() && call.query.option("search").is_some() {
        return Err(GraphError::bad_request(
            "ErrorInvalidUrlQuery",
            "$search is not supported in a change tracking request.",
        ));
    }
    if call.query.option("orderby").is_some_and(|order| !order.eq_ignore_ascii_case("receivedDateTime desc"))
    {
        return Err(GraphError::bad_request(
            "ErrorInvalidUrlQuery",
            "Only receivedDateTime desc can order a change tracking request.",
        ));
    }
    let preferred = call.preference("odata.maxpagesize").and_then(|size| size.parse().ok());
    let size = preferred.map_or_else(|| call.query.top(PAGE, PAGE_MAX), Ok)?.clamp(1, PAGE_MAX);
    let page = world.change(owner, |mailbox| round(call, mailbox, folder, given, size));
    page.ok_or_else(GraphError::no_mailbox)?
}

fn round(
    call: &Call,
    mailbox: &Mailbox,
    folder: FolderKey,
    given: Option<Token>,
    size: usize,
) -> Result<Answer, GraphError> {
    let log = &mailbox.find_folder(folder).ok_or_else(GraphError::folder_not_found)?.log;
    let mut token = given.unwrap_or_else(|| first_token(call, folder, log.epoch));
    if token.log != folder || token.epoch != log.epoch {
        return Err(Token::restart(call));
    }
    let (filter, change) = (read_filter(&token)?, read_change(&token)?);
    let lens = Lens::new(call).with_select(Select::parse(token.select.as_deref()));
    let form = call.id_form();
    let start = token.position;
    let mut rows = Vec::new();
    let mut more = false;
    for (position, entry) in log.after(start) {
        if rows.len() == size {
            more = true;
            break;
        }
        token.position = position;
        if filter.is_some() && token.shown >= FILTERED_MAX {
            continue;
        }
        if let Some(row) = row(mailbox, folder, &entry, start, filter.as_ref(), change, &lens, form) {
            rows.push(row);
            token.shown += 1;
        }
    }
    if !more {
        token.shown = 0;
    }
    Ok(page(call, "Collection(message)", rows, &token, more))
}

/// The row for one log entry, when the caller should see it.
#[expect(clippy::too_many_arguments, reason = "one row of one round: everything that decides over it")]
fn row(
    mailbox: &Mailbox,
    folder: FolderKey,
    entry: &Entry<id::ItemKey>,
    start: u64,
    filter: Option<&Filter>,
    change: Option<ChangeKind>,
    lens: &Lens,
    form: IdForm,
) -> Option<Value> {
    let kind = match entry.last {
        Last::Removed => ChangeKind::Deleted,
        Last::Present if entry.since > start => ChangeKind::Created,
        Last::Present => ChangeKind::Updated,
    };
    if change.is_some_and(|wanted| wanted != kind) {
        return None;
    }
    let item = mailbox.item(entry.key)?;
    match entry.last {
        // Never shown to this caller, so nothing to take back.
        Last::Removed if entry.first > start => None,
        Last::Removed => {
            // The REST id under which the caller knew it here.
            let id = id::item_id(form, mailbox.owner, folder, item.key, entry.tag);
            Some(
                json!({"@odata.type": "#microsoft.graph.message", "id": id, "@removed": {"reason": "deleted"}}),
            )
        }
        Last::Present if filter.is_some_and(|filter| !filter.holds(&MessageFields { mailbox, item })) => None,
        Last::Present => {
            let mut message = lens.message(mailbox, item);
            message["@odata.type"] = "#microsoft.graph.message".into();
            Some(message)
        }
    }
}
