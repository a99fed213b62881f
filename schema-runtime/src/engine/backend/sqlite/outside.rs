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
use crate::engine::backend::attempt::Attempt;
use crate::engine::backend::words::Words;
use crate::engine::backend::{Backend, Failure, Step};
use crate::engine::clock;
use crate::engine::ledger::{Change, Entry, LEDGER, Outcome};
use crate::engine::session::{Session, SqlError, SqlErrorKind};
use crate::revision::{Script, StatementKind};

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

impl SqliteBackend {
    /// Leaves a transaction open at its end, in which the ledger's last word is written.
    pub(super) fn run_outside(
        &mut self,
        session: &mut dyn Session,
        step: &Step<'_>,
        script: &Script,
    ) -> Result<(), Failure> {
        let mut attempt = Attempt::new(step, script);
        let walked = self.announce(session, &mut attempt, step).and_then(|()| {
            // Gives this connection what the dead one had.
            attempt.pass(&OF_THE_SESSION).into_iter().try_for_each(|sql| session.execute(sql))?;
            let mut walk =
                Walk { attempt: &mut attempt, backend: self, revision: self.quote(&step.revision.id) };
            walk.run(session)?;
            walk.conclude(session)
        });
        let concluded = walked.and_then(|()| {
            self.pending.is_open = true;
            self.pending.changes.push(Change::mark(step.revision, step.direction));
            session.execute("PRAGMA busy_timeout = 0")
        });
        concluded.map_err(|error| self.give_up(session, &attempt, error))
    }

    /// Commits the row that says that it is under way.
    fn announce(
        &mut self,
        session: &mut dyn Session,
        attempt: &mut Attempt<'_>,
        step: &Step<'_>,
    ) -> Result<(), SqlError> {
        self.pending.changes.push(attempt.announcement(step));
        self.write_changes(session)?;
        let row = session.value(&format!("SELECT max(id) FROM {LEDGER}"))?;
        session.execute(BUSY_TIMEOUT)?;
        session.execute("COMMIT")?;
        self.pending.is_open = false;
        attempt.row = row;
        Ok(())
    }

    /// Undoes what the script's own transaction had not committed, and lets the ledger say how far it got.
    fn give_up(&mut self, session: &mut dyn Session, attempt: &Attempt<'_>, error: SqlError) -> Failure {
        // The script's transaction or ours, if there is one.
        self.pending.is_open = true;
        self.pending.undo(session);
        let failure = attempt.give_up(session, self, error);
        // As with a busy_timeout that cannot be set: the error that we have says more.
        let _ = session.execute("PRAGMA busy_timeout = 0");
        failure
    }
}

/// The way through one script.
struct Walk<'w, 's> {
    attempt: &'w mut Attempt<'s>,
    backend: &'w SqliteBackend,
    /// The revision, as a literal.
    revision: String,
}

impl Walk<'_, '_> {
    fn run(&mut self, session: &mut dyn Session) -> Result<(), SqlError> {
        let script = self.attempt.script;
        for (index, statement) in script.statements.iter().enumerate().skip(self.attempt.from) {
            let sql = self.attempt.reach(index);
            self.step(session, statement.kind, sql)?;
        }
        Ok(())
    }

    /// Leaves a transaction open, in which the ledger has its last word.
    fn conclude(&self, session: &mut dyn Session) -> Result<(), SqlError> {
        if !begins(session)? {
            return Err(SqlError::new("the script leaves its transaction open"));
        }
        self.write(session, &self.attempt.conclude(self.backend))
    }

    fn step(&self, session: &mut dyn Session, kind: StatementKind, sql: &str) -> Result<(), SqlError> {
        match kind {
            StatementKind::Transaction => self.turn(session, sql),
            StatementKind::Ordinary if ATOMIC.contains(&&*Words::new(sql).next()) => {
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
        self.write(session, &self.attempt.advance(self.backend))
    }

    /// Writes into the attempt's row, unless a newer attempt has taken over.
    fn write(&self, session: &mut dyn Session, update: &str) -> Result<(), SqlError> {
        let row = self.attempt.row.as_deref().unwrap_or("NULL");
        let written = session.rows(&format!(
            "{update} AND NOT EXISTS (SELECT 1 FROM {LEDGER} WHERE revision = {} AND id > {row}) RETURNING id",
            self.revision
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
