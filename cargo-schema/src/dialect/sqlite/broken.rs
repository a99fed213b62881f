//! Views and triggers that mention what is not there. SQLite takes them as they are and fails when they are used, hence
//! each is compiled here, and none is run.

use std::collections::BTreeSet;

use diesel::SqliteConnection;

use super::introspect::Catalogue;
use super::name::{fold, quoted};
use crate::database::scratch::run;

/// Every one that does not compile, with what SQLite says.
pub(super) fn of(database: &mut SqliteConnection, catalogue: &Catalogue) -> Vec<String> {
    let mut broken = Vec::new();
    let mut compile = |what: String, sql: String| {
        if let Err(error) = run(database, &sql) {
            broken.push(format!("{what}: {}", error.message));
        }
    };
    for view in catalogue.views.keys() {
        compile(format!("view `{view}`"), format!("EXPLAIN SELECT * FROM {}", quoted(view)));
    }
    let watched: BTreeSet<String> = catalogue.triggers.iter().map(|trigger| fold(&trigger.table)).collect();
    for entry in watched.iter().filter_map(|table| catalogue.table(table)) {
        let table = quoted(&entry.source.name);
        let what = format!("a trigger on `{}`", entry.source.name);
        let column = entry.source.columns.iter().find(|column| column.generated().is_none());
        compile(what.clone(), format!("EXPLAIN INSERT INTO {table} DEFAULT VALUES"));
        compile(what.clone(), format!("EXPLAIN DELETE FROM {table}"));
        if let Some(column) = column.map(|column| quoted(&column.name)) {
            compile(what, format!("EXPLAIN UPDATE {table} SET {column} = {column}"));
        }
    }
    broken
}
