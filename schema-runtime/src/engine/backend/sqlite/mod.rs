//! SQLite: the transaction is the lock. `BEGIN IMMEDIATE` excludes other runs, as many revisions as possible
//! share one transaction with a savepoint each, and a killed process leaves nothing behind.
//!
//! Two kinds of script need more: a rebuild with foreign keys off (`foreign_keys`), and one that runs outside
//! a transaction (`outside`), during which the ledger takes the place of the lock.

mod fault;
mod foreign_keys;
mod outside;

use std::time::Duration;

use diesel::connection::BoxableConnection;
use diesel::result::DatabaseErrorKind;
use diesel::sqlite::{Sqlite, SqliteConnection};

use super::lease::Holder;
use super::{Backend, Engine, Failure, Leave, Pending, Step, Terms, attempt, literal};
use crate::dialect::Dialect;
use crate::engine::clock;
use crate::engine::ledger::{self, CREATE_DIESEL, DIESEL, Entry, LEDGER, create_ledger};
use crate::engine::session::{DieselSession, Session, SqlError, SqlErrorKind};
use crate::revision::{Mode, Script};

/// The savepoint around each revision.
const SAVEPOINT: &str = "__schema_revision";

/// One SQLite connection during one run.
#[derive(Debug, Default)]
pub(crate) struct SqliteBackend {
    /// Written just before the next COMMIT: a few long INSERTs cost a fraction of many short ones.
    pending: Pending,
    /// `PRAGMA foreign_keys` as the connection had it, when a script may change it.
    foreign_keys: Option<String>,
    /// `PRAGMA busy_timeout` as the connection had it: during a run we poll ourselves.
    busy_timeout: Option<String>,
    /// `PRAGMA data_version` when we last looked: another value says that another connection wrote.
    data_version: Option<String>,
}

impl Engine for Sqlite {
    const DIALECT: Dialect = Dialect::Sqlite;

    #[expect(private_interfaces, reason = "sealed: only this crate makes or uses what it hands over")]
    fn kind(_: &DatabaseErrorKind, message: &str) -> SqlErrorKind {
        // Diesel hands down SQLite's words without its code.
        if message.starts_with("database is locked")
            || message.starts_with("database table is locked")
            || message.starts_with("database schema is locked")
        {
            SqlErrorKind::Busy
        } else if message.starts_with("cannot start a transaction within a transaction") {
            SqlErrorKind::InTransaction
        } else if message.starts_with("attempt to write a readonly database") {
            SqlErrorKind::ReadOnly
        } else if message.starts_with("database or disk is full") {
            SqlErrorKind::Full
        } else {
            SqlErrorKind::Other
        }
    }

    #[expect(private_interfaces, reason = "sealed: only this crate makes or uses what it hands over")]
    fn rebuild(
        connection: &mut dyn BoxableConnection<Self>,
        script: &Script,
    ) -> Option<Result<(), SqlError>> {
        let connection = connection.downcast_mut::<SqliteConnection>()?;
        Some(foreign_keys::rebuild(&mut DieselSession(connection), script))
    }

    #[expect(private_interfaces, reason = "sealed: only this crate makes or uses what it hands over")]
    fn backend() -> Box<dyn Backend> {
        Box::new(SqliteBackend::default())
    }
}

impl Backend for SqliteBackend {
    fn quote(&self, text: &str) -> String {
        literal(text)
    }

    fn tables(&self) -> [&'static str; 2] {
        [CREATE_DIESEL, create_ledger!("INTEGER PRIMARY KEY NOT NULL", "")]
    }

