//! `GET /admin/exchange/tracing/messageTraces` (provider-apis A11).

use jiff::Timestamp;
use serde_json::{Value, json};

use super::audit::{JsonFields, skip};
use super::call::{Answer, Call};
use super::error::GraphError;
use super::filter::{Comparison, Filter, Literal};
use super::gate::Caller;
use super::odata;
use crate::world::{Trace, World};

const PAGE: usize = 1000;
const PAGE_MAX: usize = 5000;
/// Without a time in the filter, the last 48 hours.
const DEFAULT_HOURS: i64 = 48;

fn view(trace: &Trace) -> Value {
    json!({
        "id": trace.id,
        "messageId": trace.message_id,
        "receivedDateTime": trace.at,
        "senderAddress": trace.sender,
        "recipientAddress": trace.recipient,
        "fromIP": trace.from_ip,
        "toIP": "",
        "size": trace.size,
        "status": trace.status,
        "subject": trace.subject,
    })
}

pub(super) fn list(world: &World, caller: &Caller, call: &Call) -> Result<Answer, GraphError> {
    caller.need_trace()?;
    let filter = call.query.option("filter").map(Filter::parse).transpose()?;
    let (top, skip) = (call.query.top(PAGE, PAGE_MAX)?, skip(call));
    let since = filter
        .as_ref()
        .and_then(earliest)
        .unwrap_or_else(|| world.now() - jiff::SignedDuration::from_hours(DEFAULT_HOURS));
    let mut rows: Vec<Value> = world.traces().iter().filter(|trace| trace.at >= since).map(view).collect();
    rows.retain(|row| filter.as_ref().is_none_or(|filter| filter.holds(&JsonFields(row))));
    rows.sort_by_cached_key(|row| {
        std::cmp::Reverse(row["receivedDateTime"].as_str().unwrap_or_default().to_owned())
    });
    let next = (skip + top).to_string();
    let next = (rows.len() > skip + top).then_some(("$skiptoken", next.as_str()));
    let page = rows.into_iter().skip(skip).take(top).collect();
    Ok(Answer::ok(odata::page(call, "admin/exchange/tracing/messageTraces", page, next, None)))
}

/// The lower bound of the time in a filter that only joins with `and`.
fn earliest(filter: &Filter) -> Option<Timestamp> {
    match filter {
        Filter::And(left, right) => earliest(left).or_else(|| earliest(right)),
        Filter::Compare(path, Comparison::Greater | Comparison::GreaterOrEqual, Literal::Time(at))
            if path == "receiveddatetime" =>
        {
            Some(*at)
        }
        _ => None,
    }
}
