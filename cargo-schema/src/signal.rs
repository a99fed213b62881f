//! Ctrl-C and SIGTERM during a run. The run stops at its next event, or is abandoned in the middle of a long
//! statement; either way the process ends, SQLite rolls back what was not committed, and the lock goes with it.

#[cfg(not(unix))]
pub(crate) use other::Guard;
#[cfg(unix)]
pub(crate) use unix::Guard;

#[cfg(unix)]
mod unix {
    use std::sync::{Arc, Condvar, Mutex, PoisonError};
    use std::time::Duration;

    use signal_hook::consts::{SIGINT, SIGTERM};
    use signal_hook::iterator::Signals;

    use crate::exit::Exit;

    /// How long a statement may go on before the run is abandoned in the middle of it.
    const PATIENCE: Duration = Duration::from_millis(500);

    /// While it lives, signals end the process in an orderly way.
    pub(crate) struct Guard(Arc<Shared>);

    #[derive(Default)]
    struct Shared {
        phase: Mutex<Phase>,
        changed: Condvar,
    }

    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    enum Phase {
        #[default]
        Running,
        Stopping,
        Stopped,
    }

    impl Guard {
        /// `last_words` says where the database is; it runs on a thread of its own when the run has stopped.
        pub(crate) fn new(last_words: impl FnOnce() -> String + Send + 'static) -> std::io::Result<Self> {
            let mut signals = Signals::new([SIGINT, SIGTERM])?;
            let shared = Arc::new(Shared::default());
            let watched = Arc::clone(&shared);
            std::thread::spawn(move || {
                let Some(signal) = signals.forever().next() else { return };
                watched.stop();
                let _ = std::io::Write::write_fmt(
                    &mut anstream::stderr().lock(),
                    format_args!("interrupted: {}\n", last_words()),
                );
                let exit = if signal == SIGTERM { Exit::Sigterm } else { Exit::Sigint };
                std::process::exit(exit.code().into());
            });
            Ok(Self(shared))
        }

        /// Goes on, or, when a signal came, never returns.
        pub(crate) fn checkpoint(&self) {
            self.0.park_if_stopping();
        }
    }

    impl Drop for Guard {
        fn drop(&mut self) {
            self.0.park_if_stopping();
        }
    }

    impl Shared {
        fn stop(&self) {
            let mut phase = self.phase.lock().unwrap_or_else(PoisonError::into_inner);
            *phase = Phase::Stopping;
            let waited = self.changed.wait_timeout_while(phase, PATIENCE, |phase| *phase != Phase::Stopped);
            drop(waited);
        }

        fn park_if_stopping(&self) {
            let mut phase = self.phase.lock().unwrap_or_else(PoisonError::into_inner);
            if *phase == Phase::Running {
                return;
            }
            *phase = Phase::Stopped;
            self.changed.notify_all();
            drop(phase);
            loop {
                std::thread::park();
            }
        }
    }
}

#[cfg(not(unix))]
mod other {
    /// Elsewhere the system ends the process, with the same result and fewer words.
    pub(crate) struct Guard;

    impl Guard {
        pub(crate) fn new(_last_words: impl FnOnce() -> String + Send + 'static) -> std::io::Result<Self> {
            Ok(Self)
        }

        pub(crate) fn checkpoint(&self) {}
    }
}
