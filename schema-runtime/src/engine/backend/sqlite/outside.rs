//! A script outside a transaction: the ledger's row says what is under way before each statement runs, and
//! SQLite lets nearly every statement commit *together* with the row that says it is done. So after a kill
//! nothing is in doubt: what the row counts is done, the rest is not.
//!
//! A statement that data depends on (`CREATE`, `INSERT`, ..) gets a transaction with its progress; inside a
//! transaction that the script itself opens, the progress is part of that one. What must stand alone
//! (`VACUUM`, `PRAGMA`, `ATTACH`) may be run twice without harm.
//!
//! Between two statements no SQLite lock is held, so the row is the lock: others wait as long as it shows signs
//! of life, and whoever takes it over writes a newer row, after which no statement of the older attempt can
//! commit any more. `PRAGMA locking_mode = EXCLUSIVE` would be simpler, but in a write-ahead log it needs every
//! other connection closed, those of the waiting runs too, and it locks out readers for the whole run.

use std::time::Duration;

use super::SqliteBackend;
use crate::engine::backend::{Backend, Failure, Step};
use crate::engine::clock;
use crate::engine::ledger::{Change, Entry, LEDGER, Outcome};
use crate::engine::progress::{self, Fingerprint};
use crate::engine::session::{Session, SqlError, SqlErrorKind};
use crate::plan::Direction;
use crate::revision::{Script, Statement, StatementKind};

/// First words of statements that change what is stored, and may share a transaction with their progress.
const ATOMIC: [&str; 10] =
    ["CREATE", "DROP", "ALTER", "INSERT", "REPLACE", "UPDATE", "DELETE", "WITH", "REINDEX", "ANALYZE"];

/// First words of statements whose effect ends with the connection, and which a resumed run needs again.
const OF_THE_SESSION: [&str; 3] = ["PRAGMA", "ATTACH", "DETACH"];

/// Without a sign of life for so long an attempt counts as dead. Its statements hold SQLite's own lock while
/// they run, so only the moments between them are measured.
const STALLED: Duration = Duration::from_secs(3);

/// How long a statement waits for others to leave the file.
const BUSY_TIMEOUT: &str = "PRAGMA busy_timeout = 60000";

/// Whether the process that wrote this row may still be at work. Both ways: a clock that was set back does not
/// make a dead one immortal.
pub(super) fn is_alive(entry: &Entry) -> bool {
    let sign = entry.finished_at.as_deref().unwrap_or(&entry.started_at);
    let now = clock::now();
    let age = clock::between(sign, &now).or_else(|| clock::between(&now, sign));
    entry.outcome == Outcome::UnderWay && age.is_some_and(|age| age < STALLED)
}

/// Which statement an attempt goes on with. `None` when what is done has been edited since, or lived in the
/// dead connection alone.
pub(super) fn resume(script: &Script, entry: &Entry) -> Option<usize> {
    let done = entry.statements_done;
    let mut statements = script.statements.iter().take(done).map(|statement| script.sql(statement));
    (progress::is_unchanged(script, entry) && !statements.any(is_temporary)).then_some(done)
}

fn is_temporary(sql: &str) -> bool {
    let mut words = sql.split_whitespace();
    starts(words.next().unwrap_or_default(), "CREATE")
        && words.next().is_some_and(|word| starts(word, "TEMP"))
}

impl SqliteBackend {
    /// Leaves a transaction open at its end, in which the ledger's last word is written.
    pub(super) fn run_outside(
        &mut self,
        session: &mut dyn Session,
        step: &Step<'_>,
        script: &Script,
    ) -> Result<(), Failure> {
        let mut walk = Walk::new(step, script);
        let walked = self.announce(session, &mut walk, step).and_then(|()| {
            walk.prepare(session)?;
            walk.run(session)?;
            self.conclude(session, step, &walk)
        });
        walked.map_err(|error| self.give_up(session, &walk, error))
    }

    /// Commits the row that says that it is under way.
    fn announce(
        &mut self,
        session: &mut dyn Session,
        walk: &mut Walk<'_>,
        step: &Step<'_>,
    ) -> Result<(), SqlError> {
        let checksum = Some(progress::checksum(walk.script, step.from));
        let entry = Entry { checksum, statements_done: step.from, ..step.entry.clone() };
        self.changes.push(Change::Append(Box::new(entry)));
        self.write_changes(session)?;
        let row = session.value(&format!("SELECT max(id) FROM {LEDGER}"))?;
        session.execute(BUSY_TIMEOUT)?;
        session.execute("COMMIT")?;
        self.is_open = false;
        walk.row = row;
        Ok(())
    }

    fn conclude(
        &mut self,
        session: &mut dyn Session,
        step: &Step<'_>,
        walk: &Walk<'_>,
    ) -> Result<(), SqlError> {
        if !begins(session)? {
            return Err(SqlError::new("the script leaves its transaction open"));
        }
        self.is_open = true;
        let checksum = self.quote(&walk.script.checksum);
        walk.write(session, &format!("outcome = 'done', checksum = {checksum}"))?;
        self.changes.push(match step.direction {
            Direction::Up => Change::Mark { version: step.revision.version.to_string(), run_on: None },
            Direction::Down => Change::Unmark { version: step.revision.version.to_string() },
        });
        session.execute("PRAGMA busy_timeout = 0")
    }

