//! `foreign-key-mismatch`.

use crate::check::rules::prelude::*;
use crate::check::rules::rebuild::{self, keys};

pub(super) static RULE: Rule = Rule {
    id: "foreign-key-mismatch",
    level: Deny,
    ways: Up,
    about: "a foreign key points to columns that no key makes unique",
    why: "SQLite takes it as it is, and then refuses every change of either table: `foreign key \
          mismatch`. A partial unique index, and one over an expression, do not count.",
    instead: "Point to the primary key, or make the columns unique first:\n\
          \n    \
          CREATE UNIQUE INDEX users_email ON users (email);",
    find,
    examples: &[
        fires(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);",
            "CREATE TABLE posts (id INTEGER PRIMARY KEY, author TEXT REFERENCES users (email));",
            Claim::Breaks("DELETE FROM users WHERE id = 1"),
        ),
        fires(
            "CREATE TABLE pairs (a INTEGER, b INTEGER, PRIMARY KEY (a, b));",
            "CREATE TABLE uses (id INTEGER PRIMARY KEY, a INTEGER REFERENCES pairs (a)); INSERT INTO uses VALUES (1, 1);",
            Claim::Fails("foreign key mismatch"),
        ),
        quiet(
            "CREATE TABLE pairs (a INTEGER, b INTEGER, PRIMARY KEY (a, b));",
            "CREATE TABLE uses (id INTEGER PRIMARY KEY, x INTEGER, y INTEGER, FOREIGN KEY (x, y) REFERENCES pairs (b, a));",
        ),
        quiet(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);",
            "CREATE TABLE posts (id INTEGER PRIMARY KEY, author TEXT REFERENCES users (email));\n-- schema:allow(unique-index-over-rows) x\nCREATE UNIQUE INDEX users_email ON users (email);",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let keys = keys(site);
    // Most acts make no key, and a script may have a hundred thousand.
    if keys.is_empty() {
        return;
    }
    let end = rebuild::end(site);
    for (constraint, key) in keys {
        let Some(target) = end.table(&key.table) else { continue };
        if !target.is_vague && !target.is_key(&key.columns, &key.references) {
            hits.push(
                Hit::new(&constraint.span, format!("every change of `{0}` fails: this points to columns of it that no key makes unique", key.table))
                    .help("point to its primary key, or make the columns unique"),
            );
        }
    }
}
