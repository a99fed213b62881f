//! Operations done to a schema, as a database would do them: what a schema is after them, where no database can be
//! asked. Pure.

use schema_build::schema::{Check, Column, ColumnType, IndexItem, Schema, Table};

use super::{Operation, Part};
use crate::dialect::Dialect;
use crate::dialect::spelling::of_table;

/// The schema after these operations.
pub(crate) fn after<D: Dialect>(dialect: &D, before: &Schema, operations: &[Operation]) -> Schema {
    let mut after = Doing { dialect, schema: before.clone() };
    operations.iter().for_each(|operation| after.apply(operation));
    after.schema
}

struct Doing<'d, D> {
    dialect: &'d D,
    schema: Schema,
}

impl<D: Dialect> Doing<'_, D> {
    fn apply(&mut self, operation: &Operation) {
        match operation {
            Operation::CreateTable { name, table } => {
                self.schema.tables.insert(name.clone(), made(table));
            }
            Operation::DropTable { name, .. } => drop(self.take(name)),
            Operation::RenameTable { from, to } => self.rename_table(from, to),
            Operation::RenameColumn { table, from, to } => self.rename_column(table, from, to),
            Operation::CreateEnum { ty } => drop(self.schema.enums.insert(ty.name.clone(), ty.clone())),
            Operation::DropEnum { ty } => drop(self.schema.enums.remove(&ty.name)),
            Operation::RenameEnum { from, to } => self.rename_enum(from, to),
            Operation::AlterEnum { from, to, .. } => {
                self.schema.enums.remove(&from.name);
                self.schema.enums.insert(to.name.clone(), to.clone());
            }
            Operation::AlterTable { table, .. }
            | Operation::AddColumn { table, .. }
            | Operation::DropColumn { table, .. }
            | Operation::AlterColumn { table, .. }
            | Operation::AddPart { table, .. }
            | Operation::DropPart { table, .. }
            | Operation::RenamePart { table, .. } => {
                if let Some((name, mut table)) = self.take(table) {
                    self.change(&mut table, operation);
                    self.schema.tables.insert(name, table);
                }
            }
        }
    }

    fn take(&mut self, name: &str) -> Option<(String, Table)> {
        let key = self.schema.tables.keys().find(|key| self.dialect.is_same(key, name))?.clone();
        self.schema.tables.remove_entry(&key)
    }

    fn change(&self, table: &mut Table, operation: &Operation) {
        let is_it = |column: &Column, name: &str| self.dialect.is_same(&column.name, name);
        match operation {
            Operation::AlterTable { to, .. } => {
                (table.options, table.comment) = (to.options.clone(), to.comment.clone());
            }
            Operation::AddColumn { column, .. } => table.columns.push(said(column)),
            Operation::DropColumn { column, .. } => table.columns.retain(|it| !is_it(it, &column.name)),
            Operation::AlterColumn { from, to, .. } => {
                let Some(place) = table.columns.iter().position(|it| is_it(it, &from.name)) else { return };
                let old = std::mem::replace(&mut table.columns[place], said(to));
                if old.values.is_none() && from.values.is_some() {
                    self.drop_values(table, &old.name);
                }
            }
            Operation::AddPart { part, .. } => self.add_part(table, part),
            Operation::DropPart { part, .. } => self.drop_part(table, part),
            Operation::RenamePart { from, to, .. } => {
                self.drop_part(table, from);
                self.add_part(table, to);
            }
            _ => {}
        }
    }

    /// The check that the comparison took for the values of a column.
    fn drop_values(&self, table: &mut Table, column: &str) {
        let is_it = |check: &Check| self.dialect.values_of_check(&check.expression, column).is_some();
        if let Some(place) = table.checks.iter().position(is_it) {
            table.checks.remove(place);
        }
    }

    fn add_part(&self, table: &mut Table, part: &Part) {
        match part {
            Part::PrimaryKey(key) => {
                let holds = |name: &str| key.columns.iter().any(|column| self.dialect.is_same(column, name));
                let columns = table.columns.iter_mut().filter(|column| holds(&column.name));
                columns.for_each(|column| column.is_nullable = false);
                table.primary_key = Some(key.clone());
            }
            Part::Unique(unique) => table.uniques.push(unique.clone()),
            Part::Index(index) => table.indexes.push(index.clone()),
            Part::Check(check) => table.checks.push(check.clone()),
            Part::ForeignKey(key) => table.foreign_keys.push(key.clone()),
        }
    }

    fn drop_part(&self, table: &mut Table, part: &Part) {
        match part {
            Part::PrimaryKey(_) => table.primary_key = None,
            Part::Unique(unique) => self.remove(&mut table.uniques, unique, |it| it.name.as_deref()),
            Part::Index(index) => self.remove(&mut table.indexes, index, |it| it.name.as_deref()),
            Part::Check(check) => self.remove(&mut table.checks, check, |it| it.name.as_deref()),
            Part::ForeignKey(key) => self.remove(&mut table.foreign_keys, key, |it| it.name.as_deref()),
        }
    }

    /// By its name; where it has none, the first that is the same.
    fn remove<T: PartialEq>(&self, list: &mut Vec<T>, gone: &T, name: impl Fn(&T) -> Option<&str>) {
        let is_it = |it: &T| match (name(it), name(gone)) {
            (Some(left), Some(right)) => self.dialect.is_same(left, right),
            _ => it == gone,
        };
        if let Some(place) = list.iter().position(is_it) {
            list.remove(place);
        }
    }

    fn rename_table(&mut self, from: &str, to: &str) {
        let Some((_, table)) = self.take(from) else { return };
        self.schema.tables.insert(to.to_owned(), table);
        let keys = self.schema.tables.values_mut().flat_map(|table| &mut table.foreign_keys);
        keys.filter(|key| self.dialect.is_same(&key.table, from))
            .for_each(|key| to.clone_into(&mut key.table));
    }

    fn rename_column(&mut self, table: &str, from: &str, to: &str) {
        let Some((name, mut renamed)) = self.take(table) else { return };
        rename_within(self.dialect, &mut renamed, from, to);
        self.schema.tables.insert(name, renamed);
        for key in self.schema.tables.values_mut().flat_map(|table| &mut table.foreign_keys) {
            if self.dialect.is_same(&key.table, table) {
                rename_in(self.dialect, &mut key.references, from, to);
            }
        }
    }

    fn rename_enum(&mut self, from: &str, to: &str) {
        if let Some(ty) = self.schema.enums.remove(from) {
            self.schema
                .enums
                .insert(to.to_owned(), schema_build::schema::EnumType { name: to.to_owned(), ..ty });
        }
        for table in self.schema.tables.values_mut() {
            for column in &mut table.columns {
                if let ColumnType::Sql(sql) = &mut column.ty
                    && sql.strip_suffix("[]").unwrap_or(sql) == from
                {
                    *sql = sql.replacen(from, to, 1);
                }
            }
            of_table(table, &mut |sql| *sql = self.dialect.rename_type(sql, from, to));
        }
    }
}

