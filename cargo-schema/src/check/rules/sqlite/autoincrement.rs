//! `autoincrement`.

use crate::check::rules::prelude::*;

pub(super) static RULE: Rule = Rule {
    id: "autoincrement",
    level: Allow,
    ways: Up,
    about: "a table counts with AUTOINCREMENT",
    why: "INTEGER PRIMARY KEY counts anyway. AUTOINCREMENT only keeps the numbers of deleted rows from \
          being given again, and costs a write of another table for every row.",
    instead: "Leave it out unless numbers must never come back.",
    find,
    examples: &[
        fires(
            "",
            "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT);",
            Claim::Spoils("SELECT 1 - count(*) FROM sqlite_master WHERE name = 'sqlite_sequence'"),
        ),
        quiet(
            "",
            "CREATE TABLE t (id INTEGER PRIMARY KEY);",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let Act::CreateTable(create) = site.act else { return };
    for column in create.columns.iter().filter(|column| column.is_numbered) {
        hits.push(
            Hit::new(&column.span, format!("`{}` would be counted without AUTOINCREMENT, too", column.name))
                .help("leave it out unless numbers of deleted rows must never come back"),
        );
    }
}
