//! What statements do to rows, and to tables as a whole.

use crate::check::sql::part::{Expr, Name};

/// INSERT.
#[derive(Clone, Debug, Default)]
pub(crate) struct Insert {
    /// The table.
    pub(crate) table: Name,
    /// Columns are named.
    pub(crate) names_columns: bool,
    /// It inserts what a query over a table finds, not rows that are written down.
    pub(crate) has_query: bool,
    /// The expressions in it.
    pub(crate) expr: Expr,
    /// What OR, or MySQL's verb, says of rows that are there already, in lower case: `replace`, `ignore`.
    pub(crate) conflict: Option<String>,
    /// ON CONFLICT .. DO, or ON DUPLICATE KEY UPDATE.
    pub(crate) is_upsert: bool,
    /// The rows that are written down, each as the text of its values.
    pub(crate) rows: Vec<Vec<String>>,
    /// The columns that are filled, where they are named.
    pub(crate) columns: Vec<String>,
    /// SQLite's INSERT .. SELECT, as far as it is a copy.
    pub(crate) copy: Option<Copied>,
}

/// What an INSERT takes from other tables.
#[derive(Clone, Debug, Default)]
pub(crate) struct Copied {
    /// The tables.
    pub(crate) from: Vec<Name>,
    /// The columns that are filled, where they are named.
    pub(crate) targets: Vec<String>,
    /// What they are filled with.
    pub(crate) items: Vec<Expr>,
    /// `*`.
    pub(crate) is_everything: bool,
    /// Some rows may be left out: WHERE, LIMIT, DISTINCT, GROUP BY or a join.
    pub(crate) is_filtered: bool,
}

/// UPDATE or DELETE.
#[derive(Clone, Debug)]
pub(crate) struct Change {
    /// The table.
    pub(crate) table: Name,
    /// The condition.
    pub(crate) condition: Option<Expr>,
    /// The expressions in it.
    pub(crate) expr: Expr,
    /// The columns that are set.
    pub(crate) sets: Vec<String>,
    /// LIMIT, or WHERE CURRENT OF.
    pub(crate) is_limited: bool,
}

/// TRUNCATE.
#[derive(Clone, Debug)]
pub(crate) struct Truncate {
    /// The tables.
    pub(crate) tables: Vec<Name>,
    /// CASCADE.
    pub(crate) cascade: bool,
}

/// LOCK TABLE.
#[derive(Clone, Debug)]
pub(crate) struct Lock {
    /// The tables.
    pub(crate) tables: Vec<Name>,
    /// In lower case: `access exclusive`.
    pub(crate) mode: String,
}

/// VACUUM and the like.
#[derive(Clone, Debug)]
pub(crate) struct Maintain {
    /// `vacuum`, `vacuum full`, `cluster`, `analyze`, `optimize`.
    pub(crate) verb: String,
    /// The tables; empty: all of them.
    pub(crate) tables: Vec<Name>,
}
