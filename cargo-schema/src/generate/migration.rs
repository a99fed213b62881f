//! From two schemas to the SQL of a migration, both ways, written on a scratch database that goes all the way up and
//! back.

use std::collections::BTreeSet;

use schema_build::schema::Schema;

use super::share::{Share, shared};
use super::{naming, order};
use crate::database::scratch::Error;
use crate::dialect::Dialect;
use crate::dialect::script::Script;
use crate::operation::{Operation, reversed};

/// What leads to a schema and back.
#[derive(Clone, Debug, Default)]
pub(crate) struct Migration {
    /// What it holds of a change that takes several.
    pub(crate) share: Share,
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

impl Migration {
    /// Runs `up.sql` as the engine will.
    pub(crate) fn run_up<D: Dialect>(&self, dialect: &D, database: &mut D::Database) -> Result<(), Error> {
        self.run(dialect, database, &self.up)
    }

    /// Runs `down.sql` as the engine will.
    pub(crate) fn run_down<D: Dialect>(&self, dialect: &D, database: &mut D::Database) -> Result<(), Error> {
        self.run(dialect, database, &self.down)
    }

    fn run<D: Dialect>(&self, dialect: &D, database: &mut D::Database, way: &Script) -> Result<(), Error> {
        match self.share.is_outside() {
            true => dialect.run_outside(database, &way.text()),
            false => dialect.run(database, &way.text(), self.needs_foreign_keys_off()),
        }
    }
}

/// Writes the migrations for these operations, one behind the other. Where `beside` is given, what the database holds,
/// indexes are built while others write. `database` holds the current schema, before and afterwards.
pub(crate) fn write_all<D: Dialect>(
    dialect: &D,
    database: &mut D::Database,
    operations: Vec<Operation>,
    current: &Schema,
    beside: Option<&D::Catalogue>,
) -> Result<Vec<Migration>, Error> {
    let operations = prepared(dialect, operations, current);
    let shares = shares(dialect, operations, beside);
    let mut migrations: Vec<Migration> = Vec::new();
    for (share, operations) in shares {
        if let Some(before) = migrations.last() {
            before.run_up(dialect, database)?;
        }
        migrations.push(written(dialect, database, share, operations)?);
    }
    let done = migrations.len().saturating_sub(1);
    migrations[..done].iter().rev().try_for_each(|migration| migration.run_down(dialect, database))?;
    Ok(migrations)
}

/// One share, unless indexes are built while others write, or values of an enum type are used at once.
pub(crate) fn shares<D: Dialect>(
    dialect: &D,
    operations: Vec<Operation>,
    beside: Option<&D::Catalogue>,
) -> Vec<(Share, Vec<Operation>)> {
    let is_first = |operation: &&Operation| dialect.commits_first(operation, &operations);
    let name = |operation: &Operation| match operation {
        Operation::AlterEnum { to, .. } => Some(to.name.clone()),
        _ => None,
    };
    let first: BTreeSet<String> = operations.iter().filter(is_first).filter_map(name).collect();
    if beside.is_none() && first.is_empty() {
        return vec![(Share::default(), operations)];
    }
    let is_free = |table: &str| beside.is_some_and(|catalogue| dialect.builds_beside(catalogue, table));
    shared(operations, is_free, |ty| first.contains(ty))
}

/// Writes the migration for these operations. `database` holds the current schema, before and afterwards.
pub(crate) fn write<D: Dialect>(
    dialect: &D,
    database: &mut D::Database,
    operations: Vec<Operation>,
    current: &Schema,
) -> Result<Migration, Error> {
    written(dialect, database, Share::default(), prepared(dialect, operations, current))
}

fn written<D: Dialect>(
    dialect: &D,
    database: &mut D::Database,
    share: Share,
    operations: Vec<Operation>,
) -> Result<Migration, Error> {
    let mut emit = |operations: &[Operation], like: Option<&[D::Catalogue]>| match share.is_outside() {
        true => dialect.emit_outside(database, operations, like),
        false => dialect.emit(database, operations, like),
    };
    let up = emit(&operations, None)?;
    let stages: Vec<D::Catalogue> = up.stages.into_iter().rev().collect();
    let down = emit(&reversed(&operations), Some(&stages))?;
    Ok(Migration { share, operations, up: up.script, down: down.script })
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
