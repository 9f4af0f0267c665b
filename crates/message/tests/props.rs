//! Whatever the bytes: parsing ends, is bounded, and says the same twice.

use message::builder::{Builder, Entity};
use message::mime::Content;
use message::{Message, Part, bounds, parse};
use proptest::prelude::*;

/// Pieces that hostile mail is made of.
const PIECES: &[&str] = &[
    "\r\n",
    "\n",
    "\r",
    "\0",
    " ",
    "\t",
    "--",
    "--B",
    "--B--",
    "\r\n--B\r\n",
    "\r\n--B--\r\n",
    ":",
    ";",
    "=",
    "==",
    "\"",
    "(",
    ")",
    "<",
    ">",
    "@",
    ",",
    "=?utf-8?B?",
    "=?utf-8?Q?",
    "?=",
    "=C3",
    "Content-Type: multipart/mixed; boundary=B",
    "Content-Type: message/rfc822",
    "Content-Type: text/html; charset=utf-7",
    "Content-Type: multipart/digest; boundary=\"\"",
    "Content-Transfer-Encoding: base64",
    "Content-Transfer-Encoding: quoted-printable",
    "Content-Disposition: attachment",
    "; filename*0*=utf-8''%",
    "; filename*1=",
    "; filename=a.pdf",
    "From: ",
    "To: a@example.com",
    "Subject: ",
    "Date: ",
    "Received: from x by y; ",
    "<html>",
    "<a href=",
    "<b>",
    "<table>",
    "<td>",
    "<p style='font-size:0'>",
    "<script>",
    "</script>",
    "<!--",
    "-->",
    "<style>.a{",
    "}",
    "<svg>",
    "<math>",
    "<select>",
    "<template>",
    "&#x",
    "&amp",
    "PK\u{3}\u{4}",
    "PK\u{5}\u{6}",
    "%PDF-1.7",
    "/URI (",
    "{\\rt",
    "Rar!\u{1a}\u{7}\u{1}\0",
    "QUJD",
    "é",
    "\u{202e}",
    "\u{200b}",
    "x",
];

fn pieces() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(prop::sample::select(PIECES), 0..120)
        .prop_map(|pieces| pieces.concat().into_bytes())
}

/// A sound message, to be damaged.
fn sound() -> Vec<u8> {
    let inner = Builder::new().field("Subject", "inner").text("inner\n").build();
    Builder::new()
        .mailbox("From", "Jürg Lee", "jurg@example.com")
        .mailbox("To", "", "ann@example.com")
        .field("Subject", "Grüße aus dem Büro")
        .raw_field("Received", "from a.example (192.0.2.1) by b.example; Tue, 24 Nov 2026 06:48:13 +0000")
        .text("Hallo, schöne Grüße: https://example.com/a\n")
        .html("<p>Hallo <b>schöne</b> <a href='https://example.com/b'>Grüße</a></p>")
        .attach("a.pdf", "application/pdf", b"%PDF-1.7 /URI (https://example.com/c)")
        .attach_message(&inner)
        .build()
}

fn parts(part: &Part) -> usize {
    let inner = match &part.content {
        Content::Bytes(_) => 0,
        Content::Multipart(children) => children.iter().map(parts).sum(),
        Content::Message(message) => parts(&message.root),
    };
    1 + inner
}

fn is_bounded(message: &Message) -> bool {
    message.each().all(|message| {
        message.defects.len() <= bounds::DEFECTS_MAX
            && message.links.len() <= bounds::LINKS_MAX
            && message.headers.len() <= bounds::FIELDS_MAX
            && message.body.visible.len() <= 2 * bounds::TEXT_CHARS_MAX
    }) && parts(&message.root) <= bounds::PARTS_MAX + 1
}

/// Everything a message says of itself, for comparing.
fn summary(message: &Message) -> String {
    format!(
        "{:?} {:?} {:?} {:?} {:?}",
        message.headers, message.root, message.body, message.attachments, message.defects
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn any_bytes_are_read(bytes in prop::collection::vec(any::<u8>(), 0..2_000)) {
        prop_assert!(is_bounded(&parse(&bytes)));
    }

    #[test]
    fn hostile_pieces_are_read_and_read_the_same_twice(bytes in pieces()) {
        let message = parse(&bytes);
        prop_assert!(is_bounded(&message));
        prop_assert_eq!(summary(&message), summary(&parse(&bytes)));
    }

    #[test]
    fn damaged_mail_is_read(cut in 0usize..4_000, at in 0usize..4_000, piece in pieces()) {
        let mut bytes = sound();
        bytes.truncate(cut.max(1));
        let at = at % bytes.len();
        bytes.splice(at..at, piece);
        prop_assert!(is_bounded(&parse(&bytes)));
    }

    #[test]
    fn text_comes_back_as_composed(text in "[ -~äöü€\n]{0,300}", subject in "[!-~äöü€][ -~äöü€]{0,100}[!-~äöü€]") {
        // An encoded word in the subject would be decoded, as it should.
        prop_assume!(!subject.contains("=?"));
        let message = parse(&Builder::new().field("Subject", &subject).text(&text).build());
        prop_assert_eq!(message.body.text, text);
        prop_assert_eq!(message.subject, subject);
    }

    #[test]
    fn attachments_come_back_as_composed(bytes in prop::collection::vec(any::<u8>(), 0..500), name in "[a-zä(; )'\"]{1,20}") {
        prop_assume!(name.trim() == name);
        let message = parse(&Builder::new().text("x").attach(&name, "application/x-any", &bytes).build());
        prop_assert_eq!(message.attachments.len(), 1);
        prop_assert_eq!(message.attachments[0].sha256, message::Digest::of(&bytes));
        prop_assert_eq!(&message.attachments[0].name, &name);
    }
}

#[test]
fn depth_is_bounded() {
    let mut entity = Entity::text("text/plain", "deep");
    for _ in 0..200 {
        entity = Entity::multipart("mixed", vec![entity]);
    }
    let message = parse(&Builder::new().body(entity).build());
    assert!(message.defects.iter().any(|defect| defect.detail == "nested multiparts"));
    let mut bytes = Builder::new().text("deep").build();
    for _ in 0..200 {
        bytes = Builder::new().attach_message(&bytes).build();
    }
    let message = parse(&bytes);
    assert_eq!(message.each().count(), bounds::MESSAGE_DEPTH_MAX + 1);
}
