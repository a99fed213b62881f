//! The door of the engine: everything that an application or the command can ask of a database.

use std::cell::Cell;

use diesel::connection::LoadConnection;
use diesel::deserialize::FromSql;
use diesel::expression::QueryMetadata;
use diesel::query_builder::{QueryFragment, SqlQuery};
use diesel::sql_types::{Text, Untyped};

use super::backend::Engine;
use super::backend::lease::Holder;
use super::executor::{Amendment, Executor};
use super::lock::refused;
use super::preview::Preview;
use super::session::{DieselSession, Session};
use super::vigil::{self, Watch};
use super::{Error, Event, Options, State, amend};
use crate::history::{History, Node};
use crate::plan::{self, Plan};

/// A history, ready to be run on a connection. Made once, used for any number of databases.
pub struct Migrator<'h> {
    history: &'h History,
    options: Options,
    observer: Box<dyn Fn(&Event<'_>) + 'h>,
    watch: Option<Watch<'h>>,
    preview: Cell<Option<Preview>>,
}

/// What a run did.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Report {
    /// The revisions that were run or reverted, in that order. Of a stamp, those that it marked; where it marked
    /// none, those that it unmarked.
    pub done: Plan,
    /// The revisions that a stamp unmarked: they count as not applied.
    pub unmarked: Vec<Node>,
    /// Ids of the applied heads afterwards.
    pub now_at: Vec<String>,
}

/// A connection to an engine that is compiled in. Every Diesel connection is one, pooled and wrapped ones too.
pub trait Connection: LoadConnection<Backend: Engine> {
    /// The connection, without its type.
    #[doc(hidden)]
    #[expect(private_interfaces, reason = "sealed: only this crate makes or uses what it hands over")]
    fn session(&mut self) -> Box<dyn Session + '_>;
}

impl<C> Connection for C
where
    C: LoadConnection,
    C::Backend: Engine + QueryMetadata<Untyped>,
    String: FromSql<Text, C::Backend>,
    SqlQuery: QueryFragment<C::Backend>,
{
    #[expect(private_interfaces, reason = "sealed: only this crate makes or uses what it hands over")]
    fn session(&mut self) -> Box<dyn Session + '_> {
        Box::new(DieselSession(self))
    }
}

