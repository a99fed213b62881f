//! What each act does to the catalogue.

use std::rc::Rc;

use schema_runtime::dialect::Dialect;

use super::column::{change_column, drop_constraint, made, redefine, rename_column};
use super::map::Map;
use super::mysql::shrink_indexes;
use super::rows::Keys;
use super::table::Table;
use super::{Catalogue, Domain, EnumType, Era, Function};
use crate::check::sql::Act;
use crate::check::sql::act::{ActionKind, AlterTable, CreateTable, Drop, Object, Rename};
use crate::check::sql::part::{self, Name};

impl Catalogue {
    /// Follows an act of the revision at `era`.
    pub(crate) fn apply(&mut self, act: &Act, era: Era) {
        self.suspect(act, era);
        self.follow_rows(act);
        match act {
            Act::CreateTable(create) => self.create_table(create, era),
            Act::AlterTable(alter) => self.alter_table(alter, era),
            Act::CreateIndex(index) => self.create_index(index, era),
            Act::Drop(drop) => drop.names.iter().for_each(|name| self.drop_object(drop, name)),
            Act::Rename(rename) => self.rename(rename),
            Act::CreateEnum(create) => {
                let values = create.values.iter().map(|value| (value.clone(), era)).collect();
                self.enums.insert(create.name.name.clone(), EnumType { born: era, values });
                self.remember(Object::Type, &create.name, None, era);
            }
            Act::AddEnumValue(add) => {
                if let Some(known) = self.enums.get_mut(&add.name.name)
                    && !known.values.iter().any(|(value, _)| *value == add.value)
                {
                    known.values.push((add.value.clone(), era));
                }
            }
            Act::RenameEnumValue(rename) => {
                let values = self.enums.get_mut(&rename.name.name).map(|known| known.values.as_mut_slice());
                let named = values.unwrap_or_default().iter_mut().filter(|(value, _)| *value == rename.from);
                named.for_each(|(value, _)| rename.to.clone_into(value));
            }
            Act::CreateDomain(create) => {
                let domain =
                    Domain { born: era, ty: create.ty.clone(), is_constrained: create.is_constrained };
                self.domains.insert(create.name.name.clone(), domain);
                self.remember(Object::Domain, &create.name, None, era);
            }
            Act::ConstrainDomain(change) => {
                if let Some(domain) = self.domains.get_mut(&change.name.name) {
                    domain.is_constrained = true;
                }
            }
            Act::CreateView(create) => self.create_view(create, era),
            Act::CreateFunction(create) => {
                let function = Function {
                    volatility: create.volatility.clone(),
                    is_of_triggers: create.is_of_triggers,
                    signature: create.signature.clone(),
                };
                self.functions.insert(create.name.name.clone(), function);
            }
            Act::CreateTrigger(create) if self.dialect == Dialect::Sqlite => self.create_trigger(create, era),
            Act::CreateTrigger(create) => {
                self.change(&create.table, |table| table.triggers.push(create.name.name.clone()));
                self.remember(Object::Trigger, &create.name, Some(&create.table), era);
            }
            Act::Insert(insert) if self.dialect != Dialect::Mysql => self.insert_rows(insert),
            Act::Update(change) | Act::Delete(change) if self.dialect != Dialect::Mysql => {
                self.change(&change.table, |table| table.rows_are_known = false);
            }
            Act::Insert(insert) => self.change(&insert.table, |table| table.has_rows = true),
            Act::Set(set) if set.name == "search_path" => {
                let first = set.value.as_deref().and_then(|value| value.split(',').next());
                self.search_path = first.map(|schema| schema.trim().trim_matches(['"', '\'']).to_owned());
            }
            Act::Create(create) => {
                self.remember(create.object, &create.name, create.on.as_ref(), era);
            }
            Act::Alter(alter) => self.alter_other(alter),
            Act::Refresh(_) | Act::Reindex(_) => {}
            Act::Update(_) | Act::Delete(_) | Act::Truncate(_) | Act::Lock(_) | Act::Maintain(_) => {}
            Act::Privilege(_) | Act::Set(_) | Act::Transaction(_) | Act::Comment(_) => {}
            Act::Query(_) | Act::Definer(_) | Act::Dynamic | Act::PrepareVariable(_) | Act::Other(_) => {}
        }
    }

    pub(super) fn change(&mut self, name: &Name, change: impl FnOnce(&mut Table)) {
        let key = self.key(name);
        if let Some(table) = self.tables.get_mut(&key) {
            change(Rc::make_mut(table));
        }
    }

