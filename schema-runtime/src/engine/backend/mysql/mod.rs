//! MySQL and MariaDB: every change of the schema commits by itself, so the ledger counts statements. A revision is
//! one message: the row that announces it, then each statement followed by its progress, then the last row with
//! Diesel's. A kill leaves at most one statement in doubt, about which the catalogue is asked (`probe`).
//!
//! Where MySQL 8 and MariaDB differ, what both understand is written. Run on MariaDB 10.11.

mod fault;
mod lock;
mod probe;
mod walk;

use std::time::Duration;

use diesel::mysql::Mysql;
use diesel::result::DatabaseErrorKind;

use self::lock::RunLock;
use self::walk::Walk;
use super::lease::{Holder, LOST};
use super::retry::{self, LOCK_TIMEOUT};
use super::{Backend, Engine, Failure, Leave, Pending, Step, Terms};
use crate::dialect::Dialect;
use crate::engine::clock;
use crate::engine::ledger::{self, CREATE_DIESEL, Change, DIESEL, Entry, LEDGER, create_ledger};
use crate::engine::session::{Session, SqlError, SqlErrorKind};
use crate::engine::vigil::Errands;
use crate::revision::{Mode, Script};

/// What the server says to a statement that did not get its locks.
const UNLOCKED: [&str; 2] = ["Lock wait timeout exceeded", "Deadlock found when trying to get lock"];

/// What the server says when there is no room left.
const FULL: [&str; 5] =
    ["' is full", "No space left on device", "Disk full", "Disk got full", "Can't change size of file"];

/// What MariaDB and MySQL say when a statement took longer than it may.
const SLOW: [&str; 2] = ["max_statement_time exceeded", "maximum statement execution time exceeded"];

/// What the server says, and no more, when somebody ended a statement.
const CANCELLED: &str = "Query execution was interrupted";

/// What drivers say of a connection that is gone, in English whatever the server speaks.
const GONE: [&str; 5] = [
    "Input/output error",
    "Driver error",
    "Lost connection to",
    "MySQL server has gone away",
    "Server has gone away",
];

/// One connection during one run.
#[derive(Debug, Default)]
pub(crate) struct MysqlBackend {
    lock: RunLock,
    /// How long others may keep a statement from its tables.
    patience: Duration,
    /// Whether nobody has looked since the lock was taken.
    is_new: bool,
    /// Settings as the connection had them, where they were changed.
    restore: Vec<String>,
    /// Written with the next message.
    pending: Pending,
}

impl Engine for Mysql {
    const DIALECT: Dialect = Dialect::Mysql;

    #[expect(private_interfaces, reason = "sealed: only this crate makes or uses what it hands over")]
    fn kind(kind: &DatabaseErrorKind, message: &str) -> SqlErrorKind {
        let is_read_only =
            matches!(kind, DatabaseErrorKind::ReadOnlyTransaction) || message.contains("--read-only option");
        if is_read_only {
            SqlErrorKind::ReadOnly
        } else if message.contains(" command denied to user ") || message.starts_with("Access denied") {
            SqlErrorKind::Denied
        } else if FULL.iter().any(|full| message.contains(full)) {
            SqlErrorKind::Full
        } else if UNLOCKED.iter().any(|start| message.starts_with(start)) {
            SqlErrorKind::LockTimeout
        } else if SLOW.iter().any(|slow| message.contains(slow)) {
            SqlErrorKind::StatementTimeout
        } else if message == CANCELLED {
            SqlErrorKind::Cancelled
        } else if GONE.iter().any(|gone| message.starts_with(gone)) {
            SqlErrorKind::Lost
        } else if message.contains(LOST) {
            SqlErrorKind::LockLost
        } else {
            SqlErrorKind::Other
        }
    }

    #[expect(private_interfaces, reason = "sealed: only this crate makes or uses what it hands over")]
    fn backend() -> Box<dyn Backend> {
        Box::new(MysqlBackend::default())
    }
}

