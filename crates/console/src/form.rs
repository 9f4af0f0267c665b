//! Names and values of a query string or of a posted form; names may repeat.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

/// The pairs in the order given.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fields(Vec<(String, String)>);

impl Fields {
    /// Reads `application/x-www-form-urlencoded` text; anything is readable.
    pub(crate) fn parse(text: &[u8]) -> Self {
        Self(url::form_urlencoded::parse(text).into_owned().collect())
    }

    /// The first value of `name`, trimmed; `None` when absent or blank.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.all(name).map(str::trim).find(|value| !value.is_empty())
    }

    /// The first value of `name` exactly as given; passwords may start with a blank.
    pub(crate) fn exact(&self, name: &str) -> &str {
        self.all(name).next().unwrap_or_default()
    }

    /// Every value of `name`.
    pub(crate) fn all<'a, 'n>(&'a self, name: &'n str) -> impl Iterator<Item = &'a str> + use<'a, 'n> {
        self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// The query string of the request.
impl<S: Send + Sync> FromRequestParts<S> for Fields {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Self::Rejection> {
        Ok(Self::parse(parts.uri.query().unwrap_or_default().as_bytes()))
    }
}

/// The posted form.
pub(crate) struct Posted(pub(crate) Fields);

impl<S: Send + Sync> axum::extract::FromRequest<S> for Posted {
    type Rejection = axum::extract::rejection::BytesRejection;

    async fn from_request(request: axum::extract::Request, state: &S) -> Result<Self, Self::Rejection> {
        let body = axum::body::Bytes::from_request(request, state).await?;
        Ok(Self(Fields::parse(&body)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_may_repeat_and_blanks_are_absent() {
        let fields = Fields::parse(b"verdict=spam&verdict=phishing&subject=+&anything=%20a%20b");
        assert_eq!(fields.all("verdict").collect::<Vec<_>>(), ["spam", "phishing"]);
        assert_eq!(fields.text("subject"), None);
        assert_eq!(fields.text("anything"), Some("a b"));
        assert_eq!(fields.exact("missing"), "");
    }
}
