//! `rebuild-loses-default`.

use crate::check::rules::prelude::*;
use crate::check::rules::rebuild;

pub(super) static RULE: Rule = Rule {
    id: "rebuild-loses-default",
    level: Warn,
    ways: Up,
    about: "a table is made anew, and a column that must have a value has no default any more",
    why: "Programs that leave the column to its default, as those of the previous release do, fail when \
          they insert a row.",
    instead: "Repeat the default in the new table.",
    find,
    examples: &[
        fires(
            "CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER NOT NULL DEFAULT 0); INSERT INTO t VALUES (1, 1);",
            "CREATE TABLE x (id INTEGER PRIMARY KEY, n INTEGER NOT NULL); INSERT INTO x SELECT id, n FROM t; DROP TABLE t; ALTER TABLE x RENAME TO t;",
            Claim::Breaks("INSERT INTO t (id) VALUES (9)"),
        ),
        quiet(
            "CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER NOT NULL DEFAULT 0); INSERT INTO t VALUES (1, 1);",
            "CREATE TABLE x (id INTEGER PRIMARY KEY, n INTEGER NOT NULL DEFAULT 5); INSERT INTO x SELECT id, n FROM t; DROP TABLE t; ALTER TABLE x RENAME TO t;",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let Some(rebuild) = rebuild::here(site) else { return };
    for column in rebuild.old.columns.iter().filter(|column| column.default.is_some()) {
        if rebuild.new.column(&column.name).is_some_and(|new| new.default.is_none() && new.not_null && !new.is_generated) {
            hits.push(
                Hit::new(site.span, format!("programs that leave `{}.{}` to its default fail from then on", rebuild.key, column.name))
                    .help("repeat the default in the new table"),
            );
        }
    }
}
