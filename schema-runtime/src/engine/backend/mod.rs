//! All that differs between engines. The executor above decides *what* happens and in which order; a
//! [`Backend`] knows *how* one engine does it. No plan, no history and no event is known here.
//!
//! A run is a row of units, and each unit goes through
//!
//! 1. [`Backend::enter`] — take what excludes others; `Busy` is answered by polling;
//! 2. [`Backend::read`] — is the state still the one that was planned on;
//! 3. [`Backend::run`] — one revision, or several when the unit is shared;
//! 4. [`Backend::leave`] — make it last, or undo it.
//!
//! [`Backend::begin`] and [`Backend::end`] stand around all units of a run. How engines fill these in:
//!
//! | | SQLite | PostgreSQL | MySQL |
//! |---|---|---|---|
//! | `begin` | notes pragmas | `pg_try_advisory_lock`, `Busy` when false | `GET_LOCK(name, 0)`, `Busy` when 0 |
//! | unit | as many joined revisions as follow each other | one revision | one revision |
//! | `enter` | `BEGIN IMMEDIATE`, which is the lock | nothing | nothing |
//! | `run` | a savepoint, statement by statement | `BEGIN; script; rows; COMMIT` as one message | one message, progress rows around each statement |
//! | `run_together` | never | several of a new database in one message | never |
//! | `leave` | the ledger's rows, `COMMIT` | what was noted beside revisions | what was noted beside revisions |
//! | `end` | pragmas as they were | `pg_advisory_unlock` | `RELEASE_LOCK` |
//!
//! Where one transaction is to hold the whole run ([`Reach::Run`]), PostgreSQL does as SQLite does: `BEGIN` before
//! the first change, `COMMIT` or `ROLLBACK` on leaving. MySQL cannot, and says so by [`Backend::can_undo`].

mod attempt;
pub(crate) mod lease;
#[cfg(feature = "mysql")]
pub(crate) mod mysql;
#[cfg(feature = "postgres")]
pub(crate) mod postgres;
mod reading;
#[cfg(any(feature = "postgres", feature = "mysql"))]
mod retry;
#[cfg(feature = "sqlite")]
pub(crate) mod sqlite;
mod words;

use std::time::Duration;

use diesel::connection::BoxableConnection;
use diesel::result::DatabaseErrorKind;

use self::lease::Holder;
use super::ledger::{Change, Entry, LEDGER};
use super::options::Lock;
use super::preview::Detail;
use super::session::{Row, Session, SqlError, SqlErrorKind};
use super::vigil::Errands;
use crate::dialect::Dialect;
use crate::plan::Direction;
use crate::revision::{Mode, Revision, Script};

/// A Diesel backend that this crate can run. Sealed by what it asks for.
pub trait Engine: diesel::backend::Backend + 'static {
    /// The SQL that it understands.
    const DIALECT: Dialect;

    /// What the error means for the engine.
    #[doc(hidden)]
    #[expect(private_interfaces, reason = "sealed: only this crate makes or uses what it hands over")]
    fn kind(kind: &DatabaseErrorKind, message: &str) -> SqlErrorKind;

    /// Runs a script of [`Mode::ForeignKeysOff`] for diesel_migrations, which knows no such thing. `None` where
    /// the connection is of a kind that cannot be asked for its pragmas.
    #[doc(hidden)]
    #[expect(private_interfaces, reason = "sealed: only this crate makes or uses what it hands over")]
    fn rebuild(
        connection: &mut dyn BoxableConnection<Self>,
        script: &Script,
    ) -> Option<Result<(), SqlError>> {
        // Only SQLite needs its foreign keys off.
        let ran = connection.batch_execute(&script.text);
        Some(ran.map_err(|error| SqlError::new(error.to_string())))
    }

    /// Its half of the engine, made for one run.
    #[doc(hidden)]
    #[expect(private_interfaces, reason = "sealed: only this crate makes or uses what it hands over")]
    fn backend() -> Box<dyn Backend>;
}

/// A text literal as the standard has it. Most texts are ids, hashes and times, with nothing in them to look after.
fn literal(text: &str) -> String {
    if text.bytes().any(|byte| matches!(byte, b'\'' | 0)) {
        // SQLite ends a statement at a NUL byte, in a literal too, and PostgreSQL has no text with one.
        return ["'", &text.replace('\0', "\u{fffd}").replace('\'', "''"), "'"].concat();
    }
    ["'", text, "'"].concat()
}

/// One engine, on one connection, for one run.
pub(crate) trait Backend {
    /// A text literal.
    fn quote(&self, text: &str) -> String;

