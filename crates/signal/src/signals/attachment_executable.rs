//! Programs have no business in mail; Outlook refuses to open them, other clients do not.

use super::kit::*;

pub(super) const SIGNAL: Signal = Signal {
    name: "attachment-executable",
    about: "A program, script or shortcut is attached, which runs when it is opened.",
    read,
    examples: &[
        hit(
            "a script by its name",
            "From: a@b.example\nContent-Type: application/octet-stream; name=\"invoice.vbs\"\n\nWScript.Echo 1",
        ),
        hit(
            "a program by its content",
            "From: a@b.example\nContent-Type: application/pdf; name=\"invoice.pdf\"\nContent-Transfer-Encoding: base64\n\nTVqQAAMAAAAEAAAA//8AALgAAAAAAAAAQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAgAAAAA4fug4AtAnNIbgBTM0hVGhpcyBwcm9ncmFtIGNhbm5vdCBiZSBydW4gaW4gRE9TIG1vZGUuDQ0KJAAAAAAAAABQRQAATAEDAA==",
        ),
        miss(
            "a text file about one",
            "From: a@b.example\nContent-Type: text/plain; name=\"vbs.txt\"\nContent-Disposition: attachment\n\nWScript.Echo 1",
        ),
    ],
};

fn read(evidence: &Evidence) -> Reading {
    attachments_told(evidence, |attachment| {
        let what = what_runs(attachment.kind, &attachment.name)?;
        Some(format!("{} is {what}", file(&attachment.name)))
    })
}

/// What runs when a file is opened, by content first and name second.
pub(super) fn what_runs(kind: FileKind, name: &str) -> Option<&'static str> {
    match kind {
        FileKind::WindowsExecutable => return Some("a Windows program"),
        FileKind::ElfExecutable | FileKind::MachExecutable => return Some("a program"),
        FileKind::Installer => return Some("an installer"),
        FileKind::Shortcut => return Some("a shortcut"),
        _ => {}
    }
    match extension(name)?.as_str() {
        "exe" | "com" | "scr" | "pif" | "cpl" | "dll" | "msi" | "msix" | "appx" | "appxbundle" | "jar" => {
            Some("a program by its name")
        }
        "js" | "jse" | "vbs" | "vbe" | "wsf" | "wsh" | "hta" | "ps1" | "bat" | "cmd" | "sct" | "wsc" => {
            Some("a script by its name")
        }
        "lnk" | "url" | "scf" | "library-ms" | "search-ms" | "appref-ms" | "settingcontent-ms" => {
            Some("a shortcut by its name")
        }
        "chm" | "xll" | "one" | "reg" | "msc" | "rdp" => Some("a file that can run programs, by its name"),
        _ => None,
    }
}
