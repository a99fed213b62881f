//! Runs plans and changes of the ledger under the lock. Knows the order of things, and no engine: how one
//! transaction is begun or one script is run is in `backend`; what is refused is in `refusal`.
//!
//! The state is read twice: before the lock, to find out whether there is anything to do at all, and after
//! it, because somebody else may have done it meanwhile. A plan is never recomputed under the lock, only
//! shortened: nobody reverts what was not in the plan that a person saw.

mod burst;
mod enter;
mod failure;
mod units;

use std::sync::Arc;

use super::backend::Backend;
use super::glance;
use super::known::Known;
use super::ledger::{Author, Change};
use super::preview::{Detail, Look};
use super::refusal::{self, Question};
use super::session::Session;
use super::vigil::{Vigil, Watch};
use super::{Error, Event, Options, Report};
use crate::history::{History, Node};
use crate::plan::{Direction, Plan};
use crate::revision::{Mode, Revision};

/// One run on one database.
pub(super) struct Executor<'e> {
    history: &'e History,
    options: &'e Options,
    observer: &'e dyn Fn(&Event<'_>),
    session: &'e mut dyn Session,
    backend: Box<dyn Backend>,
    author: Author,
    /// How much of the ledger's rows is read.
    detail: Detail,
    /// The state, with what this run has done since it was read.
    known: Known,
    /// Whether `known` has as done what was undone.
    is_stale: bool,
    /// Whether the plan was held against `known` since it was read.
    is_checked: bool,
    has_told_of_lock: bool,
    /// Whether nothing is applied but by this run.
    is_new: bool,
    /// The revision of which is told that it begins.
    begun: Option<Node>,
    watch: Option<&'e Watch<'e>>,
    /// What stands for the first look.
    ahead: Option<Look>,
    /// What whoever is beside this run sees of it.
    vigil: Option<Arc<Vigil>>,
    /// How often the lock was lost.
    losses: usize,
    done: Vec<Node>,
}

/// Who loses the lock more often is in a place where nothing holds.
const LOSSES: usize = 5;

impl<'e> Executor<'e> {
    pub(super) fn new(
        history: &'e History,
        options: &'e Options,
        observer: &'e dyn Fn(&Event<'_>),
        session: &'e mut dyn Session,
        backend: Box<dyn Backend>,
    ) -> Self {
        Self {
            history,
            options,
            observer,
            session,
            backend,
            author: Author::new(options),
            detail: Detail::Brief,
            known: Known::default(),
            is_stale: false,
            is_checked: false,
            has_told_of_lock: false,
            is_new: false,
            begun: None,
            watch: None,
            ahead: None,
            vigil: None,
            losses: 0,
            done: Vec::new(),
        }
    }

    /// With somebody beside it.
    pub(super) fn watched(self, watch: Option<&'e Watch<'e>>) -> Self {
        Self { watch, ..self }
    }

    /// With a look that was taken before.
    pub(super) fn foreseen(self, ahead: Option<Look>) -> Self {
        Self { ahead, ..self }
    }

    /// Where the database is. One query, no lock.
    pub(super) fn read(mut self) -> Result<Known, Error> {
        let was_read = |revision: &Revision| !revision.up.checksum.is_empty();
        let is_read = self.history.revisions().iter().any(was_read);
        self.detail = if is_read { Detail::Whole } else { Detail::Told };
        self.foresee()?;
        Ok(self.known)
    }

    /// Whether there is nothing to do and nothing to say; `false` when that cannot be told at a glance. Fails a
    /// statement where it is not so, which ends a transaction that is open.
    pub(super) fn is_current(&mut self) -> bool {
        glance::is_current(self.history, &*self.backend, self.session)
    }

    /// Runs the plan that `plan` makes of the state.
    pub(super) fn run(mut self, plan: impl FnOnce(&Known) -> Result<Plan, Error>) -> Result<Report, Error> {
        self.foresee()?;
        let plan = self.left(&plan(&self.known)?);
        self.refuse(&plan)?;
        self.warn(&plan);
        if plan.is_empty() && !self.has_repairs() && self.known.halves.is_empty() {
            return Ok(self.report(plan.direction));
        }
        let ran = self.locked(&self.modes(&plan), |run| run.units(&plan));
        ran.map(|()| self.report(plan.direction))
    }

    /// Changes the two tables, as `changes` says after a look at the state under the lock.
    pub(super) fn amend(
        mut self,
        mut changes: impl FnMut(&Amendment<'_>) -> Result<Vec<Change>, Error>,
    ) -> Result<Vec<String>, Error> {
        self.locked(&[], |run| {
            while let Err(error) = run.amended(&mut changes) {
                run.begin_again(&[], error)?;
            }
            Ok(())
        })?;
        Ok(self.now_at())
    }

    fn amended(
        &mut self,
        changes: &mut dyn FnMut(&Amendment<'_>) -> Result<Vec<Change>, Error>,
    ) -> Result<(), Error> {
        self.enter(Mode::Joined)?;
        let made = self.prepare().and_then(|()| {
            refusal::newer_ledger(&self.known.state)?;
            changes(&Amendment { known: &self.known, author: &self.author })
        });
        match made {
            Ok(changes) if !self.options.dry_run => {
                self.backend.note(changes);
                self.keep()?;
                self.reread()
            }
            other => {
                self.undo();
                other.map(|_| ())
            }
        }
    }

    fn report(&self, direction: Direction) -> Report {
        let done = Plan { direction, nodes: self.done.clone() };
        Report { done, unmarked: Vec::new(), now_at: self.now_at() }
    }

    fn now_at(&self) -> Vec<String> {
        let heads = self.known.state.applied.heads(self.history);
        heads.into_iter().map(|node| self.history.revision(node).id.to_string()).collect()
    }

    fn tell(&self, event: &Event<'_>) {
        (self.observer)(event);
    }

    fn warn(&self, plan: &Plan) {
        let warnings = self.question(plan).warnings();
        warnings.into_iter().for_each(|message| self.tell(&Event::Warning { message }));
    }

    fn question<'q>(&'q self, plan: &'q Plan) -> Question<'q> {
        Question { history: self.history, known: &self.known, plan, options: self.options }
    }
}

/// What a change of the ledger alone may look at, and in whose name it writes.
pub(super) struct Amendment<'a> {
    pub(super) known: &'a Known,
    pub(super) author: &'a Author,
}
