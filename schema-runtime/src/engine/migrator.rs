//! The door of the engine: everything that an application or the command can ask of a database.

use diesel::connection::LoadConnection;

use super::{Error, Event, Options, State};
use crate::history::{History, Node};
use crate::plan::Plan;

/// A history, ready to be run on a connection. Made once, used for any number of databases.
pub struct Migrator<'h> {
    history: &'h History,
    options: Options,
    observer: Box<dyn Fn(&Event<'_>) + 'h>,
}

/// What a run did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The revisions that were run or reverted, in that order.
    pub done: Plan,
    /// Ids of the applied heads afterwards.
    pub now_at: Vec<String>,
}

/// A connection to an engine that is compiled in.
pub trait Connection: LoadConnection {}

impl<C> Connection for C where C: LoadConnection<Backend = diesel::sqlite::Sqlite> {}

impl<'h> Migrator<'h> {
    /// With default options, watched by nobody.
    pub fn new(history: &'h History) -> Self {
        Self { history, options: Options::default(), observer: Box::new(|_| ()) }
    }

    /// With other options.
    #[must_use]
    pub fn options(mut self, options: Options) -> Self {
        self.options = options;
        self
    }

    /// Tells `observer` what happens while it happens.
    #[must_use]
    pub fn observe(mut self, observer: impl Fn(&Event<'_>) + 'h) -> Self {
        self.observer = Box::new(observer);
        self
    }

    /// Where the database is. Changes nothing, creates nothing, needs no right but SELECT.
    pub fn state(&self, connection: &mut impl Connection) -> Result<State, Error> {
        let _ = (connection, self.history, &self.options, &self.observer);
        todo!()
    }

    /// Runs what is pending up to the target (`heads` is everything), under the lock.
    pub fn upgrade(&self, connection: &mut impl Connection, target: &str) -> Result<Report, Error> {
        let _ = (connection, target);
        todo!()
    }

    /// Reverts what lies after the target, under the lock.
    pub fn revert(&self, connection: &mut impl Connection, target: &str) -> Result<Report, Error> {
        let _ = (connection, target);
        todo!()
    }

    /// Marks exactly these revisions and their ancestors as applied without running anything; with `purge`,
    /// rows of revisions that the history does not know are removed from Diesel's table first.
    pub fn stamp(
        &self,
        connection: &mut impl Connection,
        nodes: &[Node],
        purge: bool,
    ) -> Result<Report, Error> {
        let _ = (connection, nodes, purge);
        todo!()
    }

    /// Says what became of a revision that was interrupted.
    pub fn resolve(
        &self,
        connection: &mut impl Connection,
        node: Node,
        resolution: Resolution,
    ) -> Result<(), Error> {
        let _ = (connection, node, resolution);
        todo!()
    }
}

/// What a person found out about an interrupted revision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resolution {
    /// The whole revision counts as applied.
    Applied,
    /// It counts as not applied and starts again at its first statement.
    Reverted,
    /// The statement in doubt is done; the run goes on after it.
    StatementDone,
    /// The statement in doubt is not done; the run goes on with it.
    StatementUndone,
}
