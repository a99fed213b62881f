//! Random schemas and random edits of them, from a seed that is printed when something fails.

mod postgres;
mod sound;
mod words;

use std::collections::BTreeMap;
use std::ops::{Deref, DerefMut};

use schema_build::schema::{
    Action, Check, Column, ColumnType, Deferrable, EnumType, EnumValue, ForeignKey, Generated, Identity,
    Index, IndexItem, Knowledge, Options, PrimaryKey, Schema, Table, Unique,
};

use crate::dialect::Dialect as _;
pub(super) use postgres::OfPostgres;
pub(super) use words::{OfMysql, OfSqlite, Words};

pub(super) struct Random(u64);

const TABLES: [&str; 10] =
    ["users", "orders", "order", "my table", "größe", "a\"b", "Group", "log_entries", "t1", "select"];
const COLUMNS: [&str; 16] = [
    "id",
    "name",
    "email",
    "age",
    "stock",
    "key",
    "naïve col",
    "from",
    "created_at",
    "x",
    "note",
    "Amount",
    "b\"q",
    "flag",
    "price",
    "data",
];
const VALUES: [&str; 6] = ["happy", "sad", "it's", "größer", "unknown", "new"];

impl Random {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    pub(super) fn below(&mut self, end: usize) -> usize {
        (self.next() >> 11) as usize % end.max(1)
    }

    pub(super) fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    pub(super) fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }
}

/// Makes up schemas in an engine's words.
pub(super) struct Maker<'w, W> {
    pub(super) random: Random,
    pub(super) words: &'w W,
}

impl<W> Deref for Maker<'_, W> {
    type Target = Random;

    fn deref(&self) -> &Random {
        &self.random
    }
}

impl<W> DerefMut for Maker<'_, W> {
    fn deref_mut(&mut self) -> &mut Random {
        &mut self.random
    }
}

