//! How a message looks in Graph's JSON, and what a filter can ask of it.

use serde_json::{Map, Value, json};

use super::call::Call;
use super::filter::{Fields, Literal};
use super::odata::Select;
use crate::id::{self, IdForm};
use crate::mailbox::{Item, Mailbox};
use crate::mime::{self, html_to_text};

/// What the caller wants to see of messages.
#[derive(Clone, Debug)]
pub(crate) struct Lens {
    select: Select,
    form: IdForm,
    text_body: bool,
    /// Ids of extended properties asked for with `$expand`.
    extended: Vec<String>,
    attachments: bool,
}

impl Lens {
    pub(crate) fn new(call: &Call) -> Self {
        let expand = call.query.option("expand").unwrap_or_default();
        Self {
            select: call.query.select(),
            form: call.id_form(),
            text_body: call.wants_text_body(),
            extended: expanded_properties(expand),
            attachments: expand.to_ascii_lowercase().contains("attachments"),
        }
    }

    pub(crate) fn with_select(self, select: Select) -> Self {
        Self { select, ..self }
    }

    /// The message with what was asked for, and its etag.
    pub(crate) fn message(&self, mailbox: &Mailbox, item: &Item) -> Value {
        let mut fields = Map::new();
        fields.insert("@odata.etag".into(), item.etag().into());
        fields.insert("id".into(), mailbox.id_of(item, self.form).into());
        for (name, value) in PLAIN {
            if self.select.has(name) {
                fields.insert((*name).into(), value(mailbox, item));
            }
        }
        self.add_costly(&mut fields, item);
        Value::Object(fields)
    }

    /// Fields that need the body read, or that only come when named.
    fn add_costly(&self, fields: &mut Map<String, Value>, item: &Item) {
        if self.select.has("body") {
            fields.insert("body".into(), body(item, self.text_body));
        }
        if self.select.names("uniqueBody") {
            fields.insert("uniqueBody".into(), body(item, self.text_body));
        }
        if self.select.names("internetMessageHeaders") {
            let headers =
                item.envelope.headers.iter().map(|(name, value)| json!({"name": name, "value": value}));
            fields.insert("internetMessageHeaders".into(), headers.collect());
        }
        let shown = item
            .marks
            .extended
            .iter()
            .filter(|(id, _)| self.extended.iter().any(|own| own.eq_ignore_ascii_case(id)));
        let shown: Vec<Value> = shown.map(|(id, value)| json!({"id": id, "value": value})).collect();
        if !shown.is_empty() {
            fields.insert("singleValueExtendedProperties".into(), shown.into());
        }
        if self.attachments {
            let all = &item.content().attachments;
            let rows = all.iter().enumerate().map(|(at, one)| super::attachments::view(item, at, one, true));
            fields.insert("attachments".into(), rows.collect());
        }
    }
}

/// Ids inside `singleValueExtendedProperties($filter=id eq '…' or id eq '…')`.
fn expanded_properties(expand: &str) -> Vec<String> {
    if !expand.to_ascii_lowercase().contains("singlevalueextendedproperties") {
        return Vec::new();
    }
    expand.split('\'').skip(1).step_by(2).map(str::to_owned).collect()
}

type Show = fn(&Mailbox, &Item) -> Value;

/// Fields that come by default, and how each is made.
const PLAIN: &[(&str, Show)] = &[
    ("createdDateTime", |_, item| seconds(item.created)),
    ("lastModifiedDateTime", |_, item| seconds(item.modified)),
    ("changeKey", |_, item| item.change_key().into()),
    ("categories", |_, item| json!(item.marks.categories)),
    ("receivedDateTime", |_, item| seconds(item.received)),
    ("sentDateTime", |_, item| seconds(item.sent())),
    ("hasAttachments", |_, item| (item.envelope.multipart && item.content().has_attachments()).into()),
    ("internetMessageId", |_, item| item.envelope.message_id.as_str().into()),
    ("subject", |_, item| item.envelope.subject.as_str().into()),
    ("bodyPreview", |_, item| item.content().preview().into()),
    ("importance", |_, item| item.marks.importance.as_str().into()),
    ("parentFolderId", |mailbox, item| id::folder_id(mailbox.owner, item.folder).into()),
    ("conversationId", |mailbox, item| id::conversation_id(mailbox.owner, &item.envelope.thread).into()),
    ("conversationIndex", |_, _| "AQHc".into()),
    ("isDeliveryReceiptRequested", |_, _| Value::Null),
    ("isReadReceiptRequested", |_, item| {
        item.envelope.header("Disposition-Notification-To").is_some().into()
    }),
    ("isRead", |_, item| item.marks.is_read.into()),
    ("isDraft", |_, item| item.is_draft.into()),
    ("webLink", |mailbox, item| {
        let id = mailbox.id_of(item, IdForm::Rest);
        let id: String = url::form_urlencoded::byte_serialize(id.as_bytes()).collect();
        format!("https://outlook.office365.com/owa/?ItemID={id}&exvsurl=1&viewmodel=ReadMessageItem").into()
    }),
    ("inferenceClassification", |_, item| item.marks.inference.as_str().into()),
    ("flag", |_, item| item.marks.flag.clone()),
    ("sender", |_, item| one(item.envelope.sender.as_ref())),
    ("from", |_, item| one(item.envelope.from.as_ref())),
    ("toRecipients", |_, item| many(&item.envelope.to)),
    ("ccRecipients", |_, item| many(&item.envelope.cc)),
    ("bccRecipients", |_, item| many(&item.envelope.bcc)),
    ("replyTo", |_, item| many(&item.envelope.reply_to)),
];

