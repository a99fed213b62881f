//! `rebuild-loses-not-null`.

use crate::check::rules::prelude::*;
use crate::check::rules::rebuild::{self, Clause};

pub(super) static RULE: Rule = Rule {
    id: "rebuild-loses-not-null",
    level: Warn,
    ways: Up,
    about: "a table is made anew for another reason, and a column of it may be NULL from then on",
    why: "Whoever makes a table anew writes down all that it said before. What is left out is gone, and programs \
          that count on a value get NULL one day. Where nothing else changes, that is what the rebuild is for, \
          and nothing is said.",
    instead: "Repeat NOT NULL in the new table.",
    find,
    examples: &[
        fires(
            "CREATE TABLE t (id INTEGER PRIMARY KEY, n TEXT NOT NULL, m TEXT); INSERT INTO t VALUES (1, 'a', 'b');",
            "CREATE TABLE x (id INTEGER PRIMARY KEY, n TEXT, m TEXT, k TEXT); INSERT INTO x (id, n, m) SELECT id, n, m FROM t; DROP TABLE t; ALTER TABLE x RENAME TO t;",
            Claim::Spoils("SELECT \"notnull\" FROM pragma_table_info('t') WHERE name = 'n'"),
        ),
        quiet(
            "CREATE TABLE t (id INTEGER PRIMARY KEY, n TEXT NOT NULL, m TEXT); INSERT INTO t VALUES (1, 'a', 'b');",
            "CREATE TABLE x (id INTEGER PRIMARY KEY, n TEXT, m TEXT); INSERT INTO x SELECT id, n, m FROM t; DROP TABLE t; ALTER TABLE x RENAME TO t;",
        ),
        quiet(
            "CREATE TABLE t (id INTEGER PRIMARY KEY, n TEXT NOT NULL, m TEXT); INSERT INTO t VALUES (1, 'a', 'b');",
            "CREATE TABLE x (id INTEGER PRIMARY KEY, n TEXT NOT NULL, m TEXT, k TEXT); INSERT INTO x (id, n, m) SELECT id, n, m FROM t; DROP TABLE t; ALTER TABLE x RENAME TO t;",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let Some(rebuild) = rebuild::here(site) else { return };
    let is_aside = |column: &str| rebuild.changes_more_than(Clause::NotNull, column);
    for column in rebuild.old.columns.iter().filter(|column| column.not_null) {
        let is_lost = rebuild.new.column(&column.name).is_some_and(|new| !new.not_null && !new.is_generated);
        if is_lost && is_aside(&column.name) {
            hits.push(
                Hit::new(site.span, format!("`{}.{}` may be NULL from then on", rebuild.key, column.name))
                    .help("repeat NOT NULL in the new table; if it is to go, say so above: `-- schema:allow(rebuild-loses-not-null) why`"),
            );
        }
    }
}
