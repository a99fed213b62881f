//! MySQL and MariaDB: every change of the schema commits by itself, so the ledger counts statements. A revision is
//! one message: the row that announces it, then each statement followed by its progress, then the last row with
//! Diesel's. A kill leaves at most one statement in doubt, about which the catalogue is asked (`probe`).
//!
//! Where MySQL 8 and MariaDB differ, what both understand is written. Run on MariaDB 10.11.

mod fault;
mod probe;
mod walk;

use diesel::mysql::Mysql;
use diesel::result::DatabaseErrorKind;

use self::walk::Walk;
use super::{Backend, Engine, Failure, Leave, Pending, Step, Terms};
use crate::dialect::Dialect;
use crate::engine::clock;
use crate::engine::ledger::{self, CREATE_DIESEL, Change, DIESEL, Entry, LEDGER, create_ledger};
use crate::engine::session::{Session, SqlError, SqlErrorKind};
use crate::revision::{Mode, Script};

/// Of the server, so that the schema is in it; as short as MySQL demands.
const LOCK: &str = "CONCAT('cargo_schema:', MD5(DATABASE()))";

/// What drivers say of a connection that is gone, in English whatever the server speaks.
const LOST: [&str; 5] = [
    "Input/output error",
    "Driver error",
    "Lost connection to",
    "MySQL server has gone away",
    "Server has gone away",
];

/// One connection during one run.
#[derive(Debug, Default)]
pub(crate) struct MysqlBackend {
    is_locked: bool,
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
        } else if LOST.iter().any(|lost| message.starts_with(lost)) {
            SqlErrorKind::Lost
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
        let row = session.rows(&try_lock())?.into_iter().next().unwrap_or_default();
        let [taken, holder, autocommit, lock_wait, innodb_wait, is_mariadb] =
            row.try_into().unwrap_or_default();
        if taken.as_deref() != Some("1") {
            return Err(SqlError::busy(holder));
        }
        (self.is_locked, self.is_new) = (true, true);
        // It would undo what counts as done.
        let had_no_autocommit = autocommit.as_deref() == Some("0");
        let mut settings: Vec<String> = Vec::new();
        if had_no_autocommit {
            settings.push("autocommit = 1".to_owned());
            self.restore.push("autocommit = 0".to_owned());
        }
        if let Some(timeout) = terms.lock_timeout {
            // Whole seconds, and at least one; there is no for ever.
            let seconds = if timeout.is_zero() { 31_536_000 } else { timeout.as_secs().max(1) };
            settings.extend(
                ["lock_wait_timeout", "innodb_lock_wait_timeout"].map(|name| format!("{name} = {seconds}")),
            );
            let found = [("lock_wait_timeout", lock_wait), ("innodb_lock_wait_timeout", innodb_wait)];
            self.restore
                .extend(found.into_iter().filter_map(|(name, found)| Some(format!("{name} = {}", found?))));
        }
        if let Some(timeout) = terms.statement_timeout {
            // MySQL limits queries that only read, and MariaDB all.
            let (name, value) = match is_mariadb.as_deref() {
                Some("1") => ("max_statement_time", timeout.as_secs_f64().to_string()),
                _ => ("max_execution_time", timeout.as_millis().to_string()),
            };
            settings.push(format!("{name} = {value}"));
            self.restore.push(format!("{name} = DEFAULT"));
        }
        if settings.is_empty() { Ok(()) } else { session.execute(&format!("SET {}", settings.join(", "))) }
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
        walk.run(session, before).map_err(|error| walk.give_up(session, error))
    }

    fn leave(&mut self, session: &mut dyn Session, how: Leave) -> Result<(), SqlError> {
        let changes = std::mem::take(&mut self.pending.changes);
        match how {
            Leave::Keep if !changes.is_empty() => session.execute(&transaction(self, changes)),
            Leave::Keep | Leave::Undo => Ok(()),
        }
    }

    fn end(&mut self, session: &mut dyn Session) -> Result<(), SqlError> {
        self.pending.changes.clear();
        let restore = std::mem::take(&mut self.restore);
        let restore =
            if restore.is_empty() { String::new() } else { format!("; SET {}", restore.join(", ")) };
        match std::mem::take(&mut self.is_locked) {
            true => session.execute(&format!("DO RELEASE_LOCK({LOCK}){restore}")),
            false => Ok(()),
        }
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
    format!("START TRANSACTION;\n{};\nCOMMIT;\n", ledger::write(backend, &changes).join(";\n"))
}

/// Takes the lock, or says who has it.
fn try_lock() -> String {
    format!(
        "SELECT CAST(GET_LOCK({LOCK}, 0) AS CHAR), coalesce((SELECT CONCAT(user, '@', host, ', connection ', id) \
         FROM information_schema.processlist WHERE id = IS_USED_LOCK({LOCK})), \
         CONCAT('connection ', IS_USED_LOCK({LOCK}))), CAST(@@autocommit AS CHAR), \
         CAST(@@lock_wait_timeout AS CHAR), CAST(@@innodb_lock_wait_timeout AS CHAR), \
         CAST(VERSION() LIKE '%MariaDB%' AS CHAR)"
    )
}

/// Right whatever `sql_mode` says of backslashes: a text that has one is written by its bytes.
fn quote(text: &str) -> String {
    if text.contains('\\') {
        let bytes: String = text.bytes().map(|byte| format!("{byte:02x}")).collect();
        return format!("_utf8mb4 X'{bytes}'");
    }
    format!("'{}'", text.replace('\'', "''"))
}
