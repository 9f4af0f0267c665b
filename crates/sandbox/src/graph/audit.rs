//! `GET /auditLogs/signIns` and `directoryAudits`: what the control API put there, newest first.

use serde_json::Value;

use super::call::{Answer, Call};
use super::error::GraphError;
use super::filter::{Fields, Filter, Literal, time};
use super::gate::Caller;
use super::odata;
use crate::world::World;

const PAGE_MAX: usize = 1000;

/// Filters on JSON as it stands.
pub(super) struct JsonFields<'a>(pub(super) &'a Value);

impl Fields for JsonFields<'_> {
    fn field(&self, path: &str) -> Option<Literal> {
        let step = |value: &'_ Value, name: &str| -> Option<Value> {
            let fields = value.as_object()?;
            fields.iter().find(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| value.clone())
        };
        let value = path.split('/').try_fold(self.0.clone(), |value, name| step(&value, name))?;
        match value {
            Value::String(text) => Some(time(&text).map_or(Literal::Text(text), Literal::Time)),
            Value::Number(number) => number.as_i64().map(Literal::Number),
            Value::Bool(truth) => Some(Literal::Truth(truth)),
            _ => Some(Literal::Null),
        }
    }
}

pub(super) fn list(world: &World, caller: &Caller, call: &Call, log: &str) -> Result<Answer, GraphError> {
    caller.need_audit()?;
    let rows = match log {
        "signIns" => world.sign_ins().clone(),
        "directoryAudits" => Vec::new(),
        other => return Err(GraphError::no_route(other)),
    };
    let filter = call.query.option("filter").map(Filter::parse).transpose()?;
    let (top, skip) = (call.query.top(PAGE_MAX, PAGE_MAX)?, skip(call));
    let mut rows: Vec<Value> = rows
        .into_iter()
        .filter(|row| filter.as_ref().is_none_or(|filter| filter.holds(&JsonFields(row))))
        .collect();
    rows.sort_by_cached_key(|row| {
        std::cmp::Reverse(row["createdDateTime"].as_str().unwrap_or_default().to_owned())
    });
    let next = (skip + top).to_string();
    let next = (rows.len() > skip + top).then_some(("$skiptoken", next.as_str()));
    let page = rows.into_iter().skip(skip).take(top).collect();
    Ok(Answer::ok(odata::page(call, &format!("auditLogs/{log}"), page, next, None)))
}

/// Position carried in an opaque `$skiptoken`.
pub(super) fn skip(call: &Call) -> usize {
    call.query.option("skiptoken").and_then(|token| token.parse().ok()).unwrap_or(0)
}
