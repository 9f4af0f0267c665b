//! Cookies in and out.

use axum::http::HeaderMap;
use axum::http::header::COOKIE;
use jiff::SignedDuration;

/// The name of the session cookie. `__Host-` makes browsers insist on `Secure`, `Path=/` and no `Domain`.
pub(crate) fn cookie_name(secure: bool) -> &'static str {
    if secure { "__Host-innerward" } else { "innerward" }
}

/// The value of cookie `name`.
pub(crate) fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let pairs = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    pairs
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(key, value)| (key == name).then_some(value))
}

/// A `Set-Cookie` value that scripts cannot read and other sites cannot send; a `life` of zero removes it.
pub(crate) fn set_cookie(name: &str, value: &str, life: SignedDuration, secure: bool) -> String {
    let secure = if secure { "; Secure" } else { "" };
    let age_s = life.as_secs();
    format!("{name}={value}; Path=/; Max-Age={age_s}; HttpOnly; SameSite=Lax{secure}")
}

/// Which colours the visitor wants. Kept in a cookie the page's own script sets, so the first paint is right.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Theme {
    /// As the system says.
    #[default]
    System,
    Dark,
    Light,
}

impl Theme {
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        match cookie(headers, "theme") {
            Some("dark") => Self::Dark,
            Some("light") => Self::Light,
            _ => Self::System,
        }
    }

    /// The value of `data-theme`.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Dark => "dark",
            Self::Light => "light",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cookies_are_found_by_their_whole_name() {
        let mut headers = HeaderMap::new();
        headers.append(COOKIE, "xinnerward=a; innerward=b".parse().expect("a value"));
        headers.append(COOKIE, "theme=dark".parse().expect("a value"));
        assert_eq!(cookie(&headers, "innerward"), Some("b"));
        assert_eq!(cookie(&headers, "ward"), None);
        assert_eq!(Theme::of(&headers), Theme::Dark);
    }

    #[test]
    fn a_secure_cookie_says_so() {
        let value = set_cookie(cookie_name(true), "t", SignedDuration::from_hours(1), true);
        assert_eq!(value, "__Host-innerward=t; Path=/; Max-Age=3600; HttpOnly; SameSite=Lax; Secure");
    }
}
