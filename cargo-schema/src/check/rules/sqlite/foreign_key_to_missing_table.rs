//! `foreign-key-to-missing-table`.

use crate::check::rules::prelude::*;
use crate::check::rules::broken::is_missing;
use crate::check::rules::rebuild::{self, keys};

pub(super) static RULE: Rule = Rule {
    id: "foreign-key-to-missing-table",
    level: Deny,
    ways: Up,
    about: "a foreign key points to a table that is not there",
    why: "SQLite takes the key as it is, and every INSERT and UPDATE of the table fails.",
    instead: "Make the table first, or correct the name.",
    find,
    examples: &[
        fires(
            "",
            "CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES user (id)); INSERT INTO posts VALUES (1, 1);",
            Claim::Fails("no such table: main.user"),
        ),
        quiet(
            "",
            "CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users (id)); CREATE TABLE users (id INTEGER PRIMARY KEY);",
        ),
        quiet(
            "CREATE TABLE tree (id INTEGER PRIMARY KEY, up INTEGER REFERENCES tree (id));",
            "CREATE TABLE new_tree (id INTEGER PRIMARY KEY, up INTEGER REFERENCES new_tree (id), n TEXT); INSERT INTO new_tree (id, up) SELECT id, up FROM tree; DROP TABLE tree; ALTER TABLE new_tree RENAME TO tree;",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let keys = keys(site);
    if keys.is_empty() {
        return;
    }
    let end = rebuild::end(site);
    // A rename takes a table's keys to itself along.
    let is_own = |table: &Name| matches!(site.act, Act::CreateTable(create) if create.table.name == table.name);
    for (constraint, key) in keys {
        if !is_own(&key.table) && is_missing(&end, &end.key(&key.table)) {
            hits.push(
                Hit::new(&constraint.span, format!("every INSERT fails: this points to `{}`, which is not there", key.table))
                    .help("make the table first, or correct the name"),
            );
        }
    }
}
