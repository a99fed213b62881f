//! What the engine tells whoever watches a run. Data only: a terminal draws it, an application logs it.

use std::time::Duration;

use crate::plan::Direction;
use crate::revision::Revision;

/// Something that happened in a run, in the order in which it happened.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Event<'a> {
    /// Somebody else holds the run lock; sent once, then about every ten seconds.
    Waiting {
        /// Who, as far as the engine can tell.
        holder: Option<String>,
        /// How long we have been waiting.
        waited: Duration,
    },
    /// A statement waits for another session; sent once for each, by a run that is
    /// [watched](super::Migrator::watched), from another thread.
    Blocked {
        /// Whose session, as far as the engine can tell.
        by: String,
    },
    /// The lock was taken, and this is left to do.
    #[non_exhaustive]
    Locked {
        /// How many revisions will run.
        revisions: usize,
        /// The number of this run's session, on a server that goes on with what it has when nobody is there any more:
        /// for [`end_session`](super::Migrator::end_session).
        session: Option<String>,
    },
    /// A revision begins. Where a new database is sent several in one message, the first of them is told of before, each
    /// other one when they are done.
    Started {
        /// Which.
        revision: &'a Revision,
        /// Which way.
        direction: Direction,
    },
    /// A revision is done.
    Finished {
        /// Which.
        revision: &'a Revision,
        /// Which way.
        direction: Direction,
        /// How long it took; of several in one message, each has an equal share.
        elapsed: Duration,
    },
    /// Something that a person should know and that stops nothing.
    Warning {
        /// A clause.
        message: String,
    },
}