/// Graph shows mail times in whole seconds.
fn seconds(at: jiff::Timestamp) -> Value {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string().into()
}

fn recipient(mailbox: &mime::Mailbox) -> Value {
    json!({"emailAddress": {"name": mailbox.name, "address": mailbox.address}})
}

fn one(mailbox: Option<&mime::Mailbox>) -> Value {
    mailbox.map_or(Value::Null, recipient)
}

fn many(mailboxes: &[mime::Mailbox]) -> Value {
    mailboxes.iter().map(recipient).collect()
}

fn body(item: &Item, as_text: bool) -> Value {
    let content = item.content();
    match (&content.html, &content.text) {
        (Some(html), None) if as_text => json!({"contentType": "text", "content": html_to_text(html)}),
        (_, Some(text)) if as_text => json!({"contentType": "text", "content": text}),
        (Some(html), _) => json!({"contentType": "html", "content": html}),
        (None, Some(text)) => json!({"contentType": "text", "content": text}),
        (None, None) => json!({"contentType": "text", "content": ""}),
    }
}

/// A message as a filter sees it.
pub(crate) struct MessageFields<'a> {
    pub(crate) mailbox: &'a Mailbox,
    pub(crate) item: &'a Item,
}

impl Fields for MessageFields<'_> {
    fn field(&self, path: &str) -> Option<Literal> {
        let item = self.item;
        let address =
            |mailbox: &Option<mime::Mailbox>| Some(Literal::Text(mailbox.as_ref()?.address.clone()));
        let name = |mailbox: &Option<mime::Mailbox>| Some(Literal::Text(mailbox.as_ref()?.name.clone()));
        let text = |text: &str| Some(Literal::Text(text.to_owned()));
        // Times compare as they are shown, in whole seconds.
        let time = |at: jiff::Timestamp| jiff::Timestamp::from_second(at.as_second()).ok().map(Literal::Time);
        match path {
            "internetmessageid" => text(&item.envelope.message_id),
            "subject" => text(&item.envelope.subject),
            "isread" => Some(Literal::Truth(item.marks.is_read)),
            "isdraft" => Some(Literal::Truth(item.is_draft)),
            "hasattachments" => {
                Some(Literal::Truth(item.envelope.multipart && item.content().has_attachments()))
            }
            "receiveddatetime" => time(item.received),
            "sentdatetime" => time(item.sent()),
            "createddatetime" => time(item.created),
            "lastmodifieddatetime" => time(item.modified),
            "importance" => text(&item.marks.importance),
            "inferenceclassification" => text(&item.marks.inference),
            "from/emailaddress/address" => address(&item.envelope.from),
            "from/emailaddress/name" => name(&item.envelope.from),
            "sender/emailaddress/address" => address(&item.envelope.sender),
            "conversationid" => text(&id::conversation_id(self.mailbox.owner, &item.envelope.thread)),
            "parentfolderid" => text(&id::folder_id(self.mailbox.owner, item.folder)),
            "flag/flagstatus" => text(item.marks.flag["flagStatus"].as_str().unwrap_or_default()),
            "categories" => Some(Literal::List(item.marks.categories.clone())),
            _ => {
                let id = path.strip_prefix("extended:")?;
                let found = item.marks.extended.iter().find(|(own, _)| own.eq_ignore_ascii_case(id))?;
                text(found.1)
            }
        }
    }
}

/// Property names a filter or an order may name.
pub(crate) const FILTERABLE: &[&str] = &[
    "internetmessageid",
    "subject",
    "isread",
    "isdraft",
    "hasattachments",
    "receiveddatetime",
    "sentdatetime",
    "createddatetime",
    "lastmodifieddatetime",
    "importance",
    "inferenceclassification",
    "from/emailaddress/address",
    "from/emailaddress/name",
    "sender/emailaddress/address",
    "conversationid",
    "parentfolderid",
    "flag/flagstatus",
    "categories",
    "singlevalueextendedproperties",
];
