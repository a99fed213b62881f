//! Runs plans and changes of the ledger under the lock. Knows the order of things, and no engine: how one
//! transaction is begun or one script is run is in `backend`; what is refused is in `refusal`.
//!
//! The state is read twice: before the lock, to find out whether there is anything to do at all, and after
//! it, because somebody else may have done it meanwhile. A plan is never recomputed under the lock, only
//! shortened: nobody reverts what was not in the plan that a person saw.

use std::time::Instant;

use super::backend::{Backend, Failure, Leave, Step};
use super::known::{self, Half, Known};
use super::ledger::{Action, Author, Change, Entry, Outcome};
use super::lock::{Patience, refused};
use super::refusal::{self, Question};
use super::session::{Session, SqlError, SqlErrorKind};
use super::{Error, Event, Options, Report, StatementFailure, Transactions, clock, progress};
use crate::history::{History, Node};
use crate::plan::{Direction, Plan};
use crate::revision::{Mode, Script};
use crate::target::Applied;

/// One run on one database.
pub(super) struct Executor<'e> {
    pub(super) history: &'e History,
    pub(super) options: &'e Options,
    pub(super) observer: &'e dyn Fn(&Event<'_>),
    pub(super) session: &'e mut dyn Session,
    pub(super) backend: Box<dyn Backend>,
    known: Known,
    done: Vec<Node>,
    has_lock: bool,
    /// Whether something was undone that `known` has as done.
    is_stale: bool,
    author: Author,
}

/// What to go back to when a unit is undone.
struct Before {
    done: usize,
    applied: Applied,
}

/// What stopped a unit.
enum Stop {
    /// A revision failed.
    Failed { node: Node, failure: Box<Failure>, started_at: String },
    /// Something else did.
    Error(Error),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

impl<'e> Executor<'e> {
    pub(super) fn new(
        history: &'e History,
        options: &'e Options,
        observer: &'e dyn Fn(&Event<'_>),
        session: &'e mut dyn Session,
        backend: Box<dyn Backend>,
    ) -> Self {
        let author = Author::new(options);
        let (known, done) = (Known::default(), Vec::new());
        let (has_lock, is_stale) = (false, false);
        Self { history, options, observer, session, backend, known, done, has_lock, is_stale, author }
    }

    /// Where the database is. One query, no lock.
    pub(super) fn read(mut self) -> Result<Known, Error> {
        self.reread()?;
        Ok(self.known)
    }

    /// Runs the plan that `plan` makes of the state.
    pub(super) fn run(mut self, plan: impl FnOnce(&Known) -> Result<Plan, Error>) -> Result<Report, Error> {
        self.reread()?;
        let plan = self.left(&plan(&self.known)?);
        self.refuse(&plan)?;
        self.warn(&plan);
        if plan.is_empty() && self.known.moved.is_empty() && self.known.halves.is_empty() {
            return Ok(self.report(plan.direction));
        }
        let modes: Vec<Mode> = plan.nodes.iter().map(|&node| self.mode(node, plan.direction)).collect();
        let ran = self.locked(&modes, |run| run.units(&plan));
        ran.map(|()| self.report(plan.direction))
    }

    /// Changes the two tables, as `changes` says after a look at the state under the lock.
    pub(super) fn amend(
        mut self,
        changes: impl FnOnce(&Amendment<'_>) -> Result<Vec<Change>, Error>,
    ) -> Result<Vec<String>, Error> {
        self.locked(&[], |run| {
            run.enter(Mode::Joined)?;
            let made = run.prepare().and_then(|()| {
                refusal::newer_ledger(&run.known.state)?;
                changes(&Amendment { known: &run.known, author: &run.author })
            });
            match made {
                Ok(changes) if !run.options.dry_run => {
                    run.backend.note(changes);
                    run.keep()?;
                    run.reread()
                }
                other => {
                    run.undo();
                    other.map(|_| ())
                }
            }
        })?;
        Ok(self.now_at())
    }

    fn report(&self, direction: Direction) -> Report {
        let done = Plan { direction, nodes: self.done.clone() };
        Report { done, now_at: self.now_at() }
    }

    fn now_at(&self) -> Vec<String> {
        let heads = self.known.state.applied.heads(self.history);
        heads.into_iter().map(|node| self.history.revision(node).id.to_string()).collect()
    }

    fn tell(&self, event: &Event<'_>) {
        (self.observer)(event);
    }

    fn warn(&self, plan: &Plan) {
        let question = self.question(plan);
        question.warnings().into_iter().for_each(|message| self.tell(&Event::Warning { message }));
    }
}

/// Before, around and after the lock.
impl<'e> Executor<'e> {
    fn patience(&self) -> Patience<'e> {
        Patience { limit: self.options.lock_wait, observer: self.observer }
    }

