//! The way through one script, statement by statement. What changes rows shares a transaction with the row that
//! counts it; what changes the schema commits by itself, before it is counted.
//!
//! A variable of the session says which statement is being run: it survives what a failing one rolls back.

use std::time::Duration;

use super::probe::Probe;
use super::{MysqlBackend, fault, quote};
use crate::engine::backend::attempt::{self, Attempt};
use crate::engine::backend::retry::Retry;
use crate::engine::backend::words::Words;
use crate::engine::backend::{Backend as _, Failure, Step, heard};
use crate::engine::ledger::{self, Change, Entry, LEDGER};
use crate::engine::session::{Session, SqlError, SqlErrorKind};
use crate::revision::{Script, StatementKind};

/// First words of statements that change rows.
const OF_ROWS: [&str; 6] = ["INSERT", "UPDATE", "DELETE", "REPLACE", "WITH", "LOAD"];

/// First words of statements whose effect ends with the connection, and which a resumed run needs again.
const OF_THE_SESSION: [&str; 2] = ["SET", "USE"];

/// A message is sent before it grows longer: servers refuse more than their `max_allowed_packet`.
const LONG: usize = 256 * 1024;

/// How the announcing row is found: the message that makes it cannot know its id.
const ROW: &str = "@__schema_row";

/// What the session knows of the script before this one.
const FORGET: &str =
    "SET @__schema_start = NULL, @__schema_row = NULL, @__schema_at = NULL, @__schema_kept = NULL";

/// See `Backend::resume`.
pub(super) fn resume(script: &Script, entry: &Entry) -> Option<usize> {
    attempt::resume(script, entry, |next| {
        let sql = script.sql(next);
        changes_rows(sql) || next.kind == StatementKind::Transaction || Probe::of(sql).is_some()
    })
}

/// How far the session came: when it began, the row that says so, and the statement that it was at.
fn reached(session: &mut dyn Session) -> Result<[Option<String>; 4], SqlError> {
    let query = format!(
        "SELECT CAST(@__schema_start AS CHAR), CAST({ROW} AS CHAR), CAST(@__schema_at AS CHAR), CAST(@__schema_kept AS CHAR)"
    );
    let row = session.rows(&query)?.into_iter().next().unwrap_or_default();
    Ok(row.try_into().unwrap_or_default())
}

/// The statement to go on with: the one that did not get its locks, or the one after it, if that is how many the
/// ledger has counted, or the session knows that it lasts; and whether the ledger knows, too.
fn next(
    session: &mut dyn Session,
    row: &str,
    at: Option<String>,
    kept: Option<String>,
) -> Option<(usize, bool)> {
    let query = format!("SELECT CAST(statements_done AS CHAR) FROM {LEDGER} WHERE id = {row}");
    let done: usize = session.value(&query).ok()??.parse().ok()?;
    let at: usize = at?.parse().ok()?;
    let next = kept.and_then(|kept| kept.parse::<usize>().ok()).unwrap_or_default().max(done);
    [at, at + 1].contains(&next).then_some((next, next == done))
}

fn changes_rows(sql: &str) -> bool {
    OF_ROWS.contains(&&*Words::new(sql).verb())
}

/// What the script itself holds open, in which statements are not counted one by one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Span {
    None,
    /// A transaction: what is counted in it is undone with it.
    Transaction,
    /// `LOCK TABLES`: the ledger cannot be written to.
    Tables,
}

pub(super) struct Walk<'s> {
    backend: &'s MysqlBackend,
    step: &'s Step<'s>,
    attempt: Attempt<'s>,
    span: Span,
    /// What is to be sent.
    message: String,
}

impl<'s> Walk<'s> {
    pub(super) fn new(backend: &'s MysqlBackend, step: &'s Step<'s>, script: &'s Script) -> Self {
        let mut attempt = Attempt::new(step, script);
        attempt.row = Some(ROW.to_owned());
        Self { backend, step, attempt, span: Span::None, message: String::new() }
    }

    /// Runs the script from where it is to begin. `before` is sent first.
    pub(super) fn run(
        &mut self,
        session: &mut dyn Session,
        before: &str,
        patience: Duration,
    ) -> Result<(), SqlError> {
        let is_done = self.step.is_in_doubt && {
            session.execute(FORGET)?;
            self.is_done(session, self.step.from)?
        };
        // The row that announces the attempt counts it at once: what is counted apart may meet a lock.
        self.attempt.from += usize::from(is_done);
        let mut from = self.attempt.from;
        let opening = self.opening();
        self.message = format!("{FORGET};\n{before}{opening}");
        let mut retry = Retry::new(patience);
        loop {
            let error = match self.go_on(session, from) {
                Err(error) if retry.is_due(&error) => error,
                ran => return ran,
            };
            session.execute("ROLLBACK")?;
            let [start, row, at, kept] = reached(session)?;
            self.message = match (start, row) {
                (None, _) => format!("{FORGET};\n{before}{opening}"),
                (Some(_), None) => opening.clone(),
                (Some(_), Some(row)) => {
                    let (next, is_counted) = next(session, &row, at, kept).ok_or(error)?;
                    from = next;
                    if is_counted { String::new() } else { self.count(from) }
                }
            };
            self.span = Span::None;
            self.attempt.stand_before(from);
            retry.pause();
        }
    }

    /// What comes before the first statement: the row that says so, and what this connection lacks of what the dead
    /// one had.
    fn opening(&mut self) -> String {
        self.announce();
        self.attempt.pass(&OF_THE_SESSION).into_iter().for_each(|sql| self.push(sql));
        let first = self.attempt.from;
        if first < self.attempt.script.statements.len() {
            self.push(&format!("SET @__schema_at = {first}"));
        }
        std::mem::take(&mut self.message)
    }

