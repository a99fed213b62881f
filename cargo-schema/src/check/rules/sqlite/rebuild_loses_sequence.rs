//! `rebuild-loses-sequence`.

use crate::check::rules::prelude::*;
use crate::check::rules::rebuild;

pub(super) static RULE: Rule = Rule {
    id: "rebuild-loses-sequence",
    level: Deny,
    ways: Up,
    about: "a table with AUTOINCREMENT is made anew, and forgets which numbers it gave",
    why: "The new table goes on after the highest number that was copied. Numbers of rows that were \
          deleted are given again, and whatever remembers them, in other systems or logs, then means \
          another row.",
    instead: "Copy the last number, too, after the rows and before the DROP:\n\
          \n    \
          DELETE FROM sqlite_sequence WHERE name = 'new_users';\n    \
          INSERT INTO sqlite_sequence (name, seq) SELECT 'new_users', seq FROM sqlite_sequence WHERE name = 'users';",
    find,
    examples: &[
        fires(
            "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, b TEXT); INSERT INTO t (b) VALUES ('x'), ('y'), ('z'); DELETE FROM t WHERE id = 3;",
            "CREATE TABLE n (id INTEGER PRIMARY KEY AUTOINCREMENT, b TEXT NOT NULL); INSERT INTO n SELECT id, b FROM t; DROP TABLE t; ALTER TABLE n RENAME TO t;",
            Claim::Loses("SELECT seq FROM sqlite_sequence WHERE name = 't'"),
        ),
        quiet(
            "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, b TEXT); INSERT INTO t (b) VALUES ('x'), ('y'), ('z'); DELETE FROM t WHERE id = 3;",
            "CREATE TABLE n (id INTEGER PRIMARY KEY AUTOINCREMENT, b TEXT NOT NULL); INSERT INTO n SELECT id, b FROM t; DELETE FROM sqlite_sequence WHERE name = 'n'; INSERT INTO sqlite_sequence (name, seq) SELECT 'n', seq FROM sqlite_sequence WHERE name = 't'; DROP TABLE t; ALTER TABLE n RENAME TO t;",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let Some(rebuild) = rebuild::here(site) else { return };
    let is_numbered = |table: &Table| table.columns.iter().any(|column| column.is_numbered);
    let is_sequence = |placed: &crate::check::sql::Placed| match &placed.act {
        Act::Insert(insert) => insert.table.name == "sqlite_sequence",
        Act::Update(change) => change.table.name == "sqlite_sequence",
        _ => false,
    };
    if is_numbered(rebuild.old) && !site.script.acts.iter().any(is_sequence) {
        let key = &rebuild.key;
        hits.push(
            Hit::new(site.span, format!("`{key}` forgets which numbers it gave, and gives those of deleted rows again"))
                .help("copy the row of `sqlite_sequence`, too, after the rows and before the DROP"),
        );
    }
}
