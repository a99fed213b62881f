//! What each act does to the catalogue.

use std::rc::Rc;

use super::map::Map;
use super::mysql::shrink_indexes;
use super::table::{Check, Column, Index, Key, Table};
use super::{Catalogue, Domain, EnumType, Era};
use schema_runtime::dialect::Dialect;

use crate::check::sql::Act;
use crate::check::sql::act::{ActionKind, AlterTable, CreateIndex, CreateTable, Drop, Object, Rename};
use crate::check::sql::part::{self, Constraint, ConstraintKind, Name};

impl Catalogue {
    /// Follows an act of the revision at `era`.
    pub(crate) fn apply(&mut self, act: &Act, era: Era) {
        match act {
            Act::CreateTable(create) => self.create_table(create, era),
            Act::AlterTable(alter) => self.alter_table(alter, era),
            Act::CreateIndex(index) => self.create_index(index, era),
            Act::Drop(drop) => self.drop_objects(drop),
            Act::Rename(rename) => self.rename(rename),
            Act::CreateEnum(create) => {
                let values = create.values.iter().map(|value| (value.clone(), era)).collect();
                self.enums.insert(create.name.name.clone(), EnumType { born: era, values });
            }
            Act::AddEnumValue(add) => {
                if let Some(known) = self.enums.get_mut(&add.name.name) {
                    known.values.push((add.value.clone(), era));
                }
            }
            Act::CreateDomain(create) => {
                let domain =
                    Domain { born: era, ty: create.ty.clone(), is_constrained: create.is_constrained };
                self.domains.insert(create.name.name.clone(), domain);
            }
            Act::ConstrainDomain(change) => {
                if let Some(domain) = self.domains.get_mut(&change.name.name) {
                    domain.is_constrained = true;
                }
            }
            Act::CreateView(create) => self.create_view(create, era),
            Act::CreateFunction(create) => {
                self.functions.insert(create.name.name.clone(), create.volatility.clone());
            }
            Act::CreateTrigger(create) if self.dialect == Dialect::Sqlite => self.create_trigger(create, era),
            Act::CreateTrigger(create) => {
                self.change(&create.table, |table| table.triggers.push(create.name.name.clone()));
            }
            Act::Insert(insert) if self.dialect == Dialect::Sqlite => self.insert_rows(insert),
            Act::Update(change) | Act::Delete(change) if self.dialect == Dialect::Sqlite => {
                self.change(&change.table, |table| table.rows_are_known = false);
            }
            Act::Insert(insert) => self.change(&insert.table, |table| table.has_rows = true),
            Act::Set(set) if set.name == "search_path" => {
                let first = set.value.as_deref().and_then(|value| value.split(',').next());
                self.search_path = first.map(|schema| schema.trim().trim_matches(['"', '\'']).to_owned());
            }
            Act::Create(create) => {
                self.others.insert(format!("{} {}", create.object.word(), self.key(&create.name)));
            }
            Act::Alter(_) | Act::RenameEnumValue(_) | Act::Refresh(_) | Act::Reindex(_) => {}
            Act::Update(_) | Act::Delete(_) | Act::Truncate(_) | Act::Lock(_) | Act::Maintain(_) => {}
            Act::Privilege(_) | Act::Set(_) | Act::Transaction(_) | Act::Comment(_) => {}
            Act::Dynamic | Act::PrepareVariable(_) => self.has_gaps = true,
            Act::Other(words) => self.has_gaps |= words.starts_with("call ") || words.starts_with("use "),
            Act::Query(_) | Act::Definer(_) => {}
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
            ..Table::default()
        };
        let table = self.alike(create).map_or(table, |like| Table { born: era, ..like });
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
        Some(Table { foreign_keys: Vec::new(), triggers: Vec::new(), has_rows: false, ..known })
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
                self.change(partition, |table| table.partition_of = Some(parent));
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

    fn forget_index(&mut self, table: &Name, name: &str) {
        let index = Name { schema: table.schema.clone(), name: name.to_owned(), span: 0..0 };
        self.indexes.remove(&self.key(&index));
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

    fn add_constraint(&mut self, table: &Name, constraint: &Constraint, era: Era) {
        let given = constraint.name.as_ref().map(|name| name.name.clone());
        match &constraint.kind {
            ConstraintKind::PrimaryKey(key) => {
                let columns = self.adopted(table, key);
                let name = given.filter(|_| self.dialect != Dialect::Mysql);
                let name = name.unwrap_or_else(|| self.primary_key_name(table));
                self.add_key(table, Some(name), &columns, era);
                self.change(table, |table| set_primary_key(table, columns));
            }
            ConstraintKind::Unique(key) => {
                let columns = self.adopted(table, key);
                let name = given.unwrap_or_else(|| self.unique_key_name(table, &columns));
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
            ConstraintKind::Exclude => {}
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

    fn create_index(&mut self, create: &CreateIndex, era: Era) {
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

    fn drop_objects(&mut self, drop: &Drop) {
        for name in &drop.names {
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
            if drop.cascade && matches!(drop.object, Object::Table | Object::View | Object::MaterializedView)
            {
                self.drop_views_on(&key);
            }
        }
    }

    fn drop_table(&mut self, key: &str) {
        self.tables.remove(key);
        self.indexes.remove_where(|_, table| table == key);
        self.tables.change_where(
            |_, table| table.foreign_keys.iter().any(|it| it.table == key),
            |table| Rc::make_mut(table).foreign_keys.retain(|it| it.table != key),
        );
    }

    fn drop_index(&mut self, key: &str, name: &str, on: Option<&Name>) {
        let table = on.map(|table| self.key(table)).or_else(|| self.indexes.get(key).cloned());
        self.indexes.remove(key);
        if let Some(table) = table.and_then(|table| self.tables.get_mut(&table)) {
            Rc::make_mut(table).indexes.retain(|index| index.name.as_deref() != Some(name));
        }
    }

    fn drop_schema(&mut self, schema: &str) {
        let prefix = format!("{schema}.");
        self.tables.remove_where(|key, _| key.starts_with(&prefix));
        self.views.remove_where(|key, _| key.starts_with(&prefix));
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
    }

    pub(super) fn rename_table(&mut self, from: &str, to: &str) {
        move_entry(&mut self.tables, from, to.to_owned());
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

    fn rename_index(&mut self, from: &str, to: String, rename: &Rename) {
        let Some(table) = self.indexes.remove(from) else { return };
        if let Some(table) = self.tables.get_mut(&table) {
            let indexes = &mut Rc::make_mut(table).indexes;
            let named = indexes.iter_mut().filter(|it| it.name.as_deref() == Some(rename.from.name.as_str()));
            named.for_each(|it| it.name = Some(rename.to.clone()));
        }
        self.indexes.insert(to, table);
    }
}

fn drop_entry<T: Clone>(entries: &mut Map<T>, key: &str) {
    entries.remove(key);
}

fn move_entry<T: Clone>(entries: &mut Map<T>, from: &str, to: String) {
    if let Some(entry) = entries.remove(from) {
        entries.insert(to, entry);
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

fn made(column: &part::Column, era: Era) -> Column {
    Column {
        born: era,
        name: column.name.name.clone(),
        ty: column.ty.clone(),
        collation: column.collation.clone(),
        not_null: column.not_null || column.is_numbered || column.ty.as_ref().is_some_and(|ty| ty.is_serial),
        default: column.default.clone(),
        values: Vec::new(),
        is_generated: column.generated.is_some(),
        generated: column.generated.as_ref().map(|generated| generated.expr.clone()),
        is_numbered: column.is_numbered || column.ty.as_ref().is_some_and(|ty| ty.is_serial),
        charset: column.charset.clone(),
        on_update: column.on_update.clone(),
        comment: column.comment.clone(),
    }
}

fn redefine(table: &mut Table, column: &str, definition: &part::Column) {
    let new_name = definition.name.name.clone();
    if let Some(known) = table.column_mut(column) {
        *known = made(definition, known.born);
    }
    rename_column(table, column, &new_name);
    if table.primary_key.as_ref().is_some_and(|key| key.contains(&new_name)) {
        set_not_null(table, &new_name, true);
    }
}

fn set_option(table: &mut Table, name: &str, value: &str) {
    table.options.retain(|option| option.split_once('=').is_none_or(|(own, _)| own != name));
    table.options.push(format!("{name}={value}"));
}

/// MySQL's CONVERT TO CHARACTER SET: the table and every column of it that holds text.
fn convert(table: &mut Table, charset: &str, collation: Option<&String>) {
    set_option(table, "charset", charset);
    for column in
        table.columns.iter_mut().filter(|column| column.charset.is_some() || column.collation.is_some())
    {
        column.charset = None;
        column.collation = collation.cloned();
    }
}

fn set_primary_key(table: &mut Table, columns: Vec<String>) {
    for column in &columns {
        set_not_null(table, column, true);
    }
    table.primary_key = Some(columns);
}

fn set_not_null(table: &mut Table, column: &str, not_null: bool) {
    if let Some(column) = table.column_mut(column) {
        column.not_null = not_null;
    }
}

fn drop_constraint(table: &mut Table, name: &str) {
    let is_other = |own: &Option<String>| own.as_deref() != Some(name);
    let had_key =
        table.indexes.iter().any(|it| !is_other(&it.name) && Some(it.items.clone()) == table.primary_key);
    table.indexes.retain(|it| is_other(&it.name));
    table.foreign_keys.retain(|it| is_other(&it.name));
    table.checks.retain(|it| is_other(&it.name));
    if had_key {
        table.primary_key = None;
    }
}

fn change_column(table: &mut Table, action: &ActionKind, era: Era) {
    match action {
        ActionKind::DropColumn { column, .. } => drop_column(table, column),
        ActionKind::RenameColumn { from, to } => rename_column(table, from, to),
        ActionKind::SetType { column, ty, collation, .. } => {
            if let Some(column) = table.column_mut(column) {
                column.ty = Some(ty.clone());
                column.collation.clone_from(collation);
            }
        }
        ActionKind::SetNotNull { column } => set_not_null(table, column, true),
        ActionKind::DropNotNull { column } => set_not_null(table, column, false),
        ActionKind::SetDefault { column, expr } => {
            if let Some(column) = table.column_mut(column) {
                column.default = Some(expr.clone());
            }
        }
        ActionKind::DropDefault { column } => {
            if let Some(column) = table.column_mut(column) {
                column.default = None;
            }
        }
        ActionKind::ValidateConstraint { name } => validate(table, name, era),
        ActionKind::RenameConstraint { from, to } => rename_constraint(table, from, to),
        ActionKind::DropPrimaryKey => {
            table.primary_key = None;
            table.indexes.retain(|index| index.name.as_deref() != Some("primary"));
        }
        ActionKind::SetEngine(engine) => set_option(table, "engine", engine),
        ActionKind::SetTableOption { name, value } => set_option(table, name, value),
        ActionKind::ConvertCharset { charset, collation } => convert(table, charset, collation.as_ref()),
        ActionKind::Other(words) if words.ends_with("system versioning") => {
            table.options.retain(|option| option != "system versioning");
            if !words.starts_with("drop") {
                table.options.push("system versioning".to_owned());
            }
        }
        ActionKind::DropForeignKey { name } => table.foreign_keys.retain(|it| it.name.as_ref() != Some(name)),
        _ => {}
    }
}

fn drop_column(table: &mut Table, column: &str) {
    table.columns.retain(|it| it.name != column);
    table.indexes.retain(|it| !it.columns.iter().flatten().any(|own| own == column));
    table.foreign_keys.retain(|it| !it.columns.iter().any(|own| own == column));
    table.checks.retain(|it| !it.expr.columns.iter().any(|own| own == column));
}

fn rename_column(table: &mut Table, from: &str, to: &str) {
    let renamed = |name: &mut String| {
        if name == from {
            to.clone_into(name);
        }
    };
    table.columns.iter_mut().for_each(|column| renamed(&mut column.name));
    table.primary_key.iter_mut().flatten().for_each(renamed);
    table.indexes.iter_mut().flat_map(|index| index.columns.iter_mut().flatten()).for_each(renamed);
    table.foreign_keys.iter_mut().flat_map(|key| &mut key.columns).for_each(renamed);
    for check in &mut table.checks {
        check.expr.columns.iter_mut().chain(&mut check.expr.proves_not_null).for_each(renamed);
    }
}

fn validate(table: &mut Table, name: &str, era: Era) {
    for key in table.foreign_keys.iter_mut().filter(|it| it.name.as_deref() == Some(name)) {
        key.is_valid = true;
    }
    for check in table.checks.iter_mut().filter(|it| it.name.as_deref() == Some(name)) {
        check.is_valid = true;
        check.validated = era;
    }
}

fn rename_constraint(table: &mut Table, from: &str, to: &str) {
    let indexes = table.indexes.iter_mut().map(|it| &mut it.name);
    let keys = table.foreign_keys.iter_mut().map(|it| &mut it.name);
    let checks = table.checks.iter_mut().map(|it| &mut it.name);
    for name in indexes.chain(keys).chain(checks) {
        if name.as_deref() == Some(from) {
            *name = Some(to.to_owned());
        }
    }
}
