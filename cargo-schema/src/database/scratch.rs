//! What can go wrong with a scratch database, and the plainest ways of speaking to one.

use std::fmt;

use diesel::connection::SimpleConnection as _;
use diesel::{Connection as _, SqliteConnection};

/// A scratch database that refused something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Error {
    /// What was being done: a clause that begins with a verb, such as "read the schema".
    pub(crate) doing: String,
    /// What the database said.
    pub(crate) message: String,
}

impl Error {
    pub(crate) fn new(doing: impl Into<String>, message: impl fmt::Display) -> Self {
        Self { doing: doing.into(), message: message.to_string() }
    }

    /// Whether it is the rows that are in the way, not the statements.
    pub(crate) fn is_about_rows(&self) -> bool {
        self.message.contains("constraint failed") || self.message.starts_with("cannot store")
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "could not {}: {}", self.doing, self.message)
    }
}

impl std::error::Error for Error {}

/// An empty SQLite database in memory, foreign keys on.
pub(crate) fn sqlite() -> Result<SqliteConnection, Error> {
    let mut database = SqliteConnection::establish(":memory:")
        .map_err(|error| Error::new("open a scratch database", error))?;
    run(&mut database, "PRAGMA foreign_keys = ON")?;
    Ok(database)
}

/// Runs one statement or several; the first line is what an error names.
pub(crate) fn run(database: &mut SqliteConnection, sql: &str) -> Result<(), Error> {
    database.batch_execute(sql).map_err(|error| {
        let line = sql.lines().next().unwrap_or_default();
        Error::new(format!("run `{line}` on the scratch database"), error)
    })
}
