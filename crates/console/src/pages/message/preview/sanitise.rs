//! Somebody's HTML with everything taken out that could act, load or deceive about where it goes.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use message::Message;
use message::mime::{Content, Part};

use super::{depth, inert};

/// Chromium's own limit is 512 elements deep; what our linear estimate gives may be somewhat more than real.
const DEPTH_MAX: usize = 1_500;

/// Bodies beyond are shown as text only.
const BYTES_MAX: usize = 1024 * 1024;

/// Images of the message shown in it.
const IMAGE_BYTES_MAX: usize = 1024 * 1024;
const IMAGES_BYTES_MAX: usize = 6 * 1024 * 1024;

/// Pictures a browser draws without running anything; SVG is not among them.
const IMAGE_TYPES: [&str; 5] = ["image/png", "image/jpeg", "image/gif", "image/webp", "image/bmp"];

/// The whole document for the frame.
pub(super) fn document(message: &Message) -> String {
    let Some(html) = &message.body.html else {
        return unshowable("This message has no HTML body.");
    };
    if html.len() > BYTES_MAX {
        return unshowable("The HTML body is larger than 1 MB: read it as text, or download the original.");
    }
    if depth::depth(html) > DEPTH_MAX {
        return unshowable("The HTML body nests deeper than browsers show: read it as text.");
    }
    let known = Known { images: images(&message.root), targets: targets(message) };
    page(&inert::inert(&clean(html, known)))
}

/// A document that says why there is none.
pub(super) fn unshowable(why: &str) -> String {
    page(&format!("<p class=\"iw-note\">{why}</p>"))
}

fn page(body: &str) -> String {
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Preview</title>\
         <meta name=\"referrer\" content=\"no-referrer\"><style>{STYLE}</style></head><body>{body}</body></html>"
    )
}

/// Paper: mail is written for white. Links look like links, and missing pictures leave a frame.
const STYLE: &str = "html{background:#fff;color:#1b1f24;font:15px/1.5 system-ui,sans-serif}\
body{margin:16px;overflow-wrap:anywhere}img{max-width:100%;height:auto}\
img:not([src]){display:inline-block;min-width:40px;min-height:20px;border:1px dashed #9aa4af}\
a{color:#0b57d0;text-decoration:underline;cursor:help}table{max-width:100%}.iw-note{color:#57606a}";

/// What a tag may carry besides: the look of old newsletters.
const LOOKS: [&str; 16] = [
    "style",
    "align",
    "valign",
    "bgcolor",
    "color",
    "width",
    "height",
    "border",
    "cellpadding",
    "cellspacing",
    "face",
    "size",
    "dir",
    "lang",
    "title",
    "colspan",
];

/// CSS that only paints. No `position`, `url()`, `content`, animation or anything that could cover the page.
const PROPERTIES: [&str; 38] = [
    "background-color",
    "border",
    "border-bottom",
    "border-collapse",
    "border-color",
    "border-left",
    "border-radius",
    "border-right",
    "border-spacing",
    "border-style",
    "border-top",
    "border-width",
    "color",
    "display",
    "font",
    "font-family",
    "font-size",
    "font-style",
    "font-weight",
    "height",
    "letter-spacing",
    "line-height",
    "margin",
    "margin-bottom",
    "margin-left",
    "margin-right",
    "margin-top",
    "max-width",
    "min-width",
    "padding",
    "padding-bottom",
    "padding-left",
    "padding-right",
    "padding-top",
    "text-align",
    "text-decoration",
    "vertical-align",
    "width",
];

/// What the message itself tells about the addresses in its HTML.
struct Known {
    /// Data URLs by Content-ID.
    images: HashMap<String, String>,
    /// Where links really go, by how they are written.
    targets: HashMap<String, String>,
}

fn clean(html: &str, known: Known) -> String {
    let mut cleaner = ammonia::Builder::default();
    cleaner
        .add_tags(["font", "center", "u", "big"])
        .rm_tags(["map", "area"])
        .add_generic_attributes(LOOKS)
        .filter_style_properties(HashSet::from(PROPERTIES))
        .add_url_schemes(["data", "cid"])
        .link_rel(None)
        .attribute_filter(move |tag, name, value| attribute(tag, name, value, &known).map(Cow::Owned));
    cleaner.clean(html).to_string()
}

fn attribute(tag: &str, name: &str, value: &str, known: &Known) -> Option<String> {
    match (tag, name) {
        ("img", "src") => image(value, &known.images),
        (_, "src" | "cite" | "background") => None,
        // The real target, when a rewriter hid it. Addresses written in the mail need not be well-formed.
        ("a", "href") => Some(known.targets.get(value).map_or(value, String::as_str).to_owned()),
        (_, "style") if value.contains("url(") || value.contains('\\') => None,
        _ => Some(value.to_owned()),
    }
}