    fn create_table(&mut self, create: &CreateTable, era: Era) {
        let key = self.key(&create.table);
        if create.if_not_exists && self.tables.contains_key(&key) {
            return;
        }
        let table = Table {
            born: era,
            is_temporary: create.is_temporary
                || create.table.schema.as_deref().is_some_and(|schema| self.is_temporary(schema)),
            has_rows: create.has_query,
            rows_are_known: !create.has_query,
            is_partitioned: create.is_partitioned,
            partition_of: create.partition_of.as_ref().map(|parent| self.key(parent)),
            is_vague: create.has_query
                || !create.like.is_empty()
                || create.partition_of.is_some()
                || create.options.iter().any(|option| option.starts_with("using ")),
            options: create.options.clone(),
            settles_conflicts: settles_conflicts(create),
            ..Table::default()
        };
        let table = self.alike(create).map_or(table, |like| Table { born: era, ..like });
        if table.is_temporary
            && self.dialect == Dialect::Postgres
            && let Some(real) = self.tables.get(&key).filter(|it| !it.is_temporary)
        {
            self.shadowed.insert(key.clone(), Rc::clone(real));
        }
        self.tables.insert(key.clone(), Rc::new(table));
        for column in &create.columns {
            self.add_column(&create.table, column, era);
        }
        for index in &create.indexes {
            self.create_index(index, era);
        }
        for constraint in &create.constraints {
            self.add_constraint(&create.table, constraint, era);
        }
        self.inherit(&key);
    }

    /// What MySQL's CREATE TABLE .. LIKE takes over: all but foreign keys, triggers and rows.
    fn alike(&self, create: &CreateTable) -> Option<Table> {
        let like = create.like.first().filter(|_| self.dialect == Dialect::Mysql)?;
        let known = self.table(like)?.clone();
        Some(Table {
            foreign_keys: Vec::new(),
            triggers: Vec::new(),
            has_rows: false,
            keys: Keys::default(),
            ..known
        })
    }

    fn alter_table(&mut self, alter: &AlterTable, era: Era) {
        for action in &alter.actions {
            self.act_on(&alter.table, &action.kind, era);
        }
    }

    fn act_on(&mut self, table: &Name, action: &ActionKind, era: Era) {
        match action {
            ActionKind::AddColumn { column, .. } => self.add_column(table, column, era),
            ActionKind::RedefineColumn { column, definition } => {
                self.change(table, |table| redefine(table, column, definition));
                for constraint in &definition.constraints {
                    self.add_constraint(table, constraint, era);
                }
            }
            ActionKind::AddConstraint(constraint) => self.add_constraint(table, constraint, era),
            ActionKind::AddIndex(index) => self.create_index(index, era),
            ActionKind::AttachPartition { partition, .. } => {
                let parent = self.key(table);
                self.change(partition, |table| {
                    table.partition_of = Some(parent);
                    // Columns that the parent is given later come along.
                    table.is_vague = true;
                });
            }
            ActionKind::DetachPartition { partition, .. } => {
                self.change(partition, |table| table.partition_of = None);
            }
            ActionKind::DropIndex { name } => {
                self.change(table, |table| table.indexes.retain(|index| index.name.as_ref() != Some(name)));
            }
            ActionKind::DropConstraint { name, .. } => {
                self.forget_index(table, name);
                self.change(table, |table| drop_constraint(table, name));
            }
            ActionKind::SetSchema { schema } => self.move_to_schema(table, schema),
            ActionKind::RenameColumn { from, to } if self.dialect == Dialect::Sqlite => {
                self.change_views(table, action);
                self.change(table, |table| rename_column(table, from, to));
                self.follow_column(&self.key(table), from, to);
            }
            _ => {
                self.change_views(table, action);
                if let (ActionKind::DropColumn { column, .. }, Dialect::Mysql) = (action, self.dialect) {
                    self.change(table, |table| shrink_indexes(table, column));
                }
                self.change(table, |table| change_column(table, action, era));
            }
        }
    }

    fn add_column(&mut self, table: &Name, column: &part::Column, era: Era) {
        let counts = self.table(table).map_or((0, 0), |table| (table.checks.len(), table.foreign_keys.len()));
        self.change(table, |table| {
            if table.column(&column.name.name).is_none() {
                table.columns.push(made(column, era));
            }
        });
        for constraint in &column.constraints {
            self.add_constraint(table, constraint, era);
        }
        let beside = Some(column.name.name.clone());
        self.change(table, |table| {
            table.checks.iter_mut().skip(counts.0).for_each(|it| it.beside.clone_from(&beside));
            table.foreign_keys.iter_mut().skip(counts.1).for_each(|it| it.beside.clone_from(&beside));
        });
    }

