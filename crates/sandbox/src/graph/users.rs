//! Directory users, their delta, and their mailbox settings.

use axum::http::StatusCode;
use serde_json::{Value, json};
use uuid::Uuid;

use super::call::{Answer, Call};
use super::delta::{self, Token};
use super::error::GraphError;
use super::filter::{Fields, Filter, Literal};
use super::gate::Caller;
use super::odata::{self, Select};
use crate::log::Last;
use crate::settings::Person;
use crate::world::World;

const PAGE: usize = 100;
const PAGE_MAX: usize = 999;
/// Directory delta tokens live a week (provider-apis A2).
const TOKEN_S: i64 = 7 * 24 * 3600;
/// What comes without `$select`.
const DEFAULT: &str = "businessPhones,displayName,givenName,jobTitle,mail,mobilePhone,officeLocation,preferredLanguage,surname,userPrincipalName";

type Answered = Result<Answer, GraphError>;

fn view(person: &Person) -> Value {
    let (given, surname) = person.name.split_once(' ').unwrap_or((person.name.as_str(), ""));
    let mail = person.has_mailbox.then_some(&person.address);
    let aliases = person.aliases.iter().map(|alias| format!("smtp:{alias}"));
    let proxies: Vec<String> = std::iter::once(format!("SMTP:{}", person.address)).chain(aliases).collect();
    json!({
        "id": person.id,
        "displayName": person.name,
        "givenName": given,
        "surname": surname,
        "mail": mail,
        "mailNickname": person.address.split('@').next(),
        "userPrincipalName": person.address,
        "proxyAddresses": if person.has_mailbox { json!(proxies) } else { json!([]) },
        "otherMails": [],
        "accountEnabled": person.enabled,
        "userType": "Member",
        "jobTitle": person.job_title,
        "department": person.department,
        "companyName": null,
        "onPremisesImmutableId": null,
        "onPremisesSyncEnabled": null,
        "businessPhones": [],
        "mobilePhone": null,
        "officeLocation": null,
        "preferredLanguage": null,
        "assignedLicenses": if person.has_mailbox { json!([{"skuId": "05e9a617-0261-4cee-bb44-138d3ef5d965", "disabledPlans": []}]) } else { json!([]) },
    })
}

fn selected(call: &Call) -> Select {
    Select::parse(Some(call.query.option("select").unwrap_or(DEFAULT)))
}

struct UserFields<'a>(&'a Person);

impl Fields for UserFields<'_> {
    fn field(&self, path: &str) -> Option<Literal> {
        let person = self.0;
        let text = |text: &str| Some(Literal::Text(text.to_owned()));
        match path {
            "id" => text(&person.id.to_string()),
            "mail" if !person.has_mailbox => Some(Literal::Null),
            "mail" | "userprincipalname" => text(&person.address),
            "displayname" => text(&person.name),
            "accountenabled" => Some(Literal::Truth(person.enabled)),
            "usertype" => text("Member"),
            "department" => person.department.clone().map(Literal::Text),
            "jobtitle" => person.job_title.clone().map(Literal::Text),
            _ => None,
        }
    }
}

pub(super) fn list(world: &World, caller: &Caller, call: &Call) -> Answered {
    caller.need_users()?;
    let filter = call.query.option("filter").map(Filter::parse).transpose()?;
    let (top, select) = (call.query.top(PAGE, PAGE_MAX)?, selected(call));
    let after = call.query.option("skiptoken").and_then(|token| Uuid::parse_str(token).ok());
    let (rows, last, total) = world.directory(|people| {
        let matching =
            |person: &&Person| filter.as_ref().is_none_or(|filter| filter.holds(&UserFields(person)));
        let all: Vec<&Person> = people.people().filter(matching).collect();
        let rest: Vec<&&Person> =
            all.iter().filter(|person| after.is_none_or(|after| person.id > after)).collect();
        let rows: Vec<Value> = rest.iter().take(top).map(|person| select.cut(view(person))).collect();
        let last = (rest.len() > top).then(|| rest[top - 1].id.to_string());
        (rows, last, all.len())
    });
    let next = last.as_deref().map(|last| ("$skiptoken", last));
    let mut answer =
        Answer::ok(odata::page(call, "users", rows, next, call.query.flag("count").then_some(total)));
    answer.header("x-ms-resource-unit", if call.query.option("select").is_some() { "1" } else { "2" });
    Ok(answer)
}

