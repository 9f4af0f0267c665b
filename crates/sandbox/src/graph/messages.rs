//! Listing messages: `GET /users/{id}/messages` and `…/mailFolders/{id}/messages`, with Exchange's query rules
//! (provider-apis A3).

use serde_json::Value;
use uuid::Uuid;

use super::call::{Answer, Call};
use super::error::GraphError;
use super::filter::{Filter, Literal};
use super::odata;
use super::view::{FILTERABLE, Lens, MessageFields};
use crate::id::FolderKey;
use crate::mailbox::{Item, Mailbox};
use crate::world::World;

const PAGE: usize = 10;
const PAGE_MAX: usize = 1000;
/// `$search` answers at most this many (provider-apis A3: 250 or 1,000, depending on the page).
const SEARCH_MAX: usize = 1000;

struct Order {
    property: String,
    descending: bool,
}

/// What a listing asks for, checked.
struct Ask {
    filter: Option<Filter>,
    order: Vec<Order>,
    search: Option<String>,
    top: usize,
    skip: usize,
    count: bool,
}

impl Ask {
    fn read(call: &Call) -> Result<Self, GraphError> {
        let filter = call.query.option("filter").map(Filter::parse).transpose()?;
        let order = call.query.option("orderby").map(orders).unwrap_or_default();
        let search = call.query.option("search").map(|text| text.trim().trim_matches('"').to_lowercase());
        let properties = filter.as_ref().map(Filter::properties).unwrap_or_default();
        let named = properties.iter().copied().chain(order.iter().map(|order| order.property.as_str()));
        if let Some(unknown) = named.into_iter().find(|name| !FILTERABLE.contains(name)) {
            return Err(GraphError::bad_request(
                "BadRequest",
                format!(
                    "Could not find a property named '{unknown}' on type 'Microsoft.OutlookServices.Message'."
                ),
            ));
        }
        if search.is_some() && (filter.is_some() || !order.is_empty()) {
            return Err(GraphError::bad_request(
                "SearchWithOrderBy",
                "The query parameter '$search' cannot be combined with '$filter' or '$orderby'.",
            ));
        }
        check_order(filter.is_some(), &properties, &order)?;
        let default = call.preference("odata.maxpagesize").and_then(|size| size.parse().ok()).unwrap_or(PAGE);
        let top = call.query.top(default.clamp(1, PAGE_MAX), PAGE_MAX)?;
        Ok(Self { filter, order, search, top, skip: call.query.skip()?, count: call.query.flag("count") })
    }
}

/// Every property of `$orderby` must be in `$filter`, in the same order, before the others.
fn check_order(has_filter: bool, properties: &[&str], order: &[Order]) -> Result<(), GraphError> {
    let mut distinct: Vec<&str> = Vec::new();
    for property in properties {
        if !distinct.contains(property) {
            distinct.push(property);
        }
    }
    let fits = order.iter().zip(&distinct).all(|(order, property)| order.property == *property);
    if !has_filter || (fits && order.len() <= distinct.len()) {
        return Ok(());
    }
    Err(GraphError::bad_request(
        "InefficientFilter",
        "The restriction or sort order is too complex for this operation.",
    ))
}

fn orders(text: &str) -> Vec<Order> {
    let order = |part: &str| {
        let mut words = part.split_whitespace();
        let property = words.next().unwrap_or_default().to_ascii_lowercase();
        Order { property, descending: words.next().is_some_and(|word| word.eq_ignore_ascii_case("desc")) }
    };
    text.split(',').map(order).collect()
}

