//! Columns: new ones, old ones, changed ones, and the primary key.

use schema_build::schema::{Column, ColumnType, Index, IndexItem, Knowledge, Table};

use super::tables::is_hidden;
use super::{Comparison, Kept, Refusal, Subject};
use crate::dialect::Dialect;
use crate::operation::{Operation, Part};

impl<D: Dialect> Comparison<'_, D> {
    /// The columns of one table, after renames.
    pub(super) fn columns(&mut self, table: &str, desired: &Table, current: &Table) {
        let is_partial = desired.knowledge == Knowledge::Columns;
        for column in &desired.columns {
            match current.columns.iter().find(|before| self.is_same(&before.name, &column.name)) {
                Some(before) => self.column(table, column, before, is_partial),
                None if is_partial && is_hidden(&column.name) => {}
                None => self.add_column(table, desired, column),
            }
        }
        for before in &current.columns {
            if desired.columns.iter().any(|column| self.is_same(&before.name, &column.name)) {
                continue;
            }
            let is_asked = self.is_dropped(&format!("{table}.{}", before.name));
            let (table, column) = (table.to_owned(), before.clone());
            if is_asked || !is_partial {
                if is_partial {
                    self.drop_parts_with(&table, current, &column.name);
                }
                self.push(Operation::DropColumn { table, column });
            } else {
                self.found.kept.push(Kept::Column { table, column: column.name });
            }
        }
    }

    /// What a block cannot say and what cannot be without the column.
    fn drop_parts_with(&mut self, table: &str, current: &Table, column: &str) {
        let holds = |columns: &[String]| columns.iter().any(|other| self.is_same(other, column));
        let mentions = |sql: &String| self.dialect.rename_column(sql, column, "") != *sql;
        let is_over = |index: &&Index| {
            index.items.iter().any(|item| match item {
                IndexItem::Column { name, .. } => self.is_same(name, column),
                IndexItem::Sql(sql) => mentions(sql),
            }) || index.condition.as_ref().is_some_and(mentions)
        };
        let uniques =
            current.uniques.iter().filter(|unique| holds(&unique.columns)).cloned().map(Part::Unique);
        let indexes = current.indexes.iter().filter(is_over).cloned().map(Part::Index);
        let checks =
            current.checks.iter().filter(|check| mentions(&check.expression)).cloned().map(Part::Check);
        let keys =
            current.foreign_keys.iter().filter(|key| holds(&key.columns)).cloned().map(Part::ForeignKey);
        let parts: Vec<Part> = uniques.chain(indexes).chain(checks).chain(keys).collect();
        for part in parts {
            self.push(Operation::DropPart { table: table.to_owned(), part });
        }
    }

    fn add_column(&mut self, table: &str, whole: &Table, column: &Column) {
        let key: Vec<&String> = whole.primary_key.iter().flat_map(|key| &key.columns).collect();
        let is_key = key.len() == 1 && self.is_same(key[0], &column.name);
        let Some(sql) = self.dialect.declare(&column.ty, is_key) else {
            return self.refuse_type(table, column);
        };
        let is_filled = column.default.is_some()
            || column.backfill.is_some()
            || column.generated.is_some()
            || is_key && self.dialect.fills_key(&sql);
        let is_empty = self.answers.assume_empty.iter().any(|empty| self.is_same(empty, table));
        // Whether it is new at all comes first.
        let is_asked = self.found.questions.iter().any(|question| {
            question.subject == Subject::Column(table.to_owned()) && question.new == column.name
        });
        if !column.is_nullable && !is_filled && !is_empty && !is_asked && column.identity.is_none() {
            self.found.refusals.push(Refusal::NoValue {
                table: table.to_owned(),
                column: column.name.clone(),
                place: column.place.clone(),
            });
            return;
        }
        let column = Column { ty: ColumnType::Sql(sql), ..column.clone() };
        self.push(Operation::AddColumn { table: table.to_owned(), column });
    }

    fn column(&mut self, table: &str, desired: &Column, before: &Column, is_partial: bool) {
        let mut to = before.clone();
        if !self.dialect.is_type(&before.ty, &desired.ty) {
            match self.dialect.declare(&desired.ty, false) {
                Some(sql) => to.ty = ColumnType::Sql(sql),
                None => return self.refuse_type(table, desired),
            }
        }
        to.is_nullable = desired.is_nullable;
        to.backfill.clone_from(&desired.backfill);
        to.place.clone_from(&desired.place);
        let recode = if is_partial { Vec::new() } else { self.whole_column(&mut to, desired, before) };
        let is_changed = Column { backfill: None, place: None, ..to.clone() }
            != Column { backfill: None, place: None, ..before.clone() };
        if is_changed || !recode.is_empty() {
            let (table, from) = (table.to_owned(), before.clone());
            self.push(Operation::AlterColumn { table, from, to, recode });
        }
    }

    /// What only a struct says of a column: what is equal stays as the database writes it.
    fn whole_column(&mut self, to: &mut Column, desired: &Column, before: &Column) -> Vec<(String, String)> {
        let same = |left: &Option<String>, right: &Option<String>| {
            left.as_ref().map(|sql| self.dialect.expression(sql))
                == right.as_ref().map(|sql| self.dialect.expression(sql))
        };
        if !same(&desired.default, &before.default) {
            to.default.clone_from(&desired.default);
        }
        let folded = |name: &Option<String>| name.as_ref().map(|name| self.dialect.fold(name));
        if folded(&desired.collation) != folded(&before.collation) {
            to.collation.clone_from(&desired.collation);
        }
        let generated = |column: &Column| {
            column.generated.as_ref().map(|made| (self.dialect.expression(&made.expression), made.is_stored))
        };
        if generated(desired) != generated(before) {
            to.generated.clone_from(&desired.generated);
        }
        to.identity = desired.identity;
        to.comment.clone_from(&desired.comment);
        self.values(to, desired, before)
    }

    /// The primary key. Blocks say which columns, not in which order; and they must name one even where there is
    /// none.
    pub(super) fn primary_key(&mut self, table: &str, desired: &Table, current: &Table) {
        let is_partial = desired.knowledge == Knowledge::Columns;
        let columns = |table: &Table| {
            let mut columns: Vec<String> = table
                .primary_key
                .iter()
                .flat_map(|key| &key.columns)
                .map(|name| self.dialect.fold(name))
                .collect();
            if is_partial {
                columns.sort();
            }
            columns
        };
        let (wanted, there) = (columns(desired), columns(current));
        let says_nothing = is_partial && (there.is_empty() || wanted.iter().any(|column| is_hidden(column)));
        if wanted == there || says_nothing || (is_partial && wanted.is_empty()) {
            return;
        }
        let table = table.to_owned();
        if let Some(key) = &current.primary_key {
            self.push(Operation::DropPart { table: table.clone(), part: Part::PrimaryKey(key.clone()) });
        }
        if let Some(key) = &desired.primary_key {
            self.push(Operation::AddPart { table, part: Part::PrimaryKey(key.clone()) });
        }
    }
}
