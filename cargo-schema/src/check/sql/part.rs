//! The parts of statements: names as the engine folds them, types, expressions, columns and constraints. Plain data,
//! with places, so that a finding can point at a part.

use std::fmt;
use std::ops::Range;

/// A name, folded as the engine folds it: what is quoted as it is written, what is not in lower case.
#[derive(Clone, Debug, Default)]
pub(crate) struct Name {
    /// The schema (PostgreSQL, SQLite) or database (MySQL) that it is qualified with.
    pub(crate) schema: Option<String>,
    /// The last part.
    pub(crate) name: String,
    /// Bytes of the script.
    pub(crate) span: Range<usize>,
}

impl PartialEq for Name {
    fn eq(&self, other: &Self) -> bool {
        (&self.schema, &self.name) == (&other.schema, &other.name)
    }
}

impl Eq for Name {}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.schema {
            Some(schema) => write!(f, "{schema}.{}", self.name),
            None => f.write_str(&self.name),
        }
    }
}

/// A type as it is written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Type {
    /// The engine's canonical word for it, in lower case and without arguments: `character varying`, `integer`,
    /// `timestamp with time zone`. Types of users keep their (folded) name, without a schema.
    pub(crate) name: String,
    /// Length, or precision and scale.
    pub(crate) arguments: Vec<u32>,
    /// How many array dimensions it has.
    pub(crate) dimensions: usize,
    /// As it was written, in one line.
    pub(crate) text: String,
    /// `smallserial`, `serial`, `bigserial`: a type that is a default as well; `name` is the integer behind it.
    pub(crate) is_serial: bool,
    /// Other words of it: MySQL's `unsigned`, `zerofill`.
    pub(crate) modifiers: Vec<String>,
    /// The values of MySQL's ENUM and SET.
    pub(crate) values: Vec<String>,
}

/// An expression, as far as rules look into it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Expr {
    /// As it was written, in one line.
    pub(crate) text: String,
    /// The functions that it calls, and words such as `current_timestamp`: folded, without a schema, in order.
    pub(crate) calls: Vec<String>,
    /// The columns (or other bare names) in it, folded, in order.
    pub(crate) columns: Vec<String>,
    /// Whether it is the literal NULL, perhaps with a cast.
    pub(crate) is_null: bool,
    /// Columns that cannot be NULL where it is true: `a` and `b` of `a IS NOT NULL AND b IS NOT NULL`.
    pub(crate) proves_not_null: Vec<String>,
    /// Whether it holds a query of its own.
    pub(crate) has_query: bool,
    /// The strings in it, without quotes.
    pub(crate) strings: Vec<String>,
    /// SQLite's: what stands in double quotes, folded; a string where nothing has that name.
    pub(crate) quoted: Vec<String>,
    /// SQLite's: whether it is one literal, perhaps with a sign and in brackets.
    pub(crate) is_literal: bool,
    /// SQLite's: the tables of its queries.
    pub(crate) tables: Vec<Name>,
}

/// A column of CREATE TABLE or ADD COLUMN (or MySQL's MODIFY and CHANGE).
#[derive(Clone, Debug, Default)]
pub(crate) struct Column {
    /// Its name.
    pub(crate) name: Name,
    /// Its type; `None` where none is written (SQLite).
    pub(crate) ty: Option<Type>,
    /// NOT NULL is written.
    pub(crate) not_null: bool,
    /// Its default; `DEFAULT NULL` is one, too.
    pub(crate) default: Option<Expr>,
    /// It is generated from others.
    pub(crate) generated: Option<Generated>,
    /// The engine numbers it: an identity, AUTO_INCREMENT, AUTOINCREMENT.
    pub(crate) is_numbered: bool,
    /// Its collation.
    pub(crate) collation: Option<String>,
    /// MySQL's CHARACTER SET.
    pub(crate) charset: Option<String>,
    /// MySQL's ON UPDATE.
    pub(crate) on_update: Option<Expr>,
    /// MySQL's COMMENT.
    pub(crate) comment: Option<String>,
    /// Clauses that no other field tells, in lower case: SQLite's `primary key desc`, `on conflict replace`; PostgreSQL's
    /// `start` of an identity.
    pub(crate) words: Vec<String>,
    /// MySQL's FIRST or AFTER.
    pub(crate) is_placed: bool,
    /// PRIMARY KEY, UNIQUE, REFERENCES and CHECK that stand beside it.
    pub(crate) constraints: Vec<Constraint>,
    /// Bytes of the script.
    pub(crate) span: Range<usize>,
}

/// A generated column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Generated {
    /// What it is made of.
    pub(crate) expr: Expr,
    /// Stored, not computed when read.
    pub(crate) is_stored: bool,
}

/// A constraint of a table or, beside a column, of that column.
#[derive(Clone, Debug)]
pub(crate) struct Constraint {
    /// Its name, where it is given one.
    pub(crate) name: Option<Name>,
    /// What it demands.
    pub(crate) kind: ConstraintKind,
    /// NOT VALID: rows that are there are not looked at.
    pub(crate) is_not_valid: bool,
    /// Bytes of the script.
    pub(crate) span: Range<usize>,
}

/// What a constraint demands.
#[derive(Clone, Debug)]
pub(crate) enum ConstraintKind {
    /// PRIMARY KEY.
    PrimaryKey(Key),
    /// UNIQUE.
    Unique(Key),
    /// FOREIGN KEY or REFERENCES.
    ForeignKey(ForeignKey),
    /// CHECK.
    Check(Expr),
    /// PostgreSQL's EXCLUDE.
    Exclude,
    /// A NOT NULL that stands as a constraint of the table.
    NotNull(String),
}

/// The columns of a key.
#[derive(Clone, Debug, Default)]
pub(crate) struct Key {
    /// Folded, in order. Empty where an index is adopted.
    pub(crate) columns: Vec<String>,
    /// PostgreSQL's USING INDEX.
    pub(crate) using_index: Option<Name>,
}

/// A foreign key.
#[derive(Clone, Debug, Default)]
pub(crate) struct ForeignKey {
    /// Its columns, folded, in order.
    pub(crate) columns: Vec<String>,
    /// The table it points to.
    pub(crate) table: Name,
    /// The columns there; empty: that table's primary key.
    pub(crate) references: Vec<String>,
    /// ON DELETE CASCADE.
    pub(crate) cascades: bool,
    /// What ON DELETE says, in lower case, where that changes rows: `cascade`, `set null`.
    pub(crate) on_delete: Option<String>,
}

/// One item of an index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct IndexItem {
    /// The column, where it is a plain one.
    pub(crate) column: Option<String>,
    /// All of it as it was written, in one line: `lower(email) DESC`.
    pub(crate) text: String,
    /// MySQL's prefix length.
    pub(crate) prefix: Option<u32>,
}