    fn question<'q>(&'q self, plan: &'q Plan) -> Question<'q> {
        Question { history: self.history, known: &self.known, plan, options: self.options }
    }

    fn reread(&mut self) -> Result<(), Error> {
        let patience = self.patience();
        patience.attempt("read the ledger", || self.look())
    }

    fn refuse(&self, plan: &Plan) -> Result<(), Error> {
        self.question(plan).refuse()?;
        self.known.halves.iter().try_for_each(|half| match self.resumed(plan, half) {
            None if !self.backend.is_alive(&half.entry) => Err(interrupted(half)),
            None | Some(_) => Ok(()),
        })
    }

    /// The statement with which this plan goes on where a half-done revision stopped.
    fn resumed(&self, plan: &Plan, half: &Half) -> Option<usize> {
        let node = half.node.filter(|node| plan.nodes.contains(node))?;
        let script = (half.direction == plan.direction)
            .then(|| refusal::script(self.history.revision(node), plan.direction))??;
        self.backend.resume(script, &half.entry)
    }

    fn locked(
        &mut self,
        modes: &[Mode],
        work: impl FnOnce(&mut Self) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let patience = self.patience();
        let begun = patience.attempt("prepare the run", || self.backend.begin(self.session, modes));
        let worked = begun.and_then(|()| work(self));
        let ended = self.backend.end(self.session);
        worked?;
        ended.map_err(|error| refused("release the lock", error))
    }

    /// Takes the lock, reads what is new, and lets go again as long as a living run is half-way through a script
    /// that no lock spans.
    fn enter(&mut self, mode: Mode) -> Result<(), Error> {
        let patience = self.patience();
        patience.attempt("take the lock", || {
            if self.living().is_some() {
                // Readers are in nobody's way; whoever takes the lock in order to look holds up the one who works.
                self.look()?;
                self.wait_for_the_living()?;
            }
            self.backend.enter(self.session, mode)?;
            let looked = self.look_again();
            if looked.is_err() {
                self.undo();
            }
            looked
        })
    }

    fn look(&mut self) -> Result<(), SqlError> {
        let reading = self.backend.read(self.session)?;
        self.known = known::known(self.history, &reading);
        Ok(())
    }

    fn look_again(&mut self) -> Result<(), SqlError> {
        let others_wrote = self.backend.others_wrote(self.session)?;
        if others_wrote || self.is_stale {
            self.look()?;
            self.is_stale = false;
        }
        self.wait_for_the_living()
    }

    /// Who is at work outside a transaction.
    fn living(&self) -> Option<&Half> {
        self.known.halves.iter().find(|half| self.backend.is_alive(&half.entry))
    }

    fn wait_for_the_living(&self) -> Result<(), SqlError> {
        match self.living() {
            Some(half) => Err(SqlError::busy(half.entry.actor.clone())),
            None => Ok(()),
        }
    }

    fn keep(&mut self) -> Result<(), Error> {
        let patience = self.patience();
        let kept = patience.attempt("commit", || self.backend.leave(self.session, Leave::Keep));
        if kept.is_err() {
            self.undo();
        }
        kept
    }

    /// Undoing cannot fail in a way that matters: what is not committed is gone with the connection at last.
    fn undo(&mut self) {
        let _ = self.backend.leave(self.session, Leave::Undo);
    }

