//! The units of a plan: which revisions share a transaction, and how each unit begins, runs and ends.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::Executor;
use crate::engine::backend::{Failure, Step};
use crate::engine::ledger::{Action, Entry, Outcome};
use crate::engine::lock::refused;
use crate::engine::refusal;
use crate::engine::session::{SqlError, SqlErrorKind};
use crate::engine::{Error, Event, Transactions, clock};
use crate::history::{History, Node};
use crate::plan::{Direction, Plan};
use crate::revision::{Mode, Script};
use crate::target::Applied;

/// Revisions that begin and end together.
pub(super) struct Unit {
    mode: Mode,
    pub(super) nodes: Vec<Node>,
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
    pub(super) fn units(&mut self, plan: &Plan) -> Result<(), Error> {
        if plan.is_empty() {
            return self.unit(plan, Unit { mode: Mode::Joined, nodes: Vec::new() });
        }
        let mut units: VecDeque<Unit> = self.grouped(plan).into();
        loop {
            let done = self.burst(plan, &units)?;
            units.drain(..done);
            if done == 0 {
                let Some(unit) = units.pop_front() else { return Ok(()) };
                self.unit(plan, unit)?;
            }
        }
    }

    pub(super) fn modes(&self, plan: &Plan) -> Vec<Mode> {
        plan.nodes.iter().map(|&node| self.mode(node, plan.direction)).collect()
    }

    /// Neighbours that may share a transaction.
    fn grouped(&self, plan: &Plan) -> Vec<Unit> {
        let mode = |node: &Node| self.mode(*node, plan.direction);
        if self.is_one_transaction() {
            let is_off = plan.nodes.iter().any(|node| mode(node) == Mode::ForeignKeysOff);
            let mode = if is_off { Mode::ForeignKeysOff } else { Mode::Joined };
            return vec![Unit { mode, nodes: plan.nodes.clone() }];
        }
        let shares = self.options.transactions == Transactions::Engine && self.backend.shares_transactions();
        let may_join = |a: &Node, b: &Node| shares && mode(a) == Mode::Joined && mode(b) == Mode::Joined;
        let unit = |nodes: &[Node]| Unit { mode: mode(&nodes[0]), nodes: nodes.to_vec() };
        plan.nodes.chunk_by(may_join).map(unit).collect()
    }

    pub(super) fn is_one_transaction(&self) -> bool {
        self.options.dry_run || self.options.transactions == Transactions::All
    }

    pub(super) fn mode(&self, node: Node, direction: Direction) -> Mode {
        self.script(node, direction).map_or(Mode::Joined, |script| script.mode)
    }

