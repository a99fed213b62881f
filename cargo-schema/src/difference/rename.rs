//! Renames of tables and columns: what the models say, what a person answered, and questions where something is gone
//! and something like it is new. Applies them to the current schema, so that what follows compares like with like.

use schema_build::schema::{Column, IndexItem, Knowledge, Table};

use super::{Comparison, Folded, Question, Subject};
use crate::dialect::Dialect;
use crate::operation::Operation;

impl<D: Dialect> Comparison<'_, D> {
    /// Tables.
    pub(super) fn rename_tables(&mut self, desired: &Folded, current: &mut Folded, may_stay: bool) {
        let mut gone: Vec<String> =
            current.tables.keys().filter(|key| !desired.tables.contains_key(*key)).cloned().collect();
        let mut renames = Vec::new();
        let mut open = Vec::new();
        for (key, (name, table)) in
            desired.tables.iter().filter(|(key, _)| !current.tables.contains_key(*key))
        {
            let old = gone.iter().position(|old| {
                let was = table.was.as_ref().is_some_and(|was| self.is_same(was, old));
                was || self.is_renamed(old, name)
            });
            match old {
                Some(position) => renames.push((gone.remove(position), key.clone())),
                None => open.push((name, table)),
            }
        }
        gone.retain(|old| !(self.is_dropped(old) || may_stay && self.is_kept(old)));
        for (name, table) in open {
            let alike: Vec<String> = gone
                .iter()
                .map(|old| &current.tables[old])
                .filter(|(_, before)| self.is_alike(table, before))
                .map(|(name, _)| name.clone())
                .collect();
            if !alike.is_empty() {
                self.found.questions.push(Question {
                    subject: Subject::Table,
                    gone: alike,
                    new: name.clone(),
                    detail: None,
                    place: table.place.clone(),
                    may_stay,
                });
            }
        }
        for (old, new) in renames {
            self.rename_table(&old, &desired.tables[&new].0, current);
        }
    }

    /// At least half of the columns are the same by name and type.
    fn is_alike(&self, left: &Table, right: &Table) -> bool {
        let is_same = |a: &Column, b: &Column| {
            self.is_same(&a.name, &b.name) && self.dialect.family(&a.ty) == self.dialect.family(&b.ty)
        };
        let shared = left.columns.iter().filter(|a| right.columns.iter().any(|b| is_same(a, b))).count();
        shared > 0 && shared * 2 >= left.columns.len().max(right.columns.len())
    }

    fn rename_table(&mut self, old: &str, new: &str, current: &mut Folded) {
        let (from, table) = current.tables.remove(old).expect("it was found there");
        current.tables.insert(self.dialect.fold(new), (new.to_owned(), table));
        for (_, table) in current.tables.values_mut() {
            for key in table.foreign_keys.iter_mut().filter(|key| self.is_same(&key.table, old)) {
                key.table = new.to_owned();
            }
        }
        self.push(Operation::RenameTable { from, to: new.to_owned() });
    }

    /// The columns of all tables, and the keys that point to them.
    pub(super) fn rename_all_columns(&mut self, desired: &Folded, current: &mut Folded) {
        for (key, (name, table)) in &desired.tables {
            let Some((_, before)) = current.tables.get_mut(key) else { continue };
            for (from, to) in self.rename_columns(name, table, before) {
                self.rename_targets(name, &from, &to, current);
            }
        }
    }

    fn rename_targets(&self, table: &str, from: &str, to: &str, current: &mut Folded) {
        let keys = current.tables.values_mut().flat_map(|(_, table)| &mut table.foreign_keys);
        for key in keys.filter(|key| self.is_same(&key.table, table)) {
            for column in key.references.iter_mut().filter(|column| self.is_same(column, from)) {
                to.clone_into(column);
            }
        }
    }

    fn rename_columns(&mut self, name: &str, desired: &Table, current: &mut Table) -> Vec<(String, String)> {
        let has =
            |table: &Table, column: &str| table.columns.iter().any(|other| self.is_same(&other.name, column));
        let mut gone: Vec<Column> =
            current.columns.iter().filter(|column| !has(desired, &column.name)).cloned().collect();
        let added: Vec<&Column> =
            desired.columns.iter().filter(|column| !has(current, &column.name)).collect();
        let mut renames = Vec::new();
        let mut open = Vec::new();
        for column in added {
            let old = gone.iter().position(|old| {
                let was = column.was.as_ref().is_some_and(|was| self.is_same(was, &old.name));
                was || self.is_renamed(&format!("{name}.{}", old.name), &format!("{name}.{}", column.name))
            });
            match old {
                Some(position) => renames.push((gone.remove(position).name, column.name.clone())),
                None => open.push(column),
            }
        }
        let may_stay = desired.knowledge == Knowledge::Columns;
        gone.retain(|old| {
            let old = format!("{name}.{}", old.name);
            !(self.is_dropped(&old) || may_stay && self.is_kept(&old))
        });
        open.iter().for_each(|column| self.ask_about_column(name, column, &gone, may_stay));
        for (from, to) in &renames {
            self.rename_column(name, from.clone(), to.clone(), current);
        }
        renames
    }

    fn ask_about_column(&mut self, table: &str, column: &Column, gone: &[Column], may_stay: bool) {
        let family = self.dialect.family(&column.ty);
        let alike: Vec<String> = gone
            .iter()
            .filter(|old| {
                self.dialect.family(&old.ty) == family
                    && old.generated.is_some() == column.generated.is_some()
            })
            .map(|old| old.name.clone())
            .collect();
        if !alike.is_empty() {
            self.found.questions.push(Question {
                subject: Subject::Column(table.to_owned()),
                gone: alike,
                new: column.name.clone(),
                detail: Some(family),
                place: column.place.clone(),
                may_stay,
            });
        }
    }

    fn rename_column(&mut self, table: &str, from: String, to: String, current: &mut Table) {
        let name = |name: &mut String| {
            if self.is_same(name, &from) {
                name.clone_from(&to);
            }
        };
        let sql = |sql: &mut String| *sql = self.dialect.rename_column(sql, &from, &to);
        for column in &mut current.columns {
            name(&mut column.name);
            column.generated.iter_mut().for_each(|generated| sql(&mut generated.expression));
        }
        current.primary_key.iter_mut().flat_map(|key| &mut key.columns).for_each(name);
        current.uniques.iter_mut().flat_map(|unique| &mut unique.columns).for_each(name);
        current.foreign_keys.iter_mut().flat_map(|key| &mut key.columns).for_each(name);
        current.checks.iter_mut().for_each(|check| sql(&mut check.expression));
        for index in &mut current.indexes {
            index.condition.iter_mut().for_each(sql);
            index.include.iter_mut().for_each(name);
            for item in &mut index.items {
                match item {
                    IndexItem::Column { name: column, .. } => name(column),
                    IndexItem::Sql(text) => sql(text),
                }
            }
        }
        self.push(Operation::RenameColumn { table: table.to_owned(), from, to });
    }
}