    /// First thing in a unit: what other programs left to be put right.
    fn prepare(&mut self) -> Result<(), Error> {
        if !self.known.is_bootstrapped && !self.known.state.newer_ledger {
            let made = self.backend.bootstrap(self.session);
            made.map_err(|error| refused("create the ledger", error))?;
            self.known.is_bootstrapped = true;
        }
        let changes = self.repairs();
        self.backend.note(changes);
        Ok(())
    }

    /// Rows under an old version move to the new one; what Diesel reverted behind our back is written down.
    fn repairs(&mut self) -> Vec<Change> {
        let mut changes = Vec::new();
        for moved in std::mem::take(&mut self.known.moved) {
            let revision = self.history.revision(moved.node);
            changes.push(Change::Unmark { version: moved.from });
            if !moved.is_superseded {
                changes.push(Change::Mark { version: revision.version.to_string(), run_on: moved.run_on });
            }
            let entry = self.author.entry(Action::Move, &revision.id, &revision.version);
            changes.push(Change::Append(Box::new(entry.done(clock::now()))));
        }
        for (id, version) in std::mem::take(&mut self.known.gone) {
            let entry = self.author.entry(Action::Gone, &id, &version);
            changes.push(Change::Append(Box::new(entry.done(clock::now()))));
        }
        changes
    }
}

/// The units of a plan.
impl<'e> Executor<'e> {
    fn units(&mut self, plan: &Plan) -> Result<(), Error> {
        if plan.is_empty() {
            return self.unit(plan, Mode::Joined);
        }
        for (mode, nodes) in self.grouped(plan) {
            self.unit(&Plan { direction: plan.direction, nodes }, mode)?;
        }
        Ok(())
    }

    /// Neighbours that may share a transaction.
    fn grouped(&self, plan: &Plan) -> Vec<(Mode, Vec<Node>)> {
        let mode = |node: &Node| self.mode(*node, plan.direction);
        if self.is_one_transaction() {
            let is_off = plan.nodes.iter().any(|node| mode(node) == Mode::ForeignKeysOff);
            let mode = if is_off { Mode::ForeignKeysOff } else { Mode::Joined };
            return vec![(mode, plan.nodes.clone())];
        }
        let shares = self.options.transactions == Transactions::Engine && self.backend.shares_transactions();
        let may_join = |a: &Node, b: &Node| shares && mode(a) == Mode::Joined && mode(b) == Mode::Joined;
        plan.nodes.chunk_by(may_join).map(|nodes| (mode(&nodes[0]), nodes.to_vec())).collect()
    }

    fn is_one_transaction(&self) -> bool {
        self.options.dry_run || self.options.transactions == Transactions::All
    }

    fn mode(&self, node: Node, direction: Direction) -> Mode {
        self.script(node, direction).map_or(Mode::Joined, |script| script.mode)
    }

