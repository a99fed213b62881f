//! After a failure: what the ledger remembers of it, and all that a message needs.

use super::Executor;
use crate::engine::backend::Failure;
use crate::engine::ledger::{Change, Entry, Outcome};
use crate::engine::lock::refused;
use crate::engine::session::{SqlError, SqlErrorKind};
use crate::engine::{Error, StatementFailure, clock, progress, refusal};
use crate::history::{History, Node};
use crate::plan::Direction;
use crate::revision::{Mode, Script};

impl<'e> Executor<'e> {
    pub(super) fn failed(
        &mut self,
        node: Node,
        direction: Direction,
        failure: Failure,
        started_at: &str,
    ) -> Error {
        if failure.error.kind == SqlErrorKind::Lost {
            return self.lost(node, direction, 0, failure.error);
        }
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
            obstacle: error.kind.obstacle(),
            kept,
            revisions_done: self.done.len(),
            now_at: self.now_at(),
        }))
    }

    /// Nobody knows what became of a revision, and of those that were sent with it.
    pub(super) fn lost(&self, node: Node, direction: Direction, others: usize, error: SqlError) -> Error {
        let revision = self.history.revision(node);
        Error::Lost {
            revision: revision.id.to_string(),
            title: revision.title(),
            direction,
            others,
            revisions_done: self.done.len(),
            message: error.message,
        }
    }

    /// What is no fault of a script.
    pub(super) fn obstructed(&self, doing: &'static str, error: SqlError) -> Error {
        match refused(doing, error) {
            Error::Obstructed { doing, obstacle, message, .. } => {
                Error::Obstructed { doing, obstacle, message, revisions_done: self.done.len() }
            }
            other => other,
        }
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
        let script = self.script(node, direction);
        let entry = Entry {
            checksum: script.map(|script| progress::checksum(script, failure.kept)),
            statements_done: failure.kept,
            outcome: Outcome::Failed,
            started_at: started_at.to_owned(),
            finished_at: Some(clock::now()),
            error: Some(failure.error.message.clone()),
            ..self.attempt(node, direction)
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
