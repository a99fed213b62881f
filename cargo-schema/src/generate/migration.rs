//! From two schemas to the SQL of a migration, both ways, written on a scratch database that goes all the way up and
//! back.

use schema_build::schema::Schema;

use super::{naming, order};
use crate::database::scratch::Error;
use crate::dialect::Dialect;
use crate::dialect::script::Script;
use crate::operation::{Operation, reversed};

/// What leads to a schema and back.
#[derive(Clone, Debug, Default)]
pub(crate) struct Migration {
    /// In the order in which they are done.
    pub(crate) operations: Vec<Operation>,
    pub(crate) up: Script,
    pub(crate) down: Script,
}

impl Migration {
    /// Whether it changes a table that is there already, and that may have rows.
    pub(crate) fn touches<D: Dialect>(&self, dialect: &D, current: &Schema) -> bool {
        let is_there = |table: &str| current.tables.keys().any(|name| dialect.is_same(name, table));
        self.operations.iter().filter_map(Operation::table).any(is_there)
    }

    /// Whether SQLite's foreign keys must be off in either direction.
    pub(crate) fn needs_foreign_keys_off(&self) -> bool {
        self.up.needs_foreign_keys_off || self.down.needs_foreign_keys_off
    }
}

/// Writes the migration for these operations. `database` holds the current schema, before and afterwards.
pub(crate) fn write<D: Dialect>(
    dialect: &D,
    database: &mut D::Database,
    operations: Vec<Operation>,
    current: &Schema,
) -> Result<Migration, Error> {
    let operations = prepared(dialect, operations, current);
    let up = dialect.emit(database, &operations, None)?;
    let stages: Vec<D::Catalogue> = up.stages.into_iter().rev().collect();
    let down = dialect.emit(database, &reversed(&operations), Some(&stages))?;
    Ok(Migration { operations, up: up.script, down: down.script })
}

/// The operations in the order in which they are done, with names for what has none.
pub(crate) fn prepared<D: Dialect>(
    dialect: &D,
    operations: Vec<Operation>,
    current: &Schema,
) -> Vec<Operation> {
    let mut operations = order::ordered(operations, dialect.adds_keys_later());
    naming::name_parts(dialect, &mut operations, current);
    operations
}
