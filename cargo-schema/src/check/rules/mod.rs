//! The rules of the safety family, one per file: what is for all engines in `common`, the rest in a folder per engine.
//! Each folder's `mod.rs` names its rules once; a test compares names with files and ids.

use schema_runtime::dialect::Dialect;

use super::rule::Rule;

/// Declares the modules of a folder and gathers their rules.
macro_rules! rules {
    ($($module:ident),* $(,)?) => {
        $(mod $module;)*

        /// The rules of this folder.
        pub(super) const RULES: &[&crate::check::rule::Rule] = &[$(&$module::RULE),*];
    };
}

mod broken;
mod common;
mod conversion;
mod innodb;
mod locks;
mod mysql;
mod postgres;
mod prelude;
mod rebuild;
mod sqlite;
#[cfg(test)]
mod tests;
mod truth;
mod volatile;

/// The folders: whom their rules are for.
const FOLDERS: [(&str, &[&Rule]); 4] = [
    ("common", common::RULES),
    ("postgres", postgres::RULES),
    ("mysql", mysql::RULES),
    ("sqlite", sqlite::RULES),
];

/// All rules, with the folder of each.
pub(crate) fn all() -> impl Iterator<Item = (&'static str, &'static Rule)> {
    FOLDERS.into_iter().flat_map(|(folder, rules)| rules.iter().map(move |rule| (folder, *rule)))
}

/// The rules that look at SQL of a dialect.
pub(crate) fn of(dialect: Dialect) -> Vec<&'static Rule> {
    all()
        .filter(|(folder, _)| *folder == "common" || *folder == dialect.name())
        .map(|(_, rule)| rule)
        .collect()
}

/// The rule with this id.
pub(crate) fn find(id: &str) -> Option<&'static Rule> {
    all().map(|(_, rule)| rule).find(|rule| rule.id == id)
}
