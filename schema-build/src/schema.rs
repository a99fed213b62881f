//! The schema as data: tables, columns, keys, indexes, checks and enums, ordered and comparable. *Desired* schemas
//! come from the models, *current* ones from introspecting a replayed history or from schema.lock. Nothing here
//! knows Rust source, a database or a dialect's SQL; texts are the engine's own, as written.

pub mod words;

use std::collections::BTreeMap;

use schema_runtime::dialect::Dialect;

use crate::finding::Place;

/// Everything that models can describe.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schema {
    /// The engine whose words the texts are.
    pub dialect: Dialect,
    /// By name: `users`, or `audit.users` outside the default schema.
    pub tables: BTreeMap<String, Table>,
    /// Enum types of their own (PostgreSQL), by name. Elsewhere an enum is a property of its columns.
    pub enums: BTreeMap<String, EnumType>,
    /// Views, by name, which are never compared with tables: the statement that makes them.
    pub views: BTreeMap<String, String>,
}

/// One table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// In the order in which they were declared.
    pub columns: Vec<Column>,
    /// `None`: the table has none, or the model does not say.
    pub primary_key: Option<PrimaryKey>,
    /// UNIQUE constraints. A plain unique index over columns is the same thing and stands here as well.
    pub uniques: Vec<Unique>,
    /// Indexes that are no constraints.
    pub indexes: Vec<Index>,
    /// CHECK constraints.
    pub checks: Vec<Check>,
    /// Foreign keys.
    pub foreign_keys: Vec<ForeignKey>,
    /// What the table says about itself, where an engine keeps it.
    pub comment: Option<String>,
    /// The engine's own table options.
    pub options: Options,
    /// What the description leaves open.
    pub knowledge: Knowledge,
    /// The name it used to have, as the model says.
    pub was: Option<String>,
    /// Where the model is; `None` when it comes from a database.
    pub place: Option<Place>,
}

/// How much of a table its description says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Knowledge {
    /// All of it: a struct that derives `Schema`, or a database.
    #[default]
    Whole,
    /// Columns, types, nullability and key, and no more: a `table!` block.
    Columns,
}

/// Table options that a model can set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// SQLite's STRICT.
    pub is_strict: bool,
    /// SQLite's WITHOUT ROWID.
    pub is_without_rowid: bool,
    /// MySQL's ENGINE.
    pub engine: Option<String>,
    /// MySQL's default character set.
    pub charset: Option<String>,
}

/// One column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name in the database.
    pub name: String,
    /// Its type.
    pub ty: ColumnType,
    /// Whether it may be NULL.
    pub is_nullable: bool,
    /// The default as SQL.
    pub default: Option<String>,
    /// The expression of a generated column.
    pub generated: Option<Generated>,
    /// Whether the engine numbers it.
    pub identity: Option<Identity>,
    /// Its collation, if it is not the default one.
    pub collation: Option<String>,
    /// What it says about itself, where an engine keeps it.
    pub comment: Option<String>,
    /// Values of an enum that has no type of its own here (SQLite's CHECK, MySQL's ENUM).
    pub values: Option<EnumType>,
    /// SQL for the rows that exist when it is added or becomes NOT NULL; no part of the schema.
    pub backfill: Option<String>,
    /// The name it used to have, as the model says.
    pub was: Option<String>,
    /// Where the model says it.
    pub place: Option<Place>,
}

/// A column's type, as exactly as it is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ColumnType {
    /// The engine's own words: `NUMERIC(10,2)`.
    Sql(String),
    /// A Diesel type of a `table!` block (`Nullable` removed): any type of its family will do.
    Diesel {
        /// The last segment: `Text`, `Array<Text>`.
        name: String,
        /// `#[max_length]`.
        max_length: Option<u32>,
    },
}

/// A generated column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Generated {
    /// The expression.
    pub expression: String,
    /// Stored, not computed when read.
    pub is_stored: bool,
}

/// Who numbers a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Identity {
    /// The engine, unless a value is given; AUTO_INCREMENT and AUTOINCREMENT are this.
    ByDefault,
    /// The engine always.
    Always,
}

/// A primary key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrimaryKey {
    /// The constraint's name, where it has one.
    pub name: Option<String>,
    /// In the order of the key.
    pub columns: Vec<String>,
}

/// A UNIQUE constraint or its equal, a plain unique index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unique {
    /// The name; `None` in a model matches any.
    pub name: Option<String>,
    /// In the order of the key.
    pub columns: Vec<String>,
    /// The name it used to have.
    pub was: Option<String>,
    /// A constraint of the table, not an index; no difference, yet it is dropped another way.
    pub is_constraint: bool,
}

/// An index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Index {
    /// The name; `None` in a model matches any with the same definition.
    pub name: Option<String>,
    /// What is indexed, in order.
    pub items: Vec<IndexItem>,
    /// Whether it is unique (a partial or expression index; plain ones are [`Unique`]).
    pub is_unique: bool,
    /// The condition of a partial index.
    pub condition: Option<String>,
    /// `gin`, `hash`, ..; `None` is the default.
    pub method: Option<String>,
    /// Columns that it carries along.
    pub include: Vec<String>,
    /// The name it used to have.
    pub was: Option<String>,
}

/// One item of an index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IndexItem {
    /// A column.
    Column {
        /// Its name.
        name: String,
        /// Descending.
        is_descending: bool,
        /// A collation that is not the column's own.
        collation: Option<String>,
    },
    /// An expression, an operator class, a prefix length: SQL.
    Sql(String),
}

/// A CHECK constraint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// The name; `None` in a model matches any.
    pub name: Option<String>,
    /// The condition, without the outer brackets.
    pub expression: String,
}

/// A foreign key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForeignKey {
    /// The name; `None` in a model matches any.
    pub name: Option<String>,
    /// Its columns.
    pub columns: Vec<String>,
    /// The table it points to.
    pub table: String,
    /// The columns there; empty: that table's primary key.
    pub references: Vec<String>,
    /// ON DELETE.
    pub on_delete: Action,
    /// ON UPDATE.
    pub on_update: Action,
    /// DEFERRABLE.
    pub deferrable: Deferrable,
}

/// What happens to the rows that point to a row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "SQL's own words")]
pub enum Action {
    #[default]
    NoAction,
    Restrict,
    Cascade,
    SetNull,
    SetDefault,
}

/// When a key is checked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Deferrable {
    /// At once, always.
    #[default]
    Not,
    /// At once, unless a transaction defers it.
    Immediate,
    /// At commit, unless a transaction says otherwise.
    Deferred,
}

/// An enum's values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnumType {
    /// The type's name.
    pub name: String,
    /// In order.
    pub values: Vec<EnumValue>,
    /// The name the type used to have.
    pub was: Option<String>,
}

/// One value. Where the model says it is no part of what it is.
#[derive(Clone, Debug)]
pub struct EnumValue {
    /// As the database spells it.
    pub name: String,
    /// As it used to spell it.
    pub was: Option<String>,
    /// Where the model says it.
    pub place: Option<Place>,
}

impl EnumValue {
    /// A value of a database, which has always been called that.
    pub fn named(name: impl Into<String>) -> Self {
        Self { name: name.into(), was: None, place: None }
    }
}

impl PartialEq for EnumValue {
    fn eq(&self, other: &Self) -> bool {
        (&self.name, &self.was) == (&other.name, &other.was)
    }
}

impl Eq for EnumValue {}
