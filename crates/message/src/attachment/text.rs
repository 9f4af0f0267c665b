//! What a text file is by what it says.

use std::borrow::Cow;

use super::FileKind::{self, *};

/// How much of a file is looked at.
const HEAD_BYTES: usize = 16 * 1024;

/// How a file of some kind begins, in lower case, after blanks and comments.
const BEGINNINGS: &[(&str, FileKind)] = &[
    ("#!", Script),
    ("<!doctype html", Html),
    ("<html", Html),
    ("<head", Html),
    ("<body", Html),
    ("<script", Html),
    ("<iframe", Html),
    ("<meta", Html),
    ("<form", Html),
    ("<title", Html),
    ("<table", Html),
    ("<div", Html),
    ("<a ", Html),
    ("<img", Html),
    ("<base", Html),
    ("<center", Html),
    ("<p>", Html),
    ("<svg", Svg),
    ("<job", Script),
    ("<package", Script),
    ("<scriptlet", Script),
    ("<component", Script),
    ("<pcsettings", Shortcut),
    ("<librarydescription", Shortcut),
    ("<searchconnectordescription", Shortcut),
    ("begin:vcalendar", Calendar),
    ("begin:vcard", VCard),
    ("-----begin pgp", Pgp),
    ("-----begin pkcs7", Smime),
    ("[internetshortcut]", Shortcut),
    ("[desktop entry]", Shortcut),
    ("full address:s:", Shortcut),
    ("windows registry editor", Script),
    ("regedit4", Script),
    ("web\r\n1\r\n", Script),
    ("web\n1\n", Script),
    ("id;p", Xls),
    ("mime-version:", Message),
    ("received:", Message),
    ("return-path:", Message),
    ("delivered-to:", Message),
    ("x-mozilla-status:", Message),
];

/// What XML holds, by what stands in its first part.
const XML_CONTENTS: &[(&str, FileKind)] = &[
    ("<hta:application", Script),
    ("progid=\"word.document\"", Doc),
    ("progid=\"excel.sheet\"", Xls),
    ("<msxsl:script", Script),
    ("<ms:script", Script),
    ("<job", Script),
    ("<scriptlet", Script),
    ("<component", Script),
    ("<pcsettings", Shortcut),
    ("<librarydescription", Shortcut),
    ("<searchconnectordescription", Shortcut),
    ("<asmv1:assembly", Installer),
    ("<svg", Svg),
    ("<html", Html),
];

/// One of these makes a text a script.
const SCRIPT_MARKS: &[&str] = &[
    "wscript.shell",
    "wscript.createobject",
    "createobject(",
    "new activexobject",
    "scripting.filesystemobject",
    "<hta:application",
    "@echo off",
    "setlocal enabledelayedexpansion",
    "invoke-expression",
    "[system.convert]::frombase64string",
    "set-strictmode",
    "param(\n",
    "param (\r\n",
];

/// Two of these do.
const SCRIPT_HINTS: &[&str] = &[
    "powershell",
    "cmd /c",
    "cmd.exe",
    "certutil",
    "mshta",
    "new-object",
    "iex(",
    "iex (",
    "-executionpolicy",
    "frombase64string",
    "downloadstring",
    "invoke-webrequest",
    "string.fromcharcode",
    "eval(",
    "unescape(",
    "execute(",
    "function(",
    "function (",
    "var ",
    "let ",
    "const ",
    "document.write",
    "settimeout(",
    "end sub",
    "end function",
    "on error resume next",
    "option explicit",
    "dim ",
    "chr(",
    "%comspec%",
    "%temp%",
    "%appdata%",
    "goto ",
];

/// The kind of a text; `None` when the bytes are no text.
pub(super) fn of(bytes: &[u8]) -> Option<FileKind> {
    let head = head(bytes)?;
    let lower = head.to_lowercase();
    let start = after_comments(&lower);
    if start.starts_with("<?xml") || start.starts_with("<?mso") {
        return Some(first_in(&lower, XML_CONTENTS).unwrap_or(Xml));
    }
    if lower.contains("<hta:application") {
        return Some(Script);
    }
    let begins = BEGINNINGS.iter().find(|(beginning, _)| start.starts_with(beginning)).map(|(_, kind)| *kind);
    if let Some(kind) = begins {
        return Some(kind);
    }
    if lower.contains("<html") || lower.contains("<script") {
        return Some(Html);
    }
    if lower.contains("[internetshortcut]") {
        return Some(Shortcut);
    }
    if is_script(&lower) {
        return Some(Script);
    }
    Some(if looks_like_message(&lower) { Message } else { Text })
}