impl<W: Words> Maker<'_, W> {
    pub(super) fn schema(&mut self) -> Schema {
        let mut schema = Schema {
            dialect: self.words.ways().engine(),
            tables: BTreeMap::new(),
            enums: BTreeMap::new(),
            views: BTreeMap::new(),
        };
        for _ in 0..1 + self.below(5) {
            self.add_table(&mut schema);
        }
        for _ in 0..self.below(5) {
            self.add_key(&mut schema);
        }
        self.sound(&mut schema);
        schema
    }

    fn add_table(&mut self, schema: &mut Schema) {
        let name = *self.pick(&TABLES);
        if schema.tables.keys().any(|other| self.words.is_same(other, name)) {
            return;
        }
        let mut table = empty();
        table.options.is_strict = self.one_in(8);
        for _ in 0..1 + self.below(7) {
            self.add_column(&mut table);
        }
        match self.below(8) {
            0 => {}
            1 => {
                let columns = self.columns(&table, 2);
                table.primary_key = Some(PrimaryKey { name: None, columns });
            }
            2 => {
                let columns = self.columns(&table, 1);
                table.primary_key = Some(PrimaryKey { name: None, columns });
            }
            _ => self.add_number_key(&mut table),
        }
        self.toggle_rowid(&mut table);
        for _ in 0..self.below(4) {
            self.add_part(&mut table);
        }
        schema.tables.insert(name.to_owned(), table);
    }

    fn add_number_key(&mut self, table: &mut Table) {
        if let Some(position) = table.columns.iter().position(|column| column.name == "id") {
            table.columns.remove(position);
        }
        let identity = self.one_in(3).then_some(Identity::ByDefault);
        let column = Column { is_nullable: false, identity, ..column("id", self.words.number()) };
        table.columns.insert(self.below(2).min(table.columns.len()), column);
        table.primary_key = Some(PrimaryKey { name: None, columns: vec!["id".to_owned()] });
    }

    fn toggle_rowid(&mut self, table: &mut Table) {
        table.options.is_without_rowid = table.primary_key.is_some() && self.one_in(8);
    }

    fn add_column(&mut self, table: &mut Table) {
        let name = *self.pick(&COLUMNS);
        if table.columns.iter().any(|other| self.words.is_same(&other.name, name)) {
            return;
        }
        let ty = self.ty(table);
        let mut column = Column { is_nullable: !self.one_in(2), ..column(name, ty) };
        if self.one_in(3) {
            column.default = self.default(ty);
        }
        if ty == self.words.text() && self.one_in(4) {
            column.collation = Some(self.words.collation().to_owned());
        }
        if ty == self.words.text() && self.one_in(5) && column.default.is_none() {
            let values = self.values(name);
            column.ty = sql(&self.words.enum_type(&values));
            column.values = Some(values);
        }
        if self.one_in(8) && column.values.is_none() && !table.columns.is_empty() {
            column.default = None;
            column.generated = self.generated(table, name);
        }
        table.columns.push(column);
    }

    fn ty(&mut self, table: &Table) -> &'static str {
        let types = self.words.types(table);
        types[self.below(types.len())]
    }

    fn text(&self) -> ColumnType {
        sql(self.words.text())
    }

    fn values(&mut self, name: &str) -> EnumType {
        let count = 1 + self.below(3);
        let start = self.below(VALUES.len());
        let values = (0..count).map(|at| EnumValue::named(VALUES[(start + at) % VALUES.len()])).collect();
        let words = self.words;
        EnumType { name: words.enum_name(self, name), values, was: None }
    }

    fn generated(&mut self, table: &Table, own: &str) -> Option<Generated> {
        let sources: Vec<&Column> =
            table.columns.iter().filter(|other| other.generated.is_none() && other.name != own).collect();
        let source = sources.get(self.below(sources.len()))?;
        let expression = self.words.generated(source);
        Some(Generated { expression, is_stored: self.one_in(2) })
    }

    fn default(&mut self, ty: &str) -> Option<String> {
        let words = self.words;
        words.default(self, ty)
    }

    fn columns(&mut self, table: &Table, count: usize) -> Vec<String> {
        let mut columns = Vec::new();
        for _ in 0..count {
            let column = &self.pick(&table.columns).name;
            if !columns.contains(column) {
                columns.push(column.clone());
            }
        }
        columns
    }

    fn name(&mut self, prefix: &str) -> Option<String> {
        self.one_in(2).then(|| format!("{prefix}_{}", self.below(100_000)))
    }

    fn add_part(&mut self, table: &mut Table) {
        match self.below(4) {
            0 => {
                let columns = 1 + self.below(2);
                let columns = self.columns(table, columns);
                let name = self.name("uq");
                table.uniques.push(Unique { name, columns, was: None, is_constraint: false });
            }
            1 => self.add_check(table),
            _ => self.add_index(table),
        }
    }

    fn add_check(&mut self, table: &mut Table) {
        let column = self.pick(&table.columns).clone();
        let words = self.words;
        let expression = words.check(self, &column);
        table.checks.push(Check { name: self.name("ck"), expression });
    }

    fn add_index(&mut self, table: &mut Table) {
        let columns = 1 + self.below(3);
        let columns = self.columns(table, columns);
        let item = |name| IndexItem::Column { name, is_descending: false, collation: None };
        let mut index = Index {
            name: self.name("ix"),
            items: columns.into_iter().map(item).collect(),
            is_unique: self.one_in(8),
            condition: None,
            method: None,
            include: Vec::new(),
            was: None,
        };
        for item in &mut index.items {
            if let IndexItem::Column { is_descending, .. } = item {
                *is_descending = self.one_in(4);
            }
        }
        let words = self.words;
        words.index(self, table, &mut index);
        table.indexes.push(index);
    }

    fn add_key(&mut self, schema: &mut Schema) {
        let names: Vec<String> = schema.tables.keys().cloned().collect();
        let (child, parent) = (self.pick(&names).clone(), self.pick(&names).clone());
        let Some(key) = schema.tables[&parent].primary_key.clone() else { return };
        let [target] = key.columns.as_slice() else { return };
        let Some(ty) =
            schema.tables[&parent].columns.iter().find(|c| c.name == *target).map(|c| c.ty.clone())
        else {
            return;
        };
        let table = schema.tables.get_mut(&child).expect("a table");
        if table.options.is_strict && !self.words.types(table).contains(&text(&ty).as_str()) {
            return;
        }
        let name = format!("{}_ref", self.pick(&COLUMNS));
        if table.columns.iter().any(|other| self.words.is_same(&other.name, &name)) {
            return;
        }
        table.columns.push(Column { ty, ..column(&name, "INTEGER") });
        let actions = [Action::NoAction, Action::Restrict, Action::Cascade, Action::SetNull];
        table.foreign_keys.push(ForeignKey {
            name: self.name("fk"),
            columns: vec![name],
            table: parent,
            references: if self.one_in(2) { Vec::new() } else { vec![target.clone()] },
            on_delete: *self.pick(&actions),
            on_update: *self.pick(&actions),
            deferrable: *self.pick(&[
                Deferrable::Not,
                Deferrable::Not,
                Deferrable::Deferred,
                Deferrable::Immediate,
            ]),
        });
    }

    /// Another schema, a few edits away, not all of which were taken back. Tables in `pinned` are neither dropped
    /// nor renamed.
    pub(super) fn changed(&mut self, schema: &Schema, pinned: &[String]) -> Schema {
        loop {
            let edited = self.edited(schema, pinned);
            if edited != *schema {
                return edited;
            }
        }
    }

    fn edited(&mut self, schema: &Schema, pinned: &[String]) -> Schema {
        let mut edited = schema.clone();
        for _ in 0..1 + self.below(4) {
            self.edit(&mut edited, schema, pinned);
        }
        self.sound(&mut edited);
        edited
    }

    fn edit(&mut self, schema: &mut Schema, old: &Schema, pinned: &[String]) {
        let names: Vec<String> = schema.tables.keys().cloned().collect();
        let name = self.pick(&names).clone();
        let is_pinned = pinned.contains(&name);
        match self.below(24) {
            0 => self.add_table(schema),
            1 if names.len() > 1 && !is_pinned => drop(schema.tables.remove(&name)),
            2 if !is_pinned && old.tables.contains_key(&name) => self.rename_table(schema, &name),
            3 => self.add_key(schema),
            4 => {
                let table = schema.tables.get_mut(&name).expect("a table");
                table.foreign_keys.pop();
            }
            _ => {
                let mut table = schema.tables.remove(&name).expect("a table");
                let old = old.tables.get(table.was.as_ref().unwrap_or(&name));
                self.edit_table(&mut table, old);
                schema.tables.insert(name, table);
            }
        }
    }

    fn rename_table(&mut self, schema: &mut Schema, name: &str) {
        let new = format!("renamed {}", self.below(1000));
        let mut table = schema.tables.remove(name).expect("a table");
        table.was = Some(name.to_owned());
        schema.tables.insert(new.clone(), table);
        for key in schema.tables.values_mut().flat_map(|table| &mut table.foreign_keys) {
            if self.words.is_same(&key.table, name) {
                key.table.clone_from(&new);
            }
        }
    }

    fn edit_table(&mut self, table: &mut Table, old: Option<&Table>) {
        let at = self.below(table.columns.len());
        match self.below(20) {
            0 | 1 => self.add_column(table),
            2 | 3 if table.columns.len() > 1 => drop(table.columns.remove(at)),
            4 | 5 => self.rename_column(table, at, old),
            6 => {
                let ty = self.ty(table);
                let column = &mut table.columns[at];
                if column.values.is_none() && column.generated.is_none() {
                    column.ty = sql(ty);
                    column.default = None;
                }
            }
            7 => table.columns[at].is_nullable ^= true,
            8 => {
                let ty = text(&table.columns[at].ty);
                let default = if self.one_in(3) { None } else { self.default(&ty) };
                let column = &mut table.columns[at];
                if column.generated.is_none() && column.values.is_none() {
                    column.default = default;
                }
            }
            9 => {
                let is_text = table.columns[at].ty == self.text();
                let collation = (is_text && self.one_in(2)).then(|| self.words.collation().to_owned());
                table.columns[at].collation = collation;
            }
            10 => self.edit_values(&mut table.columns[at]),
            11 => drop(table.checks.pop()),
            12 => drop(table.indexes.pop()),
            13 => drop(table.uniques.pop()),
            14 => {
                if let Some(index) = table.indexes.first_mut() {
                    index.name = Some(format!("ix_new_{}", self.below(100_000)));
                }
            }
            15 => self.edit_key(table),
            16 => {
                let own = table.columns[at].name.clone();
                let generated = if self.one_in(2) { None } else { self.generated(table, &own) };
                let is_used = table.columns.iter().any(|other| {
                    other.generated.as_ref().is_some_and(|made| self.words.mentions(&made.expression, &own))
                });
                let column = &mut table.columns[at];
                if column.values.is_none() && !is_used {
                    column.default = None;
                    column.generated = generated;
                }
            }
            17 => self.toggle_rowid(table),
            _ => self.add_part(table),
        }
    }

    fn edit_key(&mut self, table: &mut Table) {
        table.columns.iter_mut().for_each(|column| column.identity = None);
        match self.below(4) {
            0 => table.primary_key = None,
            1 => {
                let columns = self.columns(table, 2);
                table.primary_key = Some(PrimaryKey { name: None, columns });
            }
            _ => self.toggle_identity(table),
        }
    }

    fn toggle_identity(&mut self, table: &mut Table) {
        let Some(key) = table.primary_key.as_ref().filter(|key| key.columns.len() == 1) else { return };
        let name = key.columns[0].clone();
        let number = self.words.number();
        let identity = self.one_in(2).then_some(Identity::ByDefault);
        if let Some(column) =
            table.columns.iter_mut().find(|column| column.name == name && column.ty == sql(number))
        {
            column.identity = identity;
        }
    }

    fn edit_values(&mut self, column: &mut Column) {
        if column.values.is_none()
            && column.ty == self.text()
            && column.default.is_none()
            && column.generated.is_none()
        {
            return;
        }
        let Some(ty) = &mut column.values else { return };
        let fresh = *self.pick(&VALUES);
        match self.below(3) {
            0 if ty.values.len() > 1 => drop(ty.values.pop()),
            1 if !ty.values.iter().any(|value| value.name == fresh) => {
                let first = &mut ty.values[0];
                first.was = Some(first.was.clone().unwrap_or(first.name.clone()));
                first.name = fresh.to_owned();
            }
            _ if !ty.values.iter().any(|value| value.name == fresh) => {
                ty.values.push(EnumValue::named(fresh));
            }
            _ => {}
        }
        let ty = column.values.as_ref().map(|values| self.words.enum_type(values));
        column.ty = ty.map_or(column.ty.clone(), |ty| sql(&ty));
    }

    fn rename_column(&mut self, table: &mut Table, at: usize, old: Option<&Table>) {
        let from = table.columns[at].name.clone();
        let to = format!("re {} {}", from.chars().next().unwrap_or('x'), self.below(1000));
        let is_old = old.is_some_and(|old| old.columns.iter().any(|column| column.name == from));
        let column = &mut table.columns[at];
        column.was = is_old.then(|| from.clone()).or(column.was.take());
        column.name.clone_from(&to);
        let name = |name: &mut String| {
            if self.words.is_same(name, &from) {
                name.clone_from(&to);
            }
        };
        table.primary_key.iter_mut().flat_map(|key| &mut key.columns).for_each(name);
        table.uniques.iter_mut().flat_map(|unique| &mut unique.columns).for_each(name);
        table.foreign_keys.iter_mut().flat_map(|key| &mut key.columns).for_each(name);
        table
            .checks
            .iter_mut()
            .for_each(|check| check.expression = self.words.renamed(&check.expression, &from, &to));
        for generated in table.columns.iter_mut().filter_map(|column| column.generated.as_mut()) {
            generated.expression = self.words.renamed(&generated.expression, &from, &to);
        }
        for index in &mut table.indexes {
            index.condition = index.condition.as_ref().map(|sql| self.words.renamed(sql, &from, &to));
            for item in &mut index.items {
                match item {
                    IndexItem::Column { name: column, .. } => name(column),
                    IndexItem::Sql(sql) => *sql = self.words.renamed(sql, &from, &to),
                }
            }
        }
    }
}

fn sql(ty: &str) -> ColumnType {
    ColumnType::Sql(ty.to_owned())
}

fn text(ty: &ColumnType) -> String {
    match ty {
        ColumnType::Sql(ty) | ColumnType::Diesel { name: ty, .. } => ty.clone(),
    }
}

fn empty() -> Table {
    Table {
        columns: Vec::new(),
        primary_key: None,
        uniques: Vec::new(),
        indexes: Vec::new(),
        checks: Vec::new(),
        foreign_keys: Vec::new(),
        comment: None,
        options: Options::default(),
        knowledge: Knowledge::Whole,
        was: None,
        place: None,
    }
}

fn column(name: &str, ty: &str) -> Column {
    Column {
        name: name.to_owned(),
        ty: sql(ty),
        is_nullable: true,
        default: None,
        generated: None,
        identity: None,
        collation: None,
        comment: None,
        values: None,
        backfill: None,
        was: None,
        place: None,
    }
}
