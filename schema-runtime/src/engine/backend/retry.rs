//! Another attempt at what did not get its locks.

use std::time::{Duration, Instant};

use crate::engine::session::{Session, SqlError, SqlErrorKind};

/// Who waits for a table stands in everybody's way to it: so long and no longer, where nobody says how long.
pub(super) const LOCK_TIMEOUT: Duration = Duration::from_secs(3);

/// Between two attempts; each next one is twice as long.
const FIRST_PAUSE: Duration = Duration::from_millis(200);

const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// Sends what can be sent again as a whole, until it gets its locks. Nothing of it stays open when it fails.
pub(super) fn execute(session: &mut dyn Session, sql: &str, patience: Duration) -> Result<(), SqlError> {
    let mut retry = Retry::new(patience);
    loop {
        let Err(error) = session.execute(sql) else { return Ok(()) };
        let undone = session.execute("ROLLBACK");
        if undone.is_err() || !retry.is_due(&error) {
            return Err(error);
        }
        retry.pause();
    }
}

/// Attempts at one thing.
pub(super) struct Retry {
    start: Instant,
    pause: Duration,
    patience: Duration,
}

impl Retry {
    pub(super) fn new(patience: Duration) -> Self {
        Self { start: Instant::now(), pause: FIRST_PAUSE, patience }
    }

    /// Whether there is to be another attempt after this error.
    pub(super) fn is_due(&self, error: &SqlError) -> bool {
        error.kind == SqlErrorKind::LockTimeout && self.start.elapsed() + self.pause < self.patience
    }

    /// Lets others pass. Two that met shall not meet again: the clock is as good as dice.
    pub(super) fn pause(&mut self) {
        let jitter = self.start.elapsed().subsec_nanos() % 1000;
        std::thread::sleep(self.pause * (500 + jitter) / 1000);
        self.pause = (self.pause * 2).min(LONGEST_PAUSE);
    }
}
