//! PostgreSQL: the schema is as transactional as rows are. A revision is one message with its ledger's rows, and
//! every commit but the last leaves flushing to the last. The lock is an advisory one, taken by polling: who waits
//! for it inside the server has a snapshot open, for which the holder's CREATE INDEX CONCURRENTLY waits in turn.

mod burst;
mod language;
mod lock;
mod message;
mod outside;
mod packed;
mod route;
mod routine;
mod survey;

use std::time::Duration;

use diesel::pg::Pg;
use diesel::result::DatabaseErrorKind;

use self::lock::{RunLock, UNSET};
use self::message::{Message, start};
use self::routine::Routine;
pub use self::survey::Survey;
use super::lease::{Holder, LOST};
use super::retry::{LOCK_TIMEOUT, Retry};
use super::{
    Backend, Engine, Failure, Leave, Pending, Reach, Reading, Step, Terms, Together, heard, literal, reading,
};
use crate::dialect::Dialect;
use crate::engine::clock;
use crate::engine::ledger::{self, CREATE_DIESEL, DIESEL, Entry, LEDGER, create_ledger};
use crate::engine::preview::Detail;
use crate::engine::session::{Row, Session, SqlError, SqlErrorKind};
use crate::engine::vigil::Errands;
use crate::revision::{Mode, Script};

/// Stands for the moment at which the server writes a row: the message is made before. Too long for a version.
const FINISHED: &str = "the moment at which the server comes to this row of the ledger";

/// Selects that the transaction's commit does not wait for the disk.
const UNFLUSHED: &str = "pg_catalog.set_config('synchronous_commit', 'off', true)";

/// Selects how many seconds after its message a transaction begins, for the rest of it to remember.
const BEGAN: &str = "pg_catalog.set_config('cargo_schema.began', \
    extract(epoch from clock_timestamp() - statement_timestamp())::text, true)";

/// One PostgreSQL connection during one run.
#[derive(Debug, Default)]
pub(crate) struct PostgresBackend {
    terms: Terms,
    /// The two timeouts as the connection had them, when they were changed.
    timeouts: Option<[String; 2]>,
    /// Written with the next transaction.
    pending: Pending,
    lock: RunLock,
    /// Whether nobody has looked since the lock was taken.
    is_new: bool,
    /// Whether nobody has set a `lock_timeout` for this connection.
    waits_for_ever: bool,
    /// Whether nothing is left of a transaction that failed.
    undoes_ddl: bool,
    /// How many revisions are still to come.
    left: usize,
    /// Whether a commit was left for a later one to flush.
    is_unflushed: bool,
    /// As the connection had it: a script that changes it must not move the ledger elsewhere.
    search_path: String,
    /// The schema that the ledger was found in along that path, with the dot after it, once a script may move it.
    home: String,
    routine: Routine,
}

impl Engine for Pg {
    const DIALECT: Dialect = Dialect::Postgres;

    #[expect(private_interfaces, reason = "sealed: only this crate makes or uses what it hands over")]
    fn kind(kind: &DatabaseErrorKind, message: &str) -> SqlErrorKind {
        match kind {
            DatabaseErrorKind::ReadOnlyTransaction => SqlErrorKind::ReadOnly,
            DatabaseErrorKind::SerializationFailure => SqlErrorKind::LockTimeout,
            // The answer to somebody else's statement of the same name.
            DatabaseErrorKind::UnableToSendCommand
                if message.starts_with("error parsing response")
                    || message.starts_with("unexpected message from server") =>
            {
                SqlErrorKind::SharedSession
            }
            DatabaseErrorKind::ClosedConnection | DatabaseErrorKind::UnableToSendCommand => {
                SqlErrorKind::Lost
            }
            _ if language::is_about_locks(message) => SqlErrorKind::LockTimeout,
            _ if language::is_cancelled(message) => SqlErrorKind::Cancelled,
            _ if message == "canceling statement due to statement timeout" => SqlErrorKind::StatementTimeout,
            _ if message.starts_with("current transaction is aborted") => SqlErrorKind::InTransaction,
            _ if message.contains(LOST) => SqlErrorKind::LockLost,
            _ if message.starts_with("prepared statement ") => SqlErrorKind::SharedSession,
            _ if message.starts_with("permission denied") || message.starts_with("must be owner of") => {
                SqlErrorKind::Denied
            }
            _ if message.ends_with("No space left on device") => SqlErrorKind::Full,
            _ => SqlErrorKind::Other,
        }
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

    fn ledger(&self) -> String {
        format!("{}{LEDGER}", self.home)
    }

    fn tables(&self) -> [&'static str; 2] {
        [CREATE_DIESEL, create_ledger!("BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY", "")]
    }

    fn now(&self) -> &'static str {
        "to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"')"
    }

