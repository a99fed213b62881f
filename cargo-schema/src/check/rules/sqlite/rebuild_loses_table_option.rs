//! `rebuild-loses-table-option`.

use crate::check::rules::prelude::*;
use crate::check::rules::rebuild;

pub(super) static RULE: Rule = Rule {
    id: "rebuild-loses-table-option",
    level: Warn,
    ways: Up,
    about: "a table is made anew without STRICT or WITHOUT ROWID",
    why: "A table that is not STRICT any more takes text into a number's column. One that is not WITHOUT \
          ROWID any more stores its key twice, and takes NULL into it.",
    instead: "Repeat the words behind the brackets of the new table:\n\
          \n    \
          CREATE TABLE new_users (id INTEGER PRIMARY KEY, email TEXT) STRICT;",
    find,
    examples: &[
        fires(
            "CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER) STRICT; INSERT INTO t VALUES (1, 1);",
            "CREATE TABLE x (id INTEGER PRIMARY KEY, n INTEGER NOT NULL); INSERT INTO x SELECT id, n FROM t; DROP TABLE t; ALTER TABLE x RENAME TO t;",
            Claim::Spoils("SELECT strict FROM pragma_table_list('t')"),
        ),
        quiet(
            "CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER) STRICT; INSERT INTO t VALUES (1, 1);",
            "CREATE TABLE x (id INTEGER PRIMARY KEY, n INTEGER NOT NULL) STRICT; INSERT INTO x SELECT id, n FROM t; DROP TABLE t; ALTER TABLE x RENAME TO t;",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let Some(rebuild) = rebuild::here(site) else { return };
    for option in ["strict", "without rowid"] {
        let has = |table: &Table| table.options.iter().any(|it| it == option);
        if has(rebuild.old) && !has(&rebuild.new) {
            hits.push(
                Hit::new(site.span, format!("`{}` is not {} any more", rebuild.key, option.to_uppercase()))
                    .help("repeat the words behind the brackets of the new table"),
            );
        }
    }
}
