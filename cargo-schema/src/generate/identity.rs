//! Ids of new revisions. Pure but for the operating system's randomness.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;

/// Twelve random hex digits that no revision has yet. One of the first four is a letter, so that neither the id
/// nor its shortest prefix is taken for a number of steps.
pub(crate) fn random_id(is_taken: impl Fn(&str) -> bool) -> String {
    loop {
        // Keyed by the operating system's randomness, once per state.
        let id = format!("{:012x}", RandomState::new().hash_one(()) >> 16);
        if id[..4].contains(|digit: char| digit.is_ascii_alphabetic()) && !is_taken(&id) {
            return id;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_twelve_hex_digits_and_look_like_no_number() {
        let mut ids: Vec<String> = (0..500).map(|_| random_id(|_| false)).collect();
        for id in &ids {
            assert!(id.len() == 12 && id.chars().all(|digit| digit.is_ascii_hexdigit()), "{id}");
            assert!(id[..4].parse::<u64>().is_err(), "{id}");
        }
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), 500);
    }

    #[test]
    fn a_taken_id_is_not_given_out() {
        assert!(random_id(|id| !id.starts_with('f')).starts_with('f'));
    }
}