    /// What runs; nothing where the ledger alone is to change.
    fn script(&self, node: Node, direction: Direction) -> Option<&'e Script> {
        let history: &'e History = self.history;
        let revision = history.revision(node);
        let is_skipped = direction == Direction::Down && !revision.is_revertible();
        refusal::script(revision, direction).filter(|_| !is_skipped)
    }

    fn unit(&mut self, plan: &Plan, mode: Mode) -> Result<(), Error> {
        self.enter(mode)?;
        let before = Before { done: self.done.len(), applied: self.known.state.applied.clone() };
        match self.in_unit(plan) {
            Ok(()) if self.options.dry_run => {
                let ran = self.done[before.done..].to_vec();
                self.forget(before);
                self.done.extend(ran);
                Ok(())
            }
            Ok(()) => self.keep_unit(plan, mode, before),
            Err(Stop::Error(error)) => {
                self.forget(before);
                Err(error)
            }
            // SQLite lets a transaction begin on a file that it may not write; that is no fault of the script.
            Err(Stop::Failed { failure, .. }) if failure.error.kind == SqlErrorKind::ReadOnly => {
                self.forget(before);
                Err(refused("write to the database", failure.error))
            }
            Err(Stop::Failed { node, failure, started_at }) => {
                if self.is_one_transaction() || failure.is_unit_lost || self.keep().is_err() {
                    self.forget(before);
                }
                Err(self.failed(node, plan.direction, *failure, &started_at))
            }
        }
    }

    /// Commits. What SQLite checks no earlier (deferred foreign keys) is found out one revision at a time.
    fn keep_unit(&mut self, plan: &Plan, mode: Mode, before: Before) -> Result<(), Error> {
        let Err(error) = self.keep() else { return Ok(()) };
        self.forget(before);
        let Error::Database { message, .. } = error else { return Err(error) };
        match plan.nodes[..] {
            [node] => {
                let statement = self.script(node, plan.direction).map_or(0, |script| script.statements.len());
                let error = SqlError::new(message);
                let statement = statement.saturating_sub(1);
                // What ran outside has its row already, and goes on from there.
                let is_recorded = mode == Mode::Outside;
                let failure = Failure { statement, error, kept: 0, is_unit_lost: true, is_recorded };
                Err(self.failed(node, plan.direction, failure, &clock::now()))
            }
            _ if self.is_one_transaction() || plan.is_empty() => {
                Err(Error::Database { doing: "commit", message })
            }
            _ => {
                let single = |&node: &Node| Plan { direction: plan.direction, nodes: vec![node] };
                plan.nodes.iter().map(single).try_for_each(|plan| self.unit(&plan, mode))
            }
        }
    }

    /// Undoes the unit, and remembers that it was.
    fn forget(&mut self, before: Before) {
        self.undo();
        self.done.truncate(before.done);
        self.known.state.applied = before.applied;
        self.is_stale = true;
    }

    fn in_unit(&mut self, plan: &Plan) -> Result<(), Stop> {
        self.prepare()?;
        let left = self.left(plan);
        self.refuse(&left)?;
        self.is_in_place(&left)?;
        if !self.has_lock {
            self.has_lock = true;
            self.tell(&Event::Locked { revisions: left.nodes.len() });
        }
        for &node in &left.nodes {
            self.revision(node, &left)?;
        }
        Ok(())
    }

    /// What nobody else has done meanwhile.
    fn left(&self, plan: &Plan) -> Plan {
        let applied = &self.known.state.applied;
        let is_left = |node: &Node| applied.contains(*node) == (plan.direction == Direction::Down);
        let nodes = plan.nodes.iter().copied().filter(is_left).collect();
        Plan { direction: plan.direction, nodes }
    }

    /// Whether what the plan stands on is still there.
    fn is_in_place(&self, plan: &Plan) -> Result<(), Error> {
        let mut applied = self.known.state.applied.clone();
        for &node in &plan.nodes {
            let is_lost = match plan.direction {
                Direction::Up => self.history.requirements(node).any(|before| !applied.contains(before)),
                Direction::Down => self.history.consequences(node).any(|after| applied.contains(after)),
            };
            let id = self.history.revision(node).id.to_string();
            refusal::refused_if(
                is_lost,
                "moved",
                &format!(
                    "another run moved the database while this one waited: the neighbours of `{id}` changed"
                ),
                &[id],
                "look at `cargo schema current` and run again",
            )?;
            match plan.direction {
                Direction::Up => applied.insert(node),
                Direction::Down => applied.remove(node),
            }
        }
        Ok(())
    }

    fn revision(&mut self, node: Node, plan: &Plan) -> Result<(), Stop> {
        let direction = plan.direction;
        let history: &'e History = self.history;
        let revision = history.revision(node);
        self.tell(&Event::Started { revision, direction });
        let start = Instant::now();
        let step = self.step(node, plan);
        let started_at = step.entry.started_at.clone();
        let ran = self.backend.run(self.session, &step);
        ran.map_err(|failure| Stop::Failed { node, failure: Box::new(failure), started_at })?;
        self.done.push(node);
        match direction {
            Direction::Up => self.known.state.applied.insert(node),
            Direction::Down => self.known.state.applied.remove(node),
        }
        self.known.halves.retain(|half| half.node != Some(node));
        self.tell(&Event::Finished { revision, direction, elapsed: start.elapsed() });
        Ok(())
    }

    fn step(&self, node: Node, plan: &Plan) -> Step<'e> {
        let history: &'e History = self.history;
        let revision = history.revision(node);
        let script = self.script(node, plan.direction);
        let half = self.known.halves.iter().find(|half| half.node == Some(node));
        let action = match plan.direction {
            Direction::Up => Action::Upgrade,
            Direction::Down => Action::Revert,
        };
        let total = script.map_or(0, |script| script.statements.len());
        let entry = Entry {
            checksum: script.map(|script| script.checksum.to_string()),
            statements_total: total,
            ..self.author.entry(action, &revision.id, &revision.version)
        };
        let from = half.and_then(|half| self.resumed(plan, half)).unwrap_or_default();
        Step { revision, direction: plan.direction, script, from, entry }
    }
}

