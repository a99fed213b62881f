//! What becomes of constraints and indexes, and what they are called where nobody names them.

use std::rc::Rc;

use schema_runtime::dialect::Dialect;

use super::column::{set_not_null, set_primary_key};
use super::table::{Check, Index, Key};
use super::{Catalogue, Era};
use crate::check::sql::act::{CreateIndex, Rename};
use crate::check::sql::part::{self, Constraint, ConstraintKind, Name};

impl Catalogue {
    pub(super) fn forget_index(&mut self, table: &Name, name: &str) {
        let index = Name { schema: table.schema.clone(), name: name.to_owned(), span: 0..0 };
        self.indexes.remove(&self.key(&index));
    }

    pub(super) fn add_constraint(&mut self, table: &Name, constraint: &Constraint, era: Era) {
        let given = constraint.name.as_ref().map(|name| name.name.clone());
        match &constraint.kind {
            ConstraintKind::PrimaryKey(key) => {
                let columns = self.adopted(table, key);
                let adopted = self.adopt(table, key);
                let name = given.or(adopted).filter(|_| self.dialect != Dialect::Mysql);
                let name = name.unwrap_or_else(|| self.primary_key_name(table));
                self.add_key(table, Some(name), &columns, era);
                self.change(table, |table| set_primary_key(table, columns));
            }
            ConstraintKind::Unique(key) => {
                let columns = self.adopted(table, key);
                let adopted = self.adopt(table, key);
                let name = given.or(adopted).unwrap_or_else(|| self.unique_key_name(table, &columns));
                self.add_key(table, Some(name), &columns, era);
            }
            ConstraintKind::ForeignKey(key) => {
                let name = given.unwrap_or_else(|| self.foreign_key_name(table, &key.columns));
                let key = Key {
                    born: era,
                    name: Some(name),
                    columns: key.columns.clone(),
                    table: self.key(&key.table),
                    references: key.references.clone(),
                    is_valid: !constraint.is_not_valid,
                    on_delete: key.on_delete.clone(),
                    beside: None,
                };
                if self.dialect == Dialect::Mysql {
                    self.index_foreign_key(table, &key, constraint.name.is_some());
                }
                self.change(table, |table| table.foreign_keys.push(key));
            }
            ConstraintKind::Check(expr) => {
                let name = given.or_else(|| Some(check_name(&table.name, expr)));
                let is_valid = !constraint.is_not_valid;
                let check =
                    Check { born: era, name, expr: expr.clone(), is_valid, validated: era, beside: None };
                self.change(table, |table| table.checks.push(check));
            }
            ConstraintKind::NotNull(column) => self.change(table, |table| set_not_null(table, column, true)),
            ConstraintKind::Exclude => self.change(table, |table| table.indexes.push(exclusion(given, era))),
        }
    }

    fn primary_key_name(&self, table: &Name) -> String {
        if self.dialect == Dialect::Mysql { "primary".to_owned() } else { format!("{}_pkey", table.name) }
    }

    fn unique_key_name(&self, table: &Name, columns: &[String]) -> String {
        if self.dialect == Dialect::Mysql {
            return self.free_name(table, columns.first().map_or("", String::as_str));
        }
        format!("{}_{}_key", table.name, columns.join("_"))
    }

    fn foreign_key_name(&self, table: &Name, columns: &[String]) -> String {
        if self.dialect == Dialect::Mysql {
            let count = self.table(table).map_or(0, |table| table.foreign_keys.len());
            return format!("{}_ibfk_{}", table.name.to_lowercase(), count + 1);
        }
        format!("{}_{}_fkey", table.name, columns.join("_"))
    }

    /// As MySQL names an index that was given no name: its first column, or that with a number.
    fn free_name(&self, table: &Name, first: &str) -> String {
        let is_taken = |name: &str| {
            self.table(table)
                .is_some_and(|it| it.indexes.iter().any(|index| index.name.as_deref() == Some(name)))
        };
        let numbered = (2..).map(|number| format!("{first}_{number}"));
        std::iter::once(first.to_owned()).chain(numbered).find(|name| !is_taken(name)).unwrap_or_default()
    }

    /// MySQL makes the index that a foreign key needs, where there is none.
    fn index_foreign_key(&mut self, table: &Name, key: &Key, is_named: bool) {
        if self.table(table).is_none_or(|table| table.has_index_on(&key.columns)) {
            return;
        }
        let first = key.columns.first().map_or("", String::as_str);
        let name = key.name.clone().filter(|_| is_named).unwrap_or_else(|| self.free_name(table, first));
        let columns = key.columns.iter().cloned().map(Some).collect();
        let index = Index {
            born: key.born,
            name: Some(name),
            columns,
            items: key.columns.clone(),
            is_implicit: true,
            ..Index::default()
        };
        self.insert_index(table, index);
    }

    /// The columns of a key, those of the index that it adopts among them.
    fn adopted(&self, table: &Name, key: &part::Key) -> Vec<String> {
        let Some(index) = &key.using_index else { return key.columns.clone() };
        let known = self.table(table).and_then(|table| {
            table.indexes.iter().find(|it| it.name.as_deref() == Some(index.name.as_str()))
        });
        known.map(|it| it.columns.iter().flatten().cloned().collect()).unwrap_or_default()
    }