impl Backend for MysqlBackend {
    fn quote(&self, text: &str) -> String {
        quote(text)
    }

    fn ledger(&self) -> String {
        match self.lock.schema() {
            "" => LEDGER.to_owned(),
            schema => format!("{schema}.{LEDGER}"),
        }
    }

    fn tables(&self) -> [&'static str; 2] {
        // InnoDB whatever the default is: a progress row is worth as much as the transaction that it is in.
        [
            CREATE_DIESEL,
            create_ledger!(
                "BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY",
                " ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4"
            ),
        ]
    }

    fn now(&self) -> &'static str {
        "CONCAT(LEFT(DATE_FORMAT(UTC_TIMESTAMP(3), '%Y-%m-%dT%H:%i:%s.%f'), 23), 'Z')"
    }

    fn as_text(&self, expression: &str) -> String {
        format!("CAST({expression} AS CHAR)")
    }

    fn joined(&self, values: &[&str]) -> String {
        format!("CONCAT_WS(' ', {})", values.join(", "))
    }

    fn exactly(&self, expression: &str) -> String {
        format!("CAST({expression} AS BINARY)")
    }

    fn demand(&self, condition: &str) -> Option<String> {
        // Two rows where one value belongs are an error.
        Some(format!(
            "SELECT (SELECT x FROM (SELECT 1 AS x UNION ALL SELECT 2) AS x WHERE x = 1 OR NOT ({condition}))"
        ))
    }

    fn present(&self) -> String {
        format!(
            "SELECT CAST(table_name AS CHAR) FROM information_schema.tables \
             WHERE table_schema = DATABASE() AND table_name IN ('{DIESEL}', '{LEDGER}')"
        )
    }

    fn pending(&mut self) -> &mut Pending {
        &mut self.pending
    }

    fn can_undo(&self) -> bool {
        false
    }

    fn shares_transactions(&self) -> bool {
        false
    }

    fn begin(&mut self, session: &mut dyn Session, _: &[Mode], terms: Terms) -> Result<(), SqlError> {
        let setting = self.lock.take(session, &terms)?;
        (self.is_new, self.patience) = (true, terms.patience);
        // What went wrong is told by its words; other languages than this one are not understood.
        let mut settings = vec!["lc_messages = 'en_US'".to_owned()];
        self.restore.push("lc_messages = DEFAULT".to_owned());
        // Who waits for a table's metadata keeps everybody else from it; by default that is for a day, or a year.
        let waits_for_ever = |found: &String| found.parse::<u64>().is_ok_and(|seconds| seconds >= 3600);
        if terms.lock_timeout.is_none() && setting.lock_wait.as_ref().is_some_and(waits_for_ever) {
            settings.push(format!("lock_wait_timeout = {}", LOCK_TIMEOUT.as_secs()));
            self.restore
                .extend(setting.lock_wait.as_ref().map(|found| format!("lock_wait_timeout = {found}")));
        }
        if let Some(timeout) = terms.lock_timeout {
            // Whole seconds, and at least one; there is no for ever.
            let seconds = if timeout.is_zero() { 31_536_000 } else { timeout.as_secs().max(1) };
            settings.extend(
                ["lock_wait_timeout", "innodb_lock_wait_timeout"].map(|name| format!("{name} = {seconds}")),
            );
            let found =
                [("lock_wait_timeout", setting.lock_wait), ("innodb_lock_wait_timeout", setting.innodb_wait)];
            self.restore
                .extend(found.into_iter().filter_map(|(name, found)| Some(format!("{name} = {}", found?))));
        }
        if let Some(timeout) = terms.statement_timeout {
            // MySQL limits queries that only read, and MariaDB all.
            let (name, value) = match setting.is_mariadb {
                true => ("max_statement_time", timeout.as_secs_f64().to_string()),
                false => ("max_execution_time", timeout.as_millis().to_string()),
            };
            settings.push(format!("{name} = {value}"));
            self.restore.push(format!("{name} = DEFAULT"));
        }
        session.execute(&format!("SET {}", settings.join(", ")))
    }

    fn holder(&mut self, session: &mut dyn Session, _: Duration) -> Result<Option<Holder>, SqlError> {
        lock::holder(session)
    }

    fn session(&self) -> Option<String> {
        self.lock.session()
    }

    fn end_session(&mut self, session: &mut dyn Session, number: &str) -> Result<(), SqlError> {
        lock::end_session(session, number)
    }

    fn errands(&self) -> Errands {
        // A script may have locked everything; the run is not to wait at its end for who waits for that.
        let renewal = self.lock.renewal().map(|renewal| {
            format!("SET SESSION lock_wait_timeout = 1, innodb_lock_wait_timeout = 1;\n{renewal};\nCOMMIT")
        });
        Errands { blocker: Some(self.lock.blocker()), renewal }
    }

    fn free(&mut self, session: &mut dyn Session) -> Result<bool, SqlError> {
        lock::free(session)
    }

    fn enter(&mut self, _: &mut dyn Session, _: Mode) -> Result<(), SqlError> {
        Ok(())
    }

    fn others_wrote(&mut self, _: &mut dyn Session) -> Result<bool, SqlError> {
        // As long as the lock is ours nobody does.
        Ok(std::mem::take(&mut self.is_new))
    }

    fn resume(&self, script: &Script, entry: &Entry) -> Option<usize> {
        walk::resume(script, entry)
    }

    fn is_alive(&self, _: &Entry) -> bool {
        // Who is alive holds the lock.
        false
    }

    fn run(&mut self, session: &mut dyn Session, step: &Step<'_>) -> Result<(), Failure> {
        let Some(script) = step.script else {
            self.pending.changes.extend(step.changes(clock::now()));
            return Ok(());
        };
        let changes = std::mem::take(&mut self.pending.changes);
        let before = transaction(self, changes);
        let mut walk = Walk::new(self, step, script);
        let walked = walk.run(session, &before, self.patience).map_err(|error| walk.give_up(session, error));
        if let Err(Failure { error: SqlError { kind: SqlErrorKind::LockLost, .. }, .. }) = walked {
            self.lock.forget();
        }
        walked
    }

    fn leave(&mut self, session: &mut dyn Session, how: Leave) -> Result<(), SqlError> {
        let changes = std::mem::take(&mut self.pending.changes);
        match how {
            Leave::Keep if !changes.is_empty() => {
                retry::execute(session, &transaction(self, changes), self.patience)
            }
            Leave::Keep | Leave::Undo => Ok(()),
        }
    }

    fn end(&mut self, session: &mut dyn Session) -> Result<(), SqlError> {
        self.pending.changes.clear();
        self.lock.release(session, std::mem::take(&mut self.restore))
    }

    fn fault(&self, sql: &str, error: &SqlError) -> Option<usize> {
        fault::locate(sql, &error.message)
    }
}

/// Changes of the ledger as one transaction; nothing when there are none.
fn transaction(backend: &MysqlBackend, changes: Vec<Change>) -> String {
    if changes.is_empty() {
        return String::new();
    }
    let mut statements = vec!["START TRANSACTION".to_owned()];
    statements.extend(ledger::write(backend, &changes));
    statements.extend(backend.lock.check());
    statements.push("COMMIT;\n".to_owned());
    statements.join(";\n")
}

/// Right whatever `sql_mode` says of backslashes: a text that has one is written by its bytes.
fn quote(text: &str) -> String {
    if text.contains('\\') {
        let bytes: String = text.bytes().map(|byte| format!("{byte:02x}")).collect();
        return format!("_utf8mb4 X'{bytes}'");
    }
    format!("'{}'", text.replace('\'', "''"))
}
