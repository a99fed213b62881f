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
    /// Tries until it works, fails for another reason than `Busy`, or the time is up.
    pub(super) fn attempt<T>(
        self,
        doing: &'static str,
        mut attempt: impl FnMut() -> Result<T, SqlError>,
    ) -> Result<T, Error> {
        let start = Instant::now();
        let mut pause = FIRST_PAUSE;
        let mut next_message = SILENCE;
        loop {
            let holder = match attempt() {
                Err(error) if error.kind == SqlErrorKind::Busy => error.holder(),
                Err(error) => return Err(refused(doing, error)),
                Ok(value) => return Ok(value),
            };
            let waited = start.elapsed();
            if waited >= self.limit {
                return Err(Error::Locked { holder, waited });
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