    /// The index that a key adopts is no index by itself any more; its name, which is the key's unless that has another.
    fn adopt(&mut self, table: &Name, key: &part::Key) -> Option<String> {
        let name = key.using_index.as_ref()?.name.clone();
        let index = Name { schema: table.schema.clone(), name: name.clone(), span: 0..0 };
        self.drop_index(&self.key(&index), &name, Some(table));
        Some(name)
    }

    fn add_key(&mut self, table: &Name, name: Option<String>, columns: &[String], era: Era) {
        let index = Index {
            born: era,
            name,
            columns: columns.iter().cloned().map(Some).collect(),
            items: columns.to_vec(),
            is_unique: true,
            is_constraint: true,
            ..Index::default()
        };
        self.insert_index(table, index);
    }

    pub(super) fn create_index(&mut self, create: &CreateIndex, era: Era) {
        if create.is_unique
            && create.condition.is_none()
            && let Some(view) = self.views.get_mut(&self.key(&create.table))
        {
            view.has_unique_index = true;
        }
        let exists = create
            .name
            .as_ref()
            .is_some_and(|name| self.indexes.contains_key(&self.key(&self.beside(name, create))));
        if create.if_not_exists && exists {
            return;
        }
        let index = Index {
            born: era,
            name: create
                .name
                .as_ref()
                .map_or_else(|| self.index_name(create), |name| Some(name.name.clone())),
            columns: create.items.iter().map(|item| item.column.clone()).collect(),
            items: create.items.iter().map(|item| item.text.clone()).collect(),
            is_nameless: create.name.is_none(),
            is_unique: create.is_unique,
            is_constraint: false,
            is_implicit: false,
            condition: create.condition.as_ref().map(|condition| condition.text.clone()),
            method: create.method.clone().filter(|method| method != "btree"),
            include: create.include.clone(),
        };
        self.insert_index(&create.table, index);
    }

    /// As the engine names an index that was given no name.
    fn index_name(&self, create: &CreateIndex) -> Option<String> {
        if self.dialect == Dialect::Mysql {
            let first = create.items.first().and_then(|item| item.column.as_deref());
            return Some(self.free_name(&create.table, first.unwrap_or("functional_index")));
        }
        let word = |item: &part::IndexItem| item.column.clone().unwrap_or_else(|| "expr".to_owned());
        let words: Vec<String> = create.items.iter().map(word).collect();
        (self.dialect == Dialect::Postgres).then(|| format!("{}_{}_idx", create.table.name, words.join("_")))
    }

    /// An index is in the schema of its table.
    fn beside(&self, index: &Name, create: &CreateIndex) -> Name {
        let schema = index.schema.clone().or_else(|| create.table.schema.clone());
        Name { schema, ..index.clone() }
    }

    fn insert_index(&mut self, table: &Name, index: Index) {
        // MySQL's indexes have names within their table.
        if let Some(name) = index.name.as_ref().filter(|_| self.dialect != Dialect::Mysql) {
            let name = Name { schema: table.schema.clone(), name: name.clone(), span: 0..0 };
            self.indexes.insert(self.key(&name), self.key(table));
        }
        self.change(table, |table| {
            let will_do =
                |known: &Index| index.covers(&known.columns.iter().flatten().cloned().collect::<Vec<_>>());
            table.indexes.retain(|known| !(known.is_implicit && will_do(known)));
            table.indexes.push(index);
        });
    }

    pub(super) fn drop_index(&mut self, key: &str, name: &str, on: Option<&Name>) {
        let table = on.map(|table| self.key(table)).or_else(|| self.indexes.get(key).cloned());
        self.indexes.remove(key);
        if let Some(table) = table.and_then(|table| self.tables.get_mut(&table)) {
            Rc::make_mut(table).indexes.retain(|index| index.name.as_deref() != Some(name));
        }
    }

    pub(super) fn rename_index(&mut self, from: &str, to: String, rename: &Rename) {
        let Some(table) = self.indexes.remove(from) else { return };
        if let Some(table) = self.tables.get_mut(&table) {
            let indexes = &mut Rc::make_mut(table).indexes;
            let named = indexes.iter_mut().filter(|it| it.name.as_deref() == Some(rename.from.name.as_str()));
            named.for_each(|it| it.name = Some(rename.to.clone()));
        }
        self.indexes.insert(to, table);
    }
}

/// As PostgreSQL names a check that was given no name.
fn check_name(table: &str, expr: &part::Expr) -> String {
    match expr.columns.as_slice() {
        [column] => format!("{table}_{column}_check"),
        [first, rest @ ..] if rest.iter().all(|column| column == first) => format!("{table}_{first}_check"),
        _ => format!("{table}_check"),
    }
}

/// The index of an EXCLUDE, of which nobody asks what is in it.
fn exclusion(name: Option<String>, era: Era) -> Index {
    let (columns, items) = (vec![None], vec!["exclude".to_owned()]);
    Index { born: era, name, columns, items, is_constraint: true, ..Index::default() }
}
