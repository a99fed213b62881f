//! PostgreSQL. `introspect` reads what there is in one query, `normalize` and `types` say what is equal, `spell` asks
//! the server how it spells an expression; `emit` writes what is to happen: `define` definitions, `alter` what happens
//! to one table, `cast` to values, `enums` to types, `views` to what stands in the way; `beside` what is built
//! while others write; `restore` brings back what no
//! operation speaks of. `scratch` is a database of our own beside the project's; `trace` watches what statements lock there.

mod alter;
mod array;
mod beside;
mod cast;
mod define;
mod definition;
mod document;
mod emit;
mod enums;
mod imagine;
pub(crate) mod introspect;
mod lines;
pub(crate) mod name;
mod normalize;
mod restore;
pub(crate) mod scratch;
mod seed;
mod spell;
#[cfg(test)]
pub(crate) mod testing;
pub(crate) mod trace;
mod types;
mod views;

use schema_build::schema::{ColumnType, EnumType, Schema};
use schema_build::statement::lex;
use schema_runtime::dialect::Dialect as Engine;
use schema_runtime::engine::{self, Migrator};

use super::script::Script;
use super::spelling::Spelling;
use super::{Dialect, Emitted, Paper};
use crate::database::connection::Connection;
use crate::database::scratch::{Error, Site};
use crate::failure::Failure;
use crate::operation::Operation;
use introspect::Catalogue;
use scratch::Scratch;

/// PostgreSQL.
pub(crate) struct Postgres;

impl Dialect for Postgres {
    type Database = Scratch;
    type Catalogue = Catalogue;

    fn engine(&self) -> Engine {
        Engine::Postgres
    }

    fn scratch(&self, site: &Site<'_>) -> Result<Scratch, Failure> {
        Scratch::beside(site)
    }

    fn upgrade(
        &self,
        database: &mut Scratch,
        migrator: &Migrator<'_>,
        target: &str,
    ) -> Result<(), engine::Error> {
        database.upgrade(migrator, target)
    }

    fn settle(&self, database: &mut Scratch) -> Result<(), Error> {
        database.settle()
    }

    fn introspect(&self, database: &mut Scratch) -> Result<Catalogue, Error> {
        database.catalogue()
    }

    fn introspect_here(&self, database: &mut Scratch) -> Result<Catalogue, Error> {
        database.here()
    }

    fn look_here(&self, connection: &mut Connection) -> Result<Catalogue, Error> {
        introspect::here(connection)
    }

