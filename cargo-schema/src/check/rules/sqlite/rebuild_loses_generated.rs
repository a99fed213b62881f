//! `rebuild-loses-generated`.

use crate::check::rules::prelude::*;
use crate::check::rules::rebuild::{self, Clause};

pub(super) static RULE: Rule = Rule {
    id: "rebuild-loses-generated",
    level: Warn,
    ways: Up,
    about: "a table is made anew for another reason, and what a column was computed from is gone",
    why: "The new column is an ordinary one: it keeps what was copied, and follows the others no more.",
    instead: "Repeat GENERATED ALWAYS AS in the new table.",
    find,
    examples: &[
        fires(
            "CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER, b INTEGER AS (a * 2)); INSERT INTO t (a) VALUES (1);",
            "CREATE TABLE x (id INTEGER PRIMARY KEY, a INTEGER NOT NULL, b INTEGER); INSERT INTO x SELECT id, a, b FROM t; DROP TABLE t; ALTER TABLE x RENAME TO t;",
            Claim::Spoils("SELECT count(*) FROM pragma_table_xinfo('t') WHERE hidden > 0"),
        ),
        quiet(
            "CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER, b INTEGER AS (a * 2)); INSERT INTO t (a) VALUES (1);",
            "CREATE TABLE x (id INTEGER PRIMARY KEY, a INTEGER, b INTEGER); INSERT INTO x SELECT id, a, b FROM t; DROP TABLE t; ALTER TABLE x RENAME TO t;",
        ),
        quiet(
            "CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER, b INTEGER AS (a * 2)); INSERT INTO t (a) VALUES (1);",
            "CREATE TABLE x (id INTEGER PRIMARY KEY, a INTEGER NOT NULL, b INTEGER AS (a * 2)); INSERT INTO x (id, a) SELECT id, a FROM t; DROP TABLE t; ALTER TABLE x RENAME TO t;",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let Some(rebuild) = rebuild::here(site) else { return };
    let is_aside = |column: &str| rebuild.changes_more_than(Clause::Generated, column);
    for column in rebuild.old.columns.iter().filter(|column| column.is_generated) {
        let is_lost = rebuild.new.column(&column.name).is_some_and(|new| !new.is_generated);
        if is_lost && is_aside(&column.name) {
            hits.push(
                Hit::new(site.span, format!("`{}.{}` is not computed any more", rebuild.key, column.name))
                    .help("repeat GENERATED ALWAYS AS in the new table"),
            );
        }
    }
}