/// `folder`: `None` for the whole mailbox.
pub(crate) fn list(
    world: &World,
    call: &Call,
    owner: Uuid,
    folder: Option<FolderKey>,
) -> Result<Answer, GraphError> {
    let ask = Ask::read(call)?;
    let lens = Lens::new(call);
    let (rows, more, count) = world
        .change(owner, |mailbox| {
            let found = find(mailbox, folder, &ask);
            let count = ask.count.then_some(found.len());
            let more = found.len() > ask.skip + ask.top;
            let rows: Vec<Value> =
                found.iter().skip(ask.skip).take(ask.top).map(|item| lens.message(mailbox, item)).collect();
            (rows, more, count)
        })
        .ok_or_else(GraphError::no_mailbox)?;
    let next = (ask.skip + ask.top).to_string();
    let next = more.then_some(("$skip", next.as_str()));
    Ok(Answer::ok(odata::page(call, &format!("users('{owner}')/messages"), rows, next, count)))
}

/// `…/messages/$count`
pub(crate) fn count(
    world: &World,
    call: &Call,
    owner: Uuid,
    folder: Option<FolderKey>,
) -> Result<Answer, GraphError> {
    let ask = Ask::read(call)?;
    let count = world.change(owner, |mailbox| find(mailbox, folder, &Ask { count: true, ..ask }).len());
    let count = count.ok_or_else(GraphError::no_mailbox)?;
    Ok(Answer::bytes("text/plain", count.to_string().into()))
}

/// Matching items in order; without a count, no more than the page needs and one.
fn find<'a>(mailbox: &'a Mailbox, folder: Option<FolderKey>, ask: &Ask) -> Vec<&'a Item> {
    let needed = ask.skip.saturating_add(ask.top).saturating_add(1);
    let needed = if ask.search.is_some() { needed.min(SEARCH_MAX) } else { needed };
    let newest_first = ask.order.iter().all(|order| order.property == "receiveddatetime" && order.descending);
    let enough = if ask.count || !newest_first { usize::MAX } else { needed };
    let matches = |item: &&Item| {
        let by_filter =
            ask.filter.as_ref().is_none_or(|filter| filter.holds(&MessageFields { mailbox, item }));
        by_filter && ask.search.as_ref().is_none_or(|words| contains(item, words))
    };
    let by_id = ask.filter.as_ref().and_then(|filter| filter.required_text("internetmessageid"));
    let in_place =
        |item: &&Item| folder.map_or_else(|| mailbox.is_listed(item.folder), |folder| item.folder == folder);
    let mut found: Vec<&Item> = match by_id {
        Some(id) => mailbox.with_message_id(id).filter(in_place).filter(matches).collect(),
        None => mailbox.newest_first(folder).filter(matches).take(enough).collect(),
    };
    if !newest_first {
        found.sort_by(|a, b| compare(mailbox, a, b, &ask.order));
    }
    found
}

fn compare(mailbox: &Mailbox, a: &Item, b: &Item, order: &[Order]) -> std::cmp::Ordering {
    use super::filter::Fields;
    let field = |item, order: &Order| MessageFields { mailbox, item }.field(&order.property);
    for order in order {
        let ordering = match (field(a, order), field(b, order)) {
            (Some(Literal::Text(a)), Some(Literal::Text(b))) => a.to_lowercase().cmp(&b.to_lowercase()),
            (Some(Literal::Time(a)), Some(Literal::Time(b))) => a.cmp(&b),
            (Some(Literal::Truth(a)), Some(Literal::Truth(b))) => a.cmp(&b),
            _ => std::cmp::Ordering::Equal,
        };
        let ordering = if order.descending { ordering.reverse() } else { ordering };
        if ordering.is_ne() {
            return ordering;
        }
    }
    std::cmp::Ordering::Equal
}

/// `$search`: all words somewhere in sender, subject or body; `subject:x` and `from:x` narrow a word down.
fn contains(item: &Item, words: &str) -> bool {
    let from = item
        .envelope
        .from
        .as_ref()
        .map(|from| format!("{} {}", from.name, from.address).to_lowercase())
        .unwrap_or_default();
    let subject = item.envelope.subject.to_lowercase();
    words.split_whitespace().all(|word| match word.split_once(':') {
        Some(("subject", word)) => subject.contains(word),
        Some(("from", word)) => from.contains(word),
        _ => {
            from.contains(word)
                || subject.contains(word)
                || item.content().preview().to_lowercase().contains(word)
        }
    })
}
