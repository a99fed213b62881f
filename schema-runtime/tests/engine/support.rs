//! Histories from literals, and databases to run them on.

use std::cell::RefCell;

use diesel::connection::{Instrumentation, InstrumentationEvent, SimpleConnection};
use diesel::deserialize::QueryableByName;
use diesel::sql_types::{Nullable, Text};
use diesel::{Connection, RunQueryDsl, SqliteConnection};
use schema_runtime::engine::{Error, Event, Migrator, Options, Report, State, StatementFailure};
use schema_runtime::history::History;
use schema_runtime::revision::{Mode, Revision, Script, Statement, StatementKind};

/// A revision with scripts that end their statements with `;` at the end of a line.
pub(crate) fn revision(id: &str, parents: &[&str], up: &str, down: &str) -> Revision {
    Revision {
        id: id.to_owned().into(),
        version: format!("2026{id}").into(),
        folder: format!("2026-{id}_test").into(),
        message: String::new().into(),
        created: None,
        parents: parents.iter().map(|parent| (*parent).to_owned().into()).collect(),
        depends_on: Vec::new(),
        labels: Vec::new(),
        irreversible: None,
        up: script(up),
        down: Some(script(down)),
    }
}

/// A script in the mode that its first line names: `-- off`, `-- outside`, or nothing.
pub(crate) fn script(text: &str) -> Script {
    let mode = match text.lines().next() {
        Some("-- off") => Mode::ForeignKeysOff,
        Some("-- outside") => Mode::Outside,
        _ => Mode::Joined,
    };
    let mut statements = Vec::new();
    let mut start = 0;
    for piece in text.split_inclusive(";\n") {
        let sql: &str = piece.trim_start();
        let sql = sql.strip_prefix("-- off\n").or(sql.strip_prefix("-- outside\n")).unwrap_or(sql);
        let from = start + piece.len() - sql.len();
        let sql = sql.trim_end().trim_end_matches(';');
        start += piece.len();
        if !sql.is_empty() && !sql.starts_with("--") {
            let (start, end) = (from as u32, (from + sql.len()) as u32);
            statements.push(Statement { start, end, kind: kind(sql) });
        }
    }
    let checksum = format!("1-{text}").replace(['+', ' '], "").into();
    Script { text: text.to_owned().into(), checksum, statements, mode }
}

fn kind(sql: &str) -> StatementKind {
    match sql.split_whitespace().next().unwrap_or_default() {
        "BEGIN" | "COMMIT" | "ROLLBACK" | "SAVEPOINT" | "RELEASE" => StatementKind::Transaction,
        "VACUUM" => StatementKind::Outside,
        _ => StatementKind::Ordinary,
    }
}

/// A line of revisions, each with its way up and down.
pub(crate) fn line(scripts: &[(&str, &str)]) -> History {
    let id = |index: usize| format!("{index:04}");
    let revisions = scripts.iter().enumerate().map(|(index, (up, down))| {
        let parent = index.checked_sub(1).map(id);
        revision(&id(index), &parent.as_deref().into_iter().collect::<Vec<_>>(), up, down)
    });
    history(revisions.collect())
}

/// A line of revisions that make tables `t0`, `t1`, ..
pub(crate) fn tables(count: usize) -> History {
    let scripts: Vec<(String, String)> = (0..count)
        .map(|index| (format!("CREATE TABLE t{index} (a);\n"), format!("DROP TABLE t{index};\n")))
        .collect();
    line(&scripts.iter().map(|(up, down)| (&**up, &**down)).collect::<Vec<_>>())
}

pub(crate) fn history(revisions: Vec<Revision>) -> History {
    History::new(revisions).unwrap()
}

/// A database file that goes away with the test.
pub(crate) struct Database {
    folder: tempfile::TempDir,
}

impl Database {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    /// Prepared with these statements.
    pub(crate) fn with(sql: &str) -> Self {
        let database = Self::new();
        run(&mut database.connect(), sql);
        database
    }

    pub(crate) fn path(&self) -> String {
        self.folder.path().join("test.db").to_str().unwrap().to_owned()
    }

    pub(crate) fn connect(&self) -> SqliteConnection {
        SqliteConnection::establish(&self.path()).unwrap()
    }

    /// No test pulls the plug, and flushing a thousand small files takes its time.
    pub(crate) fn connect_unsynced(&self) -> SqliteConnection {
        let mut connection = self.connect();
        run(&mut connection, "PRAGMA synchronous = OFF");
        connection
    }
}

/// Calls back before each query.
pub(crate) struct Before<F>(pub(crate) F);