impl<'h> Migrator<'h> {
    /// With default options, watched by nobody.
    pub fn new(history: &'h History) -> Self {
        Self {
            history,
            options: Options::default(),
            observer: Box::new(|_| ()),
            watch: None,
            preview: Cell::new(None),
        }
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

    /// Opens a second connection as soon as a revision has taken longer than a second: it gives the signs of life that
    /// keep a [lease](super::Lock::Table) on MySQL while a statement runs, and tells which session a statement waits
    /// for. Where it cannot be had, or is lost, the run goes on and it is tried again.
    #[must_use]
    pub fn watched<C: Connection>(
        mut self,
        connect: impl Fn() -> Option<C> + Sync + 'h,
        tell: impl Fn(&Event<'_>) + Sync + 'h,
    ) -> Self {
        self.watch = Some(vigil::watch(connect, tell));
        self
    }

    /// With what the ledger of its first connection said just now.
    #[must_use]
    pub fn preview(self, preview: Option<Preview>) -> Self {
        self.preview.set(preview);
        self
    }

    /// Where the database is. Changes nothing, creates nothing, needs no right but SELECT.
    pub fn state(&self, connection: &mut impl Connection) -> Result<State, Error> {
        self.on(connection, |executor| executor.read().map(|known| known.state))
    }

    /// Runs what is pending up to the target (`heads` is everything), under the lock.
    pub fn upgrade(&self, connection: &mut impl Connection, target: &str) -> Result<Report, Error> {
        self.on(connection, |executor| executor.run(|known| self.plan_upgrade(&known.state, target)))
    }

    /// Like [`Self::upgrade`], asking first where there is anything to do: a plan that is not empty, or something to be
    /// put right. For a caller that looks at files only when they matter.
    pub fn upgrade_if(
        &self,
        connection: &mut impl Connection,
        target: &str,
        may_run: impl FnOnce(&Plan) -> Result<(), Error>,
    ) -> Result<Report, Error> {
        self.on(connection, |executor| {
            executor.run(|known| {
                let plan = self.plan_upgrade(&known.state, target)?;
                if !plan.is_empty() || !known.is_in_order() {
                    may_run(&plan)?;
                }
                Ok(plan)
            })
        })
    }

    /// Reverts what lies after the target, under the lock.
    pub fn revert(&self, connection: &mut impl Connection, target: &str) -> Result<Report, Error> {
        self.on(connection, |executor| executor.run(|known| self.plan_revert(&known.state, target)))
    }

    /// Runs a plan that was made, and perhaps shown, before. What somebody else has done meanwhile is left out.
    pub fn run(&self, connection: &mut impl Connection, plan: &Plan) -> Result<Report, Error> {
        self.on(connection, |executor| executor.run(|_| Ok(plan.clone())))
    }

    /// What [`Self::upgrade`] would run.
    pub fn plan_upgrade(&self, state: &State, target: &str) -> Result<Plan, Error> {
        plan::upgrade(self.history, &state.applied, target).map_err(Error::Target)
    }

    /// What [`Self::revert`] would run.
    pub fn plan_revert(&self, state: &State, target: &str) -> Result<Plan, Error> {
        plan::revert(self.history, &state.applied, target).map_err(Error::Target)
    }

    /// Marks exactly these revisions and their ancestors as applied without running anything; with `purge`,
    /// rows of revisions that the history does not know are removed from Diesel's table first. An applied
    /// revision that was edited since counts as accepted afterwards.
    pub fn stamp(
        &self,
        connection: &mut impl Connection,
        nodes: &[Node],
        purge: bool,
    ) -> Result<Report, Error> {
        let mut done = None;
        let now_at = self.on(connection, |executor| {
            executor.amend(|amendment| {
                let (changes, marks) = amend::stamp(self.history, amendment, nodes, purge);
                done = Some(marks);
                Ok(changes)
            })
        })?;
        Ok(done.expect("an amendment that succeeded was made").report(now_at))
    }

    /// Says what became of a revision that was interrupted.
    pub fn resolve(
        &self,
        connection: &mut impl Connection,
        node: Node,
        resolution: Resolution,
    ) -> Result<(), Error> {
        let resolve = |amendment: &Amendment<'_>| amend::resolve(self.history, amendment, node, resolution);
        self.on(connection, |executor| executor.amend(resolve)).map(|_| ())
    }

    /// Who holds the run lock, as far as the engine can tell; `None` when nobody does. Changes nothing.
    /// SQLite has no lock but the file's, and answers that nobody does.
    pub fn lock_holder<C: Connection>(&self, connection: &mut C) -> Result<Option<Holder>, Error> {
        let mut backend = <C::Backend as Engine>::backend();
        let holder = backend.holder(&mut *connection.session(), self.options.lease);
        holder.map_err(|error| refused("look at the lock", error))
    }

    /// Frees the lock when its holder is dead, and says whose it was. A holder that lives is left alone.
    pub fn break_lock<C: Connection>(&self, connection: &mut C) -> Result<Option<Holder>, Error> {
        let mut session = connection.session();
        let mut backend = <C::Backend as Engine>::backend();
        let holder = backend.holder(&mut *session, self.options.lease);
        let mut holder = holder.map_err(|error| refused("look at the lock", error))?;
        if let Some(dead) = holder.as_mut().filter(|holder| holder.is_dead) {
            dead.is_dead = backend.free(&mut *session).map_err(|error| refused("free the lock", error))?;
        }
        Ok(holder)
    }

    /// Ends a session by the number that [`Event::Locked`] gave, if it still holds the run lock: a process that ended in
    /// the middle of a run can leave it at work.
    pub fn end_session<C: Connection>(&self, connection: &mut C, session: &str) -> Result<(), Error> {
        let ended = <C::Backend as Engine>::backend().end_session(&mut *connection.session(), session);
        ended.map_err(|error| refused("end the session", error))
    }

    /// See [`Executor::is_current`]; for connections that were just opened.
    pub(super) fn is_current(&self, connection: &mut impl Connection) -> bool {
        self.on(connection, |mut executor| executor.is_current())
    }

    pub(super) fn tell(&self, event: &Event<'_>) {
        (self.observer)(event);
    }

    pub(super) fn lock_wait(&self) -> std::time::Duration {
        self.options.lock_wait
    }

    pub(super) fn history(&self) -> &'h History {
        self.history
    }

    fn on<C: Connection, T>(&self, connection: &mut C, work: impl FnOnce(Executor<'_>) -> T) -> T {
        let mut session = connection.session();
        let preview = self.preview.take().and_then(Preview::parts::<C::Backend>);
        let (backend, look) = match preview {
            Some((backend, look)) => (backend, Some(look)),
            None => (<C::Backend as Engine>::backend(), None),
        };
        let executor = Executor::new(self.history, &self.options, &*self.observer, &mut *session, backend);
        work(executor.watched(self.watch.as_ref()).foreseen(look))
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
