//! PostgreSQL: the schema is as transactional as rows are. A revision is one message with its ledger's rows, and
//! every commit but the last leaves flushing to the last. The lock is an advisory one, taken by polling: who waits
//! for it inside the server has a snapshot open, for which the holder's CREATE INDEX CONCURRENTLY waits in turn.

mod message;
mod outside;

use std::time::{Duration, Instant};

use diesel::connection::BoxableConnection;
use diesel::pg::Pg;
use diesel::result::DatabaseErrorKind;

use self::message::Message;
use super::{Backend, Engine, Failure, Leave, Reach, Reading, Step, Terms, server};
use crate::dialect::Dialect;
use crate::engine::clock;
use crate::engine::ledger::{self, Change, DIESEL, Entry, LEDGER};
use crate::engine::session::{Session, SqlError, SqlErrorKind};
use crate::revision::{Mode, Script};

/// The first key of the run lock; the second is of the schema that holds the ledger.
const LOCK: i32 = 0x5c4e_3a00;

/// Stands for the moment at which the server writes a row: the message is made before. Too long for a version.
const FINISHED: &str = "the moment at which the server comes to this row of the ledger";

/// Who waits for a table stands in everybody's way to it.
const LOCK_TIMEOUT: Duration = Duration::from_secs(3);

/// How often the server looks for its client during a run: odd enough to be known for ours.
const WATCHED: &str = "1001ms";

/// Between two attempts; each next one is twice as long.
const FIRST_PAUSE: Duration = Duration::from_millis(200);

const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// One PostgreSQL connection during one run.
#[derive(Debug, Default)]
pub(crate) struct PostgresBackend {
    terms: Terms,
    /// The two timeouts as the connection had them, when they were changed.
    timeouts: Option<[String; 2]>,
    /// Whether our transaction is open.
    is_open: bool,
    /// Whether the lock is ours.
    is_locked: bool,
    /// Whether nobody has looked since the lock was taken.
    is_new: bool,
    /// Whether nobody has set a `lock_timeout` for this connection.
    waits_for_ever: bool,
    /// How many revisions are still to come.
    left: usize,
    /// Whether a commit was left for a later one to flush.
    is_unflushed: bool,
    /// As the connection had it: a script that changes it must not move the ledger elsewhere.
    search_path: String,
    /// What the ledger is told with the next transaction.
    changes: Vec<Change>,
}

impl Engine for Pg {
    const DIALECT: Dialect = Dialect::Postgres;

    #[expect(private_interfaces, reason = "sealed: only this crate makes or uses what it hands over")]
    fn kind(kind: &DatabaseErrorKind, message: &str) -> SqlErrorKind {
        match kind {
            DatabaseErrorKind::ReadOnlyTransaction => SqlErrorKind::ReadOnly,
            _ if message.starts_with("canceling statement due to lock timeout")
                || message.starts_with("deadlock detected") =>
            {
                SqlErrorKind::LockTimeout
            }
            _ if message.starts_with("current transaction is aborted") => SqlErrorKind::InTransaction,
            _ => SqlErrorKind::Other,
        }
    }

    #[expect(private_interfaces, reason = "sealed: only this crate makes or uses what it hands over")]
    fn rebuild(
        connection: &mut dyn BoxableConnection<Self>,
        script: &Script,
    ) -> Option<Result<(), SqlError>> {
        // No other engine needs its foreign keys off.
        let ran = connection.batch_execute(&script.text);
        Some(ran.map_err(|error| SqlError::new(error.to_string())))
    }

    #[expect(private_interfaces, reason = "sealed: only this crate makes or uses what it hands over")]
    fn backend() -> Box<dyn Backend> {
        Box::new(PostgresBackend::default())
    }
}

impl Backend for PostgresBackend {
    fn quote(&self, text: &str) -> String {
        quote(text)
    }

    fn tables(&self) -> [&'static str; 2] {
        [CREATE_DIESEL, CREATE_LEDGER]
    }