    /// What the ledger's table is called, whatever a script has made of names without a schema.
    fn ledger(&self) -> String {
        LEDGER.to_owned()
    }

    /// The statements that make both tables where they are missing.
    fn tables(&self) -> [&'static str; 2];

    /// The database's clock in the ledger's notation, for scripts that are run later.
    fn now(&self) -> &'static str;

    /// An expression, as text.
    fn as_text(&self, expression: &str) -> String;

    /// These values, none of them NULL, as one text with spaces between them.
    fn joined(&self, values: &[&str]) -> String {
        format!("({})", values.join(" || ' ' || "))
    }

    /// An expression of text that is equal to what is the same byte by byte, and to nothing else.
    fn exactly(&self, expression: &str) -> String {
        expression.to_owned()
    }

    /// A statement that fails when the condition does not hold; `None` where a query is no slower.
    fn demand(&self, condition: &str) -> Option<String>;

    /// The rows of a query with so many columns, all of them text: there may be tens of thousands.
    fn many(&self, session: &mut dyn Session, query: &str, _columns: usize) -> Result<Vec<Row>, SqlError> {
        session.rows(query)
    }

    /// The query for the names of those of the two tables that are there.
    fn present(&self) -> String;

    /// What is to be written when the transaction under way ends.
    fn pending(&mut self) -> &mut Pending;

    /// Both tables in one query. Creates nothing, and takes a missing table for an empty one.
    fn read(&self, session: &mut dyn Session, detail: Detail) -> Result<Reading, SqlError> {
        reading::read(self, session, detail)
    }

    /// Makes both tables where they are missing; called inside a unit.
    fn bootstrap(&mut self, session: &mut dyn Session) -> Result<(), SqlError> {
        self.tables().iter().try_for_each(|table| session.execute(table))
    }

    /// Whether a unit can be undone after its scripts have run: what a dry run needs, and all or nothing.
    fn can_undo(&self) -> bool;

    /// How far one transaction reaches when nobody asks for anything else.
    fn shares_transactions(&self) -> bool;

    /// Prepares for a run whose scripts have these modes; `Busy` while another run goes on. Called once more after
    /// the lock was lost.
    fn begin(&mut self, session: &mut dyn Session, modes: &[Mode], terms: Terms) -> Result<(), SqlError>;

    /// Whether there is a lock in a table.
    fn has_lease(&self) -> bool {
        true
    }

    /// Who holds the run lock. Takes nothing; of a lease it needs to know how long one lasts.
    fn holder(&mut self, session: &mut dyn Session, lease: Duration) -> Result<Option<Holder>, SqlError>;

    /// The number of the session that holds the lock, where the server goes on with what it has when nobody is there
    /// any more.
    fn session(&self) -> Option<String> {
        None
    }

    /// Ends the session of this number if it holds the run lock.
    fn end_session(&mut self, _: &mut dyn Session, _number: &str) -> Result<(), SqlError> {
        Ok(())
    }

    /// What a second connection can do while the run goes on.
    fn errands(&self) -> Errands {
        Errands::default()
    }

    /// Frees the lock from a holder that [`Self::holder`] has just found dead; `false` where he is not.
    fn free(&mut self, session: &mut dyn Session) -> Result<bool, SqlError>;

    /// A change of the ledger that stands in no transaction of ours, made by whoever has the lock alone.
    fn fenced(&self, sql: String) -> String {
        sql
    }

    /// Begins a unit of scripts of this mode; `Busy` while somebody else holds what it needs.
    fn enter(&mut self, session: &mut dyn Session, mode: Mode) -> Result<(), SqlError>;

    /// Whether somebody else may have written since we last left a unit.
    fn others_wrote(&mut self, session: &mut dyn Session) -> Result<bool, SqlError>;

    /// Which statement an attempt goes on with that neither ended nor was undone; `None` when only a person can say.
    fn resume(&self, script: &Script, entry: &Entry) -> Option<usize>;

    /// Whether an attempt that has not ended may still be going on, although we hold the lock.
    fn is_alive(&self, entry: &Entry) -> bool;

    /// Runs one revision and takes note of its changes to the ledger. When it fails, whatever can be undone of
    /// this revision is undone, and the unit stays usable unless the failure says otherwise.
    fn run(&mut self, session: &mut dyn Session, step: &Step<'_>) -> Result<(), Failure>;

    /// How many of the scripts that come next one message may hold, each in a transaction of its own. Asked where
    /// nothing is applied but by this run.
    fn together(&self, _coming: &[&Script]) -> usize {
        0
    }

    /// Sends several revisions in one message.
    fn run_together(&mut self, _: &mut dyn Session, _steps: &[Step<'_>]) -> Together {
        Together::default()
    }

    /// Takes note of changes to the ledger that belong to the unit.
    fn note(&mut self, changes: Vec<Change>) {
        self.pending().changes.extend(changes);
    }

    /// Ends the unit. `Busy` may be tried again; after any other error call it with [`Leave::Undo`].
    fn leave(&mut self, session: &mut dyn Session, how: Leave) -> Result<(), SqlError>;

    /// Gives back everything that [`Backend::begin`] took. Always called, also after errors.
    fn end(&mut self, session: &mut dyn Session) -> Result<(), SqlError>;

    /// Where in a statement the engine found fault, as a byte offset.
    fn fault(&self, sql: &str, error: &SqlError) -> Option<usize>;
}

/// What the two tables hold.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reading {
    /// Diesel's rows: version and date.
    pub(crate) versions: Vec<(String, Option<String>)>,
    /// Ours, by ascending id.
    pub(crate) entries: Vec<Entry>,
    /// Whether both tables are there.
    pub(crate) is_complete: bool,
}

/// A transaction of ours, and what the ledger is told before it ends.
#[derive(Debug, Default)]
pub(crate) struct Pending {
    /// Whether the transaction is open.
    is_open: bool,
    changes: Vec<Change>,
}

/// One revision to be run.
#[derive(Clone, Debug)]
pub(crate) struct Step<'p> {
    pub(crate) revision: &'p Revision,
    pub(crate) direction: Direction,
    /// `None` changes the ledger alone.
    pub(crate) script: Option<&'p Script>,
    /// The first statement to run: not zero where an earlier attempt got further.
    pub(crate) from: usize,
    /// Whether the first statement may have been run by an attempt that died.
    pub(crate) is_in_doubt: bool,
    /// The ledger's row as it is before the first statement.
    pub(crate) entry: Entry,
}

/// How much is undone or lasts together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Reach {
    /// Each unit for itself, and there are no dry runs.
    #[default]
    Unit,
    /// All of the run, which is one unit.
    Run,
}

