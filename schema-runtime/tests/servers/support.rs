//! Databases on the servers that are there, each test's own, and histories from literals.
//!
//! `SCHEMA_TEST_POSTGRES` and `SCHEMA_TEST_MYSQL` name servers; without them the usual ports of this machine are
//! tried. Where nothing answers a test says that it was skipped, and fails when `CI` is `true`.

use std::io::Write as _;
use std::sync::atomic::{AtomicUsize, Ordering};

use diesel::connection::{LoadConnection, SimpleConnection};
use diesel::deserialize::QueryableByName;
use diesel::sql_types::{Nullable, Text};
use diesel::{Connection as _, RunQueryDsl};
use diesel_async::async_connection_wrapper::AsyncConnectionWrapper;
use diesel_async::{AsyncMysqlConnection, AsyncPgConnection};
use schema_runtime::engine::{Connection, Error, Migrator, Report, StatementFailure};
use schema_runtime::history::History;
use schema_runtime::revision::{Mode, Revision, Script, Statement, StatementKind};

pub(crate) type Postgres = AsyncConnectionWrapper<AsyncPgConnection>;
pub(crate) type Mysql = AsyncConnectionWrapper<AsyncMysqlConnection>;

/// A connection to one of the servers, for what both do alike.
pub(crate) trait Client: Connection + diesel::Connection {
    const IS_POSTGRES: bool;

    /// The rows of a query of one text column named `line`.
    fn lines(&mut self, sql: &str) -> Vec<String>;

    fn database() -> Option<Database> {
        if Self::IS_POSTGRES { Database::postgres() } else { Database::mysql() }
    }

    fn all_tables(&mut self) -> Vec<String> {
        let schema = if Self::IS_POSTGRES { "current_schema()" } else { "DATABASE()" };
        self.lines(&format!(
            "SELECT CONCAT(table_name, '') AS line FROM information_schema.tables \
             WHERE table_schema = {schema} ORDER BY 1"
        ))
    }

    /// Without the engine's own two.
    fn tables(&mut self) -> Vec<String> {
        self.all_tables().into_iter().filter(|table| !table.starts_with("__")).collect()
    }
}

impl Client for Postgres {
    const IS_POSTGRES: bool = true;

    fn lines(&mut self, sql: &str) -> Vec<String> {
        query(self, sql)
    }
}

impl Client for Mysql {
    const IS_POSTGRES: bool = false;

    fn lines(&mut self, sql: &str) -> Vec<String> {
        query(self, sql)
    }
}

/// A database of a test's own.
pub(crate) struct Database {
    server: String,
    name: String,
    is_postgres: bool,
}

impl Database {
    pub(crate) fn postgres() -> Option<Self> {
        Self::new("SCHEMA_TEST_POSTGRES", "postgres://postgres@127.0.0.1:5432", true)
    }

    pub(crate) fn mysql() -> Option<Self> {
        Self::new("SCHEMA_TEST_MYSQL", "mysql://root@127.0.0.1:3306", false)
    }

    fn new(variable: &str, default: &str, is_postgres: bool) -> Option<Self> {
        static NUMBER: AtomicUsize = AtomicUsize::new(0);
        let server = std::env::var(variable).unwrap_or_else(|_| default.to_owned());
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("schema_test_{}_{number}", std::process::id());
        let database = Self { server, name, is_postgres };
        match database.administrate(&format!("CREATE DATABASE {}", database.name)) {
            Ok(()) => Some(database),
            Err(error) => {
                let is_ci = std::env::var("CI").is_ok_and(|ci| ci == "true");
                assert!(!is_ci, "no server for {variable}: {error}");
                let _ = writeln!(std::io::stderr(), "SKIPPED: no server answers for {variable}: {error}");
                std::mem::forget(database);
                None
            }
        }
    }

    fn administrate(&self, sql: &str) -> Result<(), String> {
        let words = |error: &dyn std::fmt::Display| error.to_string();
        match self.is_postgres {
            true => Postgres::establish(&format!("{}/postgres", self.server))
                .map_err(|error| words(&error))?
                .batch_execute(sql)
                .map_err(|error| words(&error)),
            false => Mysql::establish(&format!("{}/mysql", self.server))
                .map_err(|error| words(&error))?
                .batch_execute(sql)
                .map_err(|error| words(&error)),
        }
    }

    pub(crate) fn url(&self) -> String {
        format!("{}/{}", self.server, self.name)
    }

    pub(crate) fn pg(&self) -> Postgres {
        Postgres::establish(&self.url()).unwrap()
    }

