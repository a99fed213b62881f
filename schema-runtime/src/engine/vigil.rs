//! A second connection beside a run, for as long as one of its statements takes long: it keeps a lease alive, and sees
//! which session a statement waits for. Nobody opens it for a run whose revisions are soon done, however many they are.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::session::{Session, SqlError, SqlErrorKind};
use super::{Connection, Event};

/// A revision that takes no longer needs no company.
const PATIENCE: Duration = Duration::from_secs(1);

/// How long the one beside it rests between two rounds, and before it tries to connect again.
const REST: Duration = Duration::from_secs(1);

/// What a second connection can do for a run.
#[derive(Clone, Debug, Default)]
pub(crate) struct Errands {
    /// The query for the session that the run waits for.
    pub(crate) blocker: Option<String>,
    /// Keeps the lease.
    pub(crate) renewal: Option<String>,
}

/// A run, as seen by the one beside it.
pub(super) struct Vigil {
    run: Mutex<Run>,
    changed: Condvar,
}

struct Run {
    errands: Errands,
    /// Since when the revision that is under way has been.
    since: Instant,
    is_over: bool,
}

/// How a run is watched.
pub(super) type Watch<'h> = Box<dyn Fn(&Vigil) + Sync + 'h>;

/// Opens a connection when it is needed, and another one when that is lost.
pub(super) fn watch<'h, C: Connection>(
    connect: impl Fn() -> Option<C> + Sync + 'h,
    tell: impl Fn(&Event<'_>) + Sync + 'h,
) -> Watch<'h> {
    Box::new(move |vigil| {
        let mut is_over = vigil.is_over_before(PATIENCE);
        while !is_over {
            if let Some(mut connection) = connect() {
                vigil.keep(&mut *connection.session(), &tell);
            }
            is_over = vigil.is_over_within(REST);
        }
    })
}

impl Vigil {
    /// Of a run that begins now.
    pub(super) fn new(errands: Errands) -> Self {
        Self {
            run: Mutex::new(Run { errands, since: Instant::now(), is_over: false }),
            changed: Condvar::new(),
        }
    }

    /// Does `work` while somebody watches, if somebody can be found.
    pub(super) fn over<T>(&self, watch: &(dyn Fn(&Self) + Sync), work: impl FnOnce() -> T) -> T {
        std::thread::scope(|scope| {
            let _ = std::thread::Builder::new().spawn_scoped(scope, || watch(self));
            let _end = End(self);
            work()
        })
    }

    /// A revision begins.
    pub(super) fn begins(&self) {
        self.run().since = Instant::now();
    }

    /// The lock is another one than before.
    pub(super) fn serves(&self, errands: Errands) {
        self.run().errands = errands;
    }

    /// Goes its rounds until the run is over, or the connection is.
    fn keep(&self, session: &mut dyn Session, tell: &dyn Fn(&Event<'_>)) {
        let mut told = None;
        loop {
            let Errands { blocker, renewal } = self.run().errands.clone();
            // The run itself will find out if the lease is lost, and a blocker that nobody may see stays unseen.
            let renewed = renewal.map_or(Ok(()), |renewal| session.execute(&renewal));
            let seen = blocker.map_or(Ok(None), |query| session.value(&query));
            if [renewed.err(), seen.as_ref().err().cloned()].iter().flatten().any(is_lost) {
                return;
            }
            let blocker = seen.unwrap_or_default();
            if let Some(by) = &blocker
                && blocker != told
            {
                tell(&Event::Blocked { by: shown(by) });
                told = blocker;
            }
            if self.is_over_within(REST) {
                return;
            }
        }
    }

    /// Waits until a revision has been under way for so long; not if the run is over before.
    fn is_over_before(&self, patience: Duration) -> bool {
        loop {
            let rest = patience.saturating_sub(self.run().since.elapsed());
            if rest.is_zero() || self.is_over_within(rest) {
                return !rest.is_zero();
            }
        }
    }

    fn is_over_within(&self, patience: Duration) -> bool {
        let waited = self.changed.wait_timeout_while(self.run(), patience, |run| !run.is_over);
        waited.unwrap_or_else(PoisonError::into_inner).0.is_over
    }

    fn run(&self) -> MutexGuard<'_, Run> {
        self.run.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Somebody else's statement in one line, and not what it may say of a password.
fn shown(blocker: &str) -> String {
    let line = blocker.split_whitespace().collect::<Vec<_>>().join(" ");
    let plain = line.to_ascii_lowercase();
    let secrets = ["password", "identified"].iter().filter_map(|word| Some(plain.find(word)? + word.len()));
    match secrets.min() {
        Some(end) if end < line.len() => format!("{} ..", &line[..end]),
        _ => line,
    }
}

fn is_lost(error: &SqlError) -> bool {
    error.kind == SqlErrorKind::Lost
}

/// Ends the vigil, also when the work panics: the thread beside it is waited for.
struct End<'v>(&'v Vigil);

impl Drop for End<'_> {
    fn drop(&mut self) {
        self.0.run().is_over = true;
        self.0.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::shown;

    #[test]
    fn what_somebody_else_does_is_one_line_without_a_password() {
        assert_eq!(shown("joe: ALTER TABLE\n  t  ADD x"), "joe: ALTER TABLE t ADD x");
        assert_eq!(shown("joe: ALTER ROLE é Password 'hidden'"), "joe: ALTER ROLE é Password ..");
        assert_eq!(shown("joe: SET PASSWORD"), "joe: SET PASSWORD");
    }
}