    fn go_on(&mut self, session: &mut dyn Session, from: usize) -> Result<(), SqlError> {
        for (index, statement) in self.attempt.script.statements.iter().enumerate().skip(from) {
            self.statement(index, statement.kind);
            if self.message.len() > LONG {
                self.send(session)?;
            }
        }
        self.conclude();
        self.send(session)
    }

    fn announce(&mut self) {
        self.push("SET @__schema_start = SYSDATE(6)");
        self.guard();
        let row = self.attempt.announcement(self.step);
        ledger::write(self.backend, &[row]).iter().for_each(|sql| self.push(sql));
        self.push(&format!("SET {ROW} = LAST_INSERT_ID()"));
    }

    fn is_done(&self, session: &mut dyn Session, index: usize) -> Result<bool, SqlError> {
        let script = self.attempt.script;
        let Some(statement) = script.statements.get(index) else { return Ok(false) };
        match Probe::of(script.sql(statement)) {
            Some(probe) => probe.is_done(session),
            None => Ok(false),
        }
    }

    fn statement(&mut self, index: usize, kind: StatementKind) {
        let sql = self.attempt.reach(index);
        if self.span == Span::None {
            self.guard();
        }
        self.push(&format!("SET @__schema_at = {index}"));
        match (kind, &*Words::new(sql).verb()) {
            (StatementKind::Transaction, "BEGIN" | "START") => {
                self.span = Span::Transaction;
                self.counted(sql);
            }
            (StatementKind::Transaction, _) => {
                // A COMMIT takes along what was counted before, a ROLLBACK takes it away.
                self.advance();
                self.check();
                self.span = Span::None;
                self.counted(sql);
            }
            (_, "LOCK") => {
                self.span = Span::Tables;
                self.push(sql);
            }
            (_, "UNLOCK") => {
                self.span = Span::None;
                self.counted(sql);
            }
            _ if self.span == Span::None && changes_rows(sql) => {
                self.push("START TRANSACTION");
                self.counted(sql);
                self.check();
                self.push("COMMIT");
            }
            _ if self.span == Span::None => {
                self.push(sql);
                // Also where the script has switched autocommit off: from here on nothing undoes it.
                self.push("COMMIT");
                self.push(&format!("SET @__schema_kept = {}", index + 1));
                self.advance();
            }
            _ => self.counted(sql),
        }
    }

    /// Counts what was run and not counted: all statements before this one.
    fn count(&mut self, next: usize) -> String {
        self.attempt.stand_before(next - 1);
        self.attempt.reach(next - 1);
        self.advance();
        std::mem::take(&mut self.message)
    }

    fn counted(&mut self, sql: &str) {
        self.push(sql);
        if self.span != Span::Tables {
            self.advance();
        }
    }

    fn advance(&mut self) {
        self.push(&self.attempt.advance(self.backend));
    }

    fn conclude(&mut self) {
        // Ends what the script left open, tables that it locked included.
        self.push("START TRANSACTION");
        let (total, checksum) =
            (self.attempt.script.statements.len(), self.backend.quote(&self.attempt.script.checksum));
        self.push(&format!(
            "UPDATE {LEDGER} SET statements_done = {total}, outcome = 'done', checksum = {checksum}, \
             finished_at = {} WHERE id = {ROW}",
            finished(&self.step.entry.started_at)
        ));
        let mark = Change::mark(self.step.revision, self.step.direction);
        ledger::write(self.backend, &[mark]).iter().for_each(|sql| self.push(sql));
        self.check();
        self.push("COMMIT");
    }

    /// What the lock asks of each statement that commits by itself.
    fn guard(&mut self) {
        self.backend.lock.guard().iter().for_each(|sql| self.push(sql));
    }

    /// What it asks of each transaction, at its end.
    fn check(&mut self) {
        self.backend.lock.check().iter().for_each(|sql| self.push(sql));
    }

    fn push(&mut self, sql: &str) {
        self.message.push_str(sql);
        self.message.push_str(";\n");
    }

    /// The end of the last statement would be an empty one.
    fn send(&mut self, session: &mut dyn Session) -> Result<(), SqlError> {
        let message = std::mem::take(&mut self.message);
        session.execute(message.trim_end_matches(";\n"))
    }

    /// Undoes what can be undone, and lets the ledger say how far it got.
    pub(super) fn give_up(&mut self, session: &mut dyn Session, error: SqlError) -> Failure {
        // They fail only when the connection is gone.
        let error = heard(error, session.execute("ROLLBACK; UNLOCK TABLES"));
        if error.kind == SqlErrorKind::LockLost {
            return self.attempt.leave_to_others(error);
        }
        let at = session.value("SELECT CAST(@__schema_at AS CHAR)").ok().flatten();
        self.attempt.at = at.and_then(|at| at.parse().ok()).unwrap_or(self.attempt.from);
        if let Ok(row) = session.value(&format!("SELECT CAST({ROW} AS CHAR)")) {
            self.attempt.row = row;
        }
        let script = self.attempt.script;
        let sql = script.statements.get(self.attempt.at).map_or("", |statement| script.sql(statement));
        let error = SqlError { message: fault::without_ours(sql, &error.message), ..error };
        self.attempt.give_up(session, self.backend, error)
    }
}

/// The message is made before it is run: what the server measures is added to the client's clock.
fn finished(started: &str) -> String {
    format!(
        "CONCAT(LEFT(DATE_FORMAT(DATE_ADD({}, INTERVAL TIMESTAMPDIFF(MICROSECOND, @__schema_start, SYSDATE(6)) \
         MICROSECOND), '%Y-%m-%dT%H:%i:%s.%f'), 23), 'Z')",
        quote(&started.trim_end_matches('Z').replace('T', " "))
    )
}
