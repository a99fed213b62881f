//! What leads from one schema to another: operations, and as data everything that a person must decide first. Takes
//! two schemas and what was answered already; touches no database and prints nothing.

mod chain;
mod columns;
mod constraints;
mod enums;
mod indexes;
mod rename;
mod tables;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use schema_build::config::Unmodelled;
use schema_build::finding::Place;
use schema_build::schema::{Schema, Table};

use crate::dialect::Dialect;
use crate::operation::Operation;

/// What has to happen, and what has to be decided before.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Difference {
    /// In no particular order, renames first.
    pub(crate) operations: Vec<Operation>,
    /// Renames or removals: nobody can tell which.
    pub(crate) questions: Vec<Question>,
    /// What cannot be done as it is described.
    pub(crate) refusals: Vec<Refusal>,
    /// What the database has, no model describes, and stays.
    pub(crate) kept: Vec<Kept>,
}

/// What was answered on the command line, at a prompt or in the configuration.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Answers {
    /// `users.colour` and `users.color` or `color`; `old` and `new`; `mood.sad` and `unhappy`.
    pub(crate) renames: Vec<(String, String)>,
    /// `users.colour`, `carts`, `mood.sad`: really gone.
    pub(crate) drops: Vec<String>,
    /// What no block names and what stays, although something like it is new.
    pub(crate) keeps: Vec<String>,
    /// Tables that are said to have no rows.
    pub(crate) assume_empty: Vec<String>,
    /// What becomes of tables that no model names.
    pub(crate) unmodelled: Option<Unmodelled>,
    /// Patterns of tables that are not ours.
    pub(crate) ignored: Vec<String>,
}

/// Something is gone and something like it is new.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Question {
    pub(crate) subject: Subject,
    /// What is gone, most likely first: `colour`.
    pub(crate) gone: Vec<String>,
    /// What is new: `color`.
    pub(crate) new: String,
    /// The type of the new column, for the question's words.
    pub(crate) detail: Option<String>,
    /// Where the model says the new one.
    pub(crate) place: Option<Place>,
    /// What is gone from the models may stay in the database: blocks need not name everything.
    pub(crate) may_stay: bool,
}

/// What a question is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Subject {
    Table,
    /// A column of this table.
    Column(String),
    /// A value of this enum.
    Value(String),
}

/// Why a difference cannot be turned into a migration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// A new column is NOT NULL and nothing says what existing rows get.
    NoValue { table: String, column: String, place: Option<Place> },
    /// A `table!` block names a type whose SQL nobody knows.
    UnknownType { table: String, column: String, ty: String, place: Option<Place> },
    /// An answer names something that is not there.
    Unanswerable { answer: String },
}

impl Refusal {
    /// The table that it is about.
    pub(crate) fn table(&self) -> Option<&str> {
        match self {
            Self::NoValue { table, .. } | Self::UnknownType { table, .. } => Some(table),
            Self::Unanswerable { .. } => None,
        }
    }

    /// The table, where rows that exist would have no value for a new column.
    pub(crate) fn table_without_value(&self) -> Option<&str> {
        match self {
            Self::NoValue { table, .. } => Some(table),
            Self::UnknownType { .. } | Self::Unanswerable { .. } => None,
        }
    }
}

/// What stays although no model describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Kept {
    Table(String),
    Column { table: String, column: String },
}

/// Compares what is wanted with what there is.
pub(crate) fn difference<D: Dialect>(
    dialect: &D,
    desired: &Schema,
    current: &Schema,
    answers: &Answers,
) -> Difference {
    let (mut desired, mut current) = (desired.clone(), current.clone());
    for schema in [&mut desired, &mut current] {
        schema.tables.retain(|name, _| !answers.ignored.iter().any(|pattern| fits(pattern, name)));
    }
    dialect.normalize(&mut desired);
    dialect.normalize(&mut current);
    let mut comparison = Comparison { dialect, answers, found: Difference::default(), used: Vec::new() };
    let desired = comparison.fold(desired);
    let current = comparison.fold(current);
    comparison.schemas(desired, current);
    comparison.complain_of_unused_answers();
    comparison.found
}