/// An old table with the names that its columns have in the models of now, where these say which they had.
pub(crate) fn follow_renames<D: Dialect>(dialect: &D, table: &Table, old: &mut Table) {
    let has = |old: &Table, name: &str| old.columns.iter().any(|column| dialect.is_same(&column.name, name));
    for column in &table.columns {
        if let Some(was) = column.was.as_ref().filter(|was| has(old, was) && !has(old, &column.name)) {
            rename_within(dialect, old, was, &column.name);
        }
    }
}

/// A table whose column has another name, with all that mentions it.
pub(crate) fn rename_within<D: Dialect>(dialect: &D, table: &mut Table, from: &str, to: &str) {
    let reworded = |sql: &mut String| *sql = dialect.rename_column(sql, from, to);
    let is_it = |name: &str| dialect.is_same(name, from);
    for column in &mut table.columns {
        if is_it(&column.name) {
            to.clone_into(&mut column.name);
        }
        column.generated.iter_mut().for_each(|made| reworded(&mut made.expression));
    }
    let lists = table.primary_key.iter_mut().map(|key| &mut key.columns);
    let lists = lists.chain(table.uniques.iter_mut().map(|unique| &mut unique.columns));
    let lists = lists.chain(table.foreign_keys.iter_mut().map(|key| &mut key.columns));
    lists.for_each(|columns| rename_in(dialect, columns, from, to));
    table.checks.iter_mut().for_each(|check| reworded(&mut check.expression));
    for index in &mut table.indexes {
        rename_in(dialect, &mut index.include, from, to);
        index.condition.iter_mut().for_each(reworded);
        for item in &mut index.items {
            match item {
                IndexItem::Column { name, .. } if is_it(name) => to.clone_into(name),
                IndexItem::Column { .. } => {}
                IndexItem::Sql(sql) => reworded(sql),
            }
        }
    }
}

fn rename_in<D: Dialect>(dialect: &D, names: &mut [String], from: &str, to: &str) {
    names.iter_mut().filter(|name| dialect.is_same(name, from)).for_each(|name| to.clone_into(name));
}

/// A new table without what is said once.
fn made(table: &Table) -> Table {
    Table { columns: table.columns.iter().map(said).collect(), was: None, place: None, ..table.clone() }
}

fn said(column: &Column) -> Column {
    Column { backfill: None, was: None, place: None, ..column.clone() }
}
