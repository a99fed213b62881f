//! Ctrl-C and SIGTERM while something is on a server that nobody wants there later: it is removed before the process
//! ends. What a SIGKILL leaves behind is for the next run to recognise.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

type Cleaner = Box<dyn FnOnce() + Send>;

static CLEANERS: Mutex<BTreeMap<usize, Cleaner>> = Mutex::new(BTreeMap::new());

/// As long as this lives, the process does not end without cleaning up.
pub(crate) struct Guard(usize);

/// Cleans up when a signal ends the process.
pub(crate) fn before_the_end(clean: impl FnOnce() + Send + 'static) -> Guard {
    watch();
    let mut cleaners = CLEANERS.lock().unwrap_or_else(PoisonError::into_inner);
    let number = cleaners.last_key_value().map_or(0, |(last, _)| last + 1);
    cleaners.insert(number, Box::new(clean));
    Guard(number)
}

impl Drop for Guard {
    fn drop(&mut self) {
        CLEANERS.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.0);
    }
}

/// Waits for a signal, in a thread of its own; once is enough. Where that cannot be, a signal ends the process as
/// ever, and the next run cleans up.
#[cfg(unix)]
fn watch() {
    use std::sync::Once;

    use signal_hook::consts::{SIGINT, SIGTERM};

    static START: Once = Once::new();
    START.call_once(|| {
        let Ok(mut signals) = signal_hook::iterator::Signals::new([SIGINT, SIGTERM]) else { return };
        let wait = move || {
            if let Some(signal) = signals.forever().next() {
                end(if signal == SIGTERM { crate::exit::Exit::Sigterm } else { crate::exit::Exit::Sigint });
            }
        };
        let _ = std::thread::Builder::new().name("scratch".to_owned()).spawn(wait);
    });
}

#[cfg(not(unix))]
fn watch() {}

#[cfg(unix)]
fn end(exit: crate::exit::Exit) -> ! {
    use std::io::Write as _;

    // The lock stays: what is registered after this would be cleaned up by nobody.
    let mut cleaners = CLEANERS.lock().unwrap_or_else(PoisonError::into_inner);
    std::mem::take(&mut *cleaners).into_values().for_each(|clean| clean());
    let _ = writeln!(anstream::stderr().lock(), "interrupted: nothing was written");
    std::process::exit(exit.code().into())
}
