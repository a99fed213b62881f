//! Before, around and after the lock: reading the state, waiting, refusing, and what is put right first.

use std::sync::Arc;

use super::{Executor, LOSSES};
use crate::engine::Error;
use crate::engine::backend::{Leave, Reach, Reading, Terms};
use crate::engine::clock;
use crate::engine::known::{self, Half, Moved};
use crate::engine::ledger::{Action, Change};
use crate::engine::lock::{Patience, refused};
use crate::engine::options::Lock;
use crate::engine::refusal;
use crate::engine::session::SqlError;
use crate::engine::vigil::Vigil;
use crate::plan::Plan;
use crate::revision::Mode;

impl<'e> Executor<'e> {
    fn patience(&self) -> Patience<'e> {
        Patience { limit: self.options.lock_wait, observer: self.observer }
    }

    /// The look before the lock.
    pub(super) fn foresee(&mut self) -> Result<(), Error> {
        let mut ahead = self.ahead.take().and_then(|look| look.serves(self.detail));
        let patience = self.patience();
        patience.attempt("read the ledger", || match ahead.take() {
            Some(read) => read.map(|reading| self.know(&reading)),
            None => self.look(),
        })
    }

    pub(super) fn reread(&mut self) -> Result<(), Error> {
        let patience = self.patience();
        patience.attempt("read the ledger", || self.look())
    }

    pub(super) fn refuse(&self, plan: &Plan) -> Result<(), Error> {
        self.question(plan).refuse()?;
        let can_undo = plan.is_empty() || !self.is_one_transaction() || self.backend.can_undo();
        refusal::cannot_undo(!can_undo, self.options)
    }

    /// What is half-done and cannot go on. Only who holds the lock knows that nobody is at work on it.
    pub(super) fn refuse_halves(&self, plan: &Plan) -> Result<(), Error> {
        self.known.halves.iter().try_for_each(|half| match self.resumed(plan, half) {
            None if !self.backend.is_alive(&half.entry) => Err(interrupted(half)),
            None | Some(_) => Ok(()),
        })
    }

    /// The statement with which this plan goes on where a half-done revision stopped.
    pub(super) fn resumed(&self, plan: &Plan, half: &Half) -> Option<usize> {
        let node = half.node.filter(|node| plan.nodes.contains(node))?;
        let script = (half.direction == plan.direction)
            .then(|| refusal::script(self.history.revision(node), plan.direction))??;
        self.backend.resume(script, &half.entry)
    }

    pub(super) fn locked(
        &mut self,
        modes: &[Mode],
        work: impl FnOnce(&mut Self) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let begun = self.begin(modes);
        let worked = begun.and_then(|()| match self.watch {
            Some(watch) => {
                let vigil = Arc::new(Vigil::new(self.backend.errands()));
                self.vigil = Some(Arc::clone(&vigil));
                vigil.over(watch, || work(self))
            }
            None => work(self),
        });
        let ended = self.backend.end(self.session);
        worked?;
        ended.map_err(|error| refused("release the lock", error))
    }

    /// Takes the run lock.
    pub(super) fn begin(&mut self, modes: &[Mode]) -> Result<(), Error> {
        refusal::no_lease(self.options.lock == Lock::Table && !self.backend.has_lease())?;
        let reach = if self.is_one_transaction() { Reach::Run } else { Reach::Unit };
        let terms = Terms {
            reach,
            lock: self.options.lock,
            lease: self.options.lease,
            actor: self.author.actor.clone(),
            patience: self.options.lock_wait,
            lock_timeout: self.options.lock_timeout,
            statement_timeout: self.options.statement_timeout,
        };
        let patience = self.patience();
        patience.attempt("prepare the run", || self.backend.begin(self.session, modes, terms.clone()))
    }

    /// Takes the lock again that was lost: to a pooler, which is no reason to stop, or to another run, which took
    /// this one for dead and is waited for. What is done meanwhile is read like all else.
    pub(super) fn begin_again(&mut self, modes: &[Mode], error: Error) -> Result<(), Error> {
        if !matches!(error, Error::LockLost { .. }) || self.losses >= LOSSES {
            return Err(error);
        }
        self.losses += 1;
        self.is_stale = true;
        self.begin(modes)?;
        if let Some(vigil) = &self.vigil {
            vigil.serves(self.backend.errands());
        }
        Ok(())
    }

    /// Takes the lock, reads what is new, and lets go again as long as a living run is half-way through a script
    /// that no lock spans.
    pub(super) fn enter(&mut self, mode: Mode) -> Result<(), Error> {
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
        let reading = self.backend.read(self.session, self.detail)?;
        self.know(&reading);
        Ok(())
    }

    fn know(&mut self, reading: &Reading) {
        self.known = known::known(self.history, reading);
        self.is_checked = false;
    }

    fn look_again(&mut self) -> Result<(), SqlError> {
        // It is asked once: what could not be read is read by the next attempt.
        self.is_stale |= self.backend.others_wrote(self.session)?;
        if self.is_stale {
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

    pub(super) fn keep(&mut self) -> Result<(), Error> {
        let patience = self.patience();
        let kept = patience.attempt_while_busy("commit", || self.backend.leave(self.session, Leave::Keep));
        if kept.is_err() {
            self.undo();
        }
        kept
    }

    /// Undoing cannot fail in a way that matters: what is not committed is gone with the connection at last.
    pub(super) fn undo(&mut self) {
        let _ = self.backend.leave(self.session, Leave::Undo);
    }

    /// First thing in a unit: what other programs left to be put right.
    pub(super) fn prepare(&mut self) -> Result<(), Error> {
        if self.known.state.newer_ledger {
            return Ok(());
        }
        if !self.known.is_bootstrapped {
            let made = self.backend.bootstrap(self.session);
            made.map_err(|error| refused("create the ledger", error))?;
            self.known.is_bootstrapped = true;
        }
        let changes = self.repairs();
        self.backend.note(changes);
        Ok(())
    }

    /// Whether something is wrong that a later run of stock Diesel would take for a pending revision.
    pub(super) fn has_repairs(&self) -> bool {
        !self.known.moved.is_empty() && !self.known.state.newer_ledger
    }

    /// Rows under an old version move to the new one; what Diesel reverted behind our back is written down.
    fn repairs(&mut self) -> Vec<Change> {
        let all_moved = std::mem::take(&mut self.known.moved);
        // All leave before any enters: two revisions may have swapped their versions.
        let leave = |moved: &Moved| Change::Unmark { version: moved.from.clone() };
        let mut changes: Vec<Change> = all_moved.iter().map(leave).collect();
        for moved in all_moved {
            let revision = self.history.revision(moved.node);
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

fn interrupted(half: &Half) -> Error {
    Error::Interrupted {
        revision: half.entry.revision.clone().unwrap_or_default(),
        statements_done: half.entry.statements_done,
        statements_total: half.entry.statements_total,
    }
}
