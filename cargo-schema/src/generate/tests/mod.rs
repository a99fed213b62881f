//! Difference, SQL and proof together, on real databases in memory.

mod pragmas;
mod property;
mod random;
mod rebuild;

use diesel::SqliteConnection;
use schema_build::schema::Schema;

use super::migration::{Migration, write};
use super::prove::{Claim, Disproof};
use crate::database::scratch;
use crate::dialect::Dialect as _;
use crate::dialect::sqlite::Sqlite;
use crate::difference::{Answers, Difference, difference};

/// A database that holds what this SQL makes.
fn database(sql: &str) -> SqliteConnection {
    let mut database = scratch::sqlite().expect("a scratch database");
    scratch::run(&mut database, sql).unwrap_or_else(|error| panic!("{error}\n{sql}"));
    database
}

fn schema(database: &mut SqliteConnection) -> Schema {
    let catalogue = Sqlite.introspect(database).expect("a catalogue");
    Sqlite.schema(&catalogue)
}

/// What leads from the database to the schema.
fn changes(database: &mut SqliteConnection, desired: &Schema, answers: &Answers) -> Difference {
    let current = schema(database);
    difference(&Sqlite, desired, &current, answers)
}

/// The migration that leads there.
fn migration(database: &mut SqliteConnection, desired: &Schema, answers: &Answers) -> Migration {
    let current = schema(database);
    let found = difference(&Sqlite, desired, &current, answers);
    assert_eq!((&found.questions, &found.refusals), (&vec![], &vec![]));
    write(&Sqlite, database, found.operations, &current).unwrap_or_else(|error| panic!("{error}"))
}

fn prove(
    database: &mut SqliteConnection,
    migration: &Migration,
    desired: &Schema,
    answers: &Answers,
    rows: usize,
) -> Result<usize, Disproof> {
    Claim { dialect: &Sqlite, migration, desired, answers }.prove(database, rows).map(|proven| proven.rows)
}
