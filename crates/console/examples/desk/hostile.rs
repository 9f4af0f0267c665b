//! Mail that tries to get at whoever looks at it.

use jiff::{SignedDuration, Timestamp};
use store::Store;
use verdict::Verdict;

use crate::common::seed::{Seed, mail, put};

/// Every one of these would show a dialog if it ever ran.
const SCRIPTS: [&str; 8] = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(2)>",
    "'onmouseover='alert(3)",
    "</title><script>alert(4)</script>",
    "{{7*7}}${alert(5)}<%= alert(5) %>",
    "<svg/onload=alert(6)>",
    "javascript:alert(7)//",
    "</textarea></pre></iframe><iframe srcdoc='<script>parent.alert(8)</script>'>",
];

pub(crate) async fn fill(store: &dyn Store, now: Timestamp) {
    for (index, script) in SCRIPTS.iter().enumerate() {
        let received = now - SignedDuration::from_secs(20 - index as i64);
        put(store, &Seed::inbound(&everywhere(script), Verdict::Phishing, received)).await;
    }
    let received = now - SignedDuration::from_secs(3);
    put(
        store,
        &Seed {
            verdict: None,
            ..Seed::inbound(&mail("Not judged yet", "<p>soon"), Verdict::Clean, received)
        },
    )
    .await;
}

/// The script in every place that a page shows.
fn everywhere(script: &str) -> Vec<u8> {
    format!(
        "Received: from {script} (mail.sender.test [203.0.113.9]) by mx.tidewright.example with ESMTPS;\r\n \
         Mon, 16 Nov 2026 09:00:01 +0000\r\n\
         From: \"{}\" <mallory@sender.test>\r\nReply-To: \"{script}\" <other@sender.test>\r\n\
         To: owen.hartnell@tidewright.example\r\nSubject: {script}\r\nMessage-ID: <{script}@sender.test>\r\n\
         X-Hostile: {script}\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n\
         --b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n\
         <p>{script}</p><a href=\"https://evil.test/{script}\">https://www.bank.example/{script}</a>\
         <form action=\"https://evil.test\"><input type=password name=p></form>\
         <img src=\"https://evil.test/pixel.gif\"><style>body{{background:url(https://evil.test/b)}}</style>\
         <meta http-equiv=refresh content=\"0;url=https://evil.test\"><base href=\"https://evil.test\">\r\n\
         --b\r\nContent-Type: application/octet-stream; name=\"{script}.exe\"\r\n\
         Content-Disposition: attachment; filename=\"{script}.exe\"\r\nContent-Transfer-Encoding: base64\r\n\r\n\
         TVo=\r\n--b--\r\n",
        script.replace('"', "'"),
    )
    .into_bytes()
}

/// One more message of a stream.
pub(crate) async fn arrive(store: &dyn Store, number: u32, now: Timestamp) {
    let verdicts =
        [Verdict::Clean, Verdict::Clean, Verdict::Graymail, Verdict::Clean, Verdict::Phishing, Verdict::Spam];
    let verdict = verdicts[number as usize % verdicts.len()];
    let bytes = mail(&format!("Message {number} of the stream"), "<p>Hello</p>");
    put(store, &Seed::inbound(&bytes, verdict, now - SignedDuration::from_secs(1))).await;
}