    fn now(&self) -> &'static str {
        "to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"')"
    }

    fn read(&self, session: &mut dyn Session) -> Result<Reading, SqlError> {
        server::read(
            session,
            |column| format!("{column}::text"),
            |session| {
                let exist = format!(
                    "SELECT (to_regclass('{DIESEL}') IS NOT NULL)::text, (to_regclass('{LEDGER}') IS NOT NULL)::text"
                );
                let row = session.rows(&exist)?.into_iter().next().unwrap_or_default();
                let is = |index: usize| row.get(index).and_then(Option::as_deref) == Some("true");
                Ok([is(0), is(1)])
            },
        )
    }

    fn bootstrap(&mut self, session: &mut dyn Session) -> Result<(), SqlError> {
        let mut message = self.opening();
        self.tables().iter().for_each(|table| message.push(table));
        session.execute(message.sql())
    }

    fn can_undo(&self) -> bool {
        true
    }

    fn shares_transactions(&self) -> bool {
        false
    }

    fn begin(&mut self, session: &mut dyn Session, modes: &[Mode], terms: Terms) -> Result<(), SqlError> {
        // Outside a transaction it does nothing, so that the next query can tell.
        session
            .execute(&format!("SET LOCAL cargo_schema.is_open = 'yes'; {}", notice_the_end("0", WATCHED)))?;
        let row = session.rows(&try_lock())?.into_iter().next().unwrap_or_default();
        let [taken, holder, search_path, is_open, lock_timeout] = row.try_into().unwrap_or_default();
        if taken.as_deref() != Some("true") {
            return Err(SqlError::busy(holder));
        }
        self.is_locked = true;
        if is_open.as_deref() == Some("yes") {
            let kind = SqlErrorKind::InTransaction;
            return Err(SqlError { kind, ..SqlError::new("the connection is inside a transaction") });
        }
        self.search_path = search_path.unwrap_or_default();
        self.waits_for_ever = lock_timeout.as_deref() == Some("0");
        (self.terms, self.left, self.is_new) = (terms, modes.len(), true);
        let is_limited = terms.lock_timeout.is_some() || terms.statement_timeout.is_some();
        if is_limited && modes.contains(&Mode::Outside) { self.limit_session(session) } else { Ok(()) }
    }

    fn enter(&mut self, _: &mut dyn Session, _: Mode) -> Result<(), SqlError> {
        Ok(())
    }

    fn others_wrote(&mut self, _: &mut dyn Session) -> Result<bool, SqlError> {
        // As long as the lock is ours nobody does.
        Ok(std::mem::take(&mut self.is_new))
    }

    fn resume(&self, script: &Script, entry: &Entry) -> Option<usize> {
        outside::resume(script, entry)
    }

    fn is_alive(&self, _: &Entry) -> bool {
        // Who is alive holds the lock.
        false
    }

    fn run(&mut self, session: &mut dyn Session, step: &Step<'_>) -> Result<(), Failure> {
        self.left = self.left.saturating_sub(1);
        let empty = Script::default();
        let script = step.script.unwrap_or(&empty);
        if script.mode == Mode::Outside {
            return self.run_outside(session, step, script);
        }
        self.changes.extend(step.changes(FINISHED.to_owned()));
        let mut message = self.opening();
        match self.terms.reach {
            Reach::Run => message.script(script),
            Reach::Unit => self.revision(&mut message, script),
        }
        let ran = if message.sql().is_empty() { Ok(()) } else { self.send(session, &message) };
        ran.map_err(|error| self.undo_revision(session, &message, script, error))
    }

    fn note(&mut self, changes: Vec<Change>) {
        self.changes.extend(changes);
    }

    fn leave(&mut self, session: &mut dyn Session, how: Leave) -> Result<(), SqlError> {
        match how {
            Leave::Keep => self.keep(session),
            Leave::Undo => {
                self.undo(session);
                Ok(())
            }
        }
    }

    fn end(&mut self, session: &mut dyn Session) -> Result<(), SqlError> {
        self.undo(session);
        let mut message = Message::default();
        if std::mem::take(&mut self.is_unflushed) {
            // A commit that wrote something, and waits for what was written before.
            message.push(&format!(
                "UPDATE {LEDGER} SET format = format WHERE id = (SELECT max(id) FROM {LEDGER})"
            ));
        }
        if let Some([lock, statement]) = self.timeouts.take() {
            let (lock, statement) = (quote(&lock), quote(&statement));
            message.push(&format!("SET lock_timeout = {lock}; SET statement_timeout = {statement}"));
        }
        if std::mem::take(&mut self.is_locked) {
            message.push(&notice_the_end(WATCHED, "0"));
            message.push(&format!("SELECT pg_catalog.pg_advisory_unlock({LOCK}, {})", lock_key()));
        }
        if message.sql().is_empty() { Ok(()) } else { session.execute(message.sql()) }
    }

    fn fault(&self, _: &str, _: &SqlError) -> Option<usize> {
        // The server says so itself, or nobody does.
        None
    }
}

