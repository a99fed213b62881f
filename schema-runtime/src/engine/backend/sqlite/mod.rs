//! SQLite: the transaction is the lock. `BEGIN IMMEDIATE` excludes other runs, as many revisions as possible
//! share one transaction with a savepoint each, and a killed process leaves nothing behind.
//!
//! Two kinds of script need more: a rebuild with foreign keys off (`foreign_keys`), and one that runs outside
//! a transaction (`outside`), during which the ledger takes the place of the lock.

mod fault;
mod foreign_keys;
mod outside;

use diesel::connection::BoxableConnection;
use diesel::result::DatabaseErrorKind;
use diesel::sqlite::{Sqlite, SqliteConnection};

use super::{Backend, Engine, Failure, Leave, Reading, Step, Terms};
use crate::dialect::Dialect;
use crate::engine::clock;
use crate::engine::ledger::{self, COLUMNS, Change, DIESEL, Entry, LEDGER};
use crate::engine::session::{DieselSession, Row, Session, SqlError, SqlErrorKind};
use crate::revision::{Mode, Script};

/// The savepoint around each revision.
const SAVEPOINT: &str = "__schema_revision";

/// One SQLite connection during one run.
#[derive(Debug, Default)]
pub(crate) struct SqliteBackend {
    /// Whether our transaction is open.
    is_open: bool,
    /// What the ledger is told just before the next COMMIT: a few long INSERTs cost a fraction of many short ones.
    changes: Vec<Change>,
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
        } else if message.starts_with("no such table") {
            SqlErrorKind::MissingTable
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
        // SQLite ends a statement at a NUL byte, in a literal too.
        format!("'{}'", text.replace('\0', "\u{fffd}").replace('\'', "''"))
    }

    fn tables(&self) -> [&'static str; 2] {
        [CREATE_DIESEL, CREATE_LEDGER]
    }

    fn now(&self) -> &'static str {
        "strftime('%Y-%m-%dT%H:%M:%fZ', 'now')"
    }

    fn read(&self, session: &mut dyn Session) -> Result<Reading, SqlError> {
        let both = format!("{} UNION ALL {}", select_versions(), select_entries());
        match session.rows(&both) {
            Ok(rows) => Ok(reading(rows, true)),
            Err(error) if error.kind == SqlErrorKind::MissingTable => read_what_is_there(session),
            Err(error) => Err(error),
        }
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

    fn enter(&mut self, session: &mut dyn Session, mode: Mode) -> Result<(), SqlError> {
        // Inside a transaction the pragma does nothing, and a rebuild would cascade into child tables.
        match mode {
            Mode::ForeignKeysOff => session.execute("PRAGMA foreign_keys = OFF")?,
            Mode::Joined | Mode::Outside => self.restore_foreign_keys(session)?,
        }
        session.execute("BEGIN IMMEDIATE")?;
        self.is_open = true;
        Ok(())
    }

    fn others_wrote(&mut self, session: &mut dyn Session) -> Result<bool, SqlError> {
        let version = session.value("PRAGMA data_version")?;
        let is_known = self.data_version.is_some() && self.data_version == version;
        self.data_version = version;
        Ok(!is_known)
    }

    fn resume(&self, script: &Script, entry: &Entry) -> Option<usize> {
        outside::resume(script, entry)
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
        self.changes.extend(step.changes(clock::now()));
        Ok(())
    }

    fn note(&mut self, changes: Vec<Change>) {
        self.changes.extend(changes);
    }

    fn leave(&mut self, session: &mut dyn Session, how: Leave) -> Result<(), SqlError> {
        match how {
            Leave::Keep => {
                self.write_changes(session)?;
                session.execute("COMMIT")?;
            }
            Leave::Undo => self.undo(session),
        }
        self.is_open = false;
        Ok(())
    }

    fn end(&mut self, session: &mut dyn Session) -> Result<(), SqlError> {
        self.undo(session);
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
            self.undo(session);
        }
        Failure { statement, error, kept: step.from, is_unit_lost: undone.is_err(), is_recorded: false }
    }

    fn undo(&mut self, session: &mut dyn Session) {
        self.changes.clear();
        if self.is_open {
            // It fails only when SQLite has rolled back already.
            let _ = session.execute("ROLLBACK");
            self.is_open = false;
        }
    }

    fn write_changes(&mut self, session: &mut dyn Session) -> Result<(), SqlError> {
        let changes = std::mem::take(&mut self.changes);
        ledger::write(self, &changes).iter().try_for_each(|sql| session.execute(sql))
    }

    fn restore_foreign_keys(&self, session: &mut dyn Session) -> Result<(), SqlError> {
        match &self.foreign_keys {
            Some(found) => session.execute(&format!("PRAGMA foreign_keys = {found}")),
            None => Ok(()),
        }
    }
}

fn select_versions() -> String {
    let nothing = ", NULL".repeat(COLUMNS.len() - 3);
    format!("SELECT 0, version, run_on{nothing} FROM {DIESEL}")
}

fn select_entries() -> String {
    format!("SELECT {} FROM {LEDGER}", COLUMNS.join(", "))
}

/// The slow way, for databases that lack one of the tables or both.
fn read_what_is_there(session: &mut dyn Session) -> Result<Reading, SqlError> {
    let present = session.rows(&format!(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name IN ('{DIESEL}', '{LEDGER}')"
    ))?;
    let has = |table: &str| present.iter().any(|row| row[0].as_deref() == Some(table));
    let mut rows = Vec::new();
    if has(DIESEL) {
        rows.extend(session.rows(&select_versions())?);
    }
    if has(LEDGER) {
        rows.extend(session.rows(&select_entries())?);
    }
    Ok(reading(rows, has(DIESEL) && has(LEDGER)))
}

fn reading(rows: Vec<Row>, is_complete: bool) -> Reading {
    let mut reading = Reading { is_complete, ..Reading::default() };
    for mut row in rows {
        if row[0].as_deref() == Some("0") {
            reading.versions.push((row[1].take().unwrap_or_default(), row[2].take()));
        } else {
            reading.entries.push(Entry::read(row));
        }
    }
    reading.entries.sort_by_key(|entry| entry.id);
    reading
}

/// Word for word what Diesel runs.
const CREATE_DIESEL: &str = "CREATE TABLE IF NOT EXISTS __diesel_schema_migrations (
       version VARCHAR(50) PRIMARY KEY NOT NULL,
       run_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP
)";

const CREATE_LEDGER: &str = "CREATE TABLE IF NOT EXISTS __schema_ledger (
       id INTEGER PRIMARY KEY NOT NULL,
       revision VARCHAR(40),
       version VARCHAR(50) NOT NULL,
       action VARCHAR(20) NOT NULL,
       checksum VARCHAR(80),
       statements_done INTEGER NOT NULL,
       statements_total INTEGER NOT NULL,
       outcome VARCHAR(20),
       started_at VARCHAR(30) NOT NULL,
       finished_at VARCHAR(30),
       error TEXT,
       actor TEXT,
       tool TEXT,
       format INTEGER NOT NULL
)";
