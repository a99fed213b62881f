//! The way through one script, statement by statement. What changes rows shares a transaction with the row that
//! counts it; what changes the schema commits by itself, before it is counted.
//!
//! A variable of the session says which statement is being run: it survives what a failing one rolls back.

use super::probe::Probe;
use super::{MysqlBackend, fault, quote};
use crate::engine::backend::server::Words;
use crate::engine::backend::{Failure, Step};
use crate::engine::clock;
use crate::engine::ledger::{self, Change, Entry, LEDGER, Outcome};
use crate::engine::progress::{self, Fingerprint};
use crate::engine::session::{Session, SqlError};
use crate::plan::Direction;
use crate::revision::{Script, Statement, StatementKind};

/// First words of statements that change rows.
const OF_ROWS: [&str; 6] = ["INSERT", "UPDATE", "DELETE", "REPLACE", "WITH", "LOAD"];

/// First words of statements whose effect ends with the connection, and which a resumed run needs again.
const OF_THE_SESSION: [&str; 2] = ["SET", "USE"];

/// A message is sent before it grows longer: servers refuse more than their `max_allowed_packet`.
const LONG: usize = 256 * 1024;

/// Which statement an attempt goes on with. `None` when what is done has been edited since, lived in the dead
/// connection alone, or cannot be looked up.
pub(super) fn resume(script: &Script, entry: &Entry) -> Option<usize> {
    let done = entry.statements_done;
    let mut statements = script.statements.iter().take(done).map(|statement| script.sql(statement));
    let is_known = progress::is_unchanged(script, entry) && !statements.any(is_temporary);
    let next = script.statements.get(done).filter(|_| entry.outcome == Outcome::UnderWay);
    let can_tell = next.is_none_or(|next| {
        let sql = script.sql(next);
        changes_rows(sql) || next.kind == StatementKind::Transaction || Probe::of(sql).is_some()
    });
    (is_known && can_tell).then_some(done)
}

fn is_temporary(sql: &str) -> bool {
    let mut words = Words::new(sql);
    words.pass(&["CREATE"]) && {
        words.pass(&["OR", "REPLACE"]);
        words.next() == "TEMPORARY"
    }
}

fn changes_rows(sql: &str) -> bool {
    OF_ROWS.contains(&&*first(sql))
}

/// The first word; that of an executable comment is the one in it.
fn first(sql: &str) -> String {
    let mut words = Words::new(sql);
    let word = words.next();
    if word.starts_with("/*!") || word.starts_with("/*M!") { words.next() } else { word }
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
    step: &'s Step<'s>,
    script: &'s Script,
    span: Span,
    /// Of the statements up to the one that is looked at.
    done: Fingerprint,
    /// What is to be sent.
    message: String,
}

impl<'s> Walk<'s> {
    pub(super) fn new(step: &'s Step<'s>, script: &'s Script) -> Self {
        Self { step, script, span: Span::None, done: Fingerprint::default(), message: String::new() }
    }

    /// Runs the script from where it is to begin. `before` is sent first.
    pub(super) fn run(
        &mut self,
        session: &mut dyn Session,
        backend: &MysqlBackend,
        before: String,
    ) -> Result<(), SqlError> {
        self.message = before;
        self.announce(backend);
        let mut from = self.step.from;
        self.prepare(from);
        if self.step.is_in_doubt && self.is_done(session, from)? {
            self.done.add(self.script.sql(&self.script.statements[from]));
            self.advance(from);
            from += 1;
        }
        for (index, statement) in self.script.statements.iter().enumerate().skip(from) {
            self.statement(index, statement);
            if self.message.len() > LONG {
                self.send(session)?;
            }
        }
        self.conclude(backend);
        self.send(session)
    }

    fn announce(&mut self, backend: &MysqlBackend) {
        let checksum = Some(progress::checksum(self.script, self.step.from));
        let entry = Entry { checksum, statements_done: self.step.from, ..self.step.entry.clone() };
        self.push("SET @__schema_row = NULL, @__schema_at = NULL, @__schema_start = SYSDATE(6)");
        ledger::write(backend, &[Change::Append(Box::new(entry))]).iter().for_each(|sql| self.push(sql));
        self.push("SET @__schema_row = LAST_INSERT_ID()");
    }