/// The first part of the file as text: UTF-8, UTF-16 with a mark, or 8-bit without control characters.
pub(super) fn head(bytes: &[u8]) -> Option<Cow<'_, str>> {
    let bytes = &bytes[..bytes.len().min(HEAD_BYTES)];
    let (text, encoding, _) = encoding_rs::WINDOWS_1252.decode(bytes);
    let controls = |text: &str| text.chars().filter(|c| c.is_control() && !c.is_whitespace()).count();
    if encoding != encoding_rs::WINDOWS_1252 {
        return (controls(&text) * 50 <= text.len()).then_some(text);
    }
    let odd =
        bytes.iter().filter(|byte| **byte < 32 && !matches!(byte, b'\t' | b'\n' | b'\r' | 12 | 27)).count();
    let has_nul = memchr::memchr(0, bytes).is_some();
    (!has_nul && odd * 100 <= bytes.len()).then_some(text)
}

/// `text` without the blanks and the HTML comments it begins with.
fn after_comments(text: &str) -> &str {
    let mut rest = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    while let Some(comment) = rest.strip_prefix("<!--") {
        rest = comment.split_once("-->").map_or("", |(_, after)| after).trim_start();
    }
    rest
}

fn first_in(text: &str, contents: &[(&str, FileKind)]) -> Option<FileKind> {
    contents.iter().find(|(mark, _)| text.contains(mark)).map(|(_, kind)| *kind)
}

fn is_script(lower: &str) -> bool {
    let marks = SCRIPT_MARKS.iter().any(|mark| lower.contains(mark));
    let has_code = lower.contains(['{', '(']) && lower.contains(['=', ';', '%', '$']);
    let hints = || SCRIPT_HINTS.iter().filter(|hint| lower.contains(*hint)).take(3).count();
    marks || (has_code && hints() >= 3)
}

/// Several header fields in the first lines, one of them of every message.
fn looks_like_message(lower: &str) -> bool {
    let fields = lower.lines().take(8).filter(|line| {
        let name = line.split(':').next().unwrap_or_default();
        matches!(
            name,
            "from" | "to" | "subject" | "date" | "message-id" | "mime-version" | "content-type" | "received"
        )
    });
    fields.count() >= 3
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_told_by_what_they_say() {
        for (text, kind) in [
            ("Dear Ann,\n\nplease find attached.", Text),
            ("We tell people that powershell is a shell (and cmd.exe is one too).", Text),
            ("\n<!-- x -->\n<!DOCTYPE html>", Html),
            ("hello <script>alert(1)</script>", Html),
            ("<?xml version='1.0'?><svg xmlns='x'/>", Svg),
            ("<?xml version='1.0'?><note/>", Xml),
            ("<?xml version='1.0'?>\n<?mso-application progid=\"Word.Document\"?>", Doc),
            ("BEGIN:VCALENDAR\r\nEND:VCALENDAR", Calendar),
            ("#!/bin/sh\nrm x", Script),
            ("@echo off\r\nstart x", Script),
            ("Set o = CreateObject(\"WScript.Shell\")", Script),
            ("var a = 1; function (b) { eval(b) }", Script),
            ("<html><hta:application id=x>", Script),
            ("[InternetShortcut]\r\nURL=https://example.com/", Shortcut),
            ("Windows Registry Editor Version 5.00", Script),
            ("From: ann@example.com\nTo: bob@example.com\nSubject: x\n\n", Message),
        ] {
            assert_eq!(of(text.as_bytes()), Some(kind), "{text}");
        }
        let wide: Vec<u8> = "\u{feff}<html>".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(of(&wide), Some(Html));
        assert_eq!(of(b"\x01\x02\x03\x04"), None);
    }
}
