//! What a lease is on every server: a row that says who runs, and until when that is to be believed. Each holder has
//! a number of its own, one higher than the last, and whatever it commits asks for that number in the same
//! transaction: who was taken over can commit nothing any more. Time is the server's.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher as _, Hasher as _};
use std::time::{Duration, Instant};

/// The table that holds the row; that it is there means that runs of this schema take leases.
pub(crate) const TABLE: &str = "__schema_lock";

/// What the server says when somebody commits who does not hold the lock any more.
pub(crate) const LOST: &str = "cargo_schema: the lock is lost";

/// A lease that has ended counts for this long: its holder may have waited for the end of a statement, and renews
/// it before the next one.
const GRACE: Duration = Duration::from_secs(1);

/// Who holds the lock, and what is known of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Holder {
    /// `user@host, process 4711` or whatever the run was told to call itself.
    pub who: String,
    /// Since when, in UTC; where the engine can tell.
    pub since: Option<String>,
    /// Whether it is a lease that has ended, and nothing of its holder's is under way: the next run takes it.
    pub is_dead: bool,
}

/// Watches a lease that has ended, and lets it go when nobody renews it.
#[derive(Clone, Debug, Default)]
pub(super) struct Grace {
    seen: Option<([String; 2], Instant)>,
}

impl Grace {
    /// Whether this same lease, by number and end, has been seen to have ended for long enough.
    pub(super) fn is_over(&mut self, lease: [&str; 2], now: Instant) -> bool {
        match &self.seen {
            Some((seen, since)) if *seen == lease => now >= *since + GRACE,
            _ => {
                self.seen = Some((lease.map(str::to_owned), now));
                false
            }
        }
    }
}

/// A word that no other run has.
pub(super) fn token() -> String {
    format!("{}-{:016x}", std::process::id(), RandomState::new().build_hasher().finish())
}

/// `user@host (4711), since 2026-11-20T09:15:00Z`.
impl std::fmt::Display for Holder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.who)?;
        self.since.as_ref().map_or(Ok(()), |since| write!(f, ", since {since}"))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::{GRACE, Grace, token};

    #[test]
    fn a_lease_that_is_renewed_is_not_over() {
        let (mut grace, start) = (Grace::default(), Instant::now());
        assert!(!grace.is_over(["1", "noon"], start));
        assert!(!grace.is_over(["1", "later"], start + GRACE));
        assert!(!grace.is_over(["1", "later"], start + GRACE));
        assert!(grace.is_over(["1", "later"], start + GRACE * 2));
    }

    #[test]
    fn tokens_differ() {
        assert_ne!(token(), token());
    }
}