impl PostgresBackend {
    /// A message, and before all changes of a run that is one transaction its beginning. Not sooner: reading a
    /// table that is not there would end it.
    fn opening(&mut self) -> Message {
        let mut message = Message::default();
        if self.terms.reach == Reach::Run && !self.is_open {
            message.push("BEGIN");
            self.limit(&mut message, "SET LOCAL");
            self.is_open = true;
        }
        message
    }

    /// How long a statement may wait and run.
    fn limit(&self, message: &mut Message, set: &str) {
        if let Some(timeout) = self.terms.lock_timeout {
            message.push(&format!("{set} lock_timeout = {}", timeout.as_millis()));
        }
        if let Some(timeout) = self.terms.statement_timeout {
            message.push(&format!("{set} statement_timeout = {}", timeout.as_millis()));
        }
    }

    /// The same for statements outside a transaction, until the end of the run. They have no default: an index
    /// that is built concurrently waits for every older transaction, and is in nobody's way.
    fn limit_session(&mut self, session: &mut dyn Session) -> Result<(), SqlError> {
        let query = "SELECT current_setting('lock_timeout'), current_setting('statement_timeout')";
        let row = session.rows(query)?.into_iter().next().unwrap_or_default();
        let [lock, statement] = row.try_into().unwrap_or_default();
        self.timeouts = Some([lock.unwrap_or_default(), statement.unwrap_or_default()]);
        let mut message = Message::default();
        self.limit(&mut message, "SET");
        session.execute(message.sql())
    }

    /// Sends a revision, once more when it did not get its locks: it was rolled back, and whoever queued up behind
    /// it has gone on meanwhile.
    fn send(&mut self, session: &mut dyn Session, message: &Message) -> Result<(), SqlError> {
        let start = Instant::now();
        let mut pause = FIRST_PAUSE;
        loop {
            match session.execute(message.sql()) {
                Err(error)
                    if error.kind == SqlErrorKind::LockTimeout
                        && self.terms.reach == Reach::Unit
                        && start.elapsed() + pause < self.terms.patience =>
                {
                    session.execute("ROLLBACK")?;
                    message.restart(session);
                    // Two that met shall not meet again: the clock is as good as dice.
                    let jitter = start.elapsed().subsec_nanos() % 1000;
                    std::thread::sleep(pause * (500 + jitter) / 1000);
                    pause = (pause * 2).min(LONGEST_PAUSE);
                }
                sent => return sent,
            }
        }
    }

    /// A revision and its rows, both or neither.
    fn revision(&mut self, message: &mut Message, script: &Script) {
        message.push("BEGIN");
        if self.terms.lock_timeout.is_none() && self.waits_for_ever {
            message.push(&format!("SET LOCAL lock_timeout = {}", LOCK_TIMEOUT.as_millis()));
        }
        self.limit(message, "SET LOCAL");
        self.is_unflushed = self.left > 0;
        if self.is_unflushed {
            message.push("SET LOCAL synchronous_commit = off");
        }
        message.script(script);
        self.rows(message);
        message.push("COMMIT");
    }

