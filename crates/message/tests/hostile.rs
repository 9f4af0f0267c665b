//! Input made to cost much: each of these takes seconds or hours for a reader without bounds. Run with a debug build
//! on a slow machine, so the limit is wide; what matters is that nothing grows with the square of the size.

use std::time::{Duration, Instant};

use message::builder::{Builder, Entity};
use message::parse;

const LIMIT: Duration = Duration::from_secs(20);

#[track_caller]
fn is_quick(name: &str, bytes: &[u8]) {
    let start = Instant::now();
    let message = parse(bytes);
    let elapsed = start.elapsed();
    assert!(elapsed < LIMIT, "{name}: {elapsed:?} for {} bytes", bytes.len());
    assert!(message.defects.len() <= message::bounds::DEFECTS_MAX);
}

fn page(html: &str) -> Vec<u8> {
    Builder::new().body(Entity::raw(&[("Content-Type", "text/html")], html.as_bytes())).build()
}

#[test]
fn pages() {
    let attributes: String = (0..200_000).map(|number| format!(" a{number}")).collect();
    let formats: String = (0..500).map(|number| format!("<b a={number}>")).collect();
    for (name, html) in [
        ("deep lists", "<ul><li>".repeat(60_000)),
        ("deep divisions", "<div>".repeat(100_000)),
        ("one tag of many attributes", format!("<a{attributes}>")),
        ("many tags of many attributes", format!("<a{}>", " b c d".repeat(3_000)).repeat(20)),
        ("formatting opened again in every paragraph", format!("<p>{formats}</p>{}", "<p>x".repeat(20_000))),
        ("tables in tables", "<table><tr><td>".repeat(40_000)),
        ("an unclosed comment", format!("<!--{}", "-".repeat(500_000))),
        ("an unclosed script", format!("<script>{}", "<!--<script ".repeat(50_000))),
        ("entities", "&ampx;&#1;".repeat(20_000)),
        ("an unclosed attribute", format!("<a href=\"{}", "x ".repeat(300_000))),
        ("links", "<a href=x>y</a>".repeat(20_000)),
        ("styles", format!("<style>{}</style><p class=a>", ".a,.b{color:red}".repeat(20_000))),
        ("unclosed styles", "<style>{{{{".repeat(20_000)),
        ("misnested", "<a><p><b></a>".repeat(5_000)),
        ("svg and math", "<svg><math><mi><svg>".repeat(20_000)),
    ] {
        is_quick(name, &page(&html));
    }
}

#[test]
fn structures() {
    let parts = "--B\r\n\r\nx\r\n".repeat(50_000);
    let nested: String = (0..500)
        .map(|level| format!("Content-Type: multipart/mixed; boundary=B{level}\r\n\r\n--B{level}\r\n"))
        .collect();
    for (name, mail) in [
        ("many parts", format!("Content-Type: multipart/mixed; boundary=B\r\n\r\n{parts}")),
        (
            "many empty parts",
            format!("Content-Type: multipart/mixed; boundary=B\r\n\r\n{}", "--B\n".repeat(200_000)),
        ),
        ("deep parts", format!("{nested}{}", "x\r\n".repeat(100_000))),
        (
            "an empty boundary",
            format!("Content-Type: multipart/mixed; boundary=\"\"\r\n\r\n{}", "--\n".repeat(200_000)),
        ),
        ("many fields", format!("{}\r\n", "A: b\r\n".repeat(200_000))),
        ("bad header lines", format!("A: b\r\n{}", "no field\r\n".repeat(200_000))),
        ("a long field", format!("Subject: {}\r\n\r\n", "=?a?Q?".repeat(200_000))),
        ("a long address list", format!("To: {}\r\n\r\n", "a <b@example.com>,".repeat(50_000))),
        ("open comments", format!("To: {}\r\n\r\n", "(".repeat(500_000))),
        ("many parameters", format!("Content-Type: text/plain{}\r\n\r\n", "; a*0*=b".repeat(100_000))),
        (
            "soft line breaks",
            format!("Content-Transfer-Encoding: quoted-printable\r\n\r\n{}", "=\r\n".repeat(200_000)),
        ),
        ("padding", format!("Content-Transfer-Encoding: base64\r\n\r\n{}", "QQ==\r\n".repeat(200_000))),
    ] {
        is_quick(name, mail.as_bytes());
    }
}

#[test]
fn files() {
    for (name, file) in [
        ("PDF streams", [&b"%PDF-1.7"[..], &b"/ObjStm stream\n".repeat(50_000)].concat()),
        ("PDF strings", [&b"%PDF-1.7"[..], &b"/URI (".repeat(100_000)].concat()),
        ("PDF names", [&b"%PDF-1.7"[..], &b"/#".repeat(300_000)].concat()),
        ("local headers", b"PK\x03\x04".repeat(200_000)),
        ("RTF links", [&b"{\\rtf1"[..], &b"HYPERLINK ".repeat(50_000)].concat()),
        ("RAR blocks", [&b"Rar!\x1a\x07\x01\0"[..], &b"\0\0\0\0\x03\x03\0\0".repeat(50_000)].concat()),
        ("tar headers", [&[b'0'; 257][..], b"ustar\0", &[b'0'; 200_000]].concat()),
        ("scripts", b"<script>'".repeat(50_000)),
    ] {
        is_quick(name, &Builder::new().text("x").attach("file", "application/octet-stream", &file).build());
    }
}

#[test]
fn zip_bombs() {
    use std::io::{Cursor, Write};
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    writer.start_file("0.bin", zip::write::SimpleFileOptions::default()).expect("memory");
    writer.write_all(&vec![0; 8 * 1024 * 1024]).expect("memory");
    let mut packed = writer.finish_into_readable().expect("memory");
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for number in 0..20 {
        let file = packed.by_index_raw(0).expect("the one file");
        writer.raw_copy_file_rename(file, format!("{number}.bin")).expect("memory");
    }
    let bomb = writer.finish().expect("memory").into_inner();
    let mail = Builder::new().text("x").attach("bomb.zip", "application/zip", &bomb).build();
    is_quick("zip bomb", &mail);
    let message = parse(&mail);
    assert!(message.defects.iter().any(|defect| defect.detail == "unpacked bytes"));
}
