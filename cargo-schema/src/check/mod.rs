//! What `check` knows beyond the door that the build script also comes through: how the history compares with one
//! that is released (`base`), what the models say that it does not (`models`), whether it runs and can be undone
//! (`proof`), what its SQL does to a database in use (`safety`, with the rules of `rules`, which look at statements (`sql`)
//! against what is there when they run (`catalogue`)), and what live databases have of it (`database`).

mod allow;
pub(crate) mod base;
#[allow(
    dead_code,
    reason = "a part of what rules of any engine may ask for; some engines have few rules yet"
)]
mod catalogue;
pub(crate) mod database;
pub(crate) mod document;
pub(crate) mod fix;
pub(crate) mod models;
mod nesting;
pub(crate) mod proof;
#[allow(
    dead_code,
    reason = "a part of what rules of any engine may ask for; some engines have few rules yet"
)]
pub(crate) mod rule;
mod rules;
pub(crate) mod safety;
#[allow(
    dead_code,
    reason = "a part of what rules of any engine may ask for; some engines have few rules yet"
)]
mod sql;

use schema_build::config::Level;
use schema_build::rule::{Family, Levels, RULES, Rule};

/// Every rule that there is: those of the table that the build script shares, and those that look at SQL.
pub(crate) fn every() -> impl Iterator<Item = Rule> {
    RULES.iter().copied().chain(rules::all().map(|(_, rule)| row(rule)))
}

/// The rule with this id.
pub(crate) fn known(id: &str) -> Option<Rule> {
    schema_build::rule::rule(id).copied().or_else(|| rules::find(id).map(row))
}

/// What a rule that looks at SQL has to say about itself, beyond its row.
pub(crate) fn page(id: &str) -> Option<&'static rule::Rule> {
    rules::find(id)
}

/// The names of the engines that a rule is for; none for one that looks at no SQL.
pub(crate) fn engines(id: &str) -> Option<&'static str> {
    rules::all().find(|(_, rule)| rule.id == id).map(|(folder, _)| folder)
}

/// A rule that looks at SQL as a row of the table: it does nothing in a build, and nothing where a history runs.
fn row(rule: &rule::Rule) -> Rule {
    let levels = Levels::Judgement(Level::Allow, rule.level, Level::Allow);
    Rule { id: rule.id, family: Family::Safety, levels, about: rule.about }
}
