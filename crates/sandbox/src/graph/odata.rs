//! Query options, pages and their links.

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::call::Call;
use super::error::GraphError;

#[derive(Clone, Debug, Default)]
pub(crate) struct Query {
    pairs: Vec<(String, String)>,
}

impl Query {
    pub(crate) fn parse(query: &str) -> Self {
        Self { pairs: url::form_urlencoded::parse(query.as_bytes()).into_owned().collect() }
    }

    /// An option by name, with or without its dollar sign, whatever its case.
    pub(crate) fn option(&self, name: &str) -> Option<&str> {
        let is = |key: &str| key.trim_start_matches('$').eq_ignore_ascii_case(name);
        self.pairs.iter().find(|(key, _)| is(key)).map(|(_, value)| value.as_str())
    }

    pub(crate) fn flag(&self, name: &str) -> bool {
        self.option(name).is_some_and(|value| value.eq_ignore_ascii_case("true"))
    }

    fn number(&self, name: &str) -> Result<Option<usize>, GraphError> {
        let Some(text) = self.option(name) else { return Ok(None) };
        let wrong = || {
            let message = format!(
                "Invalid value '{text}' for ${name} query option found. The ${name} query option requires a non-negative integer value."
            );
            GraphError::bad_request("BadRequest", message)
        };
        text.trim().parse().map(Some).map_err(|_| wrong())
    }

    /// `$top` between 1 and `max`, or `default`.
    pub(crate) fn top(&self, default: usize, max: usize) -> Result<usize, GraphError> {
        match self.number("top")? {
            Some(top) if !(1..=max).contains(&top) => Err(GraphError::bad_request(
                "ErrorInvalidParameter",
                format!("The value of $top must be between 1 and {max}."),
            )),
            top => Ok(top.unwrap_or(default)),
        }
    }

    pub(crate) fn skip(&self) -> Result<usize, GraphError> {
        Ok(self.number("skip")?.unwrap_or(0))
    }

    pub(crate) fn select(&self) -> Select {
        Select::parse(self.option("select"))
    }

    /// The query with some options replaced.
    fn with(&self, changes: &[(&str, &str)]) -> String {
        let mut serializer = url::form_urlencoded::Serializer::new(String::new());
        let replaced = |key: &str| changes.iter().any(|(name, _)| key.eq_ignore_ascii_case(name));
        for (key, value) in self.pairs.iter().filter(|(key, _)| !replaced(key)) {
            serializer.append_pair(key, value);
        }
        for (key, value) in changes {
            serializer.append_pair(key, value);
        }
        serializer.finish().replace("%24", "$")
    }
}

/// Which fields to show; everything a resource shows by default without `$select`.
#[derive(Clone, Debug, Default)]
pub(crate) struct Select(Option<HashSet<String>>);

impl Select {
    pub(crate) fn parse(text: Option<&str>) -> Self {
        let names = |text: &str| text.split(',').map(|name| name.trim().to_ascii_lowercase()).collect();
        Self(text.filter(|text| !text.trim().is_empty()).map(names))
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.as_ref().is_none_or(|names| names.contains(&name.to_ascii_lowercase()))
    }

    /// True only when asked for by name.
    pub(crate) fn names(&self, name: &str) -> bool {
        self.0.as_ref().is_some_and(|names| names.contains(&name.to_ascii_lowercase()))
    }

    /// Keeps the fields selected, and what always comes along.
    pub(crate) fn cut(&self, full: Value) -> Value {
        match (full, &self.0) {
            (Value::Object(fields), Some(_)) => {
                let kept = |name: &str| name.starts_with('@') || name == "id" || self.has(name);
                Value::Object(fields.into_iter().filter(|(name, _)| kept(name)).collect())
            }
            (full, _) => full,
        }
    }
}

/// A collection page. `next` is the query option that leads on.
pub(crate) fn page(
    call: &Call,
    context: &str,
    rows: Vec<Value>,
    next: Option<(&str, &str)>,
    count: Option<usize>,
) -> Value {
    let mut page = Map::new();
    page.insert("@odata.context".into(), context_url(call, context).into());
    if let Some(count) = count {
        page.insert("@odata.count".into(), count.into());
    }
    if let Some(next) = next {
        page.insert("@odata.nextLink".into(), link(call, &[next]).into());
    }
    page.insert("value".into(), Value::Array(rows));
    Value::Object(page)
}

/// The called address again with some options replaced.
pub(crate) fn link(call: &Call, changes: &[(&str, &str)]) -> String {
    format!("{}?{}", call.url(&call.path), call.query.with(changes))
}

pub(crate) fn context_url(call: &Call, context: &str) -> String {
    call.url(&format!("/$metadata#{context}"))
}

/// One resource with its context.
pub(crate) fn entity(call: &Call, context: &str, mut body: Value) -> Value {
    if let Some(fields) = body.as_object_mut() {
        fields.insert("@odata.context".into(), context_url(call, context).into());
    }
    body
}
