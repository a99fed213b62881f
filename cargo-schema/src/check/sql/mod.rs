//! One statement of SQL as rules see it: what it does (`act`), with the names, types and expressions in it (`part`),
//! whatever engine it is written for. Each engine's folder makes it from the tree of a parser of that engine; nothing
//! here looks at text, and nothing that reads this knows a parser.

pub(crate) mod act;
mod mysql;
pub(crate) mod part;
mod postgres;
mod prepared;
mod sqlite;

use std::ops::Range;

use schema_runtime::dialect::Dialect;

pub(crate) use act::Act;
pub(crate) use prepared::resolved;

/// What a parser made of one statement.
#[derive(Debug)]
pub(crate) enum Reading {
    /// What it does: one act, or several where one statement holds others (a `DO` block).
    Acts(Vec<Placed>),
    /// The parser did not understand it: where, in the script, and what it says.
    Unreadable(Range<usize>, String),
}

/// An act and where its text is in the script.
#[derive(Clone, Debug)]
pub(crate) struct Placed {
    /// Bytes of the script.
    pub(crate) span: Range<usize>,
    /// What it does.
    pub(crate) act: Act,
}

/// Reads one statement, which begins at byte `offset` of its script; `None` where the engine has no reader yet.
pub(crate) fn read(sql: &str, offset: usize, dialect: Dialect) -> Option<Reading> {
    match dialect {
        Dialect::Postgres => Some(postgres::read(sql, offset)),
        Dialect::Sqlite => Some(sqlite::read(sql, offset)),
        Dialect::Mysql => Some(mysql::read(sql, offset)),
    }
}
