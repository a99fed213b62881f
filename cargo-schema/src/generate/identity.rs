//! Revision ids and the moment that a new revision's name carries. Pure but for the operating system's
//! randomness.

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

/// The first moment from `now` on (in seconds) that fits, taken that later moments fit better; `now` itself when
/// none does within two thousand years, as with names that carry no time.
pub(crate) fn moment(now: u64, fits: impl Fn(u64) -> bool) -> u64 {
    if fits(now) {
        return now;
    }
    let Some(reach) = (0..36).map(|power| 1 << power).find(|&step| fits(now + step)) else { return now };
    first_fitting(now + reach / 2, now + reach, fits)
}

fn first_fitting(mut low: u64, mut high: u64, fits: impl Fn(u64) -> bool) -> u64 {
    while low < high {
        let middle = low + (high - low) / 2;
        if fits(middle) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    high
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

    #[test]
    fn the_moment_is_the_first_that_fits() {
        for wanted in [100, 101, 102, 160, 1_000_000_000] {
            assert_eq!(moment(100, |moment| moment >= wanted), wanted);
        }
        assert_eq!(moment(100, |_| false), 100);
    }
}