/// Pictures that came with the message; those elsewhere are never loaded.
fn image(source: &str, images: &HashMap<String, String>) -> Option<String> {
    if let Some(id) = source.strip_prefix("cid:") {
        return images.get(id).cloned();
    }
    let data = source.strip_prefix("data:")?;
    let picture = IMAGE_TYPES.iter().any(|kind| {
        data.get(..kind.len()).is_some_and(|start| start.eq_ignore_ascii_case(kind))
            && data[kind.len()..].starts_with(';')
    });
    (picture && data.len() <= 2 * IMAGE_BYTES_MAX).then(|| source.to_owned())
}

fn targets(message: &Message) -> HashMap<String, String> {
    message.links.iter().map(|link| (link.written.clone(), link.target.clone())).collect()
}

/// Pictures by their Content-ID, as data URLs.
fn images(root: &Part) -> HashMap<String, String> {
    let mut images = HashMap::new();
    let mut bytes_left = IMAGES_BYTES_MAX;
    gather(root, &mut images, &mut bytes_left);
    images
}

fn gather(part: &Part, images: &mut HashMap<String, String>, bytes_left: &mut usize) {
    match &part.content {
        Content::Multipart(parts) => parts.iter().for_each(|part| gather(part, images, bytes_left)),
        Content::Message(_) => {}
        Content::Bytes(bytes) => {
            let shown = IMAGE_TYPES.contains(&part.media_type.as_str())
                && bytes.len() <= IMAGE_BYTES_MAX.min(*bytes_left);
            if let Some(id) = part.content_id.as_deref().filter(|_| shown) {
                *bytes_left -= bytes.len();
                let id = id.trim_matches(['<', '>']).to_owned();
                images.insert(id, format!("data:{};base64,{}", part.media_type, STANDARD.encode(bytes)));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cleaned(html: &str) -> String {
        let images =
            HashMap::from([("logo@example.com".to_owned(), "data:image/png;base64,AA==".to_owned())]);
        let targets =
            HashMap::from([("https://rewriter.example/?u=x".to_owned(), "https://x.example/".to_owned())]);
        inert::inert(&clean(html, Known { images, targets }))
    }

    #[test]
    fn nothing_that_acts_is_left() {
        for hostile in [
            "<script>alert(1)</script>",
            "<img src=x onerror=alert(1)>",
            "<svg onload=alert(1)></svg>",
            "<a href='javascript:alert(1)'>x</a>",
            "<iframe src='https://evil.example'></iframe>",
            "<form action='https://evil.example'><input name=p></form>",
            "<meta http-equiv=refresh content='0;url=https://evil.example'>",
            "<style>@import 'https://evil.example/x.css'</style>",
            "<div style=\"background:url(https://evil.example/x)\">x</div>",
            "<object data='https://evil.example'></object>",
            "<base href='https://evil.example'>",
            "<img src='https://evil.example/pixel.gif'>",
            "<table background='https://evil.example/x'><tr><td>x</table>",
            "<math><mtext></mtext><mglyph><style><img src=x onerror=alert(1)></style></mglyph></math>",
        ] {
            let harmless = cleaned(hostile).to_lowercase();
            for trace in ["alert", "evil.example", "onerror", "onload", "<form", "<iframe", "javascript:"] {
                assert!(!harmless.contains(trace), "{hostile} gave {harmless}");
            }
        }
    }

    #[test]
    fn links_tell_where_they_really_go() {
        assert_eq!(
            cleaned("<a href='https://rewriter.example/?u=x'>bank</a>"),
            "<a title=\"https://x.example/\">bank</a>"
        );
    }

    #[test]
    fn pictures_of_the_message_are_shown_and_others_are_not() {
        assert!(cleaned("<img src='cid:logo@example.com'>").contains("data:image/png;base64,AA=="));
        assert!(cleaned("<img src='data:image/png;base64,AA=='>").contains("data:image/png"));
        assert!(!cleaned("<img src='data:image/svg+xml;base64,AA=='>").contains("data:"));
        assert!(!cleaned("<img src='data:text/html,x'>").contains("data:"));
    }

    #[test]
    fn newsletters_keep_their_look() {
        let html = "<table width=\"600\"><tr><td style=\"color: red; position: fixed\">x</td></tr></table>";
        let kept = cleaned(html);
        assert!(
            kept.contains("width=\"600\"") && kept.contains("color:red") && !kept.contains("fixed"),
            "{kept}"
        );
    }
}
