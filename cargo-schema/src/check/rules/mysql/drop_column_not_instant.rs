//! `drop-column-not-instant`.

use crate::check::rules::innodb::{self, Work};
use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "drop-column-not-instant",
    level: Warn,
    ways: Up,
    about: "a column is dropped from a table that cannot lose it at once",
    why: "A column is dropped without touching a row, but not from a table with a FULLTEXT index or \
          compressed rows: there every row is copied, and nobody can write meanwhile.",
    instead: "Drop the FULLTEXT index first and make it again afterwards, while nobody writes.",
    find,
    examples: &[
        fires(users!("ALTER TABLE users ADD FULLTEXT INDEX ft (email);"), "-- schema:allow(drop-column) nobody reads it\nALTER TABLE users DROP COLUMN age;", Claim::Rewrites("users")),
        quiet(users!(), "-- schema:allow(drop-column) nobody reads it\nALTER TABLE users DROP COLUMN age;"),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    innodb::report(site, hits, Work::Rebuild, |table, action| match &action.kind {
        ActionKind::DropColumn { column, .. } => Some(format!("`{table}` cannot lose `{column}` at once")),
        _ => None,
    });
}
