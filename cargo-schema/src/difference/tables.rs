//! Tables: new ones, old ones, and which of both are one.

use schema_build::config::Unmodelled;
use schema_build::schema::{ColumnType, Knowledge, Table};

use super::{Comparison, Folded, Kept, Refusal};
use crate::dialect::Dialect;
use crate::operation::{Operation, Traits};

impl<D: Dialect> Comparison<'_, D> {
    /// Everything, table by table.
    pub(super) fn schemas(&mut self, mut desired: Folded, mut current: Folded) {
        // Blocks describe views as they do tables, and a view is nothing that we change.
        desired.tables.retain(|name, _| !current.views.contains(name));
        let are_structs = desired.tables.values().all(|(_, table)| table.knowledge == Knowledge::Whole);
        let unmodelled_go = match self.answers.unmodelled {
            Some(Unmodelled::Keep) => false,
            Some(Unmodelled::Drop) => true,
            None => are_structs,
        };
        self.enum_types(&desired, &mut current, unmodelled_go && are_structs);
        self.rename_tables(&desired, &mut current, !unmodelled_go);
        self.rename_all_columns(&desired, &mut current);
        for (key, (name, table)) in desired.tables {
            match current.tables.remove(&key) {
                Some((_, before)) => self.table(&name, table, before),
                None => self.create_table(&name, table),
            }
        }
        for (name, table) in current.tables.into_values() {
            self.unmodelled(name, table, unmodelled_go);
        }
    }

    /// A table that no model names.
    fn unmodelled(&mut self, name: String, table: Table, goes: bool) {
        if self.is_dropped(&name) || goes {
            self.push(Operation::DropTable { name, table });
        } else {
            self.found.kept.push(Kept::Table(name));
        }
    }

    fn create_table(&mut self, name: &str, mut table: Table) {
        let key: Vec<String> = table.primary_key.iter().flat_map(|key| key.columns.clone()).collect();
        let is_only_key = |column: &str| matches!(key.as_slice(), [only] if self.is_same(only, column));
        let mut unknown = Vec::new();
        for column in &mut table.columns {
            match self.dialect.declare(&column.ty, is_only_key(&column.name)) {
                Some(sql) => column.ty = ColumnType::Sql(sql),
                None => unknown.push(column.clone()),
            }
        }
        table.columns.retain(|column| !is_hidden(&column.name) || table.knowledge == Knowledge::Whole);
        if unknown.is_empty() {
            self.push(Operation::CreateTable { name: name.to_owned(), table });
        }
        unknown.iter().for_each(|column| self.refuse_type(name, column));
    }

    pub(super) fn refuse_type(&mut self, table: &str, column: &schema_build::schema::Column) {
        let ty = match &column.ty {
            ColumnType::Sql(name) | ColumnType::Diesel { name, .. } => name.clone(),
        };
        let (table, name) = (table.to_owned(), column.name.clone());
        self.found.refusals.push(Refusal::UnknownType {
            table,
            column: name,
            ty,
            place: column.place.clone(),
        });
    }

    /// A table that is there already.
    fn table(&mut self, name: &str, mut desired: Table, mut current: Table) {
        self.pair_values(&mut desired, &mut current);
        self.columns(name, &desired, &current);
        self.primary_key(name, &desired, &current);
        if desired.knowledge == Knowledge::Columns {
            return;
        }
        self.constraints(name, &desired, &current);
        self.indexes(name, &desired, &current);
        // A model that does not say its engine or character set means those that the table has.
        let options = &mut desired.options;
        options.engine = options.engine.take().or_else(|| current.options.engine.clone());
        options.charset = options.charset.take().or_else(|| current.options.charset.clone());
        let [from, to] = [&current, &desired]
            .map(|table| Traits { options: table.options.clone(), comment: table.comment.clone() });
        if from != to {
            self.push(Operation::AlterTable { table: name.to_owned(), from, to });
        }
    }
}

/// Names by which SQLite knows a row that has no other; blocks may name them, and no table declares them.
pub(super) fn is_hidden(column: &str) -> bool {
    ["rowid", "oid", "_rowid_"].iter().any(|hidden| column.eq_ignore_ascii_case(hidden))
}