/// After a failure.
impl<'e> Executor<'e> {
    fn failed(&mut self, node: Node, direction: Direction, failure: Failure, started_at: &str) -> Error {
        if !failure.is_recorded && !self.options.dry_run {
            self.record(node, direction, &failure, started_at);
        }
        let history: &'e History = self.history;
        let revision = history.revision(node);
        let empty = Script::default();
        let script = refusal::script(revision, direction).unwrap_or(&empty);
        let Failure { statement, error, kept, .. } = failure;
        let (place, line) = self.place(script, statement, &error);
        Error::Statement(Box::new(StatementFailure {
            revision: revision.id.to_string(),
            title: revision.title(),
            folder: revision.folder.to_string(),
            direction,
            index: statement,
            total: script.statements.len(),
            position: script.position(place),
            line,
            message: error.message,
            details: error.details,
            kept,
            revisions_done: self.done.len(),
            now_at: self.now_at(),
        }))
    }

    /// The byte offset in the file at fault, and the statement's first line.
    fn place(&self, script: &Script, statement: usize, error: &SqlError) -> (usize, String) {
        let Some(statement) = script.statements.get(statement) else { return (0, String::new()) };
        let sql = script.sql(statement);
        let fault = error.position.or_else(|| self.backend.fault(sql, error));
        let fault = fault.filter(|&at| sql.is_char_boundary(at)).unwrap_or_default();
        (statement.start as usize + fault, sql.lines().next().unwrap_or_default().to_owned())
    }

    /// The attempt is remembered in a transaction of its own. That it cannot be is no news beside the failure.
    fn record(&mut self, node: Node, direction: Direction, failure: &Failure, started_at: &str) {
        let action = match direction {
            Direction::Up => Action::Upgrade,
            Direction::Down => Action::Revert,
        };
        let script = self.script(node, direction);
        let revision = self.history.revision(node);
        let total = script.map_or(0, |script| script.statements.len());
        let entry = Entry {
            checksum: script.map(|script| progress::checksum(script, failure.kept)),
            statements_done: failure.kept,
            outcome: Outcome::Failed,
            started_at: started_at.to_owned(),
            finished_at: Some(clock::now()),
            error: Some(failure.error.message.clone()),
            statements_total: total,
            ..self.author.entry(action, &revision.id, &revision.version)
        };
        self.is_stale = true;
        if self.enter(Mode::Joined).and_then(|()| self.prepare()).is_ok() {
            self.backend.note(vec![Change::Append(Box::new(entry))]);
            let _ = self.keep();
        } else {
            self.undo();
        }
    }
}

/// What a change of the ledger alone may look at, and in whose name it writes.
pub(super) struct Amendment<'a> {
    pub(super) known: &'a Known,
    pub(super) author: &'a Author,
}

fn interrupted(half: &Half) -> Error {
    Error::Interrupted {
        revision: half.entry.revision.clone().unwrap_or_default(),
        statements_done: half.entry.statements_done,
        statements_total: half.entry.statements_total,
    }
}
