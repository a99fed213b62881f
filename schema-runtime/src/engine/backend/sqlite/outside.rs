//! A script outside a transaction: the ledger's row says what is under way before each statement runs, and
//! SQLite lets nearly every statement commit *together* with the row that says it is done. So after a kill
//! nothing is in doubt: what the row counts is done, the rest is not.
//!
//! A statement that data depends on (`CREATE`, `INSERT`, ..) gets a transaction with its progress; inside a
//! transaction that the script itself opens, the progress is part of that one. What must stand alone
//! (`VACUUM`, `PRAGMA`, `ATTACH`) may be run twice without harm.

use super::SqliteBackend;
use crate::engine::backend::{Failure, Step};
use crate::engine::clock;
use crate::engine::ledger::{Change, Entry, LEDGER, Outcome};
use crate::engine::progress::{self, Fingerprint};
use crate::engine::session::{Session, SqlError, SqlErrorKind};
use crate::revision::{Script, StatementKind};

/// First words of statements that change what is stored, and may share a transaction with their progress.
const ATOMIC: [&str; 10] =
    ["CREATE", "DROP", "ALTER", "INSERT", "REPLACE", "UPDATE", "DELETE", "WITH", "REINDEX", "ANALYZE"];

/// First words of statements whose effect ends with the connection, and which a resumed run needs again.
const OF_THE_SESSION: [&str; 3] = ["PRAGMA", "ATTACH", "DETACH"];

/// Which statement an attempt goes on with. `None` when what is done has been edited since, or lived in the
/// dead connection alone.
pub(super) fn resume(script: &Script, entry: &Entry) -> Option<usize> {
    let done = entry.statements_done;
    let is_temporary = |sql: &str| {
        let mut words = sql.split_whitespace();
        starts(words.next().unwrap_or_default(), "CREATE")
            && words.next().is_some_and(|word| starts(word, "TEMP"))
    };
    let mut statements = script.statements.iter().take(done).map(|statement| script.sql(statement));
    (progress::is_unchanged(script, entry) && !statements.any(is_temporary)).then_some(done)
}

impl SqliteBackend {
    /// Leaves a transaction open at its end, in which the ledger's last word is written.
    pub(super) fn run_outside(
        &mut self,
        session: &mut dyn Session,
        step: &Step<'_>,
        script: &Script,
    ) -> Result<(), Failure> {
        let mut walk = Walk { script, row: String::new(), at: step.from, done: Fingerprint::default() };
        let walked = self.announce(session, step, script).and_then(|row| {
            walk.row = row;
            walk.run(self, session)?;
            self.conclude(session, step, &walk)
        });
        walked.map_err(|error| self.give_up(session, &walk, error))
    }

    /// Commits the row that says that it is under way.
    fn announce(
        &mut self,
        session: &mut dyn Session,
        step: &Step<'_>,
        script: &Script,
    ) -> Result<String, SqlError> {
        let checksum = Some(progress::checksum(script, step.from));
        let entry = Entry { checksum, statements_done: step.from, ..step.entry.clone() };
        self.changes.push(Change::Append(Box::new(entry)));
        self.write_changes(session)?;
        let row = session.value(&format!("SELECT max(id) FROM {LEDGER}"))?;
        session.execute("COMMIT")?;
        self.is_open = false;
        row.ok_or_else(|| SqlError::new("the ledger has lost its newest row"))
    }

    fn conclude(
        &mut self,
        session: &mut dyn Session,
        step: &Step<'_>,
        walk: &Walk<'_>,
    ) -> Result<(), SqlError> {
        match session.execute("BEGIN IMMEDIATE") {
            Err(error) if error.kind == SqlErrorKind::InTransaction => {
                return Err(SqlError::new("the script leaves its transaction open"));
            }
            begun => begun?,
        }
        self.is_open = true;
        let end = (&*clock::now(), None, Some(&*walk.script.checksum));
        session.execute(&progress::finish(&|text| self.quoted(text), &walk.row, Outcome::Done, end))?;
        let mark =
            step.changes(clock::now()).into_iter().filter(|change| !matches!(change, Change::Append(_)));
        self.changes.extend(mark);
        Ok(())
    }

    /// Undoes what the script's own transaction had not committed, and lets the ledger say how far it got.
    fn give_up(&mut self, session: &mut dyn Session, walk: &Walk<'_>, error: SqlError) -> Failure {
        self.is_open = true;
        self.undo(session);
        let row = &walk.row;
        let done = session.value(&format!("SELECT statements_done FROM {LEDGER} WHERE id = {row}"));
        let kept = done.ok().flatten().and_then(|done| done.parse().ok()).unwrap_or_default();
        let end = (&*clock::now(), Some(&*error.message), None);
        let recorded =
            session.execute(&progress::finish(&|text| self.quoted(text), row, Outcome::Failed, end));
        Failure { statement: walk.at, error, kept, is_unit_lost: true, is_recorded: recorded.is_ok() }
    }

    fn quoted(&self, text: &str) -> String {
        crate::engine::backend::Backend::quote(self, text)
    }
}

/// The way through one script.
struct Walk<'s> {
    script: &'s Script,
    /// The id of the attempt's row.
    row: String,
    /// The statement that is being run.
    at: usize,
    /// Of the statements before it.
    done: Fingerprint,
}

impl Walk<'_> {
    fn run(&mut self, backend: &SqliteBackend, session: &mut dyn Session) -> Result<(), SqlError> {
        for statement in self.script.statements.iter().take(self.at) {
            let sql = self.script.sql(statement);
            self.done.add(sql);
            if OF_THE_SESSION.iter().any(|word| starts(sql, word)) {
                session.execute(sql)?;
            }
        }
        for (index, statement) in self.script.statements.iter().enumerate().skip(self.at) {
            self.at = index;
            let sql = self.script.sql(statement);
            self.done.add(sql);
            match statement.kind {
                StatementKind::Transaction => self.turn(backend, session, sql)?,
                StatementKind::Ordinary if ATOMIC.iter().any(|word| starts(sql, word)) => {
                    self.together(backend, session, sql)?;
                }
                StatementKind::Ordinary | StatementKind::Outside => self.alone(backend, session, sql)?,
            }
        }
        Ok(())
    }

    /// A statement and its progress, both or neither.
    fn together(
        &self,
        backend: &SqliteBackend,
        session: &mut dyn Session,
        sql: &str,
    ) -> Result<(), SqlError> {
        let is_ours = begins(session)?;
        session.execute(sql)?;
        self.advance(backend, session)?;
        if is_ours { session.execute("COMMIT") } else { Ok(()) }
    }

    /// A statement that begins or ends the script's own transaction. Its progress is written before, so that
    /// a COMMIT takes it along, and after, for a ROLLBACK takes it away.
    fn turn(&self, backend: &SqliteBackend, session: &mut dyn Session, sql: &str) -> Result<(), SqlError> {
        if begins(session)? {
            session.execute("COMMIT")?;
        } else {
            self.advance(backend, session)?;
        }
        session.execute(sql)?;
        self.advance(backend, session)
    }

    /// A statement that may stand in no transaction.
    fn alone(&self, backend: &SqliteBackend, session: &mut dyn Session, sql: &str) -> Result<(), SqlError> {
        session.execute(sql)?;
        self.advance(backend, session)
    }

    fn advance(&self, backend: &SqliteBackend, session: &mut dyn Session) -> Result<(), SqlError> {
        let done = self.at + 1;
        let checksum = backend.quoted(&self.done.column(self.script));
        session.execute(&progress::advance(&checksum, &self.row, done))
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
