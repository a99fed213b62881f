//! A second connection beside a run, for as long as one of its statements takes long: it keeps a lease alive, and sees
//! which session a statement waits for. Nobody opens it for a run that is soon done.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::session::Session;
use super::{Connection, Event};

/// A statement that takes no longer needs no company.
const PATIENCE: Duration = Duration::from_secs(1);

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
    errands: Errands,
    is_over: Mutex<bool>,
    ended: Condvar,
}

/// How a run is watched.
pub(super) type Watch<'h> = Box<dyn Fn(&Vigil) + Sync + 'h>;

/// Opens a connection when it is needed.
pub(super) fn watch<'h, C: Connection>(
    connect: impl Fn() -> Option<C> + Sync + 'h,
    tell: impl Fn(&Event<'_>) + Sync + 'h,
) -> Watch<'h> {
    Box::new(move |vigil| {
        if !vigil.is_over_within(PATIENCE)
            && let Some(mut connection) = connect()
        {
            vigil.keep(&mut *connection.session(), &tell);
        }
    })
}

impl Vigil {
    /// Does `work` while somebody watches.
    pub(super) fn over<T>(errands: Errands, watch: &(dyn Fn(&Self) + Sync), work: impl FnOnce() -> T) -> T {
        let vigil = Self { errands, is_over: Mutex::new(false), ended: Condvar::new() };
        std::thread::scope(|scope| {
            scope.spawn(|| watch(&vigil));
            let _end = End(&vigil);
            work()
        })
    }

    fn keep(&self, session: &mut dyn Session, tell: &dyn Fn(&Event<'_>)) {
        let mut told = None;
        loop {
            // The run itself will find out if the lease is lost, and a blocker that nobody may see stays unseen.
            let _ = self.errands.renewal.as_ref().map(|renewal| session.execute(renewal));
            let blocker = self.errands.blocker.as_ref().and_then(|query| session.value(query).ok().flatten());
            if blocker.is_some() && blocker != told {
                tell(&Event::Blocked { by: blocker.clone().unwrap_or_default() });
                told = blocker;
            }
            if self.is_over_within(PATIENCE) {
                return;
            }
        }
    }

    fn is_over_within(&self, patience: Duration) -> bool {
        let waited = self.ended.wait_timeout_while(self.state(), patience, |is_over| !*is_over);
        *waited.unwrap_or_else(PoisonError::into_inner).0
    }

    fn state(&self) -> MutexGuard<'_, bool> {
        self.is_over.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Ends the vigil, also when the work panics: the thread beside it is waited for.
struct End<'v>(&'v Vigil);

impl Drop for End<'_> {
    fn drop(&mut self) {
        *self.0.state() = true;
        self.0.ended.notify_all();
    }
}
