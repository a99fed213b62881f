//! The only file that speaks Diesel to a database: SQL text in, rows of text out. Everything above works on
//! [`Session`] and knows neither connections nor drivers. No SQL is made here.

use std::fmt;

use diesel::RunQueryDsl;
use diesel::connection::LoadConnection;
use diesel::deserialize::{self, FromSql, QueryableByName};
use diesel::expression::QueryMetadata;
use diesel::query_builder::{QueryFragment, SqlQuery};
use diesel::result::{DatabaseErrorInformation, DatabaseErrorKind, Error as DieselError};
use diesel::row::{Field, NamedRow, Row as SqlRow};
use diesel::sql_types::{Text, Untyped};

use super::backend::Engine;
use super::error::Obstacle;

/// One row; every column as text, whatever its type.
pub(crate) type Row = Vec<Option<String>>;

/// A conversation with one database.
pub(crate) trait Session {
    /// Runs one statement, or several in one message.
    fn execute(&mut self, sql: &str) -> Result<(), SqlError>;

    /// Runs a query.
    fn rows(&mut self, sql: &str) -> Result<Vec<Row>, SqlError>;

    /// The first column of the first row.
    fn value(&mut self, sql: &str) -> Result<Option<String>, SqlError> {
        let first = self.rows(sql)?.into_iter().next();
        Ok(first.and_then(|row| row.into_iter().next().flatten()))
    }
}

/// What a database refused, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SqlError {
    pub(crate) message: String,
    /// Detail and hint, where the engine has them.
    pub(crate) details: Vec<String>,
    /// Byte offset in the statement, where the engine tells.
    pub(crate) position: Option<usize>,
    pub(crate) kind: SqlErrorKind,
}

/// The kinds of refusal that the engine reacts to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SqlErrorKind {
    /// Somebody else holds a lock; trying again may help.
    Busy,
    /// The connection is inside a transaction already.
    InTransaction,
    /// The database may not be written to.
    ReadOnly,
    /// A statement did not get its lock in time; what it was part of can be tried again.
    LockTimeout,
    /// A statement took longer than it may.
    StatementTimeout,
    /// Somebody ended a statement from another session.
    Cancelled,
    /// Whoever asks lacks the right.
    Denied,
    /// There is no room left where the database is.
    Full,
    /// Nobody answers any more; what was under way may have come to its end or not.
    Lost,
    /// The run lock is not ours any more; nothing of what was sent took effect.
    LockLost,
    /// A pooler has given the session to somebody else meanwhile.
    SharedSession,
    /// Anything else.
    Other,
}

impl SqlErrorKind {
    /// What of the server's side stands in the way, whatever the statement says.
    pub(crate) fn obstacle(self) -> Option<Obstacle> {
        match self {
            Self::ReadOnly => Some(Obstacle::ReadOnly),
            Self::Denied => Some(Obstacle::Denied),
            Self::Full => Some(Obstacle::DiskFull),
            Self::Lost => Some(Obstacle::Lost),
            Self::LockTimeout => Some(Obstacle::Blocked),
            Self::StatementTimeout => Some(Obstacle::TooSlow),
            Self::Cancelled => Some(Obstacle::Cancelled),
            Self::Busy | Self::InTransaction | Self::LockLost | Self::SharedSession | Self::Other => None,
        }
    }
}

impl From<Obstacle> for SqlErrorKind {
    fn from(obstacle: Obstacle) -> Self {
        match obstacle {
            Obstacle::ReadOnly => Self::ReadOnly,
            Obstacle::Denied => Self::Denied,
            Obstacle::DiskFull => Self::Full,
            Obstacle::Lost => Self::Lost,
            Obstacle::Blocked => Self::LockTimeout,
            Obstacle::TooSlow => Self::StatementTimeout,
            Obstacle::Cancelled => Self::Cancelled,
        }
    }
}

impl SqlError {
    /// An error of our own making, worded like one of the engine's.
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), details: Vec::new(), position: None, kind: SqlErrorKind::Other }
    }

    /// Somebody who has a name is in our way.
    pub(crate) fn busy(holder: Option<String>) -> Self {
        let details = holder.into_iter().collect();
        Self { details, kind: SqlErrorKind::Busy, ..Self::new("another run is under way") }
    }

    /// Who is in our way, where that is known.
    pub(crate) fn holder(&self) -> Option<String> {
        self.details.first().filter(|_| self.kind == SqlErrorKind::Busy).cloned()
    }
}

impl fmt::Display for SqlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

/// A Diesel connection as a session.
pub(crate) struct DieselSession<'c, C>(pub(crate) &'c mut C);

impl<C> Session for DieselSession<'_, C>
where
    C: LoadConnection,
    C::Backend: Engine + QueryMetadata<Untyped>,
    String: FromSql<Text, C::Backend>,
    SqlQuery: QueryFragment<C::Backend>,
{
    fn execute(&mut self, sql: &str) -> Result<(), SqlError> {
        self.0.batch_execute(sql).map_err(worded::<C::Backend>)
    }

    fn rows(&mut self, sql: &str) -> Result<Vec<Row>, SqlError> {
        let rows: Vec<TextRow> = diesel::sql_query(sql).load(self.0).map_err(worded::<C::Backend>)?;
        Ok(rows.into_iter().map(|row| row.0).collect())
    }
}

/// A row of any query that asks for text alone.
struct TextRow(Row);

impl<DB> QueryableByName<DB> for TextRow
where
    DB: diesel::backend::Backend,
    String: FromSql<Text, DB>,
{
    fn build<'r>(row: &impl NamedRow<'r, DB>) -> deserialize::Result<Self> {
        let column = |index| -> deserialize::Result<Option<String>> {
            let field = SqlRow::get(row, index).ok_or("the row is shorter than its query")?;
            field.value().map(<String as FromSql<Text, DB>>::from_sql).transpose()
        };
        // Collecting results knows no length, and growing ten thousand rows is half the cost of reading them.
        let mut fields = Vec::with_capacity(row.field_count());
        for index in 0..row.field_count() {
            fields.push(column(index)?);
        }
        Ok(Self(fields))
    }
}

fn worded<DB: Engine>(error: DieselError) -> SqlError {
    match error {
        DieselError::DatabaseError(kind, information) => informed::<DB>(kind, information.as_ref()),
        other => SqlError::new(other.to_string()),
    }
}

fn informed<DB: Engine>(
    kind: DatabaseErrorKind,
    information: &(dyn DatabaseErrorInformation + Send + Sync),
) -> SqlError {
    let message = information.message().to_owned();
    SqlError {
        kind: DB::kind(&kind, &message),
        details: [information.details(), information.hint()]
            .into_iter()
            .flatten()
            .map(str::to_owned)
            .collect(),
        // Servers count from one.
        position: information.statement_position().and_then(|at| usize::try_from(at - 1).ok()),
        message,
    }
}
