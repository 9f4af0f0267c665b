//! A message written as JSON becomes MIME, as Exchange makes it when a draft is created, changed or sent.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

use super::error::GraphError;
use crate::mailbox::Item;
use crate::settings::Person;
use crate::stamp;

/// Fields that only a draft may change.
const DRAFT_FIELDS: [&str; 7] =
    ["subject", "body", "toRecipients", "ccRecipients", "bccRecipients", "replyTo", "internetMessageId"];

/// Writes a message; the sender is the mailbox's owner unless the JSON names one.
pub(crate) fn mime(message: &Value, owner: Option<&Person>, now: Timestamp) -> Result<Vec<u8>, GraphError> {
    if !message.is_object() {
        return Err(GraphError::bad_body());
    }
    let mut headers = String::new();
    let own_from =
        owner.map(|person| json!([{"emailAddress": {"name": person.name, "address": person.address}}]));
    let from = message.get("from").filter(|from| from.is_object()).map(|from| json!([from]));
    put_people(&mut headers, "From", from.as_ref().or(own_from.as_ref()));
    put_people(&mut headers, "To", message.get("toRecipients"));
    put_people(&mut headers, "Cc", message.get("ccRecipients"));
    put_people(&mut headers, "Bcc", message.get("bccRecipients"));
    put_people(&mut headers, "Reply-To", message.get("replyTo"));
    let domain = owner
        .and_then(|person| person.address.split_once('@'))
        .map_or("tenant.example", |(_, domain)| domain);
    let own_id = format!("<{}@{domain}>", Uuid::new_v4());
    let id = message["internetMessageId"].as_str().filter(|id| !id.is_empty()).unwrap_or(&own_id);
    put(&mut headers, "Subject", &encode(message["subject"].as_str().unwrap_or_default()));
    put(&mut headers, "Date", &stamp::rfc5322(now));
    put(&mut headers, "Message-ID", id);
    put(&mut headers, "MIME-Version", "1.0");
    for header in message["internetMessageHeaders"].as_array().into_iter().flatten() {
        let name = header["name"].as_str().unwrap_or_default();
        if !name.to_ascii_lowercase().starts_with("x-") {
            return Err(GraphError::bad_request(
                "InvalidInternetMessageHeader",
                format!("The internet message header name '{name}' should start with 'x-' or 'X-'."),
            ));
        }
        put(&mut headers, name, header["value"].as_str().unwrap_or_default());
    }
    Ok((headers + &parts(message)).into_bytes())
}

/// New bytes for a draft when `changes` touch its content; refused when the item is no draft.
pub(crate) fn rewritten(item: &Item, changes: &Value) -> Result<Option<Vec<u8>>, GraphError> {
    if !DRAFT_FIELDS.iter().any(|name| changes.get(name).is_some()) {
        return Ok(None);
    }
    if !item.is_draft {
        return Err(GraphError::bad_request(
            "ErrorInvalidPropertySet",
            "The property cannot be set on a message that is not a draft.",
        ));
    }
    let envelope = &item.envelope;
    let people = |all: &[crate::mime::Mailbox]| -> Value {
        all.iter().map(|one| json!({"emailAddress": {"name": one.name, "address": one.address}})).collect()
    };
    let content = item.content();
    let body = match (&content.html, &content.text) {
        (Some(html), _) => json!({"contentType": "html", "content": html}),
        (None, text) => json!({"contentType": "text", "content": text}),
    };
    let attachments: Value = content.attachments.iter().map(|one| json!({
        "name": one.name, "contentType": one.media_type, "contentBytes": STANDARD.encode(&one.bytes), "contentId": one.content_id, "isInline": one.inline,
    })).collect();
    let mut message = json!({
        "subject": envelope.subject, "body": body, "internetMessageId": envelope.message_id, "attachments": attachments,
        "toRecipients": people(&envelope.to), "ccRecipients": people(&envelope.cc),
        "bccRecipients": people(&envelope.bcc), "replyTo": people(&envelope.reply_to),
    });
    if let Some(from) = &envelope.from {
        message["from"] = json!({"emailAddress": {"name": from.name, "address": from.address}});
    }
    for name in DRAFT_FIELDS {
        if let Some(value) = changes.get(name) {
            message[name] = value.clone();
        }
    }
    mime(&message, None, envelope.date.unwrap_or(item.created)).map(Some)
}

fn put(headers: &mut String, name: &str, value: &str) {
    let clean = |text: &str| text.chars().filter(|character| !character.is_control()).collect::<String>();
    headers.push_str(&format!("{}: {}\r\n", clean(name), clean(value)));
}