    fn now(&self) -> &'static str {
        "strftime('%Y-%m-%dT%H:%M:%fZ', 'now')"
    }

    fn as_text(&self, expression: &str) -> String {
        // SQLite makes text of anything when it is asked for it.
        expression.to_owned()
    }

    fn demand(&self, _: &str) -> Option<String> {
        // There is nobody at the other end of a line.
        None
    }

    fn present(&self) -> String {
        format!("SELECT name FROM sqlite_master WHERE type = 'table' AND name IN ('{DIESEL}', '{LEDGER}')")
    }

    fn pending(&mut self) -> &mut Pending {
        &mut self.pending
    }

    fn can_undo(&self) -> bool {
        true
    }

    fn shares_transactions(&self) -> bool {
        true
    }

    fn begin(&mut self, session: &mut dyn Session, modes: &[Mode], _: Terms) -> Result<(), SqlError> {
        if modes.iter().any(|mode| *mode != Mode::Joined) {
            self.foreign_keys = session.value("PRAGMA foreign_keys")?;
        }
        self.busy_timeout = session.value("PRAGMA busy_timeout")?;
        session.execute("PRAGMA busy_timeout = 0")
    }

    fn has_lease(&self) -> bool {
        false
    }

    fn holder(&mut self, _: &mut dyn Session, _: Duration) -> Result<Option<Holder>, SqlError> {
        // The file says whether it is locked, and not by whom.
        Ok(None)
    }

    fn free(&mut self, _: &mut dyn Session) -> Result<bool, SqlError> {
        Ok(true)
    }

    fn enter(&mut self, session: &mut dyn Session, mode: Mode) -> Result<(), SqlError> {
        // Inside a transaction the pragma does nothing, and a rebuild would cascade into child tables.
        match mode {
            Mode::ForeignKeysOff => session.execute("PRAGMA foreign_keys = OFF")?,
            Mode::Joined | Mode::Outside => self.restore_foreign_keys(session)?,
        }
        session.execute("BEGIN IMMEDIATE")?;
        self.pending.is_open = true;
        Ok(())
    }

    fn others_wrote(&mut self, session: &mut dyn Session) -> Result<bool, SqlError> {
        let version = session.value("PRAGMA data_version")?;
        let is_known = self.data_version.is_some() && self.data_version == version;
        self.data_version = version;
        Ok(!is_known)
    }

    fn resume(&self, script: &Script, entry: &Entry) -> Option<usize> {
        attempt::resume(script, entry, |_| true)
    }

    fn is_alive(&self, entry: &Entry) -> bool {
        outside::is_alive(entry)
    }

    fn run(&mut self, session: &mut dyn Session, step: &Step<'_>) -> Result<(), Failure> {
        match step.script {
            Some(script) if script.mode == Mode::Outside => return self.run_outside(session, step, script),
            Some(script) => self.run_inside(session, step, script)?,
            None => {}
        }
        self.pending.changes.extend(step.changes(clock::now()));
        Ok(())
    }

    fn leave(&mut self, session: &mut dyn Session, how: Leave) -> Result<(), SqlError> {
        match how {
            Leave::Keep => {
                self.write_changes(session)?;
                session.execute("COMMIT")?;
            }
            Leave::Undo => self.pending.undo(session),
        }
        self.pending.is_open = false;
        Ok(())
    }

    fn end(&mut self, session: &mut dyn Session) -> Result<(), SqlError> {
        self.pending.undo(session);
        let restored = self.restore_foreign_keys(session);
        match self.busy_timeout.take() {
            Some(found) => restored.and(session.execute(&format!("PRAGMA busy_timeout = {found}"))),
            None => restored,
        }
    }

    fn fault(&self, sql: &str, error: &SqlError) -> Option<usize> {
        fault::locate(sql, &error.message)
    }
}

impl SqliteBackend {
    fn run_inside(
        &mut self,
        session: &mut dyn Session,
        step: &Step<'_>,
        script: &Script,
    ) -> Result<(), Failure> {
        let statement = std::cell::Cell::new(step.from);
        let ran = (|| {
            let watch = foreign_keys::Watch::before(session, script.mode)?;
            session.execute(&format!("SAVEPOINT {SAVEPOINT}"))?;
            for (index, each) in script.statements.iter().enumerate().skip(step.from) {
                statement.set(index);
                session.execute(script.sql(each))?;
            }
            watch.after(session)?;
            session.execute(&format!("RELEASE {SAVEPOINT}"))
        })();
        ran.map_err(|error| self.undo_revision(session, step, statement.get(), error))
    }

    /// Goes back to before the revision. Where SQLite ended the whole transaction itself (`ON CONFLICT
    /// ROLLBACK`, a full disk), there is nothing to go back to.
    fn undo_revision(
        &mut self,
        session: &mut dyn Session,
        step: &Step<'_>,
        statement: usize,
        error: SqlError,
    ) -> Failure {
        let undone = session.execute(&format!("ROLLBACK TO {SAVEPOINT}; RELEASE {SAVEPOINT}"));
        if undone.is_err() {
            self.pending.undo(session);
        }
        Failure { statement, error, kept: step.from, is_unit_lost: undone.is_err(), is_recorded: false }
    }

    fn write_changes(&mut self, session: &mut dyn Session) -> Result<(), SqlError> {
        let changes = std::mem::take(&mut self.pending.changes);
        ledger::write(self, &changes).iter().try_for_each(|sql| session.execute(sql))
    }

    fn restore_foreign_keys(&self, session: &mut dyn Session) -> Result<(), SqlError> {
        match &self.foreign_keys {
            Some(found) => session.execute(&format!("PRAGMA foreign_keys = {found}")),
            None => Ok(()),
        }
    }
}