impl<F: FnMut(&str) + Send + 'static> Instrumentation for Before<F> {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        if let InstrumentationEvent::StartQuery { query, .. } = event {
            (self.0)(&query.to_string());
        }
    }
}

pub(crate) fn run(connection: &mut SqliteConnection, sql: &str) {
    connection.batch_execute(sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
}

/// All rows of a query, columns with `|` between them.
pub(crate) fn query(connection: &mut SqliteConnection, columns: &str, rest: &str) -> Vec<String> {
    #[derive(QueryableByName)]
    struct Line {
        #[diesel(sql_type = Nullable<Text>)]
        line: Option<String>,
    }
    let columns = columns.split(", ").map(|column| format!("coalesce({column}, 'NULL')"));
    let columns = columns.collect::<Vec<_>>().join(" || '|' || ");
    let sql = format!("SELECT {columns} AS line {rest}");
    let lines: Vec<Line> = diesel::sql_query(&sql).load(connection).unwrap_or_else(|e| panic!("{sql}: {e}"));
    lines.into_iter().map(|line| line.line.unwrap_or_default()).collect()
}

/// The schema without our two tables.
pub(crate) fn schema(connection: &mut SqliteConnection) -> Vec<String> {
    query(
        connection,
        "name",
        "FROM sqlite_master WHERE name NOT LIKE '\\_\\_%' ESCAPE '\\' AND name NOT LIKE 'sqlite%' ORDER BY 1",
    )
}

/// The ledger: who, what, how far, how it ended.
pub(crate) fn ledger(connection: &mut SqliteConnection) -> Vec<String> {
    let columns = "revision, action, statements_done || '/' || statements_total, outcome";
    query(connection, columns, "FROM __schema_ledger ORDER BY id")
}

/// Diesel's table.
pub(crate) fn versions(connection: &mut SqliteConnection) -> Vec<String> {
    query(connection, "version", "FROM __diesel_schema_migrations ORDER BY 1")
}

pub(crate) fn pragma(connection: &mut SqliteConnection, name: &str) -> String {
    query(connection, &format!("CAST({name} AS TEXT)"), &format!("FROM pragma_{name}")).remove(0)
}

pub(crate) fn upgrade(history: &History, connection: &mut SqliteConnection) -> Result<Report, Error> {
    Migrator::new(history).upgrade(connection, "heads")
}

pub(crate) fn revert(
    history: &History,
    connection: &mut SqliteConnection,
    target: &str,
) -> Result<Report, Error> {
    Migrator::new(history).revert(connection, target)
}

pub(crate) fn state(history: &History, connection: &mut SqliteConnection) -> State {
    Migrator::new(history).state(connection).unwrap()
}

pub(crate) fn applied(history: &History, connection: &mut SqliteConnection) -> Vec<usize> {
    state(history, connection).applied.nodes().collect()
}

pub(crate) fn options(change: impl FnOnce(&mut Options)) -> Options {
    let mut options = Options { lock_wait: std::time::Duration::from_secs(5), ..Options::default() };
    change(&mut options);
    options
}

/// Runs with these options, and tells what was told.
pub(crate) fn watched<T>(
    history: &History,
    options: Options,
    work: impl FnOnce(&Migrator<'_>) -> T,
) -> (T, Vec<String>) {
    let events = RefCell::new(Vec::new());
    let observe = |event: &Event<'_>| {
        events.borrow_mut().push(match event {
            Event::Waiting { .. } => "waiting".to_owned(),
            Event::Locked { revisions, .. } => format!("locked {revisions}"),
            Event::Started { revision, .. } => format!("started {}", revision.id),
            Event::Finished { revision, .. } => format!("finished {}", revision.id),
            Event::Warning { message } => format!("warning: {message}"),
            other => format!("{other:?}"),
        });
    };
    let result = {
        // The migrator borrows the list as long as it lives.
        let migrator = Migrator::new(history).options(options).observe(observe);
        work(&migrator)
    };
    (result, events.into_inner())
}

pub(crate) fn failure(result: Result<Report, Error>) -> StatementFailure {
    match result {
        Err(Error::Statement(failure)) => *failure,
        other => panic!("expected a failed statement, got {other:?}"),
    }
}

/// The rule of a refusal, and the revisions that it names.
pub(crate) fn refusal<T: std::fmt::Debug>(result: Result<T, Error>) -> (&'static str, Vec<String>) {
    match result {
        Err(Error::Refused { rule, revisions, .. }) => (rule, revisions),
        other => panic!("expected a refusal, got {other:?}"),
    }
}
