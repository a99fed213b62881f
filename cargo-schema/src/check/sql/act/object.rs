//! What statements do to objects that are no tables: types, functions, triggers, views and the rest.

use crate::check::sql::part::{Expr, Name, Type};

/// What kind of object a statement is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Object {
    Table,
    View,
    MaterializedView,
    Index,
    Sequence,
    Schema,
    Database,
    Type,
    Domain,
    Function,
    Trigger,
    Policy,
    Rule,
    Extension,
    Publication,
    Subscription,
    Role,
    Tablespace,
    Collation,
    Event,
    Column,
    Constraint,
    Other,
}

impl Object {
    /// Its word in messages.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::View => "view",
            Self::MaterializedView => "materialized view",
            Self::Index => "index",
            Self::Sequence => "sequence",
            Self::Schema => "schema",
            Self::Database => "database",
            Self::Type => "type",
            Self::Domain => "domain",
            Self::Function => "function",
            Self::Trigger => "trigger",
            Self::Policy => "policy",
            Self::Rule => "rule",
            Self::Extension => "extension",
            Self::Publication => "publication",
            Self::Subscription => "subscription",
            Self::Role => "role",
            Self::Tablespace => "tablespace",
            Self::Collation => "collation",
            Self::Event => "event",
            Self::Column => "column",
            Self::Constraint => "constraint",
            Self::Other => "object",
        }
    }
}

/// DROP.
#[derive(Clone, Debug)]
pub(crate) struct Drop {
    /// What kind of object.
    pub(crate) object: Object,
    /// Which ones.
    pub(crate) names: Vec<Name>,
    /// The table of a trigger, policy, rule, or of an index where the engine asks for it.
    pub(crate) on: Option<Name>,
    /// IF EXISTS.
    pub(crate) if_exists: bool,
    /// CASCADE.
    pub(crate) cascade: bool,
    /// CONCURRENTLY.
    pub(crate) concurrently: bool,
}

/// ALTER .. RENAME TO.
#[derive(Clone, Debug)]
pub(crate) struct Rename {
    /// What kind of object.
    pub(crate) object: Object,
    /// Its name so far.
    pub(crate) from: Name,
    /// Its name from now on.
    pub(crate) to: String,
}

/// CREATE of an object.
#[derive(Clone, Debug)]
pub(crate) struct Create {
    /// What kind of object.
    pub(crate) object: Object,
    /// Which one.
    pub(crate) name: Name,
    /// The table of a policy or rule.
    pub(crate) on: Option<Name>,
    /// IF NOT EXISTS.
    pub(crate) if_not_exists: bool,
    /// Its first words, in lower case.
    pub(crate) words: String,
}

/// ALTER of an object.
#[derive(Clone, Debug)]
pub(crate) struct Alter {
    /// What kind of object.
    pub(crate) object: Object,
    /// Which one.
    pub(crate) name: Name,
    /// The table of a policy or rule.
    pub(crate) on: Option<Name>,
    /// All of its words, in lower case.
    pub(crate) words: String,
}

/// CREATE TYPE .. AS ENUM.
#[derive(Clone, Debug)]
pub(crate) struct CreateEnum {
    /// The type.
    pub(crate) name: Name,
    /// Its values, without quotes.
    pub(crate) values: Vec<String>,
}

/// ALTER TYPE .. ADD VALUE.
#[derive(Clone, Debug)]
pub(crate) struct AddEnumValue {
    /// The type.
    pub(crate) name: Name,
    /// The value, without quotes.
    pub(crate) value: String,
    /// BEFORE or AFTER is written.
    pub(crate) is_placed: bool,
    /// IF NOT EXISTS.
    pub(crate) if_not_exists: bool,
}

/// ALTER TYPE .. RENAME VALUE.
#[derive(Clone, Debug)]
pub(crate) struct RenameEnumValue {
    /// The type.
    pub(crate) name: Name,
    /// The value so far.
    pub(crate) from: String,
    /// The value from now on.
    pub(crate) to: String,
}

/// CREATE DOMAIN.
#[derive(Clone, Debug)]
pub(crate) struct CreateDomain {
    /// The domain.
    pub(crate) name: Name,
    /// What it is made of.
    pub(crate) ty: Type,
    /// CHECK or NOT NULL.
    pub(crate) is_constrained: bool,
}