    fn drop_object(&mut self, drop: &Drop, name: &Name) {
        let key = self.key(name);
        match drop.object {
            Object::Table if self.dialect == Dialect::Sqlite => self.set_aside(&key),
            Object::Table => self.drop_table(&key),
            Object::Trigger if self.dialect == Dialect::Sqlite => drop_entry(&mut self.triggers, &key),
            Object::Trigger if self.dialect == Dialect::Mysql => self.drop_trigger(&name.name),
            Object::View if self.dialect == Dialect::Sqlite => self.drop_view(&key),
            Object::View | Object::MaterializedView => drop_entry(&mut self.views, &key),
            Object::Type => drop_entry(&mut self.enums, &name.name),
            Object::Domain => drop_entry(&mut self.domains, &name.name),
            Object::Function => drop_entry(&mut self.functions, &name.name),
            Object::Index => self.drop_index(&key, &name.name, drop.on.as_ref()),
            Object::Schema => self.drop_schema(&name.name),
            _ => {}
        }
        self.forget(drop.object, name, drop.on.as_ref());
        match drop.object {
            Object::Table | Object::View | Object::MaterializedView if drop.cascade => {
                self.drop_views_on(&key);
            }
            Object::Type | Object::Domain if drop.cascade => self.drop_columns_of(&name.name),
            _ => {}
        }
    }

    fn drop_table(&mut self, key: &str) {
        self.tables.remove(key);
        if let Some(real) = self.shadowed.remove(key) {
            self.tables.insert(key.to_owned(), real);
            return;
        }
        self.forget_on(key);
        for partition in self.partitions_of(key) {
            self.drop_table(&partition);
        }
        self.indexes.remove_where(|_, table| table == key);
        self.tables.change_where(
            |_, table| table.foreign_keys.iter().any(|it| it.table == key),
            |table| Rc::make_mut(table).foreign_keys.retain(|it| it.table != key),
        );
    }

    fn partitions_of(&self, key: &str) -> Vec<String> {
        let is_part = |table: &Table| table.partition_of.as_deref() == Some(key);
        self.tables().filter(|(_, table)| is_part(table)).map(|(key, _)| key.to_owned()).collect()
    }

    fn rename(&mut self, rename: &Rename) {
        let from = self.key(&rename.from);
        let to = self.key(&Name { name: rename.to.clone(), ..rename.from.clone() });
        match rename.object {
            Object::Table if self.dialect == Dialect::Sqlite => self.move_table(&from, &to),
            Object::Table => self.rename_table(&from, &to),
            Object::View | Object::MaterializedView => {
                self.rename_in_views(&from, &to);
                move_entry(&mut self.views, &from, to);
            }
            Object::Type => move_entry(&mut self.enums, &rename.from.name, rename.to.clone()),
            Object::Domain => move_entry(&mut self.domains, &rename.from.name, rename.to.clone()),
            Object::Index => self.rename_index(&from, to, rename),
            _ => {}
        }
        self.rename_other(rename.object, &rename.from, &rename.to);
    }

    pub(super) fn rename_table(&mut self, from: &str, to: &str) {
        move_entry(&mut self.tables, from, to.to_owned());
        self.forget_on(from);
        self.rename_in_views(from, to);
        self.indexes.change_where(|_, table| table == from, |table| to.clone_into(table));
        self.tables.change_where(
            |_, table| table.foreign_keys.iter().any(|it| it.table == from),
            |table| {
                let keys = &mut Rc::make_mut(table).foreign_keys;
                keys.iter_mut().filter(|it| it.table == from).for_each(|it| to.clone_into(&mut it.table));
            },
        );
    }
}

/// SQLite's ON CONFLICT REPLACE and IGNORE of a constraint.
fn settles_conflicts(create: &CreateTable) -> bool {
    let words = create.columns.iter().flat_map(|column| &column.words).chain(&create.options);
    words.into_iter().any(|word| matches!(word.as_str(), "on conflict replace" | "on conflict ignore"))
}

fn drop_entry<T: Clone>(entries: &mut Map<T>, key: &str) {
    entries.remove(key);
}

pub(super) fn move_entry<T: Clone>(entries: &mut Map<T>, from: &str, to: String) {
    if let Some(entry) = entries.remove(from) {
        entries.insert(to, entry);
    }
}