    fn look(&self, connection: &mut Connection) -> Result<Catalogue, Error> {
        match connection {
            Connection::Postgres(_) => introspect::catalogue(connection),
            Connection::Sqlite(_) | Connection::Mysql(_) => Err(Error::new(
                "read the schema",
                "the package is written for PostgreSQL, and this is no PostgreSQL database",
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

    fn spell(
        &self,
        database: &mut Scratch,
        desired: &mut Schema,
        current: &Schema,
    ) -> Result<Spelling, Error> {
        spell::spell(database, desired, current)
    }

    fn fold(&self, name: &str) -> String {
        name.to_owned()
    }

    fn expression(&self, sql: &str) -> String {
        name::canonical(sql)
    }

    fn is_type(&self, current: &ColumnType, desired: &ColumnType) -> bool {
        types::is_type(current, desired)
    }

    fn family(&self, ty: &ColumnType) -> String {
        types::family_name(ty)
    }

    fn declare(&self, ty: &ColumnType, _is_key: bool) -> Option<String> {
        types::declare(ty)
    }

    fn fills_key(&self, ty: &str) -> bool {
        types::behind_serial(&types::canonical(ty)).is_some()
    }

    fn adds_keys_later(&self) -> bool {
        true
    }

    fn name_limit(&self) -> usize {
        63
    }

    fn rename_column(&self, sql: &str, from: &str, to: &str) -> String {
        name::renamed(sql, from, to)
    }

    fn rename_type(&self, sql: &str, from: &str, to: &str) -> String {
        name::retyped(sql, from, to)
    }

    fn values_of_check(&self, expression: &str, column: &str) -> Option<EnumType> {
        normalize::values_of_check(expression, column)
    }

    fn emit(
        &self,
        database: &mut Scratch,
        operations: &[Operation],
        like: Option<&[Catalogue]>,
    ) -> Result<Emitted<Catalogue>, Error> {
        emit::emit(database, operations, like)
    }

    fn imagined(&self, schema: &Schema) -> Option<Catalogue> {
        Some(imagine::catalogue(schema))
    }

    fn on_paper(&self, stages: &[Paper<'_, Catalogue>]) -> Result<Script, Error> {
        emit::on_paper(stages)
    }

    fn unsaid(&self) -> &'static [&'static str] {
        &[
            "AGGREGATE",
            "CALL",
            "COMPRESSION",
            "DO",
            "DOMAIN",
            "EXCLUDE",
            "EXECUTE",
            "FILLFACTOR",
            "FORCE",
            "FUNCTION",
            "GRANT",
            "INHERIT",
            "INHERITS",
            "OWNER",
            "PARTITION",
            "POLICY",
            "PROCEDURE",
            "PUBLICATION",
            "REPLICA",
            "REVOKE",
            "RULE",
            "SECURITY",
            "STATISTICS",
            "STORAGE",
            "TABLESPACE",
            "TRIGGER",
            "UNLOGGED",
            "VIEW",
        ]
    }

    fn commits_first(&self, operation: &Operation, all: &[Operation]) -> bool {
        enums::Values::of(operation).is_some_and(|values| values.are_added() && values.are_used_by(all))
    }

    fn builds_beside(&self, catalogue: &Catalogue, table: &str) -> bool {
        beside::is_possible(catalogue, table)
    }

    fn emit_outside(
        &self,
        database: &mut Scratch,
        operations: &[Operation],
        like: Option<&[Catalogue]>,
    ) -> Result<Emitted<Catalogue>, Error> {
        beside::emit(database, operations, like)
    }

    fn on_paper_outside(&self, stages: &[Paper<'_, Catalogue>]) -> Result<Script, Error> {
        Ok(beside::on_paper(stages))
    }

    fn run_outside(&self, database: &mut Scratch, text: &str) -> Result<(), Error> {
        statements(text).iter().try_for_each(|statement| database.run(statement))
    }

    fn run(&self, database: &mut Scratch, text: &str, _foreign_keys_off: bool) -> Result<(), Error> {
        database.transaction(&statements(text))
    }

    fn seed(
        &self,
        database: &mut Scratch,
        catalogue: &Catalogue,
        operations: &[Operation],
        rows: usize,
    ) -> Result<usize, Error> {
        seed::seed(database, catalogue, operations, rows)
    }

    fn rows(
        &self,
        database: &mut Scratch,
        tables: &[(String, Vec<String>)],
    ) -> Result<Vec<Vec<String>>, Error> {
        seed::rows(database, tables)
    }

    fn lines(&self, catalogue: &Catalogue) -> Vec<String> {
        lines::of(catalogue)
    }

    fn populate(
        &self,
        database: &mut Scratch,
        before: &[String],
        _after: &[String],
        rows: usize,
    ) -> Result<(), Error> {
        let catalogue = database.catalogue()?;
        let is_new = |name: &&str| !super::knows(before, name);
        let new = catalogue.tables.keys().map(String::as_str).filter(is_new).collect();
        seed::fill(database, &catalogue, new, rows)
    }

    fn run_alone(&self, database: &mut Scratch, statement: &str) -> Result<(), Error> {
        database.run(statement)
    }

    fn begin_rehearsal(&self, database: &mut Scratch) -> Result<bool, Error> {
        database.begin_rehearsal().map(|()| true)
    }

    fn end_rehearsal(&self, database: &mut Scratch) -> Result<bool, Error> {
        database.end_rehearsal()
    }

    /// PostgreSQL knows what each view uses and drops nothing that is used: what would break one fails by itself.
    fn broken(&self, _database: &mut Scratch, _catalogue: &Catalogue) -> Vec<String> {
        Vec::new()
    }
}

fn statements(text: &str) -> Vec<&str> {
    let lexed = lex(text, Engine::Postgres);
    lexed.statements.iter().map(|statement| &text[statement.start as usize..statement.end as usize]).collect()
}