/// ALTER DOMAIN .. ADD CONSTRAINT, or SET NOT NULL.
#[derive(Clone, Debug)]
pub(crate) struct ConstrainDomain {
    /// The domain.
    pub(crate) name: Name,
    /// NOT VALID.
    pub(crate) is_not_valid: bool,
}

/// CREATE FUNCTION or PROCEDURE.
#[derive(Clone, Debug, Default)]
pub(crate) struct CreateFunction {
    /// The function.
    pub(crate) name: Name,
    /// OR REPLACE.
    pub(crate) or_replace: bool,
    /// In lower case.
    pub(crate) language: Option<String>,
    /// SECURITY DEFINER.
    pub(crate) is_definer: bool,
    /// SET search_path.
    pub(crate) sets_search_path: bool,
    /// RETURNS TRIGGER.
    pub(crate) is_of_triggers: bool,
    /// What it takes, word by word, and the one type that it gives, where it gives one.
    pub(crate) signature: Option<(String, Type)>,
    /// `immutable`, `stable` or `volatile`.
    pub(crate) volatility: Option<String>,
}

/// CREATE TRIGGER.
#[derive(Clone, Debug, Default)]
pub(crate) struct CreateTrigger {
    /// The trigger.
    pub(crate) name: Name,
    /// The table.
    pub(crate) table: Name,
    /// OR REPLACE.
    pub(crate) or_replace: bool,
    /// IF NOT EXISTS.
    pub(crate) if_not_exists: bool,
    /// INSTEAD OF.
    pub(crate) is_instead: bool,
    /// SQLite's: the expressions of its condition and its statements.
    pub(crate) expr: Expr,
    /// SQLite's: the tables that its statements name.
    pub(crate) tables: Vec<Name>,
    /// SQLite's: the tables that its statements write to.
    pub(crate) writes: Vec<Name>,
}

/// CREATE VIEW.
#[derive(Clone, Debug)]
pub(crate) struct CreateView {
    /// The view.
    pub(crate) name: Name,
    /// OR REPLACE.
    pub(crate) or_replace: bool,
    /// MATERIALIZED.
    pub(crate) is_materialized: bool,
    /// WITH NO DATA.
    pub(crate) without_data: bool,
    /// TEMPORARY.
    pub(crate) is_temporary: bool,
    /// The columns that it reads.
    pub(crate) reads: Vec<Read>,
    /// The columns that it gives, in order; `None` where only the server knows them.
    pub(crate) outputs: Option<Vec<Output>>,
    /// The expressions of its query.
    pub(crate) expr: Expr,
    /// The tables it names.
    pub(crate) tables: Vec<Name>,
}

/// A column that a view gives.
#[derive(Clone, Debug, Default)]
pub(crate) struct Output {
    /// Folded; `None`: what an expression is called, only the server knows.
    pub(crate) name: Option<String>,
    /// The columns that it may be, one of each table that the query names.
    pub(crate) reads: Vec<Read>,
    /// The type that it is cast to.
    pub(crate) ty: Option<Type>,
}

/// What a query reads of a table.
#[derive(Clone, Debug)]
pub(crate) struct Read {
    /// The table.
    pub(crate) table: Name,
    /// The column; `None`: all that it has.
    pub(crate) column: Option<String>,
}

impl Read {
    /// Whatever a query names may be a column of each of its tables.
    pub(crate) fn any(tables: &[Name], columns: &[String]) -> Vec<Self> {
        let of = |table: &Name| {
            let table = table.clone();
            columns.iter().map(move |column| Self { table: table.clone(), column: Some(column.clone()) })
        };
        tables.iter().flat_map(of).collect()
    }
}

/// REFRESH MATERIALIZED VIEW.
#[derive(Clone, Debug)]
pub(crate) struct Refresh {
    /// The view.
    pub(crate) name: Name,
    /// CONCURRENTLY.
    pub(crate) concurrently: bool,
}

/// COMMENT ON.
#[derive(Clone, Debug)]
pub(crate) struct Comment {
    /// What kind of object.
    pub(crate) object: Object,
    /// The object, or the table of a column.
    pub(crate) name: Name,
}
