//! `rebuild-copies-some-rows`.

use crate::check::rules::prelude::*;
use crate::check::rules::rebuild;
use crate::check::sql::Placed;

pub(super) static RULE: Rule = Rule {
    id: "rebuild-copies-some-rows",
    level: Deny,
    ways: Up,
    about: "a table is made anew with some of its rows",
    why: "The copy leaves rows out, and the old table is dropped: they are gone.",
    instead: "Copy all rows. Where some are to go, delete them by a statement of their own, and say so:\n\
          \n    \
          DELETE FROM users WHERE email IS NULL;",
    find,
    examples: &[
        fires(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);",
            "CREATE TABLE new_users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO new_users SELECT id, email, age FROM users WHERE age > 1; DROP TABLE users; ALTER TABLE new_users RENAME TO users;",
            Claim::Loses("SELECT count(*) FROM users"),
        ),
        fires(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2); INSERT INTO users VALUES (3, 'b', 3);",
            "CREATE TABLE new_users (id INTEGER PRIMARY KEY, email TEXT UNIQUE, age INTEGER); INSERT OR IGNORE INTO new_users SELECT * FROM users; DROP TABLE users; ALTER TABLE new_users RENAME TO users;",
            Claim::Loses("SELECT count(*) FROM users"),
        ),
        quiet(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);",
            "CREATE TABLE new_users (id INTEGER PRIMARY KEY, email TEXT NOT NULL, age INTEGER); INSERT INTO new_users SELECT id, coalesce(email, ''), age FROM users; DROP TABLE users; ALTER TABLE new_users RENAME TO users;",
        ),
        quiet(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, age INTEGER); INSERT INTO users VALUES (1, 'a', 1), (2, 'b', 2);",
            "CREATE TABLE backup AS SELECT * FROM users WHERE age > 1;",
        ),
    ],
};

fn find(site: &Site<'_>, hits: &mut Vec<Hit>) {
    let Some(rebuild) = rebuild::here(site) else { return };
    let [(span, copy)] = rebuild.copies.as_slice() else { return };
    let is_lossy = |placed: &Placed| match &placed.act {
        Act::Insert(insert) => matches!(insert.conflict.as_deref(), Some("ignore" | "replace")) || insert.is_upsert,
        _ => false,
    };
    let skips = site.before().iter().any(|placed| placed.span == **span && is_lossy(placed));
    if skips || copy.is_some_and(|copy| copy.is_filtered) {
        hits.push(
            Hit::new(span, format!("rows of `{}` that are not copied here are lost when the old table is dropped", rebuild.key))
                .help("copy all rows; delete those that are to go by a statement of their own"),
        );
    }
}
