//! Renames of tables and columns: what the models say, what a person answered, and questions where something is gone
//! and something like it is new. Applies them to the current schema, so that what follows compares like with like.

use schema_build::schema::{Column, IndexItem, Knowledge, Table};

use super::chain::{self, Claim};
use super::{Comparison, Folded, Question, Subject};
use crate::dialect::Dialect;
use crate::operation::Operation;

impl<D: Dialect> Comparison<'_, D> {
    /// Tables.
    pub(super) fn rename_tables(&mut self, desired: &Folded, current: &mut Folded, may_stay: bool) {
        let renames = self.table_renames(desired, current);
        let is_old = |key: &String| renames.iter().any(|claim| claim.from == *key);
        let is_new = |key: &String| renames.iter().any(|claim| claim.to == *key);
        let gone = current.tables.keys().filter(|key| !desired.tables.contains_key(*key) && !is_old(key));
        let mut gone: Vec<String> = gone.cloned().collect();
        let open: Vec<&(String, Table)> = desired
            .tables
            .iter()
            .filter(|(key, _)| !current.tables.contains_key(*key) && !is_new(key))
            .map(|(_, table)| table)
            .collect();
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
        for claim in renames {
            // A name aside is nobody's.
            let new = desired.tables.get(&claim.to).map_or(&claim.to, |(name, _)| name);
            self.rename_table(&claim.from, new, current);
            self.used.extend(claim.answer);
        }
    }

    /// What models and answers say of tables, as far as it is to be done.
    fn table_renames(&self, desired: &Folded, current: &Folded) -> Vec<Claim> {
        let claim = |(key, (name, table)): (&String, &(String, Table))| {
            if table.was.is_none() && self.answers.renames.is_empty() {
                return None;
            }
            let others = || current.tables.keys().filter(|old| *old != key);
            let answered = others().find_map(|old| Some((old, self.rename_answer(old, name)?)));
            let was = || others().find(|old| table.was.as_ref().is_some_and(|was| self.is_same(was, old)));
            let (from, answer) = match answered {
                Some((old, answer)) => (old, Some(answer)),
                None => (was()?, None),
            };
            Some(Claim { from: from.clone(), to: key.clone(), answer })
        };
        let claims = desired.tables.iter().filter_map(claim).collect();
        let is_desired = |name: &str| desired.tables.contains_key(name);
        chain::renames(claims, |name| current.tables.contains_key(name), is_desired)
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
        let claims = self.column_renames(name, desired, current);
        let is_old = |column: &str| claims.iter().any(|claim| self.is_same(&claim.from, column));
        let is_new = |column: &str| claims.iter().any(|claim| self.is_same(&claim.to, column));
        let gone = current.columns.iter().filter(|it| !has(desired, &it.name) && !is_old(&it.name));
        let mut gone: Vec<Column> = gone.cloned().collect();
        let added = desired.columns.iter().filter(|it| !has(current, &it.name) && !is_new(&it.name));
        let open: Vec<&Column> = added.collect();
        self.used.extend(claims.iter().filter_map(|claim| claim.answer.clone()));
        let spelled = |table: &Table, name: &String| {
            let column = table.columns.iter().find(|column| self.is_same(&column.name, name));
            column.map_or(name.clone(), |column| column.name.clone())
        };
        let renames: Vec<(String, String)> =
            claims.iter().map(|claim| (spelled(current, &claim.from), spelled(desired, &claim.to))).collect();
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

    /// What a model and answers say of a table's columns, as far as it is to be done.
    fn column_renames(&self, table: &str, desired: &Table, current: &Table) -> Vec<Claim> {
        let key = |column: &Column| self.dialect.fold(&column.name);
        let claim = |column: &Column| {
            if column.was.is_none() && self.answers.renames.is_empty() {
                return None;
            }
            let others = || current.columns.iter().filter(|old| key(old) != key(column));
            let whole = |column: &Column| format!("{table}.{}", column.name);
            let answered =
                others().find_map(|old| Some((old, self.rename_answer(&whole(old), &whole(column))?)));
            let was =
                || others().find(|old| column.was.as_ref().is_some_and(|was| self.is_same(was, &old.name)));
            let (from, answer) = match answered {
                Some((old, answer)) => (old, Some(answer)),
                None => (was()?, None),
            };
            Some(Claim { from: key(from), to: key(column), answer })
        };
        let is_in = |table: &Table, name: &str| table.columns.iter().any(|column| key(column) == name);
        let claims = desired.columns.iter().filter_map(claim).collect();
        chain::renames(claims, |name| is_in(current, name), |name| is_in(desired, name))
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