    /// What runs; nothing where the ledger alone is to change.
    pub(super) fn script(&self, node: Node, direction: Direction) -> Option<&'e Script> {
        let history: &'e History = self.history;
        let revision = history.revision(node);
        let is_skipped = direction == Direction::Down && !revision.is_revertible();
        refusal::script(revision, direction).filter(|_| !is_skipped)
    }

    fn unit(&mut self, plan: &Plan, unit: Unit) -> Result<(), Error> {
        self.enter(unit.mode)?;
        let before = Before { done: self.done.len(), applied: self.known.state.applied.clone() };
        match self.in_unit(plan, &unit) {
            Err(Stop::Error(error @ Error::LockLost { .. })) => self.unit_again(plan, unit, before, error),
            Ok(()) if self.options.dry_run => {
                let ran = self.done[before.done..].to_vec();
                self.forget(before);
                self.done.extend(ran);
                Ok(())
            }
            Ok(()) => self.keep_unit(plan, unit, before),
            Err(Stop::Failed { failure, .. })
                if failure.is_unit_lost && unit.nodes.len() > 1 && !self.is_one_transaction() =>
            {
                self.forget(before);
                self.one_by_one(plan, &unit)
            }
            Err(stop) => Err(self.stopped(plan.direction, before, stop)),
        }
    }

    /// A unit during which the lock was lost never happened.
    fn unit_again(&mut self, plan: &Plan, unit: Unit, before: Before, error: Error) -> Result<(), Error> {
        self.forget(before);
        self.begin_again(&self.modes(plan), error)?;
        self.unit(plan, unit)
    }

    /// What ran before the failure stays, as far as one can have the one without the other.
    fn stopped(&mut self, direction: Direction, before: Before, stop: Stop) -> Error {
        match stop {
            Stop::Error(error) => {
                self.forget(before);
                error
            }
            // SQLite lets a transaction begin on a file that it may not write; that is no fault of the script.
            Stop::Failed { failure, .. } if failure.error.kind == SqlErrorKind::ReadOnly => {
                self.forget(before);
                self.obstructed("write to the database", failure.error)
            }
            Stop::Failed { node, failure, started_at } => {
                if self.is_one_transaction() || failure.is_unit_lost || self.keep().is_err() {
                    self.forget(before);
                }
                self.failed(node, direction, *failure, &started_at)
            }
        }
    }

    /// Commits. What SQLite checks no earlier (deferred foreign keys) is found out one revision at a time.
    fn keep_unit(&mut self, plan: &Plan, unit: Unit, before: Before) -> Result<(), Error> {
        let Err(error) = self.keep() else { return Ok(()) };
        if matches!(error, Error::LockLost { .. }) {
            return self.unit_again(plan, unit, before, error);
        }
        self.forget(before);
        let (message, kind) = match error {
            Error::Database { message, .. } => (message, SqlErrorKind::Other),
            Error::Obstructed { message, obstacle, .. } => (message, SqlErrorKind::from(obstacle)),
            error => return Err(error),
        };
        let error = SqlError { kind, ..SqlError::new(message) };
        match unit.nodes[..] {
            [node] => Err(self.not_committed(node, plan.direction, error)),
            _ if self.is_one_transaction() || plan.is_empty() => Err(refused("commit", error)),
            _ => self.one_by_one(plan, &unit),
        }
    }

    /// Runs a lost unit again, so that what comes before the revision at fault stays.
    fn one_by_one(&mut self, plan: &Plan, unit: &Unit) -> Result<(), Error> {
        let single = |&node: &Node| Unit { mode: unit.mode, nodes: vec![node] };
        unit.nodes.iter().map(single).try_for_each(|unit| self.unit(plan, unit))
    }

    fn not_committed(&mut self, node: Node, direction: Direction, error: SqlError) -> Error {
        let statements = self.script(node, direction).map_or(0, |script| script.statements.len());
        let failure = Failure {
            statement: statements,
            error,
            kept: 0,
            is_unit_lost: true,
            // What ran outside has its row already, and goes on from there.
            is_recorded: self.mode(node, direction) == Mode::Outside,
        };
        self.failed(node, direction, failure, &clock::now())
    }

    /// Undoes the unit, and remembers that it was.
    fn forget(&mut self, before: Before) {
        self.undo();
        self.done.truncate(before.done);
        self.known.state.applied = before.applied;
        self.is_stale = true;
    }

    fn in_unit(&mut self, plan: &Plan, unit: &Unit) -> Result<(), Stop> {
        self.prepare()?;
        if !self.is_checked || !self.has_told_of_lock {
            self.begin_plan(&self.left(plan))?;
        }
        let is_left = |node: &Node| self.is_left(*node, plan.direction);
        let nodes: Vec<Node> = unit.nodes.iter().copied().filter(is_left).collect();
        nodes.into_iter().try_for_each(|node| self.revision(node, plan))
    }

    /// Before the first revision of what is left of a plan, and again where the state was read anew.
    fn begin_plan(&mut self, plan: &Plan) -> Result<(), Stop> {
        if !self.is_checked {
            self.refuse(plan)?;
            self.refuse_halves(plan)?;
            self.is_in_place(plan)?;
            self.is_checked = true;
            self.is_new = self.known.state.applied.nodes().count() == self.done.len();
        }
        if !self.has_told_of_lock {
            self.has_told_of_lock = true;
            self.tell(&Event::Locked { revisions: plan.nodes.len(), session: self.backend.session() });
        }
        Ok(())
    }

    /// What nobody else has done meanwhile.
    pub(super) fn left(&self, plan: &Plan) -> Plan {
        let is_left = |node: &Node| self.is_left(*node, plan.direction);
        let nodes = plan.nodes.iter().copied().filter(is_left).collect();
        Plan { direction: plan.direction, nodes }
    }

    pub(super) fn is_left(&self, node: Node, direction: Direction) -> bool {
        self.known.state.applied.contains(node) == (direction == Direction::Down)
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
        self.announce(node, direction);
        let start = self.clock();
        let step = self.step(node, plan);
        let started_at = step.entry.started_at.clone();
        let ran = self.backend.run(self.session, &step);
        ran.map_err(|failure| match failure.error.kind {
            SqlErrorKind::LockLost => Stop::Error(Error::LockLost { doing: "commit" }),
            _ => Stop::Failed { node, failure: Box::new(failure), started_at },
        })?;
        self.finish(node, direction, start.elapsed());
        Ok(())
    }

    /// Tells that a revision begins, once.
    pub(super) fn announce(&mut self, node: Node, direction: Direction) {
        if self.begun != Some(node) {
            self.tell(&Event::Started { revision: self.history.revision(node), direction });
            self.begun = Some(node);
        }
    }

    /// From now on a revision runs, or several.
    pub(super) fn clock(&self) -> Instant {
        if let Some(vigil) = &self.vigil {
            vigil.begins();
        }
        Instant::now()
    }

    /// A revision is done.
    pub(super) fn finish(&mut self, node: Node, direction: Direction, elapsed: Duration) {
        self.begun = None;
        self.done.push(node);
        match direction {
            Direction::Up => self.known.state.applied.insert(node),
            Direction::Down => self.known.state.applied.remove(node),
        }
        self.known.halves.retain(|half| half.node != Some(node));
        self.tell(&Event::Finished { revision: self.history.revision(node), direction, elapsed });
    }

    pub(super) fn step(&self, node: Node, plan: &Plan) -> Step<'e> {
        let history: &'e History = self.history;
        let revision = history.revision(node);
        let script = self.script(node, plan.direction);
        let half = self.known.halves.iter().find(|half| half.node == Some(node));
        let entry = self.attempt(node, plan.direction);
        let from = half.and_then(|half| self.resumed(plan, half)).unwrap_or_default();
        let is_in_doubt = half.is_some_and(|half| half.entry.outcome == Outcome::UnderWay);
        Step { revision, direction: plan.direction, script, from, is_in_doubt, entry }
    }

    /// The ledger's row of a revision that begins now.
    pub(super) fn attempt(&self, node: Node, direction: Direction) -> Entry {
        let revision = self.history.revision(node);
        let script = self.script(node, direction);
        let action = match direction {
            Direction::Up => Action::Upgrade,
            Direction::Down => Action::Revert,
        };
        Entry {
            checksum: script.map(|script| script.checksum.to_string()),
            statements_total: script.map_or(0, |script| script.statements.len()),
            ..self.author.entry(action, &revision.id, &revision.version)
        }
    }
}
