//! SQLite. `introspect` reads what there is, `normalize` and `types` say what is equal, `emit` writes what is to
//! happen: in place where SQLite can (`inplace`), else by one rebuild per table (`rebuild`, `copy`). `source` and
//! `edit` keep a table's statement as people wrote it.

mod broken;
mod clause;
mod copy;
mod cursor;
mod definition;
mod edit;
mod emit;
pub(crate) mod excerpt;
mod inplace;
pub(crate) mod introspect;
mod lines;
pub(crate) mod name;
mod normalize;
mod picture;
mod rebuild;
mod seed;
mod source;
pub(crate) mod types;
mod words;

use diesel::SqliteConnection;
use schema_build::schema::{ColumnType, EnumType, Schema};
use schema_runtime::dialect::Dialect as Engine;
use schema_runtime::engine::{self, Migrator};

use super::script::Script;
use super::{Dialect, Emitted, Excerpt};
use crate::database::connection::Connection;
use crate::database::scratch::{self, Error, Site};
use crate::failure::Failure;
use crate::operation::Operation;
pub(crate) use introspect::Catalogue;

#[cfg(test)]
pub(crate) use seed::texts;

/// SQLite.
pub(crate) struct Sqlite;

impl Dialect for Sqlite {
    type Database = SqliteConnection;
    type Catalogue = Catalogue;

    fn engine(&self) -> Engine {
        Engine::Sqlite
    }

    fn scratch(&self, _: &Site<'_>) -> Result<SqliteConnection, Failure> {
        scratch::sqlite().map_err(scratch::unusable)
    }

    fn upgrade(
        &self,
        database: &mut SqliteConnection,
        migrator: &Migrator<'_>,
        target: &str,
    ) -> Result<(), engine::Error> {
        migrator.upgrade(database, target).map(drop)
    }

    fn settle(&self, database: &mut SqliteConnection) -> Result<(), Error> {
        // A migration that switches them off for good does so in its own database, not in the proof.
        scratch::run(database, "PRAGMA foreign_keys = ON")
    }

    fn excerpt(
        &self,
        catalogue: &Catalogue,
        operations: &[Operation],
    ) -> Result<Option<Excerpt<SqliteConnection>>, Error> {
        excerpt::of(catalogue, operations).map(Some)
    }

    fn introspect(&self, database: &mut SqliteConnection) -> Result<Catalogue, Error> {
        introspect::catalogue(database)
    }

    fn look(&self, connection: &mut Connection) -> Result<Catalogue, Error> {
        match connection {
            Connection::Sqlite(database) => introspect::catalogue(database),
            Connection::Postgres(_) | Connection::Mysql(_) => Err(Error::new(
                "read the schema",
                "the package is written for SQLite, and this is no SQLite database",
            )),
        }
    }

    fn definition(&self, catalogue: &Catalogue) -> Option<Script> {
        Some(definition::of(catalogue))
    }

    fn schema(&self, catalogue: &Catalogue) -> Schema {
        catalogue.schema()
    }

    fn normalize(&self, schema: &mut Schema) {
        normalize::schema(schema);
    }

    fn fold(&self, name: &str) -> String {
        name::fold(name)
    }

    fn is_same(&self, left: &str, right: &str) -> bool {
        name::is_same(left, right)
    }

    fn expression(&self, sql: &str) -> String {
        normalize::expression(sql)
    }

    fn is_type(&self, current: &ColumnType, desired: &ColumnType) -> bool {
        types::is_type(current, desired)
    }

    fn family(&self, ty: &ColumnType) -> String {
        types::family_name(ty)
    }

    fn declare(&self, ty: &ColumnType, is_key: bool) -> Option<String> {
        types::declare(ty, is_key)
    }

    fn fills_key(&self, ty: &str) -> bool {
        ty.eq_ignore_ascii_case("integer")
    }

    fn adds_keys_later(&self) -> bool {
        false
    }

    fn names_constraints(&self) -> bool {
        // They go with a rebuild of their table, which needs no names.
        false
    }

    fn name_limit(&self) -> usize {
        // SQLite has none; this is what a person still reads.
        120
    }

    fn rename_column(&self, sql: &str, from: &str, to: &str) -> String {
        name::renamed(sql, from, to)
    }

    fn values_of_check(&self, expression: &str, column: &str) -> Option<EnumType> {
        normalize::values_of_check(expression, column)
    }

    fn emit(
        &self,
        database: &mut SqliteConnection,
        operations: &[Operation],
        like: Option<&[Catalogue]>,
    ) -> Result<Emitted<Catalogue>, Error> {
        emit::emit(database, operations, like)
    }

    fn run(&self, database: &mut SqliteConnection, text: &str, foreign_keys_off: bool) -> Result<(), Error> {
        emit::run_file(database, text, foreign_keys_off)
    }

    fn seed(
        &self,
        database: &mut SqliteConnection,
        catalogue: &Catalogue,
        operations: &[Operation],
        rows: usize,
    ) -> Result<usize, Error> {
        seed::seed(database, catalogue, operations, rows)
    }

    fn rows(
        &self,
        database: &mut SqliteConnection,
        tables: &[(String, Vec<String>)],
    ) -> Result<Vec<Vec<String>>, Error> {
        tables.iter().map(|(table, columns)| seed::rows(database, table, columns)).collect()
    }

    fn lines(&self, catalogue: &Catalogue) -> Vec<String> {
        lines::of(catalogue)
    }

    fn picture(&self, database: &mut SqliteConnection) -> Result<Vec<String>, Error> {
        picture::of(database)
    }

    fn edition(&self, database: &mut SqliteConnection) -> Result<Option<u64>, Error> {
        picture::edition(database)
    }

    fn edits_catalogue(&self, script: &str) -> bool {
        picture::edits_schema(script)
    }

    fn unequal(&self, before: &[String], after: &[String]) -> Vec<String> {
        picture::unequal(before, after)
    }

    fn populate(
        &self,
        database: &mut SqliteConnection,
        before: &[String],
        after: &[String],
        rows: usize,
    ) -> Result<(), Error> {
        let new = picture::new_tables(before, after);
        if new.tables.is_empty() { Ok(()) } else { seed::seed(database, &new, &[], rows).map(drop) }
    }

    fn run_alone(&self, database: &mut SqliteConnection, statement: &str) -> Result<(), Error> {
        scratch::run(database, statement)
    }

    fn broken(&self, database: &mut SqliteConnection, catalogue: &Catalogue) -> Vec<String> {
        broken::of(database, catalogue)
    }
}
