//! Tables by name, for the names of one history: tens of thousands of short texts, which nobody forges in order to
//! make a look-up slow. Hashing them as the standard library does takes as long as all else that is done with them.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// What is known by name.
pub(crate) type ByName<K, V> = HashMap<K, V, BuildHasherDefault<Quick>>;

/// Multiplies and rotates, eight bytes at a time.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Quick(u64);

impl Hasher for Quick {
    fn write(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks::<8>();
        words.iter().for_each(|word| self.add(u64::from_le_bytes(*word)));
        let last = rest.iter().fold(0, |last, byte| last << 8 | u64::from(*byte));
        self.add(last);
    }

    fn write_u8(&mut self, byte: u8) {
        self.add(u64::from(byte));
    }

    fn finish(&self) -> u64 {
        self.0.rotate_left(26)
    }
}

impl Quick {
    fn add(&mut self, word: u64) {
        self.0 = (self.0.rotate_left(5) ^ word).wrapping_mul(0xf135_7aea_2e62_a9c5);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::hash::{BuildHasher, BuildHasherDefault};

    use super::*;

    #[test]
    fn names_that_count_up_are_spread() {
        let hash =
            |number: usize| BuildHasherDefault::<Quick>::default().hash_one(format!("20240101{number:06}"));
        let buckets: HashSet<u64> = (0..10_000).map(|number| hash(number) & 0x3fff).collect();
        let tags: HashSet<u64> = (0..10_000).map(|number| hash(number) >> 57).collect();
        // Of 16,384 buckets, chance would fill 7,500.
        assert!(buckets.len() > 6_500 && tags.len() == 128, "{} {}", buckets.len(), tags.len());
    }

    #[test]
    fn a_longer_name_is_another() {
        let hash = |name: &str| BuildHasherDefault::<Quick>::default().hash_one(name);
        let names = ["", "a", "aa", "aaaaaaaa", "aaaaaaaaa", "baaaaaaaa", "ab", "ba"];
        assert_eq!(names.iter().map(|name| hash(name)).collect::<HashSet<_>>().len(), names.len());
    }
}
