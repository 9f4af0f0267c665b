//! The people of the organisation, found by id or by any of their addresses.

use std::collections::{BTreeMap, HashMap};

use uuid::Uuid;

use crate::log::ChangeLog;
use crate::settings::Person;

#[derive(Debug, Default)]
pub(crate) struct Directory {
    people: BTreeMap<Uuid, Person>,
    by_address: HashMap<String, Uuid>,
    pub(crate) log: ChangeLog<Uuid>,
}

impl Directory {
    /// Adds or replaces a person.
    pub(crate) fn put(&mut self, person: Person) {
        self.forget_addresses(person.id);
        let addresses = std::iter::once(&person.address).chain(&person.aliases);
        for address in addresses {
            self.by_address.insert(address.to_lowercase(), person.id);
        }
        self.log.touch(person.id);
        self.people.insert(person.id, person);
    }

    pub(crate) fn remove(&mut self, id: Uuid) -> Option<Person> {
        self.forget_addresses(id);
        self.log.remove(id, 0);
        self.people.remove(&id)
    }

    fn forget_addresses(&mut self, id: Uuid) {
        self.by_address.retain(|_, owner| *owner != id);
    }

    pub(crate) fn person(&self, id: Uuid) -> Option<&Person> {
        self.people.get(&id)
    }

    /// By object id, user principal name or any address.
    pub(crate) fn find(&self, key: &str) -> Option<&Person> {
        let id = Uuid::parse_str(key).ok().or_else(|| self.by_address.get(&key.to_lowercase()).copied())?;
        self.people.get(&id)
    }

    pub(crate) fn people(&self) -> impl Iterator<Item = &Person> {
        self.people.values()
    }
}
