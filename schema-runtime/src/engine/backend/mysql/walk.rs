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
use crate::engine::ledger::{self, Change, Entry};
use crate::engine::session::{Session, SqlError, SqlErrorKind};
use crate::revision::{Script, StatementKind};

/// First words of statements that change rows.
const OF_ROWS: [&str; 6] = ["INSERT", "UPDATE", "DELETE", "REPLACE", "WITH", "LOAD"];

/// First words of statements before which the server commits; for more of them see [`commits`].
const COMMITTING: [&str; 11] = [
    "ALTER", "CHECK", "FLUSH", "GRANT", "INSTALL", "LOCK", "OPTIMIZE", "RENAME", "REPAIR", "REVOKE",
    "TRUNCATE",
];

/// First words of statements that run others, which may commit: calls, and MariaDB's programs without a name.
const OF_PROGRAMS: [&str; 9] = ["CALL", "EXECUTE", "BEGIN", "IF", "CASE", "LOOP", "WHILE", "REPEAT", "FOR"];

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

/// How far the session came.
struct Reached {
    has_begun: bool,
    /// The row that says so.
    row: Option<String>,
    /// The statement that it was at.
    at: Option<usize>,
    /// How many statements last, whether the ledger knows of all or not.
    kept: Option<usize>,
}

impl Reached {
    fn read(session: &mut dyn Session) -> Result<Self, SqlError> {
        let variables = ["@__schema_start", ROW, "@__schema_at", "@__schema_kept"];
        let query = format!("SELECT {}", variables.map(|name| format!("CAST({name} AS CHAR)")).join(", "));
        let row = session.rows(&query)?.into_iter().next().unwrap_or_default();
        let [start, row, at, kept] = row.try_into().unwrap_or_default();
        let number = |text: Option<String>| text?.parse().ok();
        Ok(Self { has_begun: start.is_some(), row, at: number(at), kept: number(kept) })
    }
}

fn changes_rows(sql: &str) -> bool {
    OF_ROWS.contains(&&*Words::new(sql).verb())
}

/// Whether it changes what names without a schema mean.
fn goes_elsewhere(sql: &str) -> bool {
    Words::new(sql).verb() == "USE"
}

