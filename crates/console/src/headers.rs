//! What every answer says to the browser: load nothing from elsewhere, run nothing inline, be framed by nobody.

use axum::extract::Request;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderName, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;

/// The policy of our own pages. Everything comes from files of ours; nothing inline.
const PAGE_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
     connect-src 'self'; frame-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/// The policy of the rendered preview of somebody's HTML: no script, no forms, no requests, an origin of its own.
pub(crate) const PREVIEW_POLICY: &str = "sandbox; default-src 'none'; style-src 'unsafe-inline'; \
     img-src data:; form-action 'none'; frame-ancestors 'self'; base-uri 'none'";

/// `same-origin` rather than `no-referrer`: with the latter browsers send `Origin: null` with our own forms.
const REFERRER: &str = "same-origin";

const PERMISSIONS: &str = "camera=(), microphone=(), geolocation=(), payment=(), usb=()";

/// Puts the headers on every answer that has not said otherwise itself.
pub(crate) async fn protect(secure: bool, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    default(headers, CONTENT_SECURITY_POLICY, PAGE_POLICY);
    default(headers, X_CONTENT_TYPE_OPTIONS, "nosniff");
    default(headers, X_FRAME_OPTIONS, "DENY");
    default(headers, REFERRER_POLICY, REFERRER);
    default(headers, HeaderName::from_static("permissions-policy"), PERMISSIONS);
    default(headers, HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    default(headers, HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    default(headers, CACHE_CONTROL, "no-store");
    if secure {
        default(headers, STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
    response
}

fn default(headers: &mut HeaderMap, name: HeaderName, value: &'static str) {
    headers.entry(name).or_insert(HeaderValue::from_static(value));
}