fn put_people(headers: &mut String, name: &str, people: Option<&Value>) {
    let one = |recipient: &Value| {
        let address = recipient["emailAddress"]["address"].as_str()?;
        let shown =
            recipient["emailAddress"]["name"].as_str().filter(|shown| !shown.is_empty() && *shown != address);
        Some(match shown {
            Some(shown) if shown.is_ascii() => format!("\"{}\" <{address}>", shown.replace(['"', '\\'], "")),
            Some(shown) => format!("{} <{address}>", encode(shown)),
            None => format!("<{address}>"),
        })
    };
    let all: Vec<String> = people.and_then(Value::as_array).into_iter().flatten().filter_map(one).collect();
    if !all.is_empty() {
        put(headers, name, &all.join(", "));
    }
}

/// RFC 2047 where needed, in words short enough for its limit of 75 characters.
fn encode(text: &str) -> String {
    let text: String = text.chars().filter(|character| !character.is_control()).collect();
    if text.is_ascii() {
        return text;
    }
    let mut words = Vec::new();
    let mut chunk = String::new();
    for character in text.chars() {
        if chunk.len() + character.len_utf8() > 42 {
            words.push(std::mem::take(&mut chunk));
        }
        chunk.push(character);
    }
    words.push(chunk);
    let word = |chunk: &String| format!("=?utf-8?B?{}?=", STANDARD.encode(chunk));
    words.iter().map(word).collect::<Vec<_>>().join(" ")
}

/// Content fields and body: one part, or a mixed multipart with the attachments.
fn parts(message: &Value) -> String {
    let html = message["body"]["contentType"].as_str().is_some_and(|kind| kind.eq_ignore_ascii_case("html"));
    let text = message["body"]["content"].as_str().unwrap_or_default();
    let subtype = if html { "html" } else { "plain" };
    let body = format!(
        "Content-Type: text/{subtype}; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n{}",
        lines(text.as_bytes())
    );
    let attachments = message["attachments"].as_array().filter(|all| !all.is_empty());
    let Some(attachments) = attachments else { return body };
    let boundary = format!("_{}_", Uuid::new_v4().simple());
    let mut whole =
        format!("Content-Type: multipart/mixed; boundary=\"{boundary}\"\r\n\r\n--{boundary}\r\n{body}");
    for attachment in attachments {
        whole.push_str(&format!("--{boundary}\r\n{}", attached(attachment)));
    }
    whole + &format!("--{boundary}--\r\n")
}

fn attached(attachment: &Value) -> String {
    let text = |name: &str| attachment[name].as_str().unwrap_or_default();
    let mut headers = String::new();
    let media_type =
        if text("contentType").is_empty() { "application/octet-stream" } else { text("contentType") };
    let name = text("name").replace(['"', '\\'], "");
    put(&mut headers, "Content-Type", &format!("{media_type}; name=\"{}\"", encode(&name)));
    let inline = attachment["isInline"] == json!(true);
    let disposition = if inline { "inline" } else { "attachment" };
    put(&mut headers, "Content-Disposition", &format!("{disposition}; filename=\"{}\"", encode(&name)));
    if !text("contentId").is_empty() {
        put(&mut headers, "Content-ID", &format!("<{}>", text("contentId")));
    }
    put(&mut headers, "Content-Transfer-Encoding", "base64");
    let bytes = STANDARD.decode(text("contentBytes")).unwrap_or_default();
    format!("{headers}\r\n{}", lines(&bytes))
}

/// Base64 in lines of 76 (RFC 2045 §6.8).
fn lines(bytes: &[u8]) -> String {
    let code = STANDARD.encode(bytes);
    let mut lines = String::with_capacity(code.len() + code.len() / 38 + 2);
    for chunk in code.as_bytes().chunks(76) {
        lines.push_str(std::str::from_utf8(chunk).unwrap_or_default());
        lines.push_str("\r\n");
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_becomes_mime_that_reads_back() {
        let message = json!({
            "subject": "Grüße\r\nX-Evil: 1", "body": {"contentType": "HTML", "content": "<p>Hé</p>"},
            "toRecipients": [{"emailAddress": {"name": "Bö", "address": "bo@tenant.example"}}],
            "attachments": [{"name": "a.txt", "contentType": "text/plain", "contentBytes": "SGk="}],
        });
        let person = Person::new("Ann", "ann@tenant.example");
        let bytes = mime(&message, Some(&person), Timestamp::UNIX_EPOCH).unwrap();
        let (envelope, content) = (crate::mime::envelope(&bytes), crate::mime::content(&bytes));
        assert_eq!(envelope.subject, "GrüßeX-Evil: 1");
        assert_eq!(envelope.to[0].name, "Bö");
        assert_eq!(envelope.from.unwrap().address, "ann@tenant.example");
        assert_eq!(content.html.as_deref().map(str::trim), Some("<p>Hé</p>"));
        assert_eq!(content.attachments[0].bytes, b"Hi");
    }
}