    /// Gives this connection what the dead one had.
    fn prepare(&mut self, from: usize) {
        for statement in self.script.statements.iter().take(from) {
            let sql = self.script.sql(statement);
            self.done.add(sql);
            if OF_THE_SESSION.contains(&&*first(sql)) {
                self.push(sql);
            }
        }
    }

    fn is_done(&self, session: &mut dyn Session, index: usize) -> Result<bool, SqlError> {
        let Some(statement) = self.script.statements.get(index) else { return Ok(false) };
        match Probe::of(self.script.sql(statement)) {
            Some(probe) => probe.is_done(session),
            None => Ok(false),
        }
    }

    fn statement(&mut self, index: usize, statement: &Statement) {
        let sql = self.script.sql(statement);
        self.done.add(sql);
        self.push(&format!("SET @__schema_at = {index}"));
        let first = first(sql);
        match (statement.kind, &*first) {
            (StatementKind::Transaction, "BEGIN" | "START") => {
                self.span = Span::Transaction;
                self.counted(index, sql);
            }
            (StatementKind::Transaction, _) => {
                // A COMMIT takes along what was counted before, a ROLLBACK takes it away.
                self.advance(index);
                self.span = Span::None;
                self.counted(index, sql);
            }
            (_, "LOCK") => {
                self.span = Span::Tables;
                self.push(sql);
            }
            (_, "UNLOCK") => {
                self.span = Span::None;
                self.counted(index, sql);
            }
            _ if self.span == Span::None && changes_rows(sql) => {
                self.push("START TRANSACTION");
                self.counted(index, sql);
                self.push("COMMIT");
            }
            _ => self.counted(index, sql),
        }
    }

    fn counted(&mut self, index: usize, sql: &str) {
        self.push(sql);
        if self.span != Span::Tables {
            self.advance(index);
        }
    }

    fn advance(&mut self, index: usize) {
        let checksum = quote(&self.done.column(self.script));
        self.update(&format!("statements_done = {}, checksum = {checksum}", index + 1));
    }

    fn update(&mut self, columns: &str) {
        let now = quote(&clock::now());
        self.push(&format!("UPDATE {LEDGER} SET {columns}, finished_at = {now} WHERE id = @__schema_row"));
    }

    fn conclude(&mut self, backend: &MysqlBackend) {
        let version = self.step.revision.version.to_string();
        let change = match self.step.direction {
            Direction::Up => Change::Mark { version, run_on: None },
            Direction::Down => Change::Unmark { version },
        };
        // Ends what the script left open, tables that it locked included.
        self.push("START TRANSACTION");
        let (total, checksum) = (self.script.statements.len(), quote(&self.script.checksum));
        self.push(&format!(
            "UPDATE {LEDGER} SET statements_done = {total}, outcome = 'done', checksum = {checksum}, \
             finished_at = {} WHERE id = @__schema_row",
            finished(&self.step.entry.started_at)
        ));
        ledger::write(backend, &[change]).iter().for_each(|sql| self.push(sql));
        self.push("COMMIT");
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
        let from = self.step.from;
        // They fail only when the connection is gone.
        let _ = session.execute("ROLLBACK; UNLOCK TABLES");
        let at = number(session, "SELECT CAST(@__schema_at AS CHAR)").unwrap_or(from);
        let sql = self.script.statements.get(at).map_or("", |statement| self.script.sql(statement));
        let error = SqlError { message: fault::without_ours(sql, &error.message), ..error };
        let done = format!("SELECT CAST(statements_done AS CHAR) FROM {LEDGER} WHERE id = @__schema_row");
        let kept = number(session, &done);
        if kept.is_some() {
            self.message.clear();
            self.update(&format!("outcome = 'failed', error = {}", quote(&error.message)));
            let _ = self.send(session);
        }
        Failure {
            statement: at,
            error,
            kept: kept.unwrap_or(from),
            is_unit_lost: true,
            is_recorded: kept.is_some(),
        }
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

fn number(session: &mut dyn Session, query: &str) -> Option<usize> {
    session.value(query).ok().flatten()?.parse().ok()
}
