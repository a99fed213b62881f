//! What can go wrong with a scratch database, and the plainest ways of speaking to one.

use std::fmt;

use diesel::connection::SimpleConnection as _;
use diesel::{Connection as _, SqliteConnection};

use super::url::DatabaseUrl;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::project::Project;

/// Where scratch databases are made: beside the database of a package.
#[derive(Clone, Copy)]
pub(crate) struct Site<'a> {
    pub(crate) context: &'a Context,
    pub(crate) project: &'a Project,
}

impl Site<'_> {
    /// The database that the package is configured for, which is looked at for its server alone.
    pub(crate) fn url(&self) -> Result<DatabaseUrl, Failure> {
        self.context.url(self.project)
    }
}

/// A scratch database that refused something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Error {
    /// What was being done: a clause that begins with a verb, such as "read the schema".
    pub(crate) doing: String,
    /// What the database said.
    pub(crate) message: String,
    /// It is the rows that are in the way, not the statements.
    pub(crate) is_about_rows: bool,
}

impl Error {
    pub(crate) fn new(doing: impl Into<String>, message: impl fmt::Display) -> Self {
        Self { doing: doing.into(), message: message.to_string(), is_about_rows: false }
    }

    /// The same, said of rows.
    #[must_use]
    pub(crate) fn of_rows(self) -> Self {
        Self { is_about_rows: true, ..self }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "could not {}: {}", self.doing, self.message)
    }
}

impl std::error::Error for Error {}

/// A scratch database that cannot be used at all.
pub(crate) fn unusable(error: Error) -> Failure {
    Failure::new(Exit::Failed, "scratch", error.to_string())
}

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
        let error = Error::new(format!("run `{line}` on the scratch database"), error);
        let is_about_rows =
            error.message.contains("constraint failed") || error.message.starts_with("cannot store");
        if is_about_rows { error.of_rows() } else { error }
    })
}