    pub(crate) fn my(&self) -> Mysql {
        Mysql::establish(&self.url()).unwrap()
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let force = if self.is_postgres { " WITH (FORCE)" } else { "" };
        let dropped = self.administrate(&format!("DROP DATABASE {}{force}", self.name));
        if let (Err(error), false) = (dropped, std::thread::panicking()) {
            panic!("{error}");
        }
    }
}

/// A line of revisions, each with its way up and down; `;` at the end of a line ends a statement, and a first
/// line `-- outside` says how it is run.
pub(crate) fn line(scripts: &[(&str, &str)]) -> History {
    let id = |index: usize| format!("{index:04}");
    let revisions = scripts.iter().enumerate().map(|(index, (up, down))| Revision {
        id: id(index).into(),
        version: format!("2026{}", id(index)).into(),
        folder: format!("2026-{}_test", id(index)).into(),
        message: String::new().into(),
        created: None,
        parents: index.checked_sub(1).map(|parent| id(parent).into()).into_iter().collect(),
        depends_on: Vec::new(),
        labels: Vec::new(),
        irreversible: None,
        up: script(up),
        down: Some(script(down)),
    });
    History::new(revisions.collect()).unwrap()
}

fn script(text: &str) -> Script {
    let mode = if text.starts_with("-- outside\n") { Mode::Outside } else { Mode::Joined };
    let mut statements = Vec::new();
    let mut start = 0;
    for piece in text.split_inclusive(";\n") {
        let sql = piece.strip_prefix("-- outside\n").unwrap_or(piece);
        let from = start + piece.len() - sql.len();
        start += piece.len();
        let sql = sql.trim_end().trim_end_matches(';');
        let (from, to) = (from as u32, (from + sql.len()) as u32);
        if !sql.is_empty() {
            statements.push(Statement { start: from, end: to, kind: kind(sql) });
        }
    }
    let checksum = format!("1-{:x}", text.bytes().fold(7_u64, |a, b| a.wrapping_mul(31) + u64::from(b)));
    Script { text: text.to_owned().into(), checksum: checksum.into(), statements, mode }
}

fn kind(sql: &str) -> StatementKind {
    match sql.split_whitespace().next().unwrap_or_default() {
        _ if sql.starts_with("BEGIN NOT ATOMIC") => StatementKind::Ordinary,
        "BEGIN" | "START" | "COMMIT" | "ROLLBACK" => StatementKind::Transaction,
        "VACUUM" | "DISCARD" => StatementKind::Outside,
        _ if sql.contains("CONCURRENTLY") => StatementKind::Outside,
        _ => StatementKind::Ordinary,
    }
}

pub(crate) fn run(connection: &mut impl SimpleConnection, sql: &str) {
    connection.batch_execute(sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
}

/// All rows of a query of one text column.
pub(crate) fn query<C>(connection: &mut C, sql: &str) -> Vec<String>
where
    C: LoadConnection,
    Line: QueryableByName<C::Backend>,
    C::Backend: diesel::expression::QueryMetadata<diesel::sql_types::Untyped> + 'static,
    diesel::query_builder::SqlQuery: diesel::query_builder::QueryFragment<C::Backend>,
{
    let lines: Vec<Line> = diesel::sql_query(sql).load(connection).unwrap_or_else(|e| panic!("{sql}: {e}"));
    lines.into_iter().map(|line| line.line.unwrap_or_default()).collect()
}

#[derive(QueryableByName)]
pub(crate) struct Line {
    #[diesel(sql_type = Nullable<Text>)]
    line: Option<String>,
}

pub(crate) fn three() -> History {
    line(&[
        ("CREATE TABLE a (x int);\nINSERT INTO a VALUES (1);\n", "DROP TABLE a;\n"),
        ("CREATE TABLE b (x int);\n", "DROP TABLE b;\n"),
        ("CREATE TABLE c (x int);\n", "DROP TABLE c;\n"),
    ])
}

/// Who, what, how far, how it ended.
pub(crate) const LEDGER: &str = "SELECT concat(revision, '|', action, '|', statements_done, '/', statements_total, \
    '|', coalesce(outcome, 'NULL')) AS line FROM __schema_ledger ORDER BY id";

pub(crate) const VERSIONS: &str = "SELECT version AS line FROM __diesel_schema_migrations ORDER BY 1";

pub(crate) fn upgrade(history: &History, connection: &mut impl Connection) -> Result<Report, Error> {
    Migrator::new(history).upgrade(connection, "heads")
}

pub(crate) fn failure<T: std::fmt::Debug>(result: Result<T, Error>) -> StatementFailure {
    match result {
        Err(Error::Statement(failure)) => *failure,
        other => panic!("expected a failed statement, got {other:?}"),
    }
}
