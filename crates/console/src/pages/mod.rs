//! The pages, one folder each: `mod.rs` answers the request, `view.rs` turns what is known into what is shown, the
//! template beside it in `templates/` says how.

pub(crate) mod audit;
pub(crate) mod health;
pub(crate) mod message;
pub(crate) mod messages;
pub(crate) mod overview;
pub(crate) mod quarantine;
pub(crate) mod setup;
pub(crate) mod sign_in;

use askama::Template;
use axum::extract::State;
use axum::response::{Html, IntoResponse as _, Redirect, Response};

use crate::actions::{self, CopyName, Deed};
use crate::desk::Console;
use crate::form::{Fields, Posted};
use crate::refusal::Refusal;
use crate::session::Session;
use crate::view::Note;

/// A rendered page, or why not.
type Page = Result<Html<String>, Refusal>;

fn page(template: &impl Template) -> Page {
    Ok(Html(template.render()?))
}

/// What stands where nothing is.
pub(crate) async fn nowhere() -> Refusal {
    Refusal::NotFound("There is no such page.".into())
}

/// `POST /actions`: what the forms of every page send. `action`, `copy` (repeated), `because`, and `back`.
pub(crate) async fn act(
    State(console): State<Console>,
    session: Session,
    Posted(form): Posted,
) -> Result<Response, Refusal> {
    let deed = Deed::called(form.exact("action"))?;
    let copies = form.all("copy").map(CopyName::parse).collect::<Result<Vec<_>, _>>()?;
    let deeds = actions::carry_out(&console, &session.account, deed, &copies, form.text("because")).await?;
    let back = local(form.exact("back"));
    let separator = if back.contains('?') { '&' } else { '?' };
    let note = actions::note_code(deed, &deeds);
    let undo = undo_names(deed, &copies);
    Ok(Redirect::to(&format!("{back}{separator}note={note}{undo}")).into_response())
}

/// Names of the copies for the note's own undo button; too many would not fit an address.
fn undo_names(deed: Deed, copies: &[CopyName]) -> String {
    match deed {
        Deed::Undo => String::new(),
        Deed::Release | Deed::Quarantine if copies.len() > actions::UNDOABLE_MAX => String::new(),
        Deed::Release | Deed::Quarantine => copies.iter().map(|copy| format!("&undo={copy}")).collect(),
    }
}

/// The note a redirect left in the URL.
fn note(fields: &Fields) -> Option<Note> {
    let text = fields.text("note").and_then(actions::note)?;
    let copies = fields.all("undo").filter_map(|copy| CopyName::parse(copy).ok());
    Some(Note { text, undo: copies.take(actions::UNDOABLE_MAX).map(|copy| copy.to_string()).collect() })
}

/// A path on this site to go (back) to. Anything else, such as `//elsewhere`, `/\elsewhere` or a scheme, becomes `/`.
fn local(path: &str) -> &str {
    let second = path.as_bytes().get(1);
    let ours = path.starts_with('/')
        && !matches!(second, Some(b'/' | b'\\'))
        && path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    let plain =
        path.split_once("&note=").or_else(|| path.split_once("?note=")).map_or(path, |(plain, _)| plain);
    if ours { plain } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::local;

    #[test]
    fn only_paths_of_this_site_are_gone_to() {
        for (given, gone_to) in [
            ("/messages?verdict=spam", "/messages?verdict=spam"),
            ("/messages?note=release.1.0&undo=x", "/messages"),
            ("/quarantine?a=b&note=release.1.0", "/quarantine?a=b"),
            ("//evil.example", "/"),
            ("/\\evil.example", "/"),
            ("https://evil.example/", "/"),
            ("javascript:alert(1)", "/"),
            ("/a\r\nSet-Cookie: x", "/"),
            ("", "/"),
        ] {
            assert_eq!(local(given), gone_to, "{given}");
        }
    }
}
