//! `rebuild-loses-default`.

use crate::check::rules::prelude::*;
use crate::check::rules::rebuild::{self, Clause};

pub(super) static RULE: Rule = Rule {
    id: "rebuild-loses-default",
    level: Warn,
    ways: Up,
    about: "a table is made anew, and a column has no default any more",
    why: "Programs that leave the column to its default, as those of the previous release do, fail when \
          they insert a row, or get NULL where the column may be that. Where nothing else changes, losing it \
          is what the rebuild is for, and of a column that may be NULL nothing is said.",
    instead: "Repeat the default in the new table.",
    find,
    examples: &[
        fires(
            "CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER NOT NULL DEFAULT 0); INSERT INTO t VALUES (1, 1);",
            "CREATE TABLE x (id INTEGER PRIMARY KEY, n INTEGER NOT NULL); INSERT INTO x SELECT id, n FROM t; DROP TABLE t; ALTER TABLE x RENAME TO t;",
            Claim::Breaks("INSERT INTO t (id) VALUES (9)"),
        ),
        fires(
            "CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER DEFAULT 0); INSERT INTO t VALUES (1, 1);",
            "CREATE TABLE x (id INTEGER PRIMARY KEY, n INTEGER, m TEXT); INSERT INTO x (id, n) SELECT id, n FROM t; DROP TABLE t; ALTER TABLE x RENAME TO t;",
            Claim::Spoils("SELECT count(dflt_value) FROM pragma_table_info('t')"),
        ),
        quiet(
            "CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER NOT NULL DEFAULT 0); INSERT INTO t VALUES (1, 1);",
            "CREATE TABLE x (id INTEGER PRIMARY KEY, n INTEGER NOT NULL DEFAULT 5); INSERT INTO x SELECT id, n FROM t; DROP TABLE t; ALTER TABLE x RENAME TO t;",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let Some(rebuild) = rebuild::here(site) else { return };
    // What may be NULL and loses nothing but its default was meant to.
    let is_aside = |column: &str| rebuild.changes_more_than(Clause::Default, column);
    for column in rebuild.old.columns.iter().filter(|it| it.default.as_ref().is_some_and(|default| !default.is_null)) {
        let Some(new) = rebuild.new.column(&column.name) else { continue };
        if new.default.is_none() && !new.is_generated && (new.not_null || is_aside(&column.name)) {
            let becomes = if new.not_null { "fail" } else { "get NULL" };
            hits.push(
                Hit::new(site.span, format!("programs that leave `{}.{}` to its default {becomes} from then on", rebuild.key, column.name))
                    .help("repeat the default in the new table"),
            );
        }
    }
}