    /// Undoes what the script's own transaction had not committed, and lets the ledger say how far it got.
    fn give_up(&mut self, session: &mut dyn Session, walk: &Walk<'_>, error: SqlError) -> Failure {
        // The script's transaction or ours, if there is one.
        self.is_open = true;
        self.undo(session);
        let written = self.record(session, walk, &error).ok();
        // As with a busy_timeout that cannot be set: the error that we have says more.
        let _ = session.execute("PRAGMA busy_timeout = 0");
        Failure {
            statement: walk.at,
            error,
            kept: written.unwrap_or(walk.from),
            is_unit_lost: true,
            is_recorded: walk.row.is_some(),
        }
    }

    fn record(
        &self,
        session: &mut dyn Session,
        walk: &Walk<'_>,
        error: &SqlError,
    ) -> Result<usize, SqlError> {
        let Some(row) = &walk.row else { return Ok(walk.from) };
        let (now, message) = (self.quote(&clock::now()), self.quote(&error.message));
        session.execute(&format!(
            "UPDATE {LEDGER} SET outcome = 'failed', finished_at = {now}, error = {message} WHERE id = {row}"
        ))?;
        let done = session.value(&format!("SELECT statements_done FROM {LEDGER} WHERE id = {row}"))?;
        Ok(done.and_then(|done| done.parse().ok()).unwrap_or(walk.from))
    }
}

/// The way through one script.
struct Walk<'s> {
    script: &'s Script,
    /// The revision, as a literal.
    revision: String,
    /// The id of the attempt's row, once there is one.
    row: Option<String>,
    /// The statement that it begins with.
    from: usize,
    /// The statement that is being run.
    at: usize,
    /// Of the statements up to this one.
    done: Fingerprint,
}

impl<'s> Walk<'s> {
    fn new(step: &Step<'_>, script: &'s Script) -> Self {
        let revision = SqliteBackend::default().quote(&step.revision.id);
        Self { script, revision, row: None, from: step.from, at: step.from, done: Fingerprint::default() }
    }

    /// Gives this connection what the dead one had.
    fn prepare(&mut self, session: &mut dyn Session) -> Result<(), SqlError> {
        for statement in self.script.statements.iter().take(self.from) {
            let sql = self.script.sql(statement);
            self.done.add(sql);
            if OF_THE_SESSION.iter().any(|word| starts(sql, word)) {
                session.execute(sql)?;
            }
        }
        Ok(())
    }

    fn run(&mut self, session: &mut dyn Session) -> Result<(), SqlError> {
        for (index, statement) in self.script.statements.iter().enumerate().skip(self.from) {
            self.at = index;
            self.done.add(self.script.sql(statement));
            self.step(session, statement)?;
        }
        Ok(())
    }

    fn step(&self, session: &mut dyn Session, statement: &Statement) -> Result<(), SqlError> {
        let sql = self.script.sql(statement);
        match statement.kind {
            StatementKind::Transaction => self.turn(session, sql),
            StatementKind::Ordinary if ATOMIC.iter().any(|word| starts(sql, word)) => {
                self.together(session, sql)
            }
            StatementKind::Ordinary | StatementKind::Outside => self.alone(session, sql),
        }
    }

    /// A statement and its progress, both or neither.
    fn together(&self, session: &mut dyn Session, sql: &str) -> Result<(), SqlError> {
        let is_ours = begins(session)?;
        session.execute(sql)?;
        self.advance(session)?;
        if is_ours { session.execute("COMMIT") } else { Ok(()) }
    }

    /// A statement that begins or ends the script's own transaction. Its progress is written before, so that
    /// a COMMIT takes it along, and after, for a ROLLBACK takes it away.
    fn turn(&self, session: &mut dyn Session, sql: &str) -> Result<(), SqlError> {
        if begins(session)? {
            session.execute("COMMIT")?;
        } else {
            self.advance(session)?;
        }
        session.execute(sql)?;
        self.advance(session)
    }

    /// A statement that may stand in no transaction.
    fn alone(&self, session: &mut dyn Session, sql: &str) -> Result<(), SqlError> {
        session.execute(sql)?;
        self.advance(session)
    }

    fn advance(&self, session: &mut dyn Session) -> Result<(), SqlError> {
        let checksum = SqliteBackend::default().quote(&self.done.column(self.script));
        self.write(session, &format!("statements_done = {}, checksum = {checksum}", self.at + 1))
    }

    /// Writes into the attempt's row, unless a newer attempt has taken over.
    fn write(&self, session: &mut dyn Session, columns: &str) -> Result<(), SqlError> {
        let (now, revision) = (SqliteBackend::default().quote(&clock::now()), &self.revision);
        let row = self.row.as_deref().unwrap_or("NULL");
        let written = session.rows(&format!(
            "UPDATE {LEDGER} SET {columns}, finished_at = {now} WHERE id = {row} \
             AND NOT EXISTS (SELECT 1 FROM {LEDGER} WHERE revision = {revision} AND id > {row}) RETURNING id"
        ))?;
        if written.is_empty() {
            Err(SqlError::new("another run has taken this revision over"))
        } else {
            Ok(())
        }
    }
}

/// Begins a transaction, unless the script has one open: there is no other way to ask SQLite.
fn begins(session: &mut dyn Session) -> Result<bool, SqlError> {
    match session.execute("BEGIN IMMEDIATE") {
        Ok(()) => Ok(true),
        Err(error) if error.kind == SqlErrorKind::InTransaction => Ok(false),
        Err(error) => Err(error),
    }
}

fn starts(sql: &str, word: &str) -> bool {
    sql.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
}
