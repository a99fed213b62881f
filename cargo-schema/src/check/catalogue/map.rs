//! A map of names that is cheap to copy: what copies have in common lies in a base that they share, what was changed
//! since lies beside it. A catalogue is copied for every script, and a script changes little of it.

use std::collections::BTreeMap;
use std::rc::Rc;

/// Values by name.
#[derive(Clone, Debug)]
pub(super) struct Map<V> {
    base: Rc<BTreeMap<String, V>>,
    /// What is new or other than in the base; `None`: gone.
    changed: BTreeMap<String, Option<V>>,
}

/// Changes that a copy carries along, beyond the root of what it shares: more than that go into a new base.
const CARRIED: usize = 16;

impl<V> Default for Map<V> {
    fn default() -> Self {
        Self { base: Rc::default(), changed: BTreeMap::new() }
    }
}

impl<V: Clone> Map<V> {
    pub(super) fn get(&self, key: &str) -> Option<&V> {
        self.changed.get(key).map_or_else(|| self.base.get(key), Option::as_ref)
    }

    pub(super) fn contains_key(&self, key: &str) -> bool {
        self.get(key).is_some()
    }

    pub(super) fn get_mut(&mut self, key: &str) -> Option<&mut V> {
        if !self.changed.contains_key(key) {
            let known = self.base.get(key)?.clone();
            self.put(key.to_owned(), Some(known));
        }
        // What was just put may lie in a new base.
        if !self.changed.contains_key(key) {
            return Rc::make_mut(&mut self.base).get_mut(key);
        }
        self.changed.get_mut(key)?.as_mut()
    }

    pub(super) fn insert(&mut self, key: String, value: V) {
        self.put(key, Some(value));
    }

    pub(super) fn remove(&mut self, key: &str) -> Option<V> {
        let known = self.get(key)?.clone();
        self.put(key.to_owned(), None);
        Some(known)
    }

    /// Removes what this is true of.
    pub(super) fn remove_where(&mut self, is_gone: impl Fn(&str, &V) -> bool) {
        for key in self.keys_where(is_gone) {
            self.remove(&key);
        }
    }

    /// Changes what this is true of.
    pub(super) fn change_where(&mut self, is_meant: impl Fn(&str, &V) -> bool, change: impl Fn(&mut V)) {
        for key in self.keys_where(is_meant) {
            self.get_mut(&key).into_iter().for_each(&change);
        }
    }

    fn keys_where(&self, is_meant: impl Fn(&str, &V) -> bool) -> Vec<String> {
        self.iter().filter(|(key, value)| is_meant(key, value)).map(|(key, _)| key.to_owned()).collect()
    }

    /// All of them, by name.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &V)> {
        let (mut old, mut new) = (self.base.iter().peekable(), self.changed.iter().peekable());
        let merged = std::iter::from_fn(move || {
            let is_next_old = match (old.peek(), new.peek()) {
                (Some((old, _)), Some((new, _))) => old < new,
                (old, _) => old.is_some(),
            };
            if is_next_old {
                return old.next().map(|(key, value)| (key.as_str(), Some(value)));
            }
            let (key, value) = new.next()?;
            old.next_if(|(old, _)| *old == key);
            Some((key.as_str(), value.as_ref()))
        });
        merged.filter_map(|(key, value)| Some((key, value?)))
    }

    pub(super) fn values(&self) -> impl Iterator<Item = &V> {
        self.iter().map(|(_, value)| value)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.iter().next().is_none()
    }

    fn put(&mut self, key: String, value: Option<V>) {
        self.changed.insert(key, value);
        let excess = self.changed.len().saturating_sub(CARRIED);
        if excess * excess > self.base.len() {
            self.settle();
        }
    }

    fn settle(&mut self) {
        let base = Rc::make_mut(&mut self.base);
        for (key, value) in std::mem::take(&mut self.changed) {
            match value {
                Some(value) => drop(base.insert(key, value)),
                None => drop(base.remove(&key)),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_a_map_whatever_was_changed_and_copied() {
        let (mut map, mut plain) = (Map::default(), BTreeMap::new());
        let mut copies = Vec::new();
        for step in 0..2_000_usize {
            let key = format!("{}", step * 7919 % 301);
            match step % 4 {
                0 | 1 => {
                    map.insert(key.clone(), step);
                    plain.insert(key, step);
                }
                2 => assert_eq!(map.remove(&key), plain.remove(&key)),
                _ => {
                    assert_eq!(map.get_mut(&key).copied(), plain.get(&key).copied());
                    map.get_mut(&key).into_iter().for_each(|value| *value += 1);
                    plain.get_mut(&key).into_iter().for_each(|value| *value += 1);
                }
            }
            if step % 50 == 0 {
                copies.push((map.clone(), plain.clone()));
            }
        }
        copies.push((map, plain));
        for (map, plain) in copies {
            let all: Vec<(&str, usize)> = map.iter().map(|(key, value)| (key, *value)).collect();
            assert_eq!(all, plain.iter().map(|(key, value)| (key.as_str(), *value)).collect::<Vec<_>>());
            assert_eq!(map.is_empty(), plain.is_empty());
            assert!(map.changed.len() < 64, "{}", map.changed.len());
        }
    }

    #[test]
    fn many_are_changed_and_removed_at_once() {
        let mut map = Map::default();
        (0..100).for_each(|number: usize| map.insert(number.to_string(), number));
        map.change_where(|_, value| *value >= 50, |value| *value = 7);
        map.remove_where(|key, _| key.len() == 1);
        assert_eq!(map.values().filter(|value| **value == 7).count(), 50);
        assert_eq!(map.values().count(), 90);
    }
}
