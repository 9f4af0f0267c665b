//! A change log that delta queries page through: each thing stands in it once, at its latest change, so that
//! reading on from any position sees everything that changed since, and a long life costs no memory.

use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;

/// What happened last to a thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Last {
    Present,
    Removed,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry<K> {
    pub(crate) key: K,
    /// Position at which the thing appeared here for the first time ever.
    pub(crate) first: u64,
    /// Position at which it appeared the last time.
    pub(crate) since: u64,
    pub(crate) last: Last,
    /// Of a removed thing: what its owner wants remembered of its last time here.
    pub(crate) tag: u32,
}

#[derive(Debug)]
pub(crate) struct ChangeLog<K> {
    /// Raised when all tokens given out so far are to be lost.
    pub(crate) epoch: u32,
    position: u64,
    entries: BTreeMap<u64, Entry<K>>,
    positions: HashMap<K, u64>,
}

impl<K> Default for ChangeLog<K> {
    fn default() -> Self {
        Self { epoch: 0, position: 0, entries: BTreeMap::new(), positions: HashMap::new() }
    }
}

impl<K: Copy + Eq + Hash> ChangeLog<K> {
    /// The thing is here, new or changed.
    pub(crate) fn touch(&mut self, key: K) {
        self.put(key, Last::Present, 0);
    }

    /// The thing is gone from here.
    pub(crate) fn remove(&mut self, key: K, tag: u32) {
        self.put(key, Last::Removed, tag);
    }

    fn put(&mut self, key: K, last: Last, tag: u32) {
        self.position += 1;
        let before = self.positions.insert(key, self.position).and_then(|at| self.entries.remove(&at));
        let at = self.position;
        let first = before.map_or(at, |entry| entry.first);
        let stayed = before.filter(|entry| entry.last == Last::Present || last == Last::Removed);
        let since = stayed.map_or(at, |entry| entry.since);
        self.entries.insert(at, Entry { key, first, since, last, tag });
    }

    /// The newest position.
    pub(crate) fn position(&self) -> u64 {
        self.position
    }

    /// Changes after `position`, oldest first.
    pub(crate) fn after(&self, position: u64) -> impl Iterator<Item = (u64, Entry<K>)> + '_ {
        self.entries.range(position.saturating_add(1)..).map(|(at, entry)| (*at, *entry))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(log: &ChangeLog<char>, after: u64) -> Vec<(char, Last)> {
        log.after(after).map(|(_, entry)| (entry.key, entry.last)).collect()
    }

    #[test]
    fn each_thing_stands_once_at_its_latest_change() {
        let mut log = ChangeLog::default();
        log.touch('a');
        log.touch('b');
        log.touch('a');
        assert_eq!(rows(&log, 0), [('b', Last::Present), ('a', Last::Present)]);
        assert_eq!(rows(&log, 2), [('a', Last::Present)]);
        log.remove('b', 0);
        assert_eq!(rows(&log, 3), [('b', Last::Removed)]);
    }

    #[test]
    fn a_thing_that_comes_back_counts_as_new() {
        let mut log = ChangeLog::default();
        log.touch('a');
        log.remove('a', 0);
        log.touch('a');
        let (at, entry) = log.after(2).next().unwrap();
        assert_eq!((at, entry.first, entry.since), (3, 1, 3));
    }
}
