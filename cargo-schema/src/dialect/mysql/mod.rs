//! MySQL and MariaDB. `introspect` reads what there is into a `catalogue`, `normalize`, `types` and `spell` say what is
//! equal, `emit` writes what is to happen: one ALTER per table where rows allow it (`alter`), every definition whole
//! (`define`). Where the two servers differ is in `server`, and nowhere else. Run on MariaDB 10.11.

mod alter;
mod broken;
mod catalogue;
mod define;
mod definition;
mod edit;
mod emit;
mod guard;
mod imagine;
mod introspect;
mod lines;
mod local;
pub(crate) mod name;
mod normalize;
mod outside;
mod refuse;
pub(crate) mod scratch;
mod seed;
mod server;
mod spell;
#[cfg(test)]
pub(crate) mod testing;
mod types;

use schema_build::schema::{ColumnType, EnumType, Schema};
use schema_runtime::dialect::Dialect as Engine;
use schema_runtime::engine::{self, Migrator};

use super::script::Script;
use super::spelling::Spelling;
use super::{Dialect, Emitted, Paper};
use crate::database::connection::Connection;
use crate::database::scratch::{Error, Site};
use crate::failure::Failure;
use crate::operation::Operation;
pub(crate) use catalogue::Catalogue;
use scratch::Scratch;
use server::Server;

/// MySQL and MariaDB.
pub(crate) struct Mysql;

impl Dialect for Mysql {
    type Database = Scratch;
    type Catalogue = Catalogue;

    fn engine(&self) -> Engine {
        Engine::Mysql
    }

    fn scratch(&self, site: &Site<'_>) -> Result<Scratch, Failure> {
        Scratch::for_history(site, &[])
    }

    fn scratch_for(&self, site: &Site<'_>, scripts: &[(String, &str)]) -> Result<Scratch, Failure> {
        Scratch::for_history(site, scripts)
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

    fn look(&self, connection: &mut Connection) -> Result<Catalogue, Error> {
        if !matches!(connection, Connection::Mysql(_)) {
            let what = "the package is written for MySQL, and this is no MySQL or MariaDB database";
            return Err(Error::new("read the schema", what));
        }
        let server = Server::ask(connection)?;
        let mut catalogue = introspect::catalogue(connection, server)?;
        for entry in catalogue.tables.values_mut() {
            entry.source = Some(introspect::source(connection, &entry.name)?);
        }
        Ok(catalogue)
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
        name::fold(name)
    }

    fn is_same(&self, left: &str, right: &str) -> bool {
        name::is_same(left, right)
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

    fn declare(&self, ty: &ColumnType, is_key: bool) -> Option<String> {
        types::declare(ty, is_key)
    }

    fn fills_key(&self, _: &str) -> bool {
        false
    }

    fn adds_keys_later(&self) -> bool {
        true
    }

    fn name_limit(&self) -> usize {
        64
    }

    fn rename_column(&self, sql: &str, from: &str, to: &str) -> String {
        name::renamed(sql, from, to)
    }

    fn values_of_check(&self, _: &str, _: &str) -> Option<EnumType> {
        // An enum is a type of its column here.
        None
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
            "CALL",
            "COLUMN_FORMAT",
            "COMPRESSED",
            "EVENT",
            "EXECUTE",
            "FUNCTION",
            "IGNORED",
            "INVISIBLE",
            "KEY_BLOCK_SIZE",
            "PARTITION",
            "PREPARE",
            "PROCEDURE",
            "ROW_FORMAT",
            "SRID",
            "STORAGE",
            "TABLESPACE",
            "TRIGGER",
            "VERSIONING",
            "VIEW",
        ]
    }

    fn run(&self, database: &mut Scratch, text: &str, _: bool) -> Result<(), Error> {
        emit::run_file(database, text)
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
        let mut catalogue = database.catalogue()?;
        catalogue.tables.retain(|_, entry| !super::knows(before, &name::fold(&entry.name)));
        match catalogue.tables.is_empty() {
            true => Ok(()),
            false => seed::seed(database, &catalogue, &[], rows).map(drop),
        }
    }

    fn run_alone(&self, database: &mut Scratch, statement: &str) -> Result<(), Error> {
        database.run(statement)
    }

    fn broken(&self, database: &mut Scratch, catalogue: &Catalogue) -> Vec<String> {
        broken::of(database, catalogue)
    }
}