pub(super) fn count(world: &World, caller: &Caller) -> Answered {
    caller.need_users()?;
    let count = world.directory(|people| people.people().count());
    Ok(Answer::bytes("text/plain", count.to_string().into()))
}

fn person(world: &World, key: &str) -> Result<Person, GraphError> {
    world.directory(|people| people.find(key).cloned()).ok_or_else(|| GraphError::resource_not_found(key))
}

pub(super) fn get(world: &World, caller: &Caller, call: &Call, user: &str) -> Answered {
    caller.need_users()?;
    let person = person(world, user)?;
    Ok(Answer::ok(odata::entity(call, "users/$entity", selected(call).cut(view(&person)))))
}

pub(super) fn patch(world: &World, caller: &Caller, call: &Call, user: &str) -> Answered {
    caller.need_user_disable()?;
    let mut person = person(world, user)?;
    let changes = call.json()?;
    if let Some(enabled) = changes["accountEnabled"].as_bool() {
        person.enabled = enabled;
    }
    if let Some(name) = changes["displayName"].as_str() {
        person.name = name.to_owned();
    }
    world.put_person(person);
    Ok(Answer::empty(StatusCode::NO_CONTENT))
}

/// Documented as 204, but answers 200 with a value (provider-apis A2).
pub(super) fn revoke_sessions(world: &World, caller: &Caller, call: &Call, user: &str) -> Answered {
    caller.need_session_revoke()?;
    person(world, user)?;
    world.counters.one("users.sessions_revoked");
    Ok(Answer::ok(json!({"@odata.context": odata::context_url(call, "Edm.Boolean"), "value": true})))
}

pub(super) fn delta(world: &World, caller: &Caller, call: &Call) -> Answered {
    caller.need_users()?;
    let given = Token::of_users(call)?;
    let now = world.now().as_second();
    world.directory(|people| {
        let mut token = given.unwrap_or_else(|| Token {
            epoch: people.log.epoch,
            select: call.query.option("select").map(str::to_owned),
            at: now,
            ..Token::default()
        });
        if token.epoch != people.log.epoch || now - token.at > TOKEN_S {
            return Err(Token::restart(call));
        }
        if call.query.option("deltatoken") == Some("latest") {
            token.position = people.log.position();
        }
        let select = Select::parse(Some(token.select.as_deref().unwrap_or(DEFAULT)));
        let (start, mut rows, mut more) = (token.position, Vec::new(), false);
        for (position, entry) in people.log.after(start) {
            if rows.len() == PAGE {
                more = true;
                break;
            }
            token.position = position;
            match (entry.last, people.person(entry.key)) {
                (Last::Present, Some(person)) => rows.push(select.cut(view(person))),
                (Last::Removed, _) if entry.first <= start => {
                    rows.push(json!({"id": entry.key, "@removed": {"reason": "changed"}}));
                }
                _ => {}
            }
        }
        token.at = now;
        Ok(delta::page(call, "users", rows, &token, more))
    })
}

impl Token {
    /// `latest` is a token of its own for directory objects.
    fn of_users(call: &Call) -> Result<Option<Self>, GraphError> {
        if call.query.option("deltatoken") == Some("latest") { Ok(None) } else { Self::of(call) }
    }
}

pub(super) fn mailbox_settings(world: &World, caller: &Caller, call: &Call, owner: Uuid) -> Answered {
    caller.need_settings_read()?;
    let person = person(world, &owner.to_string())?;
    let archive = crate::id::folder_id(owner, crate::well_known::key("archive").unwrap_or_default());
    let body = json!({
        "archiveFolder": archive,
        "timeZone": "UTC",
        "delegateMeetingMessageDeliveryOptions": "sendToDelegateOnly",
        "dateFormat": "yyyy-MM-dd",
        "timeFormat": "HH:mm",
        "userPurpose": person.purpose,
        "automaticRepliesSetting": {"status": "disabled", "externalAudience": "all", "internalReplyMessage": "", "externalReplyMessage": ""},
        "language": {"locale": "en-US", "displayName": "English (United States)"},
        "workingHours": {"daysOfWeek": ["monday", "tuesday", "wednesday", "thursday", "friday"], "startTime": "08:00:00.0000000",
            "endTime": "17:00:00.0000000", "timeZone": {"name": "UTC"}},
    });
    Ok(Answer::ok(odata::entity(
        call,
        &format!("users('{owner}')/mailboxSettings"),
        call.query.select().cut(body),
    )))
}