    fn rows(&mut self, message: &mut Message) {
        let changes = std::mem::take(&mut self.changes);
        message.push(&self.restore_search_path());
        let written = ledger::write(self, &changes);
        written.iter().for_each(|sql| message.push(&sql.replace(&quote(FINISHED), &finished())));
    }

    fn restore_search_path(&self) -> String {
        format!("SELECT pg_catalog.set_config('search_path', {}, false)", quote(&self.search_path))
    }

    fn keep(&mut self, session: &mut dyn Session) -> Result<(), SqlError> {
        let mut message = Message::default();
        match (self.is_open, self.changes.is_empty()) {
            (false, true) => return Ok(()),
            (false, false) => message.push("BEGIN"),
            (true, _) => {}
        }
        self.is_open = true;
        self.rows(&mut message);
        message.push("COMMIT");
        session.execute(message.sql())?;
        (self.is_open, self.is_unflushed) = (false, false);
        Ok(())
    }

    fn undo(&mut self, session: &mut dyn Session) {
        self.changes.clear();
        if std::mem::take(&mut self.is_open) {
            // It fails only when the connection is gone, and the transaction with it.
            let _ = session.execute("ROLLBACK");
        }
    }

    fn undo_revision(
        &mut self,
        session: &mut dyn Session,
        message: &Message,
        script: &Script,
        error: SqlError,
    ) -> Failure {
        self.is_open = true;
        self.undo(session);
        let (statement, error) = message.fault(session, script, error);
        Failure { statement, error, kept: 0, is_unit_lost: true, is_recorded: false }
    }
}

/// Now by the client's clock, as far as the server has come with this message.
fn finished() -> String {
    format!(
        "to_char({}::timestamp + (clock_timestamp() - statement_timestamp()), 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"')",
        quote(clock::now().trim_end_matches('Z'))
    )
}

/// Has the server end what it does for a process that was killed, and let go of its lock, within a second and not
/// when the statement is done; and back. Servers before 14 cannot.
fn notice_the_end(found: &str, wanted: &str) -> String {
    format!(
        "SELECT pg_catalog.set_config('client_connection_check_interval', '{wanted}', false) \
         WHERE current_setting('client_connection_check_interval', true) = '{found}'"
    )
}

/// Takes the lock, or says who has it; and how the connection is set up.
fn try_lock() -> String {
    let key = lock_key();
    format!(
        "SELECT pg_catalog.pg_try_advisory_lock({LOCK}, {key})::text, \
         (SELECT concat(a.usename, '@', coalesce(host(a.client_addr), 'localhost'), ', process ', a.pid, \
         ', ' || nullif(a.application_name, '')) \
         FROM pg_catalog.pg_locks l JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid \
         WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 2 AND l.classid = {LOCK} \
         AND l.objid::bigint = {key}::bigint & 4294967295 AND a.datname = current_database() LIMIT 1), \
         current_setting('search_path'), current_setting('cargo_schema.is_open', true), \
         current_setting('lock_timeout')"
    )
}

/// One lock per schema: each has a ledger of its own.
fn lock_key() -> &'static str {
    "pg_catalog.hashtext(coalesce(current_schema(), ''))"
}

/// Right whatever `standard_conforming_strings` says. No text of PostgreSQL has a NUL byte in it.
fn quote(text: &str) -> String {
    let text = text.replace('\0', "\u{fffd}").replace('\'', "''");
    if text.contains('\\') { format!("E'{}'", text.replace('\\', "\\\\")) } else { format!("'{text}'") }
}

/// Word for word what Diesel runs.
const CREATE_DIESEL: &str = "CREATE TABLE IF NOT EXISTS __diesel_schema_migrations (
       version VARCHAR(50) PRIMARY KEY NOT NULL,
       run_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP
)";

const CREATE_LEDGER: &str = "CREATE TABLE IF NOT EXISTS __schema_ledger (
       id BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
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
