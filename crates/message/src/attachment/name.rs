//! File names: what their extension promises, and how they lie.

use super::FileKind::{self, *};

/// Extensions and the kinds a file of that name may be, by what it is opened with. Sorted.
const EXTENSIONS: &[(&str, &[FileKind])] = &[
    ("csv", &[Text, Xls]),
    ("doc", &[Doc, Docx, Rtf, Html, EncryptedOffice, Xml, Text]),
    ("docm", &[Docx, EncryptedOffice]),
    ("docx", &[Docx, EncryptedOffice]),
    ("eml", &[Message, Text]),
    ("gif", &[Image]),
    ("gz", &[Gzip]),
    ("htm", &[Html, Text, Xml]),
    ("html", &[Html, Text, Xml]),
    ("ics", &[Calendar, Text]),
    ("jpeg", &[Image]),
    ("jpg", &[Image]),
    ("mp3", &[Audio]),
    ("mp4", &[Video]),
    ("msg", &[OutlookMessage]),
    ("pdf", &[Pdf]),
    ("png", &[Image]),
    ("ppt", &[Ppt, Pptx, EncryptedOffice]),
    ("pptx", &[Pptx, EncryptedOffice]),
    ("rar", &[Rar]),
    ("rtf", &[Rtf, Doc, Docx]),
    ("svg", &[Svg]),
    ("txt", &[Text, Message, Xml, Calendar, VCard, Script]),
    ("vcf", &[VCard, Text]),
    ("wav", &[Audio]),
    ("xls", &[Xls, Xlsx, Html, Xml, Text, EncryptedOffice]),
    ("xlsm", &[Xlsx, EncryptedOffice]),
    ("xlsx", &[Xlsx, EncryptedOffice]),
    ("xml", &[Xml, Html, Svg, Text]),
    ("zip", &[Zip]),
];

/// Extensions that Windows runs, mounts or follows when opened. Sorted.
const RUNNABLE: &[&str] = &[
    "ade",
    "adp",
    "appinstaller",
    "application",
    "appref-ms",
    "appx",
    "appxbundle",
    "asx",
    "bas",
    "bat",
    "cab",
    "chm",
    "cmd",
    "com",
    "cpl",
    "crt",
    "dll",
    "exe",
    "gadget",
    "hlp",
    "hta",
    "img",
    "inf",
    "ins",
    "iqy",
    "iso",
    "isp",
    "jar",
    "jnlp",
    "js",
    "jse",
    "library-ms",
    "lnk",
    "mad",
    "mde",
    "msc",
    "msh",
    "msi",
    "msix",
    "msixbundle",
    "msp",
    "mst",
    "ocx",
    "one",
    "onepkg",
    "pif",
    "ps1",
    "psc1",
    "psd1",
    "psm1",
    "pyw",
    "rdp",
    "reg",
    "scf",
    "scr",
    "sct",
    "search-ms",
    "searchconnector-ms",
    "settingcontent-ms",
    "shb",
    "sys",
    "theme",
    "url",
    "vb",
    "vbe",
    "vbs",
    "vhd",
    "vhdx",
    "website",
    "wim",
    "wll",
    "ws",
    "wsc",
    "wsf",
    "wsh",
    "xll",
    "xnk",
];

/// The last extension, lower case; empty when there is none.
pub fn extension(name: &str) -> String {
    match name.trim_end_matches(['.', ' ']).rsplit_once('.') {
        Some((_, extension)) if extension.chars().count() <= 20 => extension.to_lowercase(),
        Some(_) | None => String::new(),
    }
}

/// Whether opening a file of this name runs, mounts or follows something rather than showing it.
pub fn is_runnable(name: &str) -> bool {
    RUNNABLE.binary_search(&extension(name).as_str()).is_ok()
}

/// Whether a name is written to be misread: characters that turn the direction of writing, two extensions of which
/// the last is runnable, or blanks that push the last one out of sight.
pub fn is_misleading(name: &str) -> bool {
    turns_direction(name) || has_hidden_extension(name)
}

/// Whether a name holds characters that turn the direction of writing: `cod\u{202e}fdp.exe` shows as `codexe.pdf`.
pub fn turns_direction(name: &str) -> bool {
    name.contains(
        |c| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}'),
    )
}

fn has_hidden_extension(name: &str) -> bool {
    let Some((stem, _)) = name.rsplit_once('.').filter(|_| is_runnable(name)) else { return false };
    let inner = extension(stem.trim_end());
    let pushed_away = stem.len() - stem.trim_end().len() > 2;
    pushed_away || EXTENSIONS.binary_search_by_key(&inner.as_str(), |(extension, _)| extension).is_ok()
}

/// Whether a file of `kind` is what its name promises; names that promise nothing are never broken.
pub(super) fn keeps_promise(name: &str, kind: FileKind) -> bool {
    let extension = extension(name);
    match EXTENSIONS.binary_search_by_key(&extension.as_str(), |(extension, _)| extension) {
        Ok(index) => EXTENSIONS[index].1.contains(&kind) || matches!(kind, Empty | Unknown),
        Err(_) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_sorted() {
        assert!(EXTENSIONS.is_sorted_by_key(|(extension, _)| extension));
        assert!(RUNNABLE.is_sorted());
    }

    #[test]
    fn lying_names_are_told() {
        for (name, misleading) in [
            ("invoice.pdf", false),
            ("invoice.pdf.exe", true),
            ("invoice.v2.exe", false),
            ("invoice.pdf          .exe", true),
            ("cod\u{202e}fdp.exe", true),
            ("setup.exe", false),
            ("archive.tar.gz", false),
            ("invoice.pdf.zip", false),
            ("", false),
        ] {
            assert_eq!(is_misleading(name), misleading, "{name}");
        }
    }

    #[test]
    fn promises_are_kept_or_broken() {
        for (name, kind, kept) in [
            ("a.pdf", Pdf, true),
            ("a.pdf", Html, false),
            ("a.pdf", Unknown, true),
            ("A.PDF", WindowsExecutable, false),
            ("a.docx", Docx, true),
            ("a.docx", Zip, false),
            ("a.doc", Rtf, true),
            ("a.dat", WindowsExecutable, true),
            ("a", Zip, true),
        ] {
            assert_eq!(keeps_promise(name, kind), kept, "{name} {kind:?}");
        }
    }
}
