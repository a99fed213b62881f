//! A script that no transaction spans, the same on every engine: a row of the ledger announces it, counts its
//! statements, and says at last how it ended. What shares a transaction with the count is the engine's business.

use super::words::Words;
use super::{Backend, Failure, Step};
use crate::engine::clock;
use crate::engine::ledger::{Change, Entry, Outcome};
use crate::engine::progress::{self, Fingerprint};
use crate::engine::session::{Session, SqlError};
use crate::revision::{Script, Statement};

/// Which statement an attempt goes on with. `None` when what is done has been edited since, lived in the dead
/// connection alone, or when nobody `can_tell` what became of the one that was under way.
pub(super) fn resume(
    script: &Script,
    entry: &Entry,
    can_tell: impl FnOnce(&Statement) -> bool,
) -> Option<usize> {
    let done = entry.statements_done;
    let mut statements = script.statements.iter().take(done).map(|statement| script.sql(statement));
    let is_known = progress::is_unchanged(script, entry) && !statements.any(is_temporary);
    let next = script.statements.get(done).filter(|_| entry.outcome == Outcome::UnderWay);
    (is_known && next.is_none_or(can_tell)).then_some(done)
}

/// Whether it makes what ends with the session.
pub(super) fn is_temporary(sql: &str) -> bool {
    let mut words = Words::new(sql);
    words.pass(&["CREATE"]) && {
        let _ = words.pass(&["OR", "REPLACE"]) || words.pass(&["LOCAL"]) || words.pass(&["GLOBAL"]);
        matches!(&*words.next(), "TEMP" | "TEMPORARY")
    }
}

/// One attempt.
pub(super) struct Attempt<'s> {
    pub(super) script: &'s Script,
    /// The id of its row, once there is one.
    pub(super) row: Option<String>,
    /// The statement that it begins with.
    pub(super) from: usize,
    /// The statement that is being run.
    pub(super) at: usize,
    /// How many statements last, counted or not, as far as anybody knows.
    pub(super) kept: usize,
    /// Of the statements up to this one.
    done: Fingerprint,
}

impl<'s> Attempt<'s> {
    pub(super) fn new(step: &Step<'_>, script: &'s Script) -> Self {
        Self {
            script,
            row: None,
            from: step.from,
            at: step.from,
            kept: step.from,
            done: Fingerprint::default(),
        }
    }

    /// The row that says that it is under way.
    pub(super) fn announcement(&self, step: &Step<'_>) -> Change {
        let checksum = Some(progress::checksum(self.script, self.from));
        let entry = Entry { checksum, statements_done: self.from, ..step.entry.clone() };
        Change::Append(Box::new(entry))
    }

    /// Passes what is done. Gives the statements that begin with one of these words: what they did ended with the
    /// connection that died.
    pub(super) fn pass(&mut self, of_the_session: &[&str]) -> Vec<&'s str> {
        self.stand_before(self.from);
        let script = self.script;
        let passed = script.statements.iter().take(self.from).map(|statement| script.sql(statement));
        passed.filter(|sql| of_the_session.contains(&&*Words::new(sql).verb())).collect()
    }

    /// Counts what comes before a statement as done, and no more.
    pub(super) fn stand_before(&mut self, index: usize) {
        self.done = Fingerprint::default();
        let before = self.script.statements.iter().take(index);
        before.for_each(|statement| self.done.add(self.script.sql(statement)));
    }

    /// Comes to a statement.
    pub(super) fn reach(&mut self, index: usize) -> &'s str {
        let sql = self.script.sql(&self.script.statements[index]);
        self.done.add(sql);
        self.at = index;
        sql
    }

    /// Counts the statement that it is at.
    pub(super) fn advance(&self, backend: &dyn Backend) -> String {
        let checksum = backend.quote(&self.done.column(self.script));
        self.update(backend, &format!("statements_done = {}, checksum = {checksum}", self.at + 1))
    }

    /// Counts what lasts, where that has not been counted.
    pub(super) fn catch_up(&self, backend: &dyn Backend) -> String {
        self.update(backend, &self.caught_up(backend))
    }

    fn caught_up(&self, backend: &dyn Backend) -> String {
        let kept = self.kept;
        let checksum = backend.quote(&progress::checksum(self.script, kept));
        // In this order: when MySQL comes to the second column, the first has its new value already.
        format!(
            "checksum = CASE WHEN statements_done < {kept} THEN {checksum} ELSE checksum END, \
             statements_done = CASE WHEN statements_done < {kept} THEN {kept} ELSE statements_done END"
        )
    }

    /// Says that it is done.
    pub(super) fn conclude(&self, backend: &dyn Backend) -> String {
        self.update(
            backend,
            &format!("outcome = 'done', checksum = {}", backend.quote(&self.script.checksum)),
        )
    }

    fn update(&self, backend: &dyn Backend, columns: &str) -> String {
        let (row, now) = (self.row.as_deref().unwrap_or("NULL"), backend.quote(&clock::now()));
        let ledger = backend.ledger();
        backend.fenced(format!("UPDATE {ledger} SET {columns}, finished_at = {now} WHERE id = {row}"))
    }

    /// Leaves it to whoever has the lock now: not even the ledger is ours to write to.
    pub(super) fn leave_to_others(&self, error: SqlError) -> Failure {
        let (statement, kept) = (self.at, self.kept);
        Failure { statement, error, kept, is_unit_lost: true, is_recorded: true }
    }

    /// Lets the ledger say that it failed and how far it got, as far as the connection still serves.
    pub(super) fn give_up(
        &self,
        session: &mut dyn Session,
        backend: &dyn Backend,
        error: SqlError,
    ) -> Failure {
        let counted = self.row.as_deref().and_then(|row| {
            let (message, caught_up) = (backend.quote(&error.message), self.caught_up(backend));
            let failed = format!("outcome = 'failed', error = {message}, {caught_up}");
            session.execute(&self.update(backend, &failed)).ok()?;
            let (done, ledger) = (backend.as_text("statements_done"), backend.ledger());
            session.value(&format!("SELECT {done} FROM {ledger} WHERE id = {row}")).ok()??.parse().ok()
        });
        let kept = counted.unwrap_or(self.kept);
        Failure {
            // What lasts did not fail: it may be the count of it that did.
            statement: self.at.max(kept),
            error,
            kept,
            is_unit_lost: true,
            is_recorded: self.row.is_some(),
        }
    }
}
