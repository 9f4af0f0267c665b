//! `GET /organization`: the tenant itself.

use serde_json::{Value, json};

use super::call::{Answer, Call};
use super::error::GraphError;
use super::gate::Caller;
use super::odata;
use crate::world::World;

fn view(world: &World) -> Value {
    let domains = world.settings.domains.iter().enumerate().map(|(at, name)| {
        json!({"name": name, "capabilities": "Email, OfficeCommunicationsOnline", "isDefault": at == 0, "isInitial": at == 0, "type": "Managed"})
    });
    json!({
        "id": world.settings.id,
        "displayName": world.settings.name,
        "countryLetterCode": "NL",
        "preferredLanguage": "en",
        "tenantType": "AAD",
        "createdDateTime": "2020-01-01T00:00:00Z",
        "assignedPlans": [],
        "verifiedDomains": domains.collect::<Vec<_>>(),
    })
}

pub(super) fn list(world: &World, caller: &Caller, call: &Call) -> Result<Answer, GraphError> {
    caller.need_organization()?;
    Ok(Answer::ok(odata::page(call, "organization", vec![call.query.select().cut(view(world))], None, None)))
}

pub(super) fn get(world: &World, caller: &Caller, call: &Call, id: &str) -> Result<Answer, GraphError> {
    caller.need_organization()?;
    if id != world.settings.id.to_string() {
        return Err(GraphError::resource_not_found(id));
    }
    Ok(Answer::ok(odata::entity(call, "organization/$entity", call.query.select().cut(view(world)))))
}