/// What a run may take for itself.
#[derive(Clone, Debug, Default)]
pub(crate) struct Terms {
    pub(crate) reach: Reach,
    pub(crate) lock: Lock,
    /// How long a lease lasts without a sign of life, and in whose name it is taken.
    pub(crate) lease: Duration,
    pub(crate) actor: String,
    /// How long others may keep us from the run lock, and a revision from its tables.
    pub(crate) patience: Duration,
    pub(crate) lock_timeout: Option<Duration>,
    pub(crate) statement_timeout: Option<Duration>,
}

/// How a unit ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Leave {
    /// It lasts.
    Keep,
    /// It never happened.
    Undo,
}

/// A statement that was refused.
#[derive(Clone, Debug)]
pub(crate) struct Failure {
    /// Which one, from zero; the number of all where it was the commit.
    pub(crate) statement: usize,
    pub(crate) error: SqlError,
    /// How many statements of this revision stay.
    pub(crate) kept: usize,
    /// Whether this unit is over, and with it whatever it had not made last.
    pub(crate) is_unit_lost: bool,
    /// Whether the ledger has the failed attempt already.
    pub(crate) is_recorded: bool,
}

/// What became of several revisions in one message. Nothing is left of those that are not done, and the first of them is
/// to be run by itself, to find out why.
#[derive(Debug, Default)]
pub(crate) struct Together {
    /// How many are done.
    pub(crate) done: usize,
    /// Why nothing more is to be run: nobody knows how many are done, or somebody does not want it.
    pub(crate) stop: Option<SqlError>,
}

/// An error, knowing what became of the connection: a server that ends it says why before it does.
fn heard(error: SqlError, next: Result<(), SqlError>) -> SqlError {
    match next {
        Err(next) if next.kind == SqlErrorKind::Lost => SqlError { kind: SqlErrorKind::Lost, ..error },
        Ok(()) | Err(_) => error,
    }
}

impl Pending {
    /// Rolls back what is open, and forgets what was to be written.
    fn undo(&mut self, session: &mut dyn Session) {
        self.changes.clear();
        if std::mem::take(&mut self.is_open) {
            // It fails only when the engine has rolled back already, or the connection is gone.
            let _ = session.execute("ROLLBACK");
        }
    }
}

impl Step<'_> {
    /// The changes to the ledger once it is done.
    pub(crate) fn changes(&self, finished_at: String) -> Vec<Change> {
        vec![
            Change::mark(self.revision, self.direction),
            Change::Append(Box::new(self.entry.clone().done(finished_at))),
        ]
    }
}
