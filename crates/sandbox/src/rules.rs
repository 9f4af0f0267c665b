//! Inbox rules: kept as sent, evaluated at delivery. Conditions and actions that the sandbox does not know make a
//! rule that never matches, with `hasError` set, as Exchange shows rules it cannot run.

use serde_json::{Value, json};

use crate::mailbox::Marks;
use crate::mime::Envelope;

#[derive(Clone, Debug)]
pub(crate) struct Rule {
    pub(crate) id: String,
    /// The resource as Graph shows it, without the id.
    pub(crate) body: Value,
}

/// What the rules of a mailbox decided for one message.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Outcome {
    /// Folder id or well-known name.
    pub(crate) move_to: Option<String>,
    pub(crate) copy_to: Vec<String>,
    pub(crate) delete: bool,
    pub(crate) permanent_delete: bool,
    pub(crate) mark_read: bool,
    pub(crate) importance: Option<String>,
    pub(crate) categories: Vec<String>,
    /// Addresses of forwardTo, forwardAsAttachmentTo and redirectTo.
    pub(crate) forward_to: Vec<String>,
    pub(crate) matched: bool,
}

impl Outcome {
    pub(crate) fn apply_marks(&self, marks: &mut Marks) {
        marks.is_read |= self.mark_read;
        marks.categories.extend(self.categories.iter().cloned());
        if let Some(importance) = &self.importance {
            marks.importance.clone_from(importance);
        }
    }
}

/// Runs the enabled rules in their sequence.
pub(crate) fn run(rules: &[Rule], envelope: &Envelope, size_bytes: usize) -> Outcome {
    let mut ordered: Vec<&Rule> =
        rules.iter().filter(|rule| rule.body["isEnabled"] != json!(false)).collect();
    ordered.sort_by_key(|rule| rule.body["sequence"].as_i64().unwrap_or(i64::MAX));
    let mut outcome = Outcome::default();
    for rule in ordered {
        if !matches(rule, envelope, size_bytes) {
            continue;
        }
        outcome.matched = true;
        let actions = &rule.body["actions"];
        act(&mut outcome, actions);
        if actions["stopProcessingRules"] == json!(true) {
            break;
        }
    }
    outcome
}

fn matches(rule: &Rule, envelope: &Envelope, size_bytes: usize) -> bool {
    let holds = |(name, value): (&String, &Value)| condition(name, value, envelope, size_bytes) == Some(true);
    let conditions = rule.body["conditions"].as_object().is_none_or(|all| all.iter().all(holds));
    let excepted = rule.body["exceptions"].as_object().is_some_and(|any| any.iter().any(holds));
    conditions && !excepted
}

/// `None` when the sandbox does not know the condition.
fn condition(name: &str, value: &Value, envelope: &Envelope, size_bytes: usize) -> Option<bool> {
    let words = || value.as_array().into_iter().flatten().filter_map(Value::as_str);
    let contains = |text: &str| {
        let text = text.to_lowercase();
        words().any(|word| text.contains(&word.to_lowercase()))
    };
    let from = envelope.from.as_ref().map_or("", |from| from.address.as_str());
    let holds = match name {
        _ if value.is_null() => true,
        "subjectContains" => contains(&envelope.subject),
        "bodyOrSubjectContains" => contains(&envelope.subject),
        "senderContains" => {
            contains(&envelope.from.as_ref().map_or(String::new(), |f| format!("{} {}", f.name, f.address)))
        }
        "recipientContains" => {
            let all =
                envelope.to.iter().chain(&envelope.cc).map(|to| to.address.as_str()).collect::<Vec<_>>();
            contains(&all.join(" "))
        }
        "headerContains" => {
            let all =
                envelope.headers.iter().map(|(name, value)| format!("{name}: {value}")).collect::<Vec<_>>();
            contains(&all.join("\n"))
        }
        "fromAddresses" => value
            .as_array()
            .is_some_and(|all| all.iter().any(|one| address_of(one).eq_ignore_ascii_case(from))),
        "hasAttachments" => value.as_bool() == Some(envelope.multipart),
        "importance" => value.as_str() == Some(envelope.importance),
        "withinSizeRange" => {
            let kilobytes = size_bytes as u64 / 1024;
            let bound = |name: &str, default: u64| value[name].as_u64().unwrap_or(default);
            (bound("minimumSize", 0)..=bound("maximumSize", u64::MAX)).contains(&kilobytes)
        }
        _ => return None,
    };
    Some(holds)
}

