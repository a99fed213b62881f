//! Waiting for what somebody else holds. Polling, never blocking in the engine: a blocked session can be what
//! the holder waits for, and nobody could be told who holds it.

use std::time::{Duration, Instant};

use super::session::{SqlError, SqlErrorKind};
use super::{Error, Event};

/// The first pause; each next one is half as long again.
const FIRST_PAUSE: Duration = Duration::from_millis(4);

/// No pause is longer, so that a lock that comes free is soon noticed.
const LONGEST_PAUSE: Duration = Duration::from_millis(150);

/// Who waits less is not worth a message: readers and writers of one file meet for milliseconds all the time.
const SILENCE: Duration = Duration::from_millis(100);

/// How often a waiting person hears that we still wait.
const REMINDER: Duration = Duration::from_secs(10);

/// How long to wait, and whom to tell.
#[derive(Clone, Copy)]
pub(super) struct Patience<'o> {
    pub(super) limit: Duration,
    pub(super) observer: &'o dyn Fn(&Event<'_>),
}

impl Patience<'_> {
    /// Tries until it works, fails for another reason than that somebody is in the way, or the time is up.
    pub(super) fn attempt<T>(
        self,
        doing: &'static str,
        attempt: impl FnMut() -> Result<T, SqlError>,
    ) -> Result<T, Error> {
        let is_passing = |kind| matches!(kind, SqlErrorKind::Busy | SqlErrorKind::LockTimeout);
        self.attempt_while(is_passing, doing, attempt)
    }

    /// The same for what is still whole after `Busy`, and after nothing else.
    pub(super) fn attempt_while_busy<T>(
        self,
        doing: &'static str,
        attempt: impl FnMut() -> Result<T, SqlError>,
    ) -> Result<T, Error> {
        self.attempt_while(|kind| kind == SqlErrorKind::Busy, doing, attempt)
    }

    fn attempt_while<T>(
        self,
        is_passing: impl Fn(SqlErrorKind) -> bool,
        doing: &'static str,
        mut attempt: impl FnMut() -> Result<T, SqlError>,
    ) -> Result<T, Error> {
        let start = Instant::now();
        let mut pause = FIRST_PAUSE;
        let mut next_message = SILENCE;
        loop {
            let error = match attempt() {
                Err(error) if is_passing(error.kind) => error,
                Err(error) => return Err(refused(doing, error)),
                Ok(value) => return Ok(value),
            };
            let (holder, waited) = (error.holder(), start.elapsed());
            if waited >= self.limit {
                return Err(match error.kind {
                    SqlErrorKind::Busy => Error::Locked { holder, waited },
                    _ => refused(doing, error),
                });
            }
            if waited >= next_message {
                (self.observer)(&Event::Waiting { holder, waited });
                next_message = waited + REMINDER;
            }
            std::thread::sleep(pause.min(self.limit - waited));
            pause = (pause * 3 / 2).min(LONGEST_PAUSE);
        }
    }
}

/// A refusal that waiting does not change.
pub(super) fn refused(doing: &'static str, error: SqlError) -> Error {
    match error.kind {
        SqlErrorKind::InTransaction => Error::Refused {
            rule: "open-transaction",
            message: "the connection is inside a transaction".to_owned(),
            revisions: Vec::new(),
            help: "commit or roll back first: a run makes its own transactions".to_owned(),
        },
        SqlErrorKind::LockLost => Error::LockLost { doing },
        kind => match kind.obstacle() {
            Some(obstacle) => {
                Error::Obstructed { doing, obstacle, message: error.message, revisions_done: 0 }
            }
            None => Error::Database { doing, message: error.message },
        },
    }
}
