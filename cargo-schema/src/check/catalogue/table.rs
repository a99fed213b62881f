//! A table of the catalogue, as plain data.

use super::Era;
use super::rows::Keys;
use crate::check::sql::part::{Expr, Type};

/// A table.
#[derive(Clone, Debug, Default)]
pub(crate) struct Table {
    /// When it was made.
    pub(crate) born: Era,
    /// Nobody else can see it.
    pub(crate) is_temporary: bool,
    /// Rows were put into it by the history itself.
    pub(crate) has_rows: bool,
    /// PARTITION BY.
    pub(crate) is_partitioned: bool,
    /// The table that it is a partition of, as a key.
    pub(crate) partition_of: Option<String>,
    /// It is made like others, or from a query, so that more columns than these may be there.
    pub(crate) is_vague: bool,
    /// Options behind the brackets, in lower case.
    pub(crate) options: Vec<String>,
    /// Its columns, in order.
    pub(crate) columns: Vec<Column>,
    /// Its primary key's columns.
    pub(crate) primary_key: Option<Vec<String>>,
    /// Its indexes, those of its keys among them.
    pub(crate) indexes: Vec<Index>,
    /// Its foreign keys.
    pub(crate) foreign_keys: Vec<Key>,
    /// Its checks.
    pub(crate) checks: Vec<Check>,
    /// Nothing but literal rows of the history was put into it, as far as the history says, and none was changed.
    pub(crate) rows_are_known: bool,
    /// The keys of rows that the history wrote down.
    pub(super) keys: Keys,
    /// PostgreSQL's CREATE RULE stands on it.
    pub(super) has_rule: bool,
    /// SQLite's ON CONFLICT of a constraint: a row that is there already is no failure.
    pub(super) settles_conflicts: bool,
    /// Its triggers, by name.
    pub(crate) triggers: Vec<String>,
}

/// A column.
#[derive(Clone, Debug, Default)]
pub(crate) struct Column {
    /// When it was made.
    pub(crate) born: Era,
    /// Folded.
    pub(crate) name: String,
    /// As far as it is known.
    pub(crate) ty: Option<Type>,
    /// Its collation, where it is not the default one.
    pub(crate) collation: Option<String>,
    /// It cannot be NULL.
    pub(crate) not_null: bool,
    /// Its default.
    pub(crate) default: Option<Expr>,
    /// It is generated.
    pub(crate) is_generated: bool,
    /// The literals that the history put into it; not MySQL's.
    pub(crate) values: Vec<String>,
    /// What it is generated from.
    pub(crate) generated: Option<Expr>,
    /// The engine numbers it.
    pub(crate) is_numbered: bool,
    /// Its numbers begin where the history says.
    pub(crate) has_own_start: bool,
    /// MySQL's CHARACTER SET.
    pub(crate) charset: Option<String>,
    /// MySQL's ON UPDATE.
    pub(crate) on_update: Option<Expr>,
    /// MySQL's COMMENT.
    pub(crate) comment: Option<String>,
}

/// An index.
#[derive(Clone, Debug, Default)]
pub(crate) struct Index {
    /// When it was made.
    pub(crate) born: Era,
    /// Folded; `None` where the engine names it.
    pub(crate) name: Option<String>,
    /// The columns, `None` for an expression.
    pub(crate) columns: Vec<Option<String>>,
    /// The items as they were written.
    pub(crate) items: Vec<String>,
    /// It was given no name, and its name is as the engine would have it where nothing is in the way.
    pub(crate) is_nameless: bool,
    /// UNIQUE.
    pub(crate) is_unique: bool,
    /// Of a primary key or UNIQUE constraint.
    pub(crate) is_constraint: bool,
    /// MySQL made it for a foreign key, and drops it when another one will do.
    pub(crate) is_implicit: bool,
    /// The condition of a partial one.
    pub(crate) condition: Option<String>,
    /// Its method, where it is not the default.
    pub(crate) method: Option<String>,
    /// What it carries along.
    pub(crate) include: Vec<String>,
}

/// A foreign key.
#[derive(Clone, Debug, Default)]
pub(crate) struct Key {
    /// When it was made.
    pub(crate) born: Era,
    /// Folded; made up as the engine does where none was given.
    pub(crate) name: Option<String>,
    /// Its columns.
    pub(crate) columns: Vec<String>,
    /// The table that it points to, as a key.
    pub(crate) table: String,
    /// The columns there.
    pub(crate) references: Vec<String>,
    /// Rows that are there were looked at.
    pub(crate) is_valid: bool,
    /// What ON DELETE does to rows, where it does anything.
    pub(crate) on_delete: Option<String>,
    /// The column that it stands beside, and goes with.
    pub(crate) beside: Option<String>,
}

/// A check.
#[derive(Clone, Debug, Default)]
pub(crate) struct Check {
    /// When it was made.
    pub(crate) born: Era,
    /// Folded.
    pub(crate) name: Option<String>,
    /// What it demands.
    pub(crate) expr: Expr,
    /// Rows that are there were looked at.
    pub(crate) is_valid: bool,
    /// When that was.
    pub(crate) validated: Era,
    /// The column that it stands beside, and goes with.
    pub(crate) beside: Option<String>,
}

impl Table {
    /// A column by its folded name.
    pub(crate) fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    pub(super) fn column_mut(&mut self, name: &str) -> Option<&mut Column> {
        self.columns.iter_mut().find(|column| column.name == name)
    }

    /// Whether a check that was validated says that a column is never NULL.
    pub(crate) fn is_proven_not_null(&self, column: &str) -> bool {
        self.checks
            .iter()
            .any(|check| check.is_valid && check.expr.proves_not_null.iter().any(|it| it == column))
    }

    /// Whether a foreign key over `columns` may point to `references` here, as SQLite sees it: to the primary key, or to
    /// all columns of a unique index over all rows, in any order.
    pub(crate) fn is_key(&self, columns: &[String], references: &[String]) -> bool {
        if references.is_empty() {
            return self.primary_key.as_ref().is_some_and(|key| key.len() == columns.len());
        }
        let is_same = |index: &&Index| index.columns.len() == references.len() && index.covers(references);
        self.indexes.iter().filter(|index| index.is_unique).any(|index| is_same(&index))
    }

    /// Whether an index over all rows begins with these columns, in any order.
    pub(crate) fn has_index_on(&self, columns: &[String]) -> bool {
        self.indexes.iter().any(|index| index.covers(columns))
    }
}

impl Index {
    /// Whether it is over all rows and begins with these columns, in any order.
    pub(crate) fn covers(&self, columns: &[String]) -> bool {
        let first = self.columns.get(..columns.len());
        self.condition.is_none()
            && first.is_some_and(|first| {
                columns.iter().all(|column| first.iter().any(|it| it.as_ref() == Some(column)))
            })
    }
}
