//! Difference, SQL and proof together, on real databases in memory.

mod alter;
mod cases;
mod pragmas;
mod property;
mod random;
mod rebuild;

use diesel::SqliteConnection;
use schema_build::schema::Schema;

use super::migration::{Migration, write};
use super::prove::{self, Claim, Disproof};
use crate::database::scratch;
use crate::dialect::Dialect;
use crate::dialect::sqlite::Sqlite;
use crate::difference::{Answers, Difference, difference};

/// A database that holds what this SQL makes.
fn database(sql: &str) -> SqliteConnection {
    let mut database = scratch::sqlite().expect("a scratch database");
    scratch::run(&mut database, sql).unwrap_or_else(|error| panic!("{error}\n{sql}"));
    database
}

fn schema_on<D: Dialect>(dialect: &D, database: &mut D::Database) -> Schema {
    let catalogue = dialect.introspect(database).expect("a catalogue");
    dialect.schema(&catalogue)
}

/// What leads from the database to the schema, as an engine spells it.
fn changes_on<D: Dialect>(
    dialect: &D,
    database: &mut D::Database,
    desired: &Schema,
    answers: &Answers,
) -> Difference {
    let current = schema_on(dialect, database);
    let mut desired = desired.clone();
    let spelling = dialect.spell(database, &mut desired, &current).expect("a spelling");
    let mut found = difference(dialect, &desired, &current, answers);
    spelling.undo(&mut found.operations);
    found
}

/// The migration that leads there.
fn migration_on<D: Dialect>(
    dialect: &D,
    database: &mut D::Database,
    desired: &Schema,
    answers: &Answers,
) -> Migration {
    let current = schema_on(dialect, database);
    let found = changes_on(dialect, database, desired, answers);
    assert_eq!((&found.questions, &found.refusals), (&vec![], &vec![]));
    write(dialect, database, found.operations, &current).unwrap_or_else(|error| panic!("{error}"))
}

fn prove_on<D: Dialect>(
    dialect: &D,
    database: &mut D::Database,
    migration: &Migration,
    desired: &Schema,
    answers: &Answers,
    rows: usize,
) -> Result<usize, Disproof> {
    let claim = Claim { dialect, migration, desired, answers };
    prove::prove(&[claim], database, rows).map(|proven| proven.rows)
}

fn schema(database: &mut SqliteConnection) -> Schema {
    schema_on(&Sqlite, database)
}

fn migration(database: &mut SqliteConnection, desired: &Schema, answers: &Answers) -> Migration {
    migration_on(&Sqlite, database, desired, answers)
}

fn prove(
    database: &mut SqliteConnection,
    migration: &Migration,
    desired: &Schema,
    answers: &Answers,
    rows: usize,
) -> Result<usize, Disproof> {
    prove_on(&Sqlite, database, migration, desired, answers, rows)
}