fn address_of(recipient: &Value) -> &str {
    recipient["emailAddress"]["address"].as_str().unwrap_or_default()
}

fn act(outcome: &mut Outcome, actions: &Value) {
    let text = |name: &str| actions[name].as_str().map(str::to_owned);
    let on = |name: &str| actions[name] == json!(true);
    outcome.move_to = text("moveToFolder").or(outcome.move_to.take());
    outcome.copy_to.extend(text("copyToFolder"));
    outcome.importance = text("markImportance").or(outcome.importance.take());
    outcome.delete |= on("delete");
    outcome.permanent_delete |= on("permanentDelete");
    outcome.mark_read |= on("markAsRead");
    let categories = actions["assignCategories"].as_array().into_iter().flatten().filter_map(Value::as_str);
    outcome.categories.extend(categories.map(str::to_owned));
    for name in ["forwardTo", "forwardAsAttachmentTo", "redirectTo"] {
        let addresses = actions[name].as_array().into_iter().flatten().map(address_of);
        outcome.forward_to.extend(addresses.map(str::to_owned));
    }
}

/// Fills in what Exchange adds to a rule as sent.
pub(crate) fn complete(mut body: Value) -> Value {
    if let Some(fields) = body.as_object_mut() {
        fields.remove("id");
        let defaults = json!({"displayName": "", "sequence": 1, "isEnabled": true, "hasError": false, "isReadOnly": false,
            "conditions": null, "exceptions": null, "actions": null});
        for (name, value) in defaults.as_object().into_iter().flatten() {
            fields.entry(name.clone()).or_insert_with(|| value.clone());
        }
    }
    body
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(rules: &[Value]) -> Outcome {
        let rules: Vec<Rule> =
            rules.iter().map(|body| Rule { id: "r".into(), body: complete(body.clone()) }).collect();
        let mail = b"From: Ann <ann@sender.example>\r\nTo: bo@tenant.example\r\nSubject: Invoice 7\r\n\r\n";
        run(&rules, &crate::mime::envelope(mail), mail.len())
    }

    #[test]
    fn a_rule_without_conditions_takes_everything() {
        let rule =
            json!({"sequence": 1, "actions": {"moveToFolder": "archive", "stopProcessingRules": true}});
        assert_eq!(outcome(&[rule]).move_to.as_deref(), Some("archive"));
    }

    #[test]
    fn conditions_exceptions_and_order_decide() {
        let read = json!({"sequence": 2, "conditions": {"subjectContains": ["INVOICE"]}, "actions": {"markAsRead": true}});
        let stop = json!({"sequence": 1, "conditions": {"fromAddresses": [{"emailAddress": {"address": "Ann@sender.example"}}]},
            "actions": {"assignCategories": ["Red"], "stopProcessingRules": true}});
        let other = json!({"conditions": {"senderContains": ["nobody"]}, "actions": {"delete": true}});
        let excepted = json!({"exceptions": {"subjectContains": ["invoice"]}, "actions": {"delete": true}});
        let disabled = json!({"isEnabled": false, "actions": {"delete": true}});
        assert!(outcome(&[read.clone(), other.clone()]).mark_read);
        let stopped = outcome(&[read, stop]);
        assert!(!stopped.mark_read && stopped.categories == ["Red"]);
        assert_eq!(outcome(&[other, excepted, disabled]), Outcome::default());
    }

    #[test]
    fn a_condition_nobody_knows_never_holds() {
        assert!(
            !outcome(&[json!({"conditions": {"isVoicemail": true}, "actions": {"delete": true}})]).matched
        );
    }
}