    fn as_text(&self, expression: &str) -> String {
        format!("{expression}::text")
    }

    fn many(&self, session: &mut dyn Session, query: &str, columns: usize) -> Result<Vec<Row>, SqlError> {
        let answer = session.rows(&packed::query(query, columns))?;
        packed::rows(&answer, columns).map_or_else(|| session.rows(query), Ok)
    }

    fn demand(&self, condition: &str) -> Option<String> {
        // The server's log has the words: they shall say what they are about.
        Some(format!(
            "SELECT CAST(CASE WHEN {condition} THEN '1' ELSE 'cargo schema: not current, looking closer' END AS integer)"
        ))
    }

    fn present(&self) -> String {
        format!(
            "SELECT name FROM unnest(ARRAY['{DIESEL}', '{LEDGER}']) AS name WHERE to_regclass(name) IS NOT NULL"
        )
    }

    fn pending(&mut self) -> &mut Pending {
        &mut self.pending
    }

    fn read(&self, session: &mut dyn Session, detail: Detail) -> Result<Reading, SqlError> {
        reading::read(self, &mut self.lock.route(session, self.pending.is_open), detail)
    }

    fn bootstrap(&mut self, session: &mut dyn Session) -> Result<(), SqlError> {
        let mut message = self.opening();
        if !self.pending.is_open {
            message.push(&self.place());
            message.push(&self.lock.guard());
            message.push(&format!("SELECT {UNFLUSHED}"));
        }
        self.tables().iter().for_each(|table| message.push(table));
        session.execute(message.sql())?;
        self.is_unflushed |= !self.pending.is_open;
        Ok(())
    }

    fn can_undo(&self) -> bool {
        true
    }

    fn shares_transactions(&self) -> bool {
        false
    }

    fn begin(&mut self, session: &mut dyn Session, modes: &[Mode], terms: Terms) -> Result<(), SqlError> {
        self.find_back(session)?;
        let setting = self.lock.take(session, &terms)?;
        (self.search_path, self.waits_for_ever) = (setting.search_path, setting.waits_for_ever);
        self.undoes_ddl = setting.undoes_ddl;
        (self.terms, self.left, self.is_new) = (terms, modes.len(), true);
        if self.is_limited() && modes.contains(&Mode::Outside) && !self.lock.is_pooled() {
            self.limit_session(session)
        } else {
            Ok(())
        }
    }

    fn holder(&mut self, session: &mut dyn Session, lease: Duration) -> Result<Option<Holder>, SqlError> {
        self.lock.holder(session, lease)
    }

    fn errands(&self) -> Errands {
        Errands { blocker: self.lock.blocker(), renewal: None }
    }

    fn free(&mut self, session: &mut dyn Session) -> Result<bool, SqlError> {
        self.lock.free(session)
    }

    fn fenced(&self, sql: String) -> String {
        let guard = self.lock.guard();
        if guard.is_empty() { sql } else { format!("{guard};\n{sql}") }
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
        let changes = self.pending.changes.clone();
        let was_taught = self.routine.is_taught();
        let mut message = self.message(step, script);
        let is_short = was_taught || self.routine.is_taught();
        let mut sent = self.send(session, &message);
        if is_short && sent.as_ref().is_err_and(|error| message.is_beside_script(error)) {
            self.routine.give_up();
            self.pending.changes = changes;
            sent = start_again(session, &message).and_then(|()| {
                message = self.message(step, script);
                self.send(session, &message)
            });
        }
        sent.map_err(|error| self.undo_revision(session, &message, script, error))
    }

