//! Style sheets, scripts and pictures, embedded. Their address carries a stamp of their content, so browsers keep them
//! for good and never mix versions.

use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "assets/"]
struct Files;

/// The stamp of all assets together: modules import each other by relative names.
pub(crate) fn stamp() -> &'static str {
    static STAMP: LazyLock<String> = LazyLock::new(|| {
        let contents: Vec<u8> =
            Files::iter().filter_map(|name| Files::get(&name)).flat_map(|file| file.data.to_vec()).collect();
        message::Digest::of(&contents).to_string()[..12].to_owned()
    });
    &STAMP
}

/// `GET /assets/{stamp}/{*file}`.
pub(crate) async fn file(Path((given, name)): Path<(String, String)>) -> Response {
    let Some(file) = Files::get(&name) else { return StatusCode::NOT_FOUND.into_response() };
    let caching = if given == stamp() { "public, max-age=31536000, immutable" } else { "no-cache" };
    let headers = [(CONTENT_TYPE, media_type(&name)), (CACHE_CONTROL, caching)];
    (headers, file.data.into_owned()).into_response()
}

fn media_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, ending)| ending) {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        _ => "application/octet-stream",
    }
}
