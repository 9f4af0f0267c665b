//! Office files of the old kind (OLE), made here: what they are, macros, passwords.

use std::io::{Cursor, Write};

use message::attachment::Attachment;
use message::builder::Builder;
use message::{FileKind, parse};

/// An OLE file with these streams; storages are made as they are needed.
fn ole(streams: &[(&str, &[u8])]) -> Vec<u8> {
    let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).expect("memory");
    for (path, bytes) in streams {
        let folder = std::path::Path::new(path).parent().expect("a folder");
        file.create_storage_all(folder).expect("memory");
        file.create_stream(path).expect("memory").write_all(bytes).expect("memory");
    }
    file.flush().expect("memory");
    file.into_inner().into_inner()
}

fn attached(bytes: &[u8]) -> Attachment {
    let mail = Builder::new().text("see the file").attach("file", "application/octet-stream", bytes).build();
    parse(&mail).attachments.remove(0)
}

/// Module source compressed as [MS-OVBA] §2.4.1 has it, literals only.
fn module(source: &str) -> Vec<u8> {
    let mut data = Vec::new();
    for eight in source.as_bytes().chunks(8) {
        data.push(0);
        data.extend_from_slice(eight);
    }
    let header = 0xb000 | (data.len() as u16 - 1);
    [&[1], &header.to_le_bytes()[..], &data].concat()
}

#[test]
fn kinds_are_told_by_their_streams() {
    for (stream, kind) in [
        ("/WordDocument", FileKind::Doc),
        ("/Workbook", FileKind::Xls),
        ("/PowerPoint Document", FileKind::Ppt),
        ("/__properties_version1.0", FileKind::OutlookMessage),
        ("/EncryptedPackage", FileKind::EncryptedOffice),
        ("/Contents", FileKind::Unknown),
    ] {
        assert_eq!(attached(&ole(&[(stream, b"x")])).kind, kind, "{stream}");
    }
}

#[test]
fn macros_are_found_and_those_that_run_by_themselves_named() {
    let source =
        "Attribute VB_Name = \"ThisDocument\"\r\nSub AutoOpen()\r\nShell CreateObject(\"x\")\r\nEnd Sub\r\n";
    let bytes = ole(&[
        ("/WordDocument", b"x"),
        ("/Macros/VBA/_VBA_PROJECT", b"\xcc\x61"),
        ("/Macros/VBA/ThisDocument", &[&b"performance cache"[..], &module(source)].concat()),
    ]);
    let file = attached(&bytes);
    assert!(file.contents.macros);
    assert_eq!(file.contents.active, ["macro: autoopen", "macro: createobject"]);
}

#[test]
fn passwords_are_told() {
    assert!(attached(&ole(&[("/EncryptedPackage", b"x")])).contents.encrypted);
    let mut word = vec![0; 32];
    word[11] = 1;
    assert!(attached(&ole(&[("/WordDocument", &word)])).contents.encrypted);
    let file_pass = [0x09, 0x08, 2, 0, 0, 6, 0x2f, 0, 2, 0, 1, 0];
    assert!(attached(&ole(&[("/Workbook", &file_pass)])).contents.encrypted);
}

#[test]
fn excel_4_macro_sheets_are_told() {
    let sheet = [0x85, 0, 8, 0, 0, 0, 0, 0, 1, 1, 0, 0];
    let file = attached(&ole(&[("/Workbook", &sheet)]));
    assert!(file.contents.macros);
    assert_eq!(file.contents.active, ["hidden Excel 4 macro sheet"]);
}

#[test]
fn damaged_files_are_told_by_the_names_in_them() {
    let mut bytes = ole(&[("/WordDocument", b"x"), ("/Macros/VBA/_VBA_PROJECT", b"x")]);
    // The allocation table points nowhere.
    bytes[0x4c..0x50].copy_from_slice(&[0xf0, 0xff, 0xff, 0x7f]);
    let file = attached(&bytes);
    assert_eq!((file.kind, file.contents.macros), (FileKind::Doc, true));
}