/// Whether a pattern with `*` fits a name.
pub(crate) fn fits(pattern: &str, name: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern.eq_ignore_ascii_case(name),
        Some((start, rest)) => {
            let is_start = name.get(..start.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(start));
            is_start
                && (start.len()..=name.len())
                    .filter(|&at| name.is_char_boundary(at))
                    .any(|at| fits(rest, &name[at..]))
        }
    }
}

/// A comparison under way.
struct Comparison<'a, D> {
    dialect: &'a D,
    answers: &'a Answers,
    found: Difference,
    /// Answers that were of use.
    used: Vec<String>,
}

/// A schema by folded names; the names as written stand beside the tables.
struct Folded {
    tables: BTreeMap<String, (String, Table)>,
    views: Vec<String>,
    schema: Schema,
}

impl<D: Dialect> Comparison<'_, D> {
    fn fold(&self, mut schema: Schema) -> Folded {
        let tables = std::mem::take(&mut schema.tables);
        let tables =
            tables.into_iter().map(|(name, table)| (self.dialect.fold(&name), (name, table))).collect();
        let views = schema.views.keys().map(|name| self.dialect.fold(name)).collect();
        Folded { tables, views, schema }
    }

    fn is_same(&self, left: &str, right: &str) -> bool {
        self.dialect.is_same(left, right)
    }

    fn are_same<T: AsRef<str>, U: AsRef<str>>(&self, left: &[T], right: &[U]) -> bool {
        left.len() == right.len()
            && left.iter().zip(right).all(|(left, right)| self.is_same(left.as_ref(), right.as_ref()))
    }

    fn push(&mut self, operation: Operation) {
        self.found.operations.push(operation);
    }

    /// Whether a person said that this is really gone.
    fn is_dropped(&mut self, name: &str) -> bool {
        let drop = self.answers.drops.iter().find(|drop| self.is_same(drop, name)).cloned();
        self.used.extend(drop.clone());
        drop.is_some()
    }

    /// Whether a person said that this stays.
    fn is_kept(&mut self, name: &str) -> bool {
        let keep = self.answers.keeps.iter().find(|keep| self.is_same(keep, name)).cloned();
        self.used.extend(keep.clone());
        keep.is_some()
    }

    /// Whether a person said that this has that name now.
    fn is_renamed(&mut self, old: &str, new: &str) -> bool {
        let answer = self.rename_answer(old, new);
        self.used.extend(answer.clone());
        answer.is_some()
    }

    /// The left side of a person's answer that this has that name now; it and `old` are whole: `users.colour`.
    fn rename_answer(&self, old: &str, new: &str) -> Option<String> {
        let last = |name: &str| name.rsplit('.').next().unwrap_or(name).to_owned();
        let answer = self.answers.renames.iter().find(|(from, to)| {
            self.is_same(from, old) && (self.is_same(to, new) || self.is_same(to, &last(new)))
        });
        answer.map(|(from, _)| from.clone())
    }

    fn complain_of_unused_answers(&mut self) {
        let answers = self.answers;
        let renames = answers.renames.iter().map(|(from, to)| (from, format!("--rename {from}={to}")));
        let drops = answers.drops.iter().map(|drop| (drop, format!("--drop {drop}")));
        let keeps = answers.keeps.iter().map(|keep| (keep, format!("--keep {keep}")));
        let unused: Vec<String> = renames
            .chain(drops)
            .chain(keeps)
            .filter(|(name, _)| !self.used.contains(name))
            .map(|(_, answer)| answer)
            .collect();
        let refusals = unused.into_iter().map(|answer| Refusal::Unanswerable { answer });
        self.found.refusals.extend(refusals);
    }
}