    fn together(&self, coming: &[&Script]) -> usize {
        if !self.routine.is_taught() || !self.lock.is_of_session() || !self.pending.changes.is_empty() {
            return 0;
        }
        // The last one is flushed.
        let most = self.left.saturating_sub(1);
        coming.iter().take(most).take_while(|script| burst::is_swift(script)).count()
    }

    fn run_together(&mut self, session: &mut dyn Session, steps: &[Step<'_>]) -> Together {
        let line = |step: &Step<'_>| self.routine.line(step.script?, &step.entry.parameters(self));
        let message: String = steps.iter().filter_map(line).collect();
        self.is_unflushed = true;
        let together = match session.execute(&message) {
            Ok(()) => Together { done: steps.len(), stop: None },
            Err(error) => burst::found_out(session, self, steps, error),
        };
        self.left -= together.done;
        together
    }

    fn leave(&mut self, session: &mut dyn Session, how: Leave) -> Result<(), SqlError> {
        match how {
            Leave::Keep => self.keep(session),
            Leave::Undo => {
                self.pending.undo(session);
                Ok(())
            }
        }
    }

    fn end(&mut self, session: &mut dyn Session) -> Result<(), SqlError> {
        self.pending.undo(session);
        // Left over where a run did not come to its end; a name that is unknown by now is as good as forgotten.
        let unteach = self.routine.unteach();
        if !unteach.is_empty() {
            let _ = session.execute(&unteach);
        }
        let flushed = self.flush(session);
        let mut message = Message::default();
        if !self.search_path.is_empty() && !self.lock.is_pooled() {
            // A script outside a transaction may have failed half-way.
            message.push(&self.path(false));
        }
        if let Some([lock, statement]) = self.timeouts.take() {
            let (lock, statement) = (quote(&lock), quote(&statement));
            message.push(&format!("SET lock_timeout = {lock}; SET statement_timeout = {statement}"));
        }
        self.lock.release(session, message)?;
        flushed
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
        if self.terms.reach == Reach::Run && !self.pending.is_open {
            message.push("BEGIN");
            limit(&mut message, "SET LOCAL", &self.limits());
            self.pending.is_open = true;
            message.push(&self.place());
            message.push(&self.lock.guard());
        }
        message
    }

    fn is_limited(&self) -> bool {
        !self.limits().is_empty()
    }

    /// How long a statement may wait and run, where that is said.
    fn limits(&self) -> Vec<(&'static str, u128)> {
        let terms =
            [("lock_timeout", self.terms.lock_timeout), ("statement_timeout", self.terms.statement_timeout)];
        terms.into_iter().filter_map(|(name, timeout)| Some((name, timeout?.as_millis()))).collect()
    }

    /// The same in a transaction of its own, which does not wait for a lock for ever.
    fn patience(&self) -> Vec<(&'static str, u128)> {
        let waits_for_ever = self.terms.lock_timeout.is_none() && self.waits_for_ever;
        let patience = waits_for_ever.then(|| ("lock_timeout", LOCK_TIMEOUT.as_millis()));
        patience.into_iter().chain(self.limits()).collect()
    }

    /// The same for statements outside a transaction, until the end of the run. They have no default: an index
    /// that is built concurrently waits for every older transaction, and is in nobody's way.
    fn limit_session(&mut self, session: &mut dyn Session) -> Result<(), SqlError> {
        let query = "SELECT current_setting('lock_timeout'), current_setting('statement_timeout')";
        let row = session.rows(query)?.into_iter().next().unwrap_or_default();
        let [lock, statement] = row.try_into().unwrap_or_default();
        // After a lock that was lost they are ours already.
        self.timeouts.get_or_insert([lock.unwrap_or_default(), statement.unwrap_or_default()]);
        let mut message = Message::default();
        limit(&mut message, "SET", &self.limits());
        session.execute(message.sql())
    }

    /// What is sent for a revision.
    fn message(&mut self, step: &Step<'_>, script: &Script) -> Message {
        if let Some(message) = self.in_few_words(step, script) {
            return message;
        }
        self.pending.changes.extend(step.changes(FINISHED.to_owned()));
        let mut message = self.opening();
        match self.terms.reach {
            Reach::Run => {
                message.script(script);
                self.put_back(&mut message);
            }
            Reach::Unit => self.revision(&mut message, script),
        }
        message
    }

    /// Sends a revision, once more when it did not get its locks: it was rolled back, and whoever queued up behind
    /// it has gone on meanwhile.
    fn send(&mut self, session: &mut dyn Session, message: &Message) -> Result<(), SqlError> {
        let mut retry = Retry::new(self.terms.patience);
        let can_repeat = self.terms.reach == Reach::Unit && self.undoes_ddl;
        while !message.sql().is_empty() {
            match session.execute(message.sql()) {
                Err(error) if can_repeat && retry.is_due(&error) => {
                    start_again(session, message)?;
                    retry.pause();
                }
                sent => return sent,
            }
        }
        Ok(())
    }

    /// A revision and its rows, both or neither.
    fn revision(&mut self, message: &mut Message, script: &Script) {
        message.push("BEGIN");
        message.push(&self.place());
        limit(message, "SET LOCAL", &self.patience());
        self.is_unflushed = self.left > 0;
        if self.is_unflushed {
            message.push("SET LOCAL synchronous_commit = off");
        }
        message.beginning(&format!("{}, {}", self.lock.guard(), start()));
        if self.left == 0 && self.lock.is_of_session() {
            message.push(&self.routine.unteach());
        }
        message.script(script);
        self.rows(message);
        message.push("COMMIT");
    }

    /// The same, where the server was told what is said each time; not of the last one, which is flushed.
    fn in_few_words(&mut self, step: &Step<'_>, script: &Script) -> Option<Message> {
        let is_plain = self.terms.reach == Reach::Unit && self.pending.changes.is_empty();
        if !is_plain || self.left == 0 || !self.lock.is_of_session() {
            return None;
        }
        let mut message = Message::default();
        message.push("BEGIN");
        if self.routine.is_due(self.left) {
            self.teach(&mut message, &step.entry);
        }
        self.routine.say(&mut message, script, &step.entry.parameters(self))?;
        message.push("COMMIT");
        self.is_unflushed = true;
        Some(message)
    }

    /// Tells the server what is going to be said each time.
    fn teach(&mut self, message: &mut Message, entry: &Entry) {
        let set = |(name, value)| format!(", pg_catalog.set_config('{name}', '{value}', true)");
        let limits: String = self.patience().into_iter().map(set).collect();
        let (guard, start) = (self.lock.guard(), start());
        let beginning = format!("{guard}{limits}, {UNFLUSHED}, {BEGAN}, {start}");
        let [marked, written] =
            ledger::prepared(self, self.lock.qualifier(), entry, [&started("$5"), &finished("$5")]);
        self.routine.teach(message, self.lock.token(), [&beginning, &self.restore(), &marked, &written]);
    }

    fn rows(&mut self, message: &mut Message) {
        let changes = std::mem::take(&mut self.pending.changes);
        self.put_back(message);
        let written = ledger::write(self, &changes);
        written
            .iter()
            .for_each(|sql| message.push(&sql.replace(&quote(FINISHED), &finished(&quote(&clock::now())))));
        message.push(&self.lock.renewal());
    }

    /// A commit that writes something waits for what was written before.
    fn flush(&mut self, session: &mut dyn Session) -> Result<(), SqlError> {
        if !std::mem::take(&mut self.is_unflushed) {
            return Ok(());
        }
        let ledger = self.ledger();
        session.execute(&format!(
            "UPDATE {ledger} SET format = format WHERE id = (SELECT max(id) FROM {ledger})"
        ))
    }

    /// Before the lock is taken again that was lost: a script outside a transaction may have been half-way, and what
    /// names without a schema mean says whose lock it is.
    fn find_back(&self, session: &mut dyn Session) -> Result<(), SqlError> {
        if self.search_path.is_empty() || self.lock.is_pooled() {
            return Ok(());
        }
        // Not in a session that has become somebody else's.
        session.execute(&format!("{} WHERE {}", self.path(false), self.lock.is_ours()))
    }

    /// What names without a schema mean, for a transaction that may find any session.
    fn place(&self) -> String {
        if self.lock.is_pooled() { self.path(true) } else { String::new() }
    }

    fn path(&self, is_local: bool) -> String {
        format!("SELECT pg_catalog.set_config('search_path', {}, {is_local})", quote(&self.search_path))
    }

    /// What comes after a script, and ends the counting.
    fn put_back(&self, message: &mut Message) {
        let uncount = message.uncount().map_or_else(String::new, |calls| format!(", {calls}"));
        message.push(&format!("{}{uncount}", self.restore()));
    }

    /// Whatever a script has set must neither move the ledger elsewhere nor hide that the session is ours.
    fn restore(&self) -> String {
        if self.lock.is_pooled() {
            return format!("{UNSET}; {}", self.place());
        }
        format!("{}{}", self.path(false), self.lock.word())
    }

    fn keep(&mut self, session: &mut dyn Session) -> Result<(), SqlError> {
        let mut message = Message::default();
        match (self.pending.is_open, self.pending.changes.is_empty()) {
            (false, true) => return Ok(()),
            (false, false) => {
                message.push("BEGIN");
                message.push(&self.lock.guard());
            }
            (true, _) => {}
        }
        self.pending.is_open = true;
        self.rows(&mut message);
        message.push("COMMIT");
        session.execute(message.sql())?;
        (self.pending.is_open, self.is_unflushed) = (false, false);
        Ok(())
    }

    fn undo_revision(
        &mut self,
        session: &mut dyn Session,
        message: &Message,
        script: &Script,
        error: SqlError,
    ) -> Failure {
        // One message, and therefore one session, whoever is in between: it is this one's locks that count.
        let error = heard(error, session.execute("ROLLBACK; BEGIN"));
        self.pending = Pending { is_open: true, ..Pending::default() };
        if error.kind == SqlErrorKind::LockLost {
            self.pending.undo(session);
            self.lock.forget();
            return Failure { statement: 0, error, kept: 0, is_unit_lost: true, is_recorded: true };
        }
        let (statement, error) = message.fault(session, script, error);
        self.pending.undo(session);
        Failure { statement, error, kept: 0, is_unit_lost: true, is_recorded: false }
    }
}

/// By the client's clock, which the message began at, as far as the server has come with it.
fn finished(sent: &str) -> String {
    moment(sent, "clock_timestamp() - statement_timestamp()")
}

/// The same, as far as it had come when the transaction began.
fn started(sent: &str) -> String {
    moment(
        sent,
        "make_interval(secs => coalesce(nullif(current_setting('cargo_schema.began', true), ''), '0')::double precision)",
    )
}

fn moment(sent: &str, later: &str) -> String {
    format!("pg_catalog.to_char({sent}::timestamp + ({later}), 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"')")
}

fn limit(message: &mut Message, set: &str, limits: &[(&str, u128)]) {
    limits.iter().for_each(|(name, value)| message.push(&format!("{set} {name} = {value}")));
}

/// After a message that failed, as if it had not been sent.
fn start_again(session: &mut dyn Session, message: &Message) -> Result<(), SqlError> {
    session.execute("ROLLBACK; BEGIN")?;
    message.restart(session);
    session.execute("ROLLBACK")
}

/// Right whatever `standard_conforming_strings` says. No text of PostgreSQL has a NUL byte in it.
fn quote(text: &str) -> String {
    let literal = literal(text);
    if text.contains('\\') { format!("E{}", literal.replace('\\', "\\\\")) } else { literal }
}
