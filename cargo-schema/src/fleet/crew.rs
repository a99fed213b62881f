//! Several threads that take work one after the other, and what keeps them from taking more. Each thread has its own
//! connection and waits for it alone, so nothing here knows of databases.

use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::signal;

/// How often the thread that does no work looks around.
const LOOK: Duration = Duration::from_millis(50);

/// What Ctrl-C and SIGTERM asked for so far.
#[derive(Debug, Default)]
pub(crate) struct Stop {
    times: AtomicUsize,
    code: AtomicU8,
}

impl Stop {
    /// Hears from now on.
    pub(crate) fn heed() -> Result<Arc<Self>, Failure> {
        let stop = Arc::new(Self::default());
        let heard = Arc::clone(&stop);
        signal::heed(move |exit| {
            heard.code.store(exit.code(), Ordering::Relaxed);
            heard.times.fetch_add(1, Ordering::Release);
        })
        .map_err(|error| Failure::file("could not watch for", "signals".as_ref(), &error))?;
        Ok(stop)
    }

    /// How often.
    pub(super) fn times(&self) -> usize {
        self.times.load(Ordering::Acquire)
    }

    /// How the process has to end for it.
    pub(super) fn exit(&self) -> Option<Exit> {
        (self.times() > 0).then(|| match self.code.load(Ordering::Relaxed) == Exit::Sigterm.code() {
            true => Exit::Sigterm,
            false => Exit::Sigint,
        })
    }
}

/// Has up to `jobs` threads do the work on all items, in their order. `hire` is called once in each thread; `may_begin`
/// before each item; `watch` all the while by the thread that waits for the others.
pub(super) fn spread<T: Sync, W>(
    jobs: usize,
    items: &[T],
    may_begin: impl Fn() -> bool + Sync,
    hire: impl Fn(usize) -> W + Sync,
    work: impl Fn(&mut W, &T) + Sync,
    mut watch: impl FnMut(),
) {
    let next = AtomicUsize::new(0);
    let (sender, receiver) = mpsc::channel::<()>();
    thread::scope(|scope| {
        for number in 0..jobs.min(items.len()) {
            let (sender, next, may_begin, hire, work) = (sender.clone(), &next, &may_begin, &hire, &work);
            scope.spawn(move || {
                // Whoever waits hears that it is gone when all of these are dropped.
                let _sender = sender;
                let mut worker = hire(number);
                while may_begin()
                    && let Some(item) = items.get(next.fetch_add(1, Ordering::Relaxed))
                {
                    work(&mut worker, item);
                }
            });
        }
        drop(sender);
        while receiver.recv_timeout(LOOK) == Err(mpsc::RecvTimeoutError::Timeout) {
            watch();
        }
    });
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::spread;

    #[test]
    fn every_item_is_done_once_by_no_more_than_were_hired() {
        let items: Vec<usize> = (0..1000).collect();
        let (hired, done) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
        let hire = |_| hired.fetch_add(1, Ordering::Relaxed);
        spread(7, &items, || true, hire, |_, item| done.lock().unwrap().push(*item), || ());
        let mut done = done.into_inner().unwrap();
        done.sort_unstable();
        assert_eq!(done, items);
        assert_eq!(hired.into_inner(), 7);
    }

    #[test]
    fn nothing_is_begun_once_nobody_may() {
        let done = AtomicUsize::new(0);
        let may_begin = || done.load(Ordering::Relaxed) < 3;
        let work = |_: &mut (), _: &()| {
            done.fetch_add(1, Ordering::Relaxed);
        };
        spread(1, &[(); 10], may_begin, |_| (), work, || ());
        assert_eq!(done.into_inner(), 3);
    }
}
