//! What has happened so far, counted by name, for tests and for `GET /sandbox/counters`.

use std::collections::BTreeMap;
use std::sync::Mutex;

#[derive(Debug, Default)]
pub(crate) struct Counters {
    counts: Mutex<BTreeMap<String, u64>>,
}

impl Counters {
    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, u64>> {
        self.counts.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    pub(crate) fn add(&self, name: &str, by: u64) {
        let mut counts = self.lock();
        match counts.get_mut(name) {
            Some(count) => *count += by,
            None => {
                counts.insert(name.to_owned(), by);
            }
        }
    }

    pub(crate) fn one(&self, name: &str) {
        self.add(name, 1);
    }

    pub(crate) fn all(&self) -> BTreeMap<String, u64> {
        self.lock().clone()
    }

    pub(crate) fn reset(&self) {
        self.lock().clear();
    }
}