/// Whether the server commits what is open before it runs the statement.
fn commits(sql: &str) -> bool {
    let mut words = Words::new(sql);
    match &*words.verb() {
        "CREATE" => !attempt::is_temporary(sql),
        "DROP" => !words.pass(&["TEMPORARY"]),
        // MariaDB's `ANALYZE SELECT` does not.
        "ANALYZE" => words.pass(&["TABLE"]),
        verb => COMMITTING.contains(&verb),
    }
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
            self.was_done(session)?
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
            let reached = Reached::read(session)?;
            self.message = match (reached.has_begun, &reached.row) {
                (false, _) => format!("{FORGET};\n{before}{opening}"),
                (true, None) => opening.clone(),
                (true, Some(_)) => {
                    from = self.next(&reached).ok_or(error)?;
                    format!("{};\n", self.attempt.catch_up(self.backend))
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
        let passed = self.attempt.pass(&OF_THE_SESSION);
        for (index, sql) in passed.iter().enumerate() {
            // A schema in which nothing was set may be gone since.
            let is_left = passed.get(index + 1).is_some_and(|next| goes_elsewhere(next));
            if !(goes_elsewhere(sql) && is_left) {
                self.push(sql);
            }
        }
        self.push(&format!("SET @__schema_at = {}", self.attempt.from));
        std::mem::take(&mut self.message)
    }

    /// The statement to go on with: the one that did not get its locks, or the one after it if only the count of it
    /// did not. `None` for what cannot be run again from there.
    fn next(&mut self, reached: &Reached) -> Option<usize> {
        let at = reached.at?;
        let kept = reached.kept.unwrap_or(self.attempt.from);
        self.attempt.kept = kept;
        (kept == at + 1 || (kept == at && !self.is_program(at))).then_some(kept)
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

    /// Whether the statement in doubt has taken effect, where it was at work.
    fn was_done(&self, session: &mut dyn Session) -> Result<bool, SqlError> {
        if let Some(at) = self.place() {
            session.execute(at)?;
        }
        let is_done = self.is_done(session, self.step.from)?;
        session.execute(&self.way_back())?;
        Ok(is_done)
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
        if self.span == Span::Transaction && commits(sql) {
            self.commit(index);
            self.span = Span::None;
        }
        if self.span == Span::None {
            self.guard();
        }
        self.push(&format!("SET @__schema_at = {index}"));
        match (kind, &*Words::new(sql).verb()) {
            (StatementKind::Transaction, "BEGIN" | "START") => {
                self.span = Span::Transaction;
                self.counted(sql);
            }
            (_, "LOCK") => {
                self.span = Span::Tables;
                self.push(sql);
            }
            (_, "UNLOCK") if self.span == Span::Tables => self.lasting(sql),
            _ if self.span == Span::Tables => self.push(sql),
            (StatementKind::Transaction, _) => {
                // A COMMIT takes along what was counted before, a ROLLBACK takes it away.
                self.advance();
                self.check();
                self.lasting(sql);
            }
            _ if self.span == Span::Transaction => self.counted(sql),
            _ if changes_rows(sql) => {
                self.push("START TRANSACTION");
                self.counted(sql);
                self.commit(index + 1);
            }
            _ => self.lasting(sql),
        }
    }

    fn counted(&mut self, sql: &str) {
        self.push(sql);
        self.advance();
    }

    /// A statement that nothing undoes once it has run, and which is counted after it.
    fn lasting(&mut self, sql: &str) {
        self.span = Span::None;
        self.push(sql);
        // Also where the script has switched autocommit off.
        self.push("COMMIT");
        self.keep(self.attempt.at + 1);
        // The end of the script, which follows at once, counts the last one: a commit less.
        if self.attempt.at + 1 < self.attempt.script.statements.len() {
            self.advance();
        }
    }

    /// Makes last what was counted in a transaction.
    fn commit(&mut self, done: usize) {
        self.check();
        self.push("COMMIT");
        self.keep(done);
    }

    fn keep(&mut self, done: usize) {
        self.push(&format!("SET @__schema_kept = {done}"));
    }

    fn advance(&mut self) {
        self.push(&self.attempt.advance(self.backend));
    }

    /// Back to the schema that the run began in: the script may have left it, in words that nobody understands.
    fn way_back(&self) -> String {
        format!("USE {}", self.backend.lock.schema())
    }

    /// The last of the statements before those that are to be run that went to a schema.
    fn place(&self) -> Option<&'s str> {
        let script = self.attempt.script;
        let mut before = script.statements.iter().take(self.step.from).map(|statement| script.sql(statement));
        before.rfind(|sql| goes_elsewhere(sql))
    }

    fn conclude(&mut self) {
        self.push(&self.way_back());
        // Ends what the script left open, tables that it locked included.
        self.push("START TRANSACTION");
        let (total, checksum) =
            (self.attempt.script.statements.len(), self.backend.quote(&self.attempt.script.checksum));
        self.keep(total);
        self.push(&format!(
            "UPDATE {} SET statements_done = {total}, outcome = 'done', checksum = {checksum}, \
             finished_at = {} WHERE id = {ROW}",
            self.backend.ledger(),
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
        let _ = session.execute(&self.way_back());
        if error.kind == SqlErrorKind::LockLost {
            return self.attempt.leave_to_others(error);
        }
        if let Ok(reached) = Reached::read(session) {
            self.attempt.at = reached.at.unwrap_or(self.attempt.from);
            self.attempt.kept = reached.kept.unwrap_or(self.attempt.from);
            self.attempt.row = reached.row;
        }
        let script = self.attempt.script;
        let sql = script.statements.get(self.attempt.at).map_or("", |statement| script.sql(statement));
        let message = fault::without_ours(sql, &error.message);
        let mut details = error.details;
        if self.attempt.kept == self.attempt.at && self.is_program(self.attempt.at) {
            details.push(
                "what it may have committed by itself stays, and the next run begins with it".to_owned(),
            );
        }
        self.attempt.give_up(session, self.backend, SqlError { message, details, ..error })
    }

    /// Whether a part of a statement may last when it fails.
    fn is_program(&self, index: usize) -> bool {
        let script = self.attempt.script;
        script.statements.get(index).is_some_and(|statement| {
            let verb = Words::new(script.sql(statement)).verb();
            statement.kind != StatementKind::Transaction && OF_PROGRAMS.contains(&&*verb)
        })
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
